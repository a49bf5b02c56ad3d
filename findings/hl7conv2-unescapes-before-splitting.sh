#!/usr/bin/env bash
# Software: hl7conv2 0.2.5 (PyPI), HL7 v2 to JSON.
# Behaviour: it replaces escapes first and splits afterwards. An escaped delimiter inside a text (\S\ for ^) becomes a
#   real one and cuts the field in two, and the keys of MSH are one lower than the field numbers: MSH-9 has the key "8".
# One would guess: escapes exist to survive the split, so they are replaced last; "8" is MSH-8 (security).
# Why it matters: a result "10\S\9/L" (10^9 per litre) becomes the components "10" and "9/L". Reading the first
#   component, as is usual, gives 10.
# Remedy: split with another library; in hl7conv2 mind the offset in MSH.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check hl7conv2==0.2.5
cat >check.py <<'PY'
import sys
import hl7conv2

message = "\r".join([r"MSH|^~\&|A|B|C|D|20240101||ORU^R01|77|P|2.5", r"NTE|1||10\S\9/L"])
msh, nte = hl7conv2.Hl7Json(message).hl7_json[:2]
note = {key: value for key, value in nte.items() if key.startswith("3")}
print(r"NTE-3 is 10\S\9/L; JSON:", note)
print("MSH-9 is ORU^R01, MSH-10 is 77; JSON:", {key: msh.get(key) for key in ("8.1", "8.2", "9")})
if note != {"3.1": "10", "3.2": "9/L"} or (msh.get("8.1"), msh.get("9")) != ("ORU", "77"):
    sys.exit(f"changed: expected NTE-3 in two components and MSH shifted by one, found {note} and {msh}")
PY
venv/bin/python check.py
