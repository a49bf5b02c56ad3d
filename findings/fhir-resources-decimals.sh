#!/usr/bin/env bash
# Software: fhir.resources 8.3.0 with fhir-core 1.1.12 (PyPI).
# Behaviour: a Quantity.value is a Decimal in Python, but the number goes through a binary float on the way in and out:
#   1.00 comes back as 1.0 and 0.000001 as 1e-6, and digits beyond the 17th are lost.
# One would guess: the type Decimal is there to keep what was sent; FHIR says that 0.010 is not 0.01 and that the
#   precision must be preserved.
# Why it matters: the number of decimals of a laboratory value is medical information, and a resource that was signed
#   or hashed before the relay no longer matches.
# Remedy: relay the original bytes; read into the model only what is needed.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check fhir.resources==8.3.0 fhir-core==1.1.12
cat >check.py <<'PY'
import json, sys
from fhir.resources.observation import Observation

rows = []
for sent in ("1.00", "0.000001", "12345678901234567.25", "5"):
    text = ('{"resourceType":"Observation","status":"final","code":{"text":"x"},"valueQuantity":{"value":%s}}' % sent)
    model = Observation.model_validate_json(text)
    back = model.model_dump_json().split('"value":')[1].rstrip("}")
    rows.append((sent, back))
    print(f"sent {sent:20} held {model.valueQuantity.value!r:32} written {back}")
if [sent == back for sent, back in rows] != [False, False, False, True]:
    sys.exit(f"changed: expected all but 5 to be written differently, found {rows}")
PY
venv/bin/python check.py
