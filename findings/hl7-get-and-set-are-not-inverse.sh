#!/usr/bin/env bash
# Software: hl7 0.4.5 (PyPI), access by path such as message["PID.F5.R1.C1"].
# Behaviour: reading by path resolves escapes, writing by path does not make them. message[p] = message[p] changes the
#   message: "Smith\T\Sons" becomes "Smith&Sons", and the text behind the & is now another subcomponent.
# One would guess: get and set are inverse to each other.
# Why it matters: a filter that trims or upper-cases names with message[p] = f(message[p]) loses the rest of each name
#   with an ampersand, and a vertical bar shifts all later fields.
# Remedy: message[p] = message.escape(value).
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check hl7==0.4.5
cat >check.py <<'PY'
import sys
import hl7

head = "MSH|^~\\&|A|B|C|D|20240101||ADT^A01|1|P|2.5\r"
path = "PID.F5.R1.C1"
message = hl7.parse(head + "PID|1||1||Smith\\T\\Sons^Ann||19700101")
first = message[path]
message[path] = first
line = str(message.segment("PID"))
second = hl7.parse(str(message))[path]
print("first read:          ", first)
print("written back, segment:", line)
print("read by the receiver: ", second)
if (first, line, second) != ("Smith&Sons", "PID|1||1||Smith&Sons^Ann||19700101", "Smith"):
    sys.exit("changed: expected Smith&Sons, then an unescaped & in the segment, then Smith")
PY
venv/bin/python check.py
