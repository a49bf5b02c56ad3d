"""Verifies client assertions with PyPI's PyJWT and cryptography, as an authorization server would.

Standard input, JSON: {"jwks", "client_id", "audience", "assertions": [compact JWS, ...]}.
Standard output, JSON, one member an assertion: {"header", "claims"} or {"refused": "why"}.
"""

import json
import sys

import jwt

ALGORITHMS = ["ES256", "ES384", "RS256", "RS384", "RS512", "PS256"]


def verify(assertion, keys, client_id, audience):
    # Only the library's own "no" is an answer; a mistake in this script is not.
    try:
        key_id = jwt.get_unverified_header(assertion).get("kid")
        key = next((key for key in keys if key.key_id == key_id), None)
        if key is None:
            return {"refused": "no key of this kid"}
        decoded = jwt.decode_complete(
            assertion,
            key,
            algorithms=ALGORITHMS,
            issuer=client_id,
            subject=client_id,
            audience=audience,
            options={"require": ["iss", "sub", "aud", "iat", "exp", "jti"], "strict_aud": True},
        )
    except jwt.PyJWTError as error:
        return {"refused": f"{type(error).__name__}: {error}"}
    return {"header": decoded["header"], "claims": decoded["payload"]}


def main():
    request = json.load(sys.stdin)
    keys = list(jwt.PyJWKSet.from_dict(request["jwks"]))
    answers = [
        verify(assertion, keys, request["client_id"], request["audience"])
        for assertion in request["assertions"]
    ]
    json.dump(answers, sys.stdout)


if __name__ == "__main__":
    main()
