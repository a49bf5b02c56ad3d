#!/usr/bin/env bash
# Software: Authlib 1.9.10 with joserfc 1.8.0 (PyPI), PrivateKeyJWT client authentication.
# Behaviour: the assertion has no `kid`, although the signing key is a JWK with `kid` and `alg`; `alg` is not read from
#   the key either: an ES384 key is used for the default RS256 and refused by Authlib itself.
# One would guess: a key that carries its own `kid` and `alg` fills the header of what it signs.
# Why it matters: SMART Backend Services requires `kid`, and a server with a JWK Set of several keys answers a header
#   without it with a bare invalid_client.
# Remedy: PrivateKeyJWT(url, headers={"kid": ...}, alg="ES384"), both by hand.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check Authlib==1.9.10 joserfc==1.8.0 requests==2.34.2
cat >check.py <<'PY'
import base64, json, sys, urllib.parse
from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from joserfc.jwk import ECKey

url = "https://as.example/token"
key = ECKey.generate_key("P-384", {"kid": "clinic-2026", "alg": "ES384", "use": "sig"})

def header(method):
    auth = ClientAuth("client-1", key, method)
    _, _, body = auth.prepare("POST", url, {}, "grant_type=client_credentials")
    part = urllib.parse.parse_qs(body)["client_assertion"][0].split(".")[0]
    return json.loads(base64.urlsafe_b64decode(part + "==="))

try:
    header(PrivateKeyJWT(url))
    default = "signed"
except Exception as error:
    default = f"{type(error).__name__}: {error}"
named = header(PrivateKeyJWT(url, alg="ES384"))
by_hand = header(PrivateKeyJWT(url, alg="ES384", headers={"kid": key.kid}))
print("the key has:            ", {"kid": key.kid, "alg": key.alg})
print("no alg argument:        ", default)
print("alg argument:           ", named)
print("alg and kid arguments:  ", by_hand)
if default == "signed" or "kid" in named or by_hand.get("kid") != "clinic-2026":
    sys.exit("changed: expected an error without alg, no kid with alg alone, and kid only when given by hand")
PY
venv/bin/python check.py
