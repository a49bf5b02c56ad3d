#!/usr/bin/env bash
# Software: idpyoidc 5.0.0 with cryptojwt 1.11.0 (PyPI), private_key_jwt in the client_credentials request.
# Behaviour: the assertion lives for 600 seconds, and `aud` is a list of one, though one URL was given.
# One would guess: minutes that fit the profiles (at most 5 in SMART and Epic, 1 to 5 elsewhere) and a string for one
#   audience, as the examples of RFC 7523 show it.
# Why it matters: both are legal by RFC 7519 and 7523, so nothing looks wrong. A SMART server answers invalid_client
#   for the 10 minutes, and some servers (Medplum) compare `aud` as a string.
# Remedy: pass lifetime=240 with each request; for the list there is no option, so choose the server or the library.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check idpyoidc==5.0.0 cryptojwt==1.11.0
cat >check.py <<'PY'
import base64, json, sys, urllib.parse
from cryptojwt.key_jar import init_key_jar
from idpyoidc.client.oauth2 import Client

url = "https://as.example/token"
client = Client(
    keyjar=init_key_jar(key_defs=[{"type": "EC", "crv": "P-384", "use": ["sig"]}]),
    config={
        "client_id": "client-1", "issuer": "https://as.example", "base_url": "https://client.example",
        "provider_info": {"issuer": "https://as.example", "token_endpoint": url,
                          "token_endpoint_auth_signing_alg_values_supported": ["ES384"]},
        "client_authn_methods": ["private_key_jwt"],
        "services": {"cc": {"class": "idpyoidc.client.oauth2.client_credentials.CCAccessTokenRequest"}},
    })
service = client.get_service("client_credentials")

def claims(**options):
    body = service.get_request_parameters(authn_method="private_key_jwt", endpoint=url, **options)["body"]
    part = urllib.parse.parse_qs(body)["client_assertion"][0].split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "==="))

default, shorter = claims(), claims(lifetime=240)
for name, found in (("no option:", default), ("lifetime=240:", shorter)):
    print(f"{name:14} exp - iat = {found['exp'] - found['iat']}, aud = {found['aud']}")
found = (default["exp"] - default["iat"], default["aud"], shorter["exp"] - shorter["iat"])
if found != (600, [url], 240):
    sys.exit(f"changed: expected (600, ['{url}'], 240), found {found}")
PY
venv/bin/python check.py
