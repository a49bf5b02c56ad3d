#!/usr/bin/env bash
# Software: hl7apy 1.3.5 (PyPI).
# Behaviour: reading a message and writing it again turns the escapes \.br\ (line break), \.sp\ and \X0D\ into literal
#   text: \.br\ becomes \E\.br\E\. The delimiter escapes \F\ \S\ \T\ \R\ \E\ and \H\ \N\ stay as they are.
# One would guess: parse_message(x).to_er7() gives x, at least in fields that nobody touched.
# Why it matters: a relay that only adds a segment or a field spoils each report text that passes: the reader sees
#   ".br" between backslashes where lines ended.
# Remedy: change the text of the message, not the parsed tree, when the rest has to stay.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check hl7apy==1.3.5
cat >check.py <<'PY'
import sys
from hl7apy.parser import parse_message

kept, changed = [], []
for escape in (r"\F\ \S\ \T\ \R\ \E\ ".split() + [r"\H\x\N" + "\\", "\\.br\\", "\\.sp\\", "\\X0D\\"]):
    text = "\r".join([
        r"MSH|^~\&|A|B|C|D|20240101120000||ORU^R01^ORU_R01|1|P|2.5",
        "PID|1||1", "OBR|1|||1^GLU", f"OBX|1|TX|1^NOTE||one{escape}two||||||F"])
    out = parse_message(text, find_groups=False).to_er7()
    (kept if out == text else changed).append(escape)
    print(f"{escape:8} ->", out.split("||one")[1].split("two")[0])
if "".join(changed) != "\\.br\\\\.sp\\\\X0D\\":
    sys.exit(f"changed: expected \\.br\\ \\.sp\\ \\X0D\\ to be rewritten, found {changed}")
PY
venv/bin/python check.py
