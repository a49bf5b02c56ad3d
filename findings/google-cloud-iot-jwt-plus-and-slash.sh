#!/usr/bin/env bash
# Software: google-cloud-iot-jwt 0.1.1 (Rust), which makes ES256 JWTs without an allocator; PyJWT 2.15.1, joserfc 1.8.0 (PyPI),
#   jose 6.2.18 and jsonwebtoken 9.0.3 (npm), jsonwebtoken 10.3.0 (Rust) to compare.
# Behaviour: the parts of its tokens are base64 of the usual alphabet, with "+" and "/". About nine tokens in ten have one
#   of the two in the signature, and all five others refuse them. They accept the tenth.
# One would guess: base64url, as RFC 7515 section 2 says and as each JWT library writes.
# Why it matters: the server refuses nine assertions in ten and accepts the tenth, which looks like a bad connection or a bad
#   clock. The same claims give the same token (RFC 6979), so a repetition in the same second is of no use.
# Remedy: sign with p256 and write the parts with Base64UrlUnpadded. Replacing the two characters in the finished token is
#   enough if only the signature has them, because the signature is not signed itself.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check PyJWT==2.15.1 joserfc==1.8.0 cryptography==50.0.2 || exit 2
echo '{"private":true}' >package.json
npm install --silent --no-audit --no-fund jose@6.2.18 jsonwebtoken@9.0.3 || exit 2
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "device"
version = "0.1.0"
edition = "2021"
[dependencies]
google-cloud-iot-jwt = "=0.1.1"
jsonwebtoken = { version = "=10.3.0", features = ["rust_crypto"] }
serde_json = "1"
TOML
cat >src/main.rs <<'RS'
use jsonwebtoken::{decode, Algorithm, DecodingKey, Validation};

// Prints tokens for the key in the first argument, each with what jsonwebtoken says to it, by the public key in the second.
fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let read = |index: usize| std::fs::read_to_string(&arguments[index]).unwrap();
    let (private, public) = (read(1), read(2));
    let public = DecodingKey::from_ec_pem(public.as_bytes()).unwrap();
    let now: usize = arguments[3].parse().unwrap();
    let mut validation = Validation::new(Algorithm::ES256);
    validation.set_audience(&["clinic-project"]);
    for number in 0..40 {
        let token = google_cloud_iot_jwt::create_google_jwt_es256("clinic-project", &private, now + number).unwrap();
        let accepted = decode::<serde_json::Value>(token.as_str(), &public, &validation).is_ok();
        println!("{token} {accepted}");
    }
}
RS
cargo build -q 2>cargo.log || { cat cargo.log; exit 2; }
cat >verify.mjs <<'JS'
import { createPublicKey } from "node:crypto";
import { readFileSync } from "node:fs";
import * as jose from "jose";
import jsonwebtoken from "jsonwebtoken";
const key = createPublicKey(readFileSync("public.pem"));
const attempt = (run) => Promise.resolve().then(run).then(() => true, () => false);
const results = [];
for (const token of JSON.parse(readFileSync(0, "utf8"))) {
  results.push({
    "jose (npm)": await attempt(() => jose.jwtVerify(token, key)),
    "jsonwebtoken (npm)": await attempt(() => jsonwebtoken.verify(token, key, { algorithms: ["ES256"] })),
  });
}
console.log(JSON.stringify(results));
JS
cat >check.py <<'PY'
import json, subprocess, sys, time
import joserfc.jwk, joserfc.jwt, jwt
from cryptography.hazmat.primitives import serialization as s
from cryptography.hazmat.primitives.asymmetric import ec

key = ec.generate_private_key(ec.SECP256R1())
private = key.private_bytes(s.Encoding.PEM, s.PrivateFormat.TraditionalOpenSSL, s.NoEncryption())
public = key.public_key().public_bytes(s.Encoding.PEM, s.PublicFormat.SubjectPublicKeyInfo)
open("private.pem", "wb").write(private)
open("public.pem", "wb").write(public)
# A little in the past, because each token begins a second after the one before.
now = str(int(time.time()) - 100)
lines = subprocess.run(["target/debug/device", "private.pem", "public.pem", now], capture_output=True, text=True, check=True).stdout.split("\n")
tokens = [line.split()[0] for line in lines if line]
results = json.loads(subprocess.run(["node", "verify.mjs"], input=json.dumps(tokens), capture_output=True, text=True, check=True).stdout)
joserfc_key = joserfc.jwk.ECKey.import_key(public)

def attempt(run):
    try:
        run()
        return True
    except Exception:
        return False

found = {}
for token, line, result in zip(tokens, lines, results):
    result["jsonwebtoken (Rust)"] = line.split()[1] == "true"
    result["PyJWT"] = attempt(lambda: jwt.decode(token, public, algorithms=["ES256"], audience="clinic-project"))
    result["joserfc"] = attempt(lambda: joserfc.jwt.decode(token, joserfc_key, algorithms=["ES256"]))
    kind = "with + or /" if "+" in token or "/" in token else "without"
    for name, accepted in result.items():
        found.setdefault((kind, name), set()).add(accepted)
counts = sum("+" in token or "/" in token for token in tokens)
print(f"{counts} of {len(tokens)} tokens have + or / in them")
for (kind, name), accepted in sorted(found.items()):
    print(f"{kind:12} {name:20} accepted: {accepted}")
expected = all(accepted == {kind == "without"} for (kind, _), accepted in found.items())
if counts < 20 or not expected:
    sys.exit("changed: expected most tokens with + or /, which all refuse, while all accept the others")
PY
venv/bin/python check.py
