#!/usr/bin/env bash
# Software: fhirclient 4.4.0 (PyPI), the SMART client for Python.
# Behaviour: in the Backend Services flow (client_credentials with a client assertion) it puts `launch/patient` before
#   the scope that the caller configured. Only `client.wants_patient = False`, true by default, stops it.
# One would guess: without a user and without a launch, the scope on the wire is the configured one.
# Why it matters: a server has no patient to choose for a machine. A strict one answers invalid_scope for a scope that
#   stands nowhere in the caller's configuration.
# Remedy: set wants_patient to False before authorizing.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check fhirclient==4.4.0
cat >check.py <<'PY'
import http.server, json, sys, threading, urllib.parse
from fhirclient.auth import FHIRAuth
from fhirclient.client import FHIRClient

scopes = []

class Server(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        form = urllib.parse.parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        scopes.append(form["scope"][0])
        body = b'{"access_token":"t","token_type":"bearer","expires_in":300}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass

server = http.server.HTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
base = f"http://127.0.0.1:{server.server_port}"

def ask(wants_patient):
    client = FHIRClient(settings={"app_id": "c", "api_base": base + "/fhir", "scope": "system/Patient.rs", "jwt_token": "a.b.c"})
    if wants_patient is not None:
        client.wants_patient = wants_patient
    client.server.auth = FHIRAuth.create("oauth2", {"app_id": "c", "token_uri": base + "/token", "jwt_token": "a.b.c"})
    client.server.authorize()
    return scopes[-1]

default, without = ask(None), ask(False)
print("configured:          system/Patient.rs")
print("sent by default:    ", default)
print("wants_patient=False:", without)
if (default, without) != ("launch/patient system/Patient.rs", "system/Patient.rs"):
    sys.exit("changed: expected launch/patient by default and the configured scope alone with wants_patient=False")
PY
venv/bin/python check.py
