#!/usr/bin/env bash
# Software: Authlib 1.9.10, python-jose 3.5.0, jwskate 0.12.2, PyJWT 2.15.1, jwcrypto 1.6.1, joserfc 1.8.0 (PyPI);
#   jwks-rsa 4.1.0 with jsonwebtoken 9.0.3, jose 6.2.18 (npm).
# Behaviour: a JWK Set holds an RSA key and an EC key under one `kid`, each with its `alg`. Five of the eight take a
#   key with that `kid` that they meet first (PyJWT, Authlib, python-jose, jwks-rsa) or only one of them (jwskate) and
#   then fail because of its type; jwcrypto, joserfc and jose choose by type and verify both.
# One would guess: RFC 7517 section 4.5 allows keys of different `kty` to share a `kid` when they are alternatives, and
#   the token's `alg` tells them apart.
# Why it matters: a client names its keys by date ("2026-11") and publishes RS384 and ES384, the two that SMART asks
#   for. Half of the servers accept one of the two, and which one depends on the order in the file.
# Remedy: a `kid` of its own for each key, such as the RFC 7638 thumbprint.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check Authlib==1.9.10 python-jose==3.5.0 jwskate==0.12.2 PyJWT==2.15.1 \
  jwcrypto==1.6.1 joserfc==1.8.0
echo '{"private":true}' >package.json
npm install --silent --no-audit --no-fund jwks-rsa@4.1.0 jsonwebtoken@9.0.3 jose@6.2.18
cat >verify.mjs <<'JS'
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import * as jose from "jose";
import jsonwebtoken from "jsonwebtoken";
import jwksRsa from "jwks-rsa";
const { set, token } = JSON.parse(readFileSync(0, "utf8"));
const algorithms = ["RS384", "ES384"];
const server = createServer((_, response) => response.setHeader("Content-Type", "application/json").end(JSON.stringify(set)));
await new Promise((done) => server.listen(0, "127.0.0.1", done));
const jwksUri = `http://127.0.0.1:${server.address().port}/`;
const libraries = {
  "jwks-rsa": async () => {
    const key = await jwksRsa({ jwksUri }).getSigningKey(jose.decodeProtectedHeader(token).kid);
    return jsonwebtoken.verify(token, key.getPublicKey(), { algorithms });
  },
  "jose": async () => jose.jwtVerify(token, jose.createLocalJWKSet(set)),
};
const results = {};
for (const [name, run] of Object.entries(libraries)) {
  results[name] = await run().then(() => "y", () => "n");
}
console.log(JSON.stringify(results));
server.close();
process.exit(0);
JS
cat >check.py <<'PY'
import json, subprocess, sys, time, warnings
warnings.filterwarnings("ignore")
import jose.jwt, joserfc.jwk, joserfc.jwt, jwcrypto.jwk, jwcrypto.jwt, jwskate, jwt
from authlib.jose import JsonWebKey, JsonWebToken

now = int(time.time())
algs = ["RS384", "ES384"]
ec = joserfc.jwk.ECKey.generate_key("P-384", {"kid": "2026-11", "alg": "ES384", "use": "sig"})
rsa = joserfc.jwk.RSAKey.generate_key(2048, {"kid": "2026-11", "alg": "RS384", "use": "sig"})
libraries = {
    "Authlib": lambda s, t: JsonWebToken(algs).decode(t, JsonWebKey.import_key_set(s)),
    "python-jose": lambda s, t: jose.jwt.decode(t, s, algorithms=algs),
    "jwskate": lambda s, t: jwskate.Jwt(t).verify_signature(jwskate.JwkSet(s), algs=algs) or 1 / 0,
    "PyJWT": lambda s, t: jwt.decode(t, jwt.PyJWKSet.from_dict(s)["2026-11"], algorithms=algs),
    "jwcrypto": lambda s, t: jwcrypto.jwt.JWT(jwt=t, key=jwcrypto.jwk.JWKSet.from_json(json.dumps(s)), algs=algs, expected_type="JWS"),
    "joserfc": lambda s, t: joserfc.jwt.decode(t, joserfc.jwk.KeySet.import_key_set(s), algorithms=algs),
}

def verify(signer, *keys):
    header = {"alg": signer.alg, "kid": signer.kid}
    token = joserfc.jwt.encode(header, {"iss": "c", "iat": now, "exp": now + 60}, signer, algorithms=algs)
    keys = {"keys": [k.as_dict(private=False) for k in keys]}
    results = {}
    for name, run in libraries.items():
        try:
            run(json.loads(json.dumps(keys)), token)
            results[name] = "y"
        except Exception:
            results[name] = "n"
    text = json.dumps({"set": keys, "token": token})
    return results | json.loads(subprocess.run(["node", "verify.mjs"], input=text, capture_output=True, text=True, check=True).stdout)

runs = [verify(rsa, rsa, ec), verify(ec, rsa, ec), verify(rsa, ec, rsa), verify(ec, ec, rsa)]
found = {name: "".join(run[name] for run in runs) for name in runs[0]}
print("verified (y) or not (n):  set RSA, EC: RS384 ES384;  set EC, RSA: RS384 ES384")
for name, answers in found.items():
    print(f"{name:12}", *answers)
expected = {"Authlib": "ynny", "python-jose": "ynny", "jwskate": "ynnn", "PyJWT": "ynny", "jwcrypto": "yyyy", "joserfc": "yyyy",
            "jwks-rsa": "ynny", "jose": "yyyy"}
if found != expected:
    sys.exit(f"changed: expected {expected}, found {found}")
PY
venv/bin/python check.py
