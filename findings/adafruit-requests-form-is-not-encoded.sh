#!/usr/bin/env bash
# Software: adafruit-circuitpython-requests 4.1.17 (PyPI), the HTTP client of CircuitPython devices; requests 2.34.2
#   (PyPI) to compare.
# Behaviour: post(url, data={...}) writes the values into the form as they are, without percent encoding. A plus in a
#   value arrives as a space, an ampersand ends the value and begins another parameter, and %2F arrives as a slash.
# One would guess: a dict is form-encoded, as requests does; the module has its interface, and it sends "Content-Type:
#   application/x-www-form-urlencoded".
# Why it matters: every second client secret of 32 bytes in base64 has a plus. The token endpoint answers
#   invalid_client for a secret that is right. A SMART v2 scope with two conditions (?category=...&status=...) loses
#   the second one.
# Remedy: encode each value before it goes into the dict, or send data as a finished string with that Content-Type.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check --no-deps adafruit-circuitpython-requests==4.1.17 \
  adafruit-circuitpython-connectionmanager==3.1.8 adafruit-circuitpython-typing==1.13.0 typing_extensions==4.15.0
venv/bin/pip install -q --disable-pip-version-check requests==2.34.2
cat >check.py <<'PY'
import http.server, socket, sys, threading, urllib.parse
import adafruit_requests, requests

seen = {}

class TokenEndpoint(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        assert self.headers["Content-Type"] == "application/x-www-form-urlencoded"
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        seen.update(urllib.parse.parse_qsl(body, keep_blank_values=True))
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *args):
        pass

server = http.server.HTTPServer(("127.0.0.1", 0), TokenEndpoint)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}/token"
form = {
    "grant_type": "client_credentials",
    "client_id": "client-1",
    "client_secret": "mZ+9/c%2Fw==",
    "scope": "system/Observation.rs?category=laboratory&status=final",
}

def arrives(post):
    seen.clear()
    post(url, data=dict(form)).close()
    return dict(seen)

device = arrives(adafruit_requests.Session(socket).post)
desktop = arrives(requests.post)
for name, value in form.items():
    print(f"sent {name}={value}: requests {desktop.get(name)!r}, adafruit_requests {device.get(name)!r}")
print("parameters that nobody sent:", {k: v for k, v in device.items() if k not in form})
expected = form | {"client_secret": "mZ 9/c/w==", "scope": "system/Observation.rs?category=laboratory", "status": "final"}
if desktop != form or device != expected:
    sys.exit(f"changed: expected {expected}, found {device}")
PY
venv/bin/python check.py
