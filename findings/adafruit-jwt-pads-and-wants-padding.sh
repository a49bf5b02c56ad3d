#!/usr/bin/env bash
# Software: adafruit-circuitpython-jwt 1.2.25 (PyPI), the JWT library of CircuitPython devices; PyJWT 2.15.1, joserfc
#   1.8.0, jwcrypto 1.6.1 (PyPI), jose 6.2.18 and jsonwebtoken 9.0.3 (npm) to compare.
# Behaviour: generate() leaves the "=" of base64 in the token; the signature of a 2048-bit key always ends in "==".
#   PyJWT and jose accept it, joserfc, jwcrypto and jsonwebtoken do not. validate() wants the padding: a token as others
#   write it is "Incorrect padding" unless the claims and the header happen to fill groups of three octets.
# One would guess: base64url without padding, as RFC 7515 section 2 says, in both directions; and no reader that likes
#   one client name and not the next.
# Why it matters: the assertion works with the test server and is refused by another one as malformed. A device that
#   reads `exp` of its token from the server can do so for one patient in three.
# Remedy: token.replace("=", "") does not help, as the padding is signed. Sign header and claims yourself with
#   adafruit_rsa, and decode the claims yourself, with "+" and "/" for "-" and "_" and with "=" added.
# On CPython the hash wants bytes, so the script hands sign() the same text as bytes.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check --no-deps adafruit-circuitpython-jwt==1.2.25 \
  adafruit-circuitpython-hashlib==1.4.22 adafruit-circuitpython-rsa==1.2.30 adafruit-circuitpython-typing==1.13.0 \
  adafruit-circuitpython-logging==5.6.4 adafruit-circuitpython-binascii==2.0.10 pyasn1==0.6.5 typing_extensions==4.15.0 || exit 2
venv/bin/pip install -q --disable-pip-version-check PyJWT==2.15.1 joserfc==1.8.0 jwcrypto==1.6.1 cryptography==50.0.2 || exit 2
echo '{"private":true}' >package.json
npm install --silent --no-audit --no-fund jose@6.2.18 jsonwebtoken@9.0.3 || exit 2
cat >verify.mjs <<'JS'
import { createPublicKey } from "node:crypto";
import { readFileSync } from "node:fs";
import * as jose from "jose";
import jsonwebtoken from "jsonwebtoken";
const { token, jwk } = JSON.parse(readFileSync(0, "utf8"));
const key = createPublicKey({ key: jwk, format: "jwk" });
const attempt = (run) => Promise.resolve().then(run).then(() => true, () => false);
console.log(JSON.stringify({
  jose: await attempt(() => jose.jwtVerify(token, key)),
  jsonwebtoken: await attempt(() => jsonwebtoken.verify(token, key, { algorithms: ["RS256"] })),
}));
JS
cat >check.py <<'PY'
import json, subprocess, sys, time
import adafruit_jwt, joserfc.jwk, joserfc.jwt, jwcrypto.jwk, jwcrypto.jwt, jwt

sign = adafruit_jwt.sign
adafruit_jwt.sign = lambda text, *more: sign(text.encode(), *more)
key = joserfc.jwk.RSAKey.generate_key(2048)
jwk = key.as_dict(private=False)
n = key.private_key.private_numbers()
numbers = (n.public_numbers.n, n.public_numbers.e, n.d, n.p, n.q)
algs = ["RS256"]
now = int(time.time())
readers = {
    "PyJWT": lambda t: jwt.decode(t, key.public_key, algorithms=algs),
    "joserfc": lambda t: joserfc.jwt.decode(t, key, algorithms=algs),
    "jwcrypto": lambda t: jwcrypto.jwt.JWT(jwt=t, key=jwcrypto.jwk.JWK(**jwk), algs=algs, expected_type="JWS"),
}

def attempt(read, token):
    try:
        read(token)
        return True
    except Exception:
        return False

token = adafruit_jwt.JWT.generate({"iss": "client-1", "exp": now + 300}, numbers, "RS256")
padded = token.split(".")[2].endswith("==")
print("signature ends in ==:", padded)
found = {name: attempt(read, token) for name, read in readers.items()}
text = json.dumps({"token": token, "jwk": jwk})
found |= json.loads(subprocess.run(["node", "verify.mjs"], input=text, capture_output=True, text=True, check=True).stdout)
for name, verified in found.items():
    print(f"{name:12} accepts the token of the device: {verified}")
read = []
for name in ["client-1", "client-10", "client-100"]:
    other = jwt.encode({"iss": name, "exp": now + 300}, key.private_key, "RS256")
    try:
        read.append(adafruit_jwt.JWT.validate(other)[1]["iss"] == name)
    except ValueError as error:
        read.append(str(error))
    print(f"token of PyJWT for {name} read by the device: {read[-1]}")
expected = {"PyJWT": True, "joserfc": False, "jwcrypto": False, "jose": True, "jsonwebtoken": False}
if not padded or found != expected or read.count(True) != 1 or read.count("Incorrect padding") != 2:
    sys.exit(f"changed: expected a padded signature, {expected}, and one token of three that is read; found {found}, {read}")
PY
venv/bin/python check.py
