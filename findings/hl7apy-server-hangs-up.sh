#!/usr/bin/env bash
# Software: hl7apy 1.3.5 (PyPI), its MLLPServer; mllp-http 1.1.4 (PyPI) to compare.
# Behaviour: the server answers the first message of a connection and closes it. A second message that has arrived by
#   then is thrown away; one that is sent later meets a closed connection. Nothing is logged.
# One would guess: a server of MLLP reads messages until the sender closes, as the others do.
# Why it matters: interface engines keep one connection open and send all they have. Each second message is lost or has
#   to be sent again, and the engine reports the network.
# Remedy: a sender that opens a connection for each message, or a handler of one's own around hl7apy's parser.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check hl7apy==1.3.5 mllp-http==1.1.4 || exit 2
cat >check.py <<'PY'
import functools, http.server, os, socket, sys, threading, urllib.parse
from hl7apy.mllp import AbstractHandler, MLLPServer
from mllp_http.mllp2http import HttpClientOptions, MllpHandler, ThreadedTCPServer

handled = []

def acknowledge(message):
    control_id = message.split("|")[9]
    handled.append(control_id)
    return f"MSH|^~\\&|EHR|CLINIC|LAB|HOSP|20240501120001||ACK^A01^ACK|9|T|2.5.1\rMSA|AA|{control_id}\r"

class Handler(AbstractHandler):
    def reply(self):
        return f"\x0b{acknowledge(self.incoming_message)}\x1c\r"

class Web(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        answer = acknowledge(self.rfile.read(int(self.headers["Content-Length"])).decode()).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *args):
        pass

def start(server):
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]

web = start(http.server.HTTPServer(("127.0.0.1", 0), Web))
url = urllib.parse.urlparse(f"http://127.0.0.1:{web}/")
bridge = functools.partial(MllpHandler, http_url=url, http_options=HttpClientOptions("x-application/hl7-v2+er7", 5), timeout=None)
ports = {
    "hl7apy": start(MLLPServer("127.0.0.1", 0, {"ADT^A01^ADT_A01": (Handler,)})),
    "mllp-http": start(ThreadedTCPServer(("127.0.0.1", 0), bridge)),
}

def block(control_id):
    return (f"\x0bMSH|^~\\&|LAB|HOSP|EHR|CLINIC|20240501120000||ADT^A01^ADT_A01|{control_id}|T|2.5.1\r"
            "EVN|A01|20240501120000\rPID|1||1001^^^HOSP^MR||Smith^Jane\r\x1c\r").encode()

def exchange(port):
    """Sends two messages at once; returns what was handled, the acknowledgements and whether the server closed."""
    handled.clear()
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.settimeout(2)
        connection.sendall(block("A") + block("B"))
        answer = b""
        try:
            while data := connection.recv(4096):
                answer += data
            closed = True
        except ConnectionResetError:
            closed = True
        except socket.timeout:
            closed = False
    return list(handled), answer.count(b"MSA|AA|"), closed

found = {name: exchange(port) for name, port in ports.items()}
for name, (ids, acknowledgements, closed) in found.items():
    print(f"{name}: sent A and B; handled {ids}, acknowledgements {acknowledgements}, closed by the server: {closed}")
handled_by_hl7apy, acknowledgements, closed = found["hl7apy"]
as_expected = handled_by_hl7apy == ["A"] and acknowledgements < 2 and closed and found["mllp-http"] == (["A", "B"], 2, False)
if not as_expected:
    print("changed: expected that hl7apy handles A alone and closes, and that mllp-http handles and acknowledges both")
sys.stdout.flush()
os._exit(int(not as_expected))
PY
venv/bin/python check.py
