#!/usr/bin/env bash
# Software: Authlib 1.9.10 (its own authlib.jose), PyJWT 2.15.1, joserfc 1.8.0, cryptography 49.0.0 (PyPI).
# Behaviour: authlib.jose writes an EC coordinate without its leading zero byte. About one P-256 key in 128 gets a JWK
#   with 31 bytes in `x` or `y`. PyJWT refuses that JWK; joserfc reads it, but the thumbprint that Authlib writes as
#   `kid` is not the one that other libraries compute for the same key (RFC 7518 section 6.2.1.2 wants full length).
# One would guess: the same PEM file gives the same JWK and the same RFC 7638 thumbprint in each current library.
# Why it matters: a JWK Set is registered once with the health network. Key generation works 127 times and then yields a
#   key whose assertions "have no matching key" or whose set cannot be read.
# Remedy: export the public key with joserfc, or check that each coordinate decodes to 32 (48, 66) bytes.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check Authlib==1.9.10 joserfc==1.8.0 PyJWT==2.15.1 cryptography==49.0.0
cat >check.py <<'PY'
import base64, sys, warnings
warnings.filterwarnings("ignore")
from authlib.jose import JsonWebKey
from cryptography.hazmat.primitives import serialization as s
from cryptography.hazmat.primitives.asymmetric import ec
import joserfc.jwk, jwt

# A throw-away key, found by counting upwards, whose x begins with a zero byte.
private = ec.derive_private_key((1 << 254) + 0x86, ec.SECP256R1())
assert private.public_key().public_numbers().x >> 248 == 0
pem = private.private_bytes(s.Encoding.PEM, s.PrivateFormat.PKCS8, s.NoEncryption())

short = JsonWebKey.import_key(pem).as_dict()
full = joserfc.jwk.ECKey.import_key(pem)
length = len(base64.urlsafe_b64decode(short["x"] + "==="))
try:
    jwt.PyJWK(short, algorithm="ES256")
    pyjwt = "reads it"
except jwt.exceptions.InvalidKeyError as error:
    pyjwt = f"refuses it: {error}"
print("Authlib: bytes in x", length, "kid", short["kid"])
print("joserfc: bytes in x", len(base64.urlsafe_b64decode(full.as_dict()["x"] + "===")), "kid", full.thumbprint())
print("PyJWT", pyjwt)
found = (length, pyjwt == "reads it", short["kid"] == full.thumbprint())
if found != (31, False, False):
    sys.exit(f"changed: expected (31, False, False), found {found}")
PY
venv/bin/python check.py
