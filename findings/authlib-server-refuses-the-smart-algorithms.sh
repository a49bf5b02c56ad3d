#!/usr/bin/env bash
# Software: Authlib 1.9.10 with joserfc 1.8.0 (PyPI), the server's JWTBearerClientAssertion.
# Behaviour: a server built on it accepts client assertions by RS256 and ES256 only. RS384 and ES384 are answered with
#   invalid_client, "Algorithm of 'ES384' is not recommended", even when the client's registered key says "alg":"ES384".
#   The list is joserfc's default for decode(), and no option of the class reaches it.
# One would guess: the client's key decides, or at least all signature algorithms of RFC 7518 are on.
# Why it matters: the two refused algorithms are the two that SMART Backend Services requires of every server. A SMART
#   test server that is put together from Authlib works with the first OAuth client and refuses each SMART client.
# Remedy: override process_assertion_claims and call jwt.decode(assertion, key, algorithms=[...]).
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check Authlib==1.9.10 joserfc==1.8.0
cat >check.py <<'PY'
import sys, time
from authlib.oauth2.rfc7523 import JWTBearerClientAssertion
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

url = "https://as.example/token"

class Client:
    def check_endpoint_auth_method(self, method, endpoint):
        return True

class AsShipped(JWTBearerClientAssertion):
    key = None

    def get_audiences(self):
        return [url]

    def validate_jti(self, claims, jti):
        return True

    def resolve_client_public_key(self, client):
        return self.key

class WithAlgorithms(AsShipped):
    def process_assertion_claims(self, assertion, key):
        claims = jwt.decode(assertion, key, algorithms=[key.alg]).claims
        self.verify_claims(claims)
        return claims

class Request:
    pass

def ask(server, key):
    now = int(time.time())
    claims = {"iss": "c", "sub": "c", "aud": url, "iat": now, "exp": now + 60, "jti": "1"}
    request = Request()
    request.form = {"client_assertion_type": server.CLIENT_ASSERTION_TYPE,
                    "client_assertion": jwt.encode({"alg": key.alg}, claims, key, algorithms=[key.alg])}
    server.key = type(key).import_key(key.as_dict(private=False))
    try:
        return "accepted" if server(lambda client_id: Client(), request) else "no answer"
    except Exception as error:
        return f"{error.error}: {error.description}"

found = {}
for alg, key in (("ES256", ECKey.generate_key("P-256", {"alg": "ES256"})), ("ES384", ECKey.generate_key("P-384", {"alg": "ES384"})),
                 ("RS256", RSAKey.generate_key(2048, {"alg": "RS256"})), ("RS384", RSAKey.generate_key(2048, {"alg": "RS384"}))):
    found[alg] = ask(AsShipped(), key), ask(WithAlgorithms(), key)
    print(f"{alg} as shipped: {found[alg][0]}; with the algorithm named: {found[alg][1]}")
expected = {alg: (f"invalid_client: Algorithm of '{alg}' is not recommended" if alg.endswith("384") else "accepted", "accepted")
            for alg in found}
if found != expected:
    sys.exit(f"changed: expected {expected}, found {found}")
PY
venv/bin/python check.py
