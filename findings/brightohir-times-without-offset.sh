#!/usr/bin/env bash
# Software: brightohir 2.1.2 with hl7apy 1.3.5 (PyPI), which converts HL7 v2 messages to FHIR R5 and back.
# Behaviour: the offset of a time is cut off: 20240501103000-0500 becomes 2024-05-01T10:30:00. Without seconds it is taken
#   for them: 202405011030-0500 becomes 2024-05-01T10:30:-0. A birth month 198005 becomes "198005". A result "less than
#   5" of type SN becomes the string "<^5", and a result that was deleted (the HL7 null) the string of two quotes. The
#   text of an escape stays as it is: 10\S\9/L. The library says that fhir.resources validates what it makes.
# One would guess: the offset is kept, as FHIR requires one with each time; 1980-05; a quantity with a comparator; no
#   value for the null; and an error where validation would find one.
# Why it matters: a FHIR server refuses such a Bundle as a whole, or takes the time for its own zone: a sample of the
#   morning becomes one of the afternoon. The result below the limit is not found by a search for values.
# Remedy: rewrite DTM and SN fields and undo the escapes yourself after the conversion, from the original message, and
#   validate the Bundle.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check brightohir==2.1.2 hl7apy==1.3.5 fhir.resources==8.3.0 || exit 2
cat >check.py <<'PY'
import sys
from brightohir.convert_v2 import v2_to_r5
from fhir.resources.observation import Observation
from fhir.resources.patient import Patient
from pydantic import ValidationError

message = [
    "MSH|^~\\&|LAB|HOSP|EHR|CLINIC|20240501103000||ORU^R01^ORU_R01|M1|P|2.5.1",
    "PID|1||123||Smith^Anna||198005|F",
    "OBR|1|P1|F1|2823-3^Potassium^LN|||202405011030-0500",
    "OBX|1|NM|2823-3^Potassium^LN||4.1|mmol/L|||||F|||20240501103000-0500",
    "OBX|2|SN|5804-0^Protein^LN||<^5|mg/dL|||||F",
    "OBX|3|NM|2345-7^Glucose^LN||\"\"|mg/dL|||||D",
    "OBX|4|ST|26464-8^Leukocytes^LN||10\\S\\9/L||||||F",
]
resources = [entry["resource"] for entry in v2_to_r5("\r".join(message) + "\r")["entry"]]

def of(name):
    return [resource for resource in resources if resource["resourceType"] == name]

def valid(model, resource):
    try:
        model.model_validate(resource)
        return True
    except ValidationError:
        return False

potassium, protein, glucose, leukocytes = of("Observation")
found = {
    "OBX-14 20240501103000-0500": potassium.get("effectiveDateTime"),
    "OBR-7 202405011030-0500": of("DiagnosticReport")[0].get("effectiveDateTime"),
    "PID-7 198005": of("Patient")[0].get("birthDate"),
    "OBX-5 SN <^5": (protein.get("valueString"), protein.get("valueQuantity")),
    "OBX-5 NM \"\"": (glucose.get("valueString"), glucose.get("valueQuantity")),
    "OBX-5 ST 10\\S\\9/L": leukocytes.get("valueString"),
    "Patient is valid": valid(Patient, of("Patient")[0]),
    "Observation is valid": valid(Observation, potassium),
}
for name, value in found.items():
    print(f"{name}: {value}")
expected = {
    "OBX-14 20240501103000-0500": "2024-05-01T10:30:00",
    "OBR-7 202405011030-0500": "2024-05-01T10:30:-0",
    "PID-7 198005": "198005",
    "OBX-5 SN <^5": ("<^5", None),
    "OBX-5 NM \"\"": ("\"\"", None),
    "OBX-5 ST 10\\S\\9/L": "10\\S\\9/L",
    "Patient is valid": False,
    "Observation is valid": False,
}
if found != expected:
    sys.exit(f"changed: expected {expected}, found {found}")
PY
venv/bin/python check.py
