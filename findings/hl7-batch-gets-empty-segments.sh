#!/usr/bin/env bash
# Software: hl7 0.4.5 (PyPI), parse_batch and parse_file.
# Behaviour: str() of a parsed batch or file has an empty segment (CR CR) before each message but the first. A single
#   message comes back as it was.
# One would guess: str(parse_batch(x)) is x, as for parse().
# Why it matters: HL7 v2 knows no empty segment. A reader that splits at CR gets a segment without a name, and one that
#   splits files at blank lines ends the batch after its first message.
# Remedy: join str(message) of each message oneself, or replace CR CR by CR before sending.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check hl7==0.4.5
cat >check.py <<'PY'
import sys
import hl7

one = "\r".join([r"MSH|^~\&|A|B|C|D|20240101||ADT^A01|1|P|2.5", "PID|1"]) + "\r"
batch = "\r".join([r"BHS|^~\&|A|B", one.rstrip("\r"), one.rstrip("\r"), "BTS|2"]) + "\r"
file = "FHS|^~\\&|A|B\r" + batch + "FTS|1\r"
found = []
for name, text, parse in (("message", one, hl7.parse), ("batch", batch, hl7.parse_batch), ("file", file, hl7.parse_file)):
    out = str(parse(text))
    found.append((out == text, out.count("\r\r")))
    print(f"{name:8} comes back the same: {out == text}; empty segments: {out.count(chr(13) * 2)}")
if found != [(True, 0), (False, 1), (False, 1)]:
    sys.exit(f"changed: expected [(True, 0), (False, 1), (False, 1)], found {found}")
PY
venv/bin/python check.py
