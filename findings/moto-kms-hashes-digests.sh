#!/usr/bin/env bash
# Software: moto 5.2.5 (PyPI), the mock of AWS KMS.
# Behaviour: `sign` ignores `MessageType`. With `DIGEST` it hashes the digest once more, so the signature verifies for the
#   digest as a message, and not for the message. KMS skips the hashing step then, and refuses a digest of another length.
# One would guess: what KMS documents, since the parameter is taken without an error.
# Why it matters: a signer that sends digests works with KMS, and every token made with it is refused here. One that sends a
#   message as DIGEST passes here, and KMS refuses it.
# Remedy: send messages as RAW where the mock is used; sign digests of messages above 4096 bytes against KMS itself.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check moto==5.2.5 boto3==1.44.8 cryptography==50.0.2 || exit 2
cat >check.py <<'PY'
import hashlib, sys
import boto3
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key
from moto import mock_aws

def verifies(key, signature, message):
    try:
        key.verify(signature, message, ec.ECDSA(hashes.SHA384()))
        return True
    except Exception:
        return False

with mock_aws():
    kms = boto3.client("kms", "us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
    name = kms.create_key(KeyUsage="SIGN_VERIFY", KeySpec="ECC_NIST_P384")["KeyMetadata"]["KeyId"]
    public = load_der_public_key(kms.get_public_key(KeyId=name)["PublicKey"])
    message = b"a message"
    digest = hashlib.sha384(message).digest()
    sign = lambda given: kms.sign(KeyId=name, Message=given, MessageType="DIGEST", SigningAlgorithm="ECDSA_SHA_384")["Signature"]
    signature = sign(digest)
    found = (verifies(public, signature, message), verifies(public, signature, digest), verifies(public, sign(message), message))
print("signed as DIGEST, verifies for the message, for the digest:", *found[:2])
print("a message signed as DIGEST, verifies for the message:", found[2])
if found != (False, True, True):
    sys.exit(f"changed: expected (False, True, True), found {found}")
PY
venv/bin/python check.py
