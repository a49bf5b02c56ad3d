#!/usr/bin/env bash
# Software: adafruit-circuitpython-hashlib 1.4.22 with adafruit-circuitpython-rsa 1.2.30 (PyPI), as they run under
#   CPython on a Raspberry Pi and other Linux boards; cryptography 50.0.2 (PyPI) to compare.
# Behaviour: adafruit_hashlib.sha384 is SHA3-384 wherever the interpreter has sha3_384. adafruit_rsa.sign(..., "SHA-384")
#   puts that digest behind the identifier of SHA-384 (SHA-2). No other library verifies the signature; its own verify()
#   does. SHA-256 and SHA-512 are right.
# One would guess: sha384 is the one of FIPS 180-4, as its name, its neighbours and hashlib say.
# Why it matters: RS384 is one of the two algorithms that SMART asks of a server. The device signs without an error and
#   tests itself well, and each server answers invalid_client. The same program may work on a microcontroller, where
#   the module falls back to its own SHA-384.
# Remedy: hash with hashlib and sign with adafruit_rsa.sign_hash(), or use cryptography on such a board.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check --no-deps adafruit-circuitpython-hashlib==1.4.22 \
  adafruit-circuitpython-rsa==1.2.30 adafruit-circuitpython-typing==1.13.0 adafruit-circuitpython-logging==5.6.4 \
  adafruit-circuitpython-binascii==2.0.10 pyasn1==0.6.5 typing_extensions==4.15.0 || exit 2
venv/bin/pip install -q --disable-pip-version-check cryptography==50.0.2 || exit 2
cat >check.py <<'PY'
import hashlib, sys
import adafruit_hashlib, adafruit_rsa
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

key = rsa.generate_private_key(65537, 2048)
n = key.private_numbers()
device_key = adafruit_rsa.PrivateKey(n.public_numbers.n, n.public_numbers.e, n.d, n.p, n.q)
device_public = adafruit_rsa.PublicKey(n.public_numbers.n, n.public_numbers.e)
message = b"header.claims"
digest = adafruit_hashlib.sha384(message).hexdigest()
print("sha384 is SHA-384:", digest == hashlib.sha384(message).hexdigest())
print("sha384 is SHA3-384:", digest == hashlib.sha3_384(message).hexdigest())

def verified(signature, algorithm):
    try:
        key.public_key().verify(signature, message, padding.PKCS1v15(), algorithm)
        return True
    except InvalidSignature:
        return False

found = {}
for name, algorithm in [("SHA-256", hashes.SHA256()), ("SHA-384", hashes.SHA384()), ("SHA-512", hashes.SHA512())]:
    signature = adafruit_rsa.sign(message, device_key, name)
    own = adafruit_rsa.verify(message, signature, device_public) == name
    found[name] = (verified(signature, algorithm), own)
    print(f"signed with {name}: verified by cryptography {found[name][0]}, by adafruit_rsa {own}")
hashed = adafruit_rsa.sign_hash(hashlib.sha384(message).digest(), device_key, "SHA-384")
found["sign_hash"] = (verified(hashed, hashes.SHA384()), None)
print("hashlib and sign_hash: verified by cryptography", found["sign_hash"][0])
expected = {"SHA-256": (True, True), "SHA-384": (False, True), "SHA-512": (True, True), "sign_hash": (True, None)}
if found != expected or digest != hashlib.sha3_384(message).hexdigest():
    sys.exit(f"changed: expected SHA3-384 and {expected}, found {digest} and {found}")
PY
venv/bin/python check.py
