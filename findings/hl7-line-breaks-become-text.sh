#!/usr/bin/env bash
# Software: hl7apy 1.3.5 (PyPI) and @redoxengine/redox-hl7-v2 1.0.1 (npm), the HL7 v2 parser that Redox published.
# Behaviour: reading a message and writing it again turns the escapes \.br\ (line break) and \X0D\ into literal text:
#   \.br\ becomes \E\.br\E\. Redox's parser does the same to \H\ (highlight), which hl7apy keeps. Both keep the five
#   delimiter escapes \F\ \S\ \T\ \R\ \E\.
# One would guess: what is read and written again without a change stays as it was.
# Why it matters: a relay that only adds a segment or a field spoils each report text that passes: the reader sees
#   ".br" between backslashes where lines ended.
# Remedy: change the text of the message, not the parsed tree, when the rest has to stay.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check hl7apy==1.3.5
echo '{"private":true}' >package.json
npm install --silent --no-audit --no-fund @redoxengine/redox-hl7-v2@1.0.1
cat >redox.cjs <<'JS'
const { Generator, Parser } = require("@redoxengine/redox-hl7-v2");
process.stdout.write(new Generator().write(new Parser().parse(process.argv[2])));
JS
cat >check.py <<'PY'
import subprocess, sys
from hl7apy.parser import parse_message

def redox(message):
    return subprocess.run(["node", "redox.cjs", message], capture_output=True, check=True).stdout.decode()

libraries = {"hl7apy": lambda m: parse_message(m, find_groups=False).to_er7(), "redox-hl7-v2": redox}
escapes = [r"\F\ ".strip(), r"\S\ ".strip(), r"\T\ ".strip(), r"\R\ ".strip(), r"\E\ ".strip(), r"\H\ ".strip(), "\\.br\\", "\\X0D\\"]
found = {}
for name, relay in libraries.items():
    found[name] = []
    for escape in escapes:
        message = "\r".join([r"MSH|^~\&|A|B|C|D|20240101120000||ORU^R01|1|P|2.3", "PID|1||1||Doe^Ann", "OBR|1|a|b|1^GLU",
                             f"OBX|1|TX|1^NOTE||one{escape}two||||||F"]) + "\r"
        text = relay(message).split("||one")[1].split("two")[0]
        if text != escape:
            found[name].append(escape)
            print(f"{name:13} {escape:6} -> {text}")
expected = {"hl7apy": ["\\.br\\", "\\X0D\\"], "redox-hl7-v2": ["\\H\\", "\\.br\\", "\\X0D\\"]}
if found != expected:
    sys.exit(f"changed: expected {expected}, found {found}")
PY
venv/bin/python check.py
