#!/usr/bin/env bash
# Software: httpx-auth 0.23.1 with httpx 0.28.1 (PyPI), OAuth2ClientCredentials.
# Behaviour: when the token answer has no `expires_in`, the library takes the access token for a JWT and looks for `exp`
#   in it. An opaque token ends in "ValueError: not enough values to unpack", after the token was obtained and before
#   the request is sent.
# One would guess: `expires_in` is optional (RFC 6749 section 5.1) and an access token is opaque to the client, so the
#   token is used, perhaps not cached.
# Why it matters: some servers leave `expires_in` out, and many health servers give opaque tokens. The error
#   names neither of the two.
# Remedy: none by option; wrap the token request, or use a server that sends expires_in.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check httpx-auth==0.23.1 httpx==0.28.1
cat >check.py <<'PY'
import http.server, json, sys, threading
import httpx
from httpx_auth import OAuth2, OAuth2ClientCredentials

paths = []
answer = {"access_token": "opaque-token", "token_type": "Bearer"}

class Server(http.server.BaseHTTPRequestHandler):
    def reply(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        paths.append(self.path)
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = reply

    def log_message(self, *args):
        pass

server = http.server.HTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
base = f"http://127.0.0.1:{server.server_port}"

def call():
    paths.clear()
    OAuth2.token_cache.clear()
    try:
        auth = OAuth2ClientCredentials(base + "/token", client_id="c", client_secret="s")
        result = str(httpx.get(base + "/Patient", auth=auth).status_code)
    except Exception as error:
        result = f"{type(error).__name__}: {error}"
    return result, list(paths)

without = call()
answer["expires_in"] = 300
with_it = call()
print("no expires_in:  ", *without)
print("expires_in 300: ", *with_it)
if not without[0].startswith("ValueError") or without[1] != ["/token"] or with_it[0] != "200":
    sys.exit("changed: expected a ValueError after /token without expires_in and 200 with it")
PY
venv/bin/python check.py
