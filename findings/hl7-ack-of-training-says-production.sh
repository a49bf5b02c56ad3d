#!/usr/bin/env bash
# Software: @medplum/core 5.2.13 (npm) and medforge 0.2.0 (PyPI); hl7 0.4.5 (PyPI) to compare.
# Behaviour: the acknowledgment that Medplum and medforge build has P (production) in MSH-11, whatever the message had:
#   a message for training (T) is acknowledged as production. hl7 copies the T.
# One would guess: MSH-11 is copied like MSH-12, the version, which all three copy.
# Why it matters: interface engines keep the traffic of test and production apart by MSH-11. A sender that checks it
#   drops the acknowledgment, waits, and sends the message again.
# Remedy: set MSH-11 of the acknowledgment by hand before it is sent.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check medforge==0.2.0 hl7==0.4.5
echo '{"private":true}' >package.json
npm install --silent --no-audit --no-fund @medplum/core@5.2.13
cat >ack.cjs <<'JS'
globalThis.WebSocket ??= class {}; // this version wants one when it is loaded, Node 20 has none
const { Hl7Message } = require("@medplum/core");
process.stdout.write(Hl7Message.parse(process.argv[2]).buildAck().toString());
JS
cat >check.py <<'PY'
import subprocess, sys
import hl7, medforge

message = "MSH|^~\\&|A|B|C|D|20240101120000||ADT^A01^ADT_A01|77|T|2.3\rPID|1\r"
acks = {
    "hl7": str(hl7.parse(message).create_ack("AA")),
    "medforge": medforge.parse(message).ack(),
    "medplum": subprocess.run(["node", "ack.cjs", message], capture_output=True, check=True).stdout.decode(),
}
found = {}
for name, ack in acks.items():
    fields = ack.split("\r")[0].split("|")
    found[name] = (fields[10], fields[11])
    print(f"{name:8} message MSH-11 T, MSH-12 2.3; acknowledgment MSH-11 {fields[10]}, MSH-12 {fields[11]}")
expected = {"hl7": ("T", "2.3"), "medforge": ("P", "2.3"), "medplum": ("P", "2.3")}
if found != expected:
    sys.exit(f"changed: expected {expected}, found {found}")
PY
venv/bin/python check.py
