#!/usr/bin/env bash
# Software: brightohir 2.1.2 with hl7apy 1.3.5 (PyPI), which converts HL7 v2 messages to FHIR R5.
# Behaviour: an empty component is left out, and all components after it move up. In an address without a second line the
#   city becomes a street line, the state the city, the postal code the state and the country the postal code. In a name
#   without a second given name the suffix becomes one, and the name type becomes the prefix. The identifier loses its
#   assigning authority and type. A phone number becomes an e-mail address that is the area code. Of fields that repeat
#   only the first value is kept. When no component is empty, all is right.
# One would guess: components keep their numbers, as HL7 v2 counts the delimiters; and both identifiers are in the Patient.
# Why it matters: nearly every real message has empty components. The patient is stored under another name and at another
#   place, and the record number without the hospital that gave it may match another patient.
# Remedy: take the components from the text of the field, field.to_er7().split("^"), and compare the number of
#   repetitions. Or use another converter.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check brightohir==2.1.2 hl7apy==1.3.5 fhir.resources==8.3.0 || exit 2
cat >check.py <<'PY'
import sys
from brightohir.convert_v2 import v2_to_r5

def patient(identifier, name, address, phone):
    message = ["MSH|^~\\&|LAB|HOSP|EHR|CLINIC|20240501103000||ADT^A01^ADT_A01|M1|P|2.5.1", "EVN||20240501103000",
               f"PID|1||{identifier}||{name}||19800517|F|||{address}||{phone}", "PV1|1|I"]
    bundle = v2_to_r5("\r".join(message) + "\r")
    found = next(e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] == "Patient")
    return {field: found.get(field) for field in ("identifier", "name", "address", "telecom")}

usual = ("123^^^HOSP^MR~456^^^CITY^PI", "Smith^Anna^^Jr^Dr^^L", "1 Main St^^Springfield^NC^27514^USA^H", "^PRN^PH^^1^919^5550100")
full = ("123^4^M10^HOSP^MR", "Smith^Anna^Maria^Jr^Dr^MD^L", "1 Main St^Apt 2^Springfield^NC^27514^USA^H", "9195550100^PRN^PH")
found = {"usual": patient(*usual), "full": patient(*full)}
for title, sent in (("usual", usual), ("full", full)):
    for text, (field, value) in zip(sent, found[title].items()):
        print(f"{text}\n    {field}: {value}")
mr = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "MR"}]}
expected = {
    "usual": {
        "identifier": [{"value": "123"}],
        "name": [{"family": "Smith", "given": ["Anna", "Jr"], "prefix": ["L"]}],
        "address": [{"line": ["1 Main St", "Springfield"], "city": "NC", "state": "27514", "postalCode": "USA", "country": "H"}],
        "telecom": [{"value": "919", "system": "email", "use": "home"}],
    },
    "full": {
        "identifier": [{"value": "123", "system": "HOSP", "type": mr}],
        "name": [{"family": "Smith", "given": ["Anna", "Maria"], "prefix": ["Dr"], "suffix": ["MD"], "use": "official"}],
        "address": [{"line": ["1 Main St", "Apt 2"], "city": "Springfield", "state": "NC", "postalCode": "27514",
                     "country": "USA", "use": "home"}],
        "telecom": [{"value": "9195550100", "system": "phone", "use": "home"}],
    },
}
if found != expected:
    sys.exit(f"changed: expected {expected}, found {found}")
PY
venv/bin/python check.py
