#!/usr/bin/env bash
# Software: moto 5.2.5 (PyPI), the mock of AWS KMS, with PyJWT 2.15.1 and joserfc 1.8.0.
# Behaviour: `sign` with RSASSA_PSS_SHA_384 uses the longest possible salt, 206 bytes for RSA-2048. PyJWT and joserfc
#   refuse the PS384 token: JWA and KMS prescribe a salt of 48 bytes. The PKCS #1 and ECDSA algorithms are fine.
# One would guess: what KMS documents, a salt as long as the digest (RFC 7518 section 3.5), so a signer that passes here
#   passes there.
# Why it matters: a client assertion signed through the mock ends in invalid_client at every test server, and the signer
#   looks broken, although it works with KMS.
# Remedy: test PS256 and PS384 with another mock or with a local key behind the same interface; use RS384 or ES384 here.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check moto==5.2.5 boto3==1.44.8 PyJWT==2.15.1 joserfc==1.8.0 cryptography==50.0.2 || exit 2
cat >check.py <<'PY'
import base64, json, sys
import boto3, joserfc.jws, jwt
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key
from joserfc.jwk import RSAKey
from moto import mock_aws

def encode(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

def salts(key, signature, message):
    found = []
    for length in (48, 206):
        try:
            key.verify(signature, message, padding.PSS(padding.MGF1(hashes.SHA384()), length), hashes.SHA384())
            found.append(length)
        except Exception:
            pass
    return found

def attempt(run):
    try:
        run()
        return "verified"
    except Exception as error:
        return type(error).__name__

found = {}
with mock_aws():
    kms = boto3.client("kms", "us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
    name = kms.create_key(KeyUsage="SIGN_VERIFY", KeySpec="RSA_2048")["KeyMetadata"]["KeyId"]
    public = load_der_public_key(kms.get_public_key(KeyId=name)["PublicKey"])
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    for alg, kms_alg in (("RS384", "RSASSA_PKCS1_V1_5_SHA_384"), ("PS384", "RSASSA_PSS_SHA_384")):
        parts = ".".join(encode(json.dumps(part).encode()) for part in ({"alg": alg}, {"iss": "client-1"}))
        signature = kms.sign(KeyId=name, Message=parts.encode(), SigningAlgorithm=kms_alg)["Signature"]
        token = f"{parts}.{encode(signature)}"
        found[alg] = (attempt(lambda: jwt.decode(token, public, algorithms=[alg])),
                      attempt(lambda: joserfc.jws.deserialize_compact(token, RSAKey.import_key(pem), algorithms=[alg])))
        print(f"{alg} by moto: PyJWT {found[alg][0]}, joserfc {found[alg][1]}")
    found["salt"] = salts(public, signature, parts.encode())
    print("salt of the PS384 signature:", *found["salt"], "bytes")
expected = {"RS384": ("verified",) * 2, "PS384": ("InvalidSignatureError", "BadSignatureError"), "salt": [206]}
if found != expected:
    sys.exit(f"changed: expected {expected}, found {found}")
PY
venv/bin/python check.py
