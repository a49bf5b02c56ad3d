"""Assertions by PyPI's PyJWT. What it speaks: benches/contender/src/lib.rs."""

import json
import platform
import sys
import time

import cryptography
import jwt
from cryptography.hazmat.backends.openssl import backend
from cryptography.hazmat.primitives.serialization import load_pem_private_key

ISSUED_AT = 1_800_000_000
ASSERTION_LIFETIME_SECS = 300
ALGORITHMS = {
    "ES256": "ES256",
    "ES384": "ES384",
    "ES512": "ES512",
    "RS256, 2048 bits": "RS256",
    "RS384, 2048 bits": "RS384",
    "RS384, 4096 bits": "RS384",
}


def main():
    task = json.loads(sys.stdin.readline())
    works = [work(task, group) for group in ALGORITHMS]
    print(json.dumps([offer for offer, _ in works]), flush=True)
    for line in sys.stdin:
        print(answer(works, line.split()), flush=True)


def answer(works, words):
    verb, index, *count = words
    _, write = works[int(index)]
    if verb == "sample":
        return write(0)
    if verb == "measure":
        return "null"
    if verb == "run":
        return nanoseconds(write, int(count[0]))
    raise ValueError(f"cannot understand {verb!r}")


def nanoseconds(write, count):
    start = time.perf_counter_ns()
    for index in range(count):
        write(index)
    return time.perf_counter_ns() - start


def work(task, group):
    algorithm = ALGORITHMS[group]
    key = load_pem_private_key(task["keys"][group].encode(), password=None)
    client_id, audience, headers = task["client_id"], task["audience"], {"kid": task["key_id"]}

    def write(index):
        claims = {
            "iss": client_id,
            "sub": client_id,
            "aud": audience,
            "iat": ISSUED_AT,
            "exp": ISSUED_AT + ASSERTION_LIFETIME_SECS,
            "jti": f"{index:022}",
        }
        return jwt.encode(claims, key, algorithm=algorithm, headers=headers)

    openssl = " ".join(backend.openssl_version_text().split()[:2])
    offer = {
        "group": group,
        "name": "PyJWT",
        "version": jwt.__version__,
        "backend": f"{openssl}, cryptography {cryptography.__version__}, Python {platform.python_version()}",
        "class": "native",
        "how": "the key is loaded once; `encode` for each",
    }
    return offer, write


if __name__ == "__main__":
    main()
