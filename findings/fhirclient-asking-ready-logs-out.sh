#!/usr/bin/env bash
# Software: fhirclient 4.4.0 (PyPI), the SMART client for Python.
# Behaviour: the property `ready` changes what is sent. After the token has expired, requests still carry the old token
#   until somebody reads `ready`; reading it drops the token, and from then on the same call is sent with no
#   Authorization header at all, without an error. The old deadline stays: a new token that comes without `expires_in`
#   is dropped by the next `ready`, too.
# One would guess: reading a property has no effect, and a request that needs a token and has none fails in the client.
# Why it matters: a health check or a log line that prints `ready` decides whether a server sees an expired token or an
#   anonymous caller. An open test server answers the anonymous call, with other data.
# Remedy: read `ready` before each request, authorize again when it is False, and create a new auth object for it.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check fhirclient==4.4.0
cat >check.py <<'PY'
import http.server, json, sys, threading, time
from fhirclient.auth import FHIRAuth
from fhirclient.client import FHIRClient

seen = []
answer = {"access_token": "t", "token_type": "bearer", "expires_in": 1}

class Server(http.server.BaseHTTPRequestHandler):
    def reply(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        seen.append(self.headers.get("Authorization"))
        body = json.dumps(answer if self.path == "/token" else {"resourceType": "Bundle"}).encode()
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

client = FHIRClient(settings={"app_id": "c", "api_base": base + "/fhir/", "scope": "system/Patient.rs", "jwt_token": "a.b.c"})
client.server.auth = FHIRAuth.create("oauth2", {"app_id": "c", "token_uri": base + "/token", "jwt_token": "a.b.c"})
client.server.authorize()
time.sleep(1.2)
client.server.request_json("Patient")
expired = seen[-1]
ready = client.ready
client.server.request_json("Patient")
after_ready = seen[-1]
del answer["expires_in"]
client.server.authorize()
unlimited = client.server.auth.ready
print("expired, ready not read: Authorization:", expired)
print("ready:", ready)
print("expired, ready was read: Authorization:", after_ready)
print("ready after a new token without expires_in:", unlimited)
found = (expired, ready, after_ready, unlimited)
if found != ("Bearer t", False, None, False):
    sys.exit(f"changed: expected ('Bearer t', False, None, False), found {found}")
PY
venv/bin/python check.py
