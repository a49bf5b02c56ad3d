#!/usr/bin/env bash
# Software: rsa-pem-to-jwk 1.1.3 (npm); jose 6.2.18 (npm), joserfc 1.8.0 and jwcrypto 1.6.1 (PyPI) to compare.
# Behaviour: the `n` of each JWK begins with a zero octet, as the integer in the PEM does: 257 octets for a key of 2048
#   bits. So do p, q and the others as often as their first bit is set. Each reader takes the key and verifies with it,
#   but its thumbprint is another one than that of the same key from the PEM.
# One would guess: RFC 7518 section 6.3.1.1 says that no octet is prepended; or a reader that refuses the key or
#   normalises it before it makes the thumbprint.
# Why it matters: the `kid` is often the RFC 7638 thumbprint. The client computes it from this JWK and the server from
#   its own copy of the key, and neither finds the other's. Everything else works.
# Remedy: node's own createPublicKey(pem).export({ format: "jwk" }).
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check joserfc==1.8.0 jwcrypto==1.6.1 || exit 2
echo '{"private":true}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts rsa-pem-to-jwk@1.1.3 jose@6.2.18 || exit 2
cat >convert.mjs <<'JS'
import { createRequire } from "node:module";
import { generateKeyPairSync } from "node:crypto";
import * as jose from "jose";
const convert = createRequire(import.meta.url)("rsa-pem-to-jwk");
const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const converted = convert(privateKey.export({ type: "pkcs1", format: "pem" }), {}, "public");
const right = publicKey.export({ format: "jwk" });
const token = await new jose.SignJWT({ iss: "client-1" }).setProtectedHeader({ alg: "RS384" }).sign(privateKey);
const verified = await jose.jwtVerify(token, await jose.importJWK(converted, "RS384")).then(() => true, () => false);
const thumbprints = await Promise.all([converted, right].map((jwk) => jose.calculateJwkThumbprint(jwk)));
console.log(JSON.stringify({ converted, right, token, jose: [verified, thumbprints[0] === thumbprints[1]] }));
JS
node convert.mjs >converted.json
cat >check.py <<'PY'
import base64, json, sys
import joserfc.jwk, joserfc.jwt, jwcrypto.jwk, jwcrypto.jwt

data = json.load(open("converted.json"))
converted, right, token = data["converted"], data["right"], data["token"]
modulus = base64.urlsafe_b64decode(converted["n"] + "==")
print(f"n has {len(modulus)} octets and begins with {modulus[0]}")
found = {"jose": data["jose"]}
joserfc.jwt.decode(token, joserfc.jwk.RSAKey.import_key(converted), algorithms=["RS384"])
found["joserfc"] = [True, joserfc.jwk.RSAKey.import_key(converted).thumbprint() == joserfc.jwk.RSAKey.import_key(right).thumbprint()]
jwcrypto.jwt.JWT(jwt=token, key=jwcrypto.jwk.JWK(**converted), algs=["RS384"], expected_type="JWS")
found["jwcrypto"] = [True, jwcrypto.jwk.JWK(**converted).thumbprint() == jwcrypto.jwk.JWK(**right).thumbprint()]
for name, (verified, same) in found.items():
    print(f"{name}: verifies with the JWK: {verified}; thumbprint as of the right JWK: {same}")
if len(modulus) != 257 or modulus[0] != 0 or any(result != [True, False] for result in found.values()):
    sys.exit("changed: expected 257 octets, and three readers that verify and have another thumbprint")
PY
venv/bin/python check.py
