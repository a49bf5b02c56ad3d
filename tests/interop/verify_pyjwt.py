"""Verifies client assertions with PyPI's PyJWT and cryptography, as an authorization server would.

Standard input, JSON: {"jwks", "requests": [{"issuer", "subject", "audience", "assertion": compact JWS}, ...]}. Instead of
"assertion" there may be "form": the body of a token request that it is in.
Standard output, JSON, one member a request: {"header", "claims", "fields": the other pairs of the form} or
{"refused": "why"}.
"""

import json
import sys
from urllib.parse import parse_qsl

import jwt

ALGORITHMS = ["ES256", "ES384", "ES512", "RS256", "RS384", "RS512", "PS256"]
ASSERTION_FIELDS = ("client_assertion", "assertion")


def key_of(header, keys):
    """By its key ID, or by the algorithm where there is no key ID."""
    if "kid" in header:
        return next((key for key in keys if key.key_id == header["kid"]), None)
    return next((key for key in keys if key.algorithm_name == header["alg"]), None)


def verify(request, keys):
    if "form" in request:
        pairs = parse_qsl(request["form"], keep_blank_values=True, strict_parsing=True)
    else:
        pairs = [("assertion", request["assertion"])]
    assertion = next(value for name, value in pairs if name in ASSERTION_FIELDS)
    # Only the library's own "no" is an answer; a mistake in this script is not.
    try:
        key = key_of(jwt.get_unverified_header(assertion), keys)
        if key is None:
            return {"refused": "no key of this kid"}
        decoded = jwt.decode_complete(
            assertion,
            key,
            algorithms=ALGORITHMS,
            issuer=request["issuer"],
            subject=request["subject"],
            audience=request["audience"],
            options={"require": ["iss", "sub", "aud", "iat", "exp", "jti"], "strict_aud": True},
        )
    except jwt.PyJWTError as error:
        return {"refused": f"{type(error).__name__}: {error}"}
    fields = [pair for pair in pairs if pair[0] not in ASSERTION_FIELDS]
    return {"header": decoded["header"], "claims": decoded["payload"], "fields": fields}


def main():
    question = json.load(sys.stdin)
    keys = list(jwt.PyJWKSet.from_dict(question["jwks"]))
    json.dump([verify(request, keys) for request in question["requests"]], sys.stdout)


if __name__ == "__main__":
    main()
