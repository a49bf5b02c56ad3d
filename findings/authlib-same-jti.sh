#!/usr/bin/env bash
# Software: Authlib 1.9.10 (PyPI), its PrivateKeyJWT client authentication for OAuth2Session.
# Behaviour: as soon as the caller gives extra claims, every assertion of that object has the same `jti`. Authlib writes
#   the first `jti` into the caller's dict and finds it there the next time. Without extra claims each `jti` is new.
# One would guess: a claim that has nothing to do with `jti` leaves `jti` alone.
# Why it matters: health servers want private claims (UDAP `extensions`, PDND `purposeId`) and remember each `jti`. The
#   first token arrives and the first renewal is refused, minutes later and far from the code that caused it.
# Remedy: build a new PrivateKeyJWT, with a new dict, for each token request.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check Authlib==1.9.10 joserfc==1.8.0 requests==2.34.2
cat >check.py <<'PY'
import base64, http.server, json, sys, threading, urllib.parse
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from joserfc.jwk import ECKey

seen = []

class TokenEndpoint(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        form = urllib.parse.parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        claims = form["client_assertion"][0].split(".")[1]
        seen.append(json.loads(base64.urlsafe_b64decode(claims + "==="))["jti"])
        body = b'{"access_token":"t","token_type":"Bearer","expires_in":300}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass

server = http.server.HTTPServer(("127.0.0.1", 0), TokenEndpoint)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}/token"

def distinct(claims):
    seen.clear()
    method = PrivateKeyJWT(url, claims=claims, alg="ES384")
    session = OAuth2Session("client-1", ECKey.generate_key("P-384"), token_endpoint_auth_method=method)
    for _ in range(3):
        session.fetch_token(url, grant_type="client_credentials")
    return len(set(seen))

plain, extra = distinct(None), distinct({"purposeId": "p-1"})
print(f"3 token requests, no extra claim:  {plain} different jti")
print(f"3 token requests, one extra claim: {extra} different jti")
if (plain, extra) != (3, 1):
    sys.exit(f"changed: expected 3 and 1 different jti, found {plain} and {extra}")
PY
venv/bin/python check.py
