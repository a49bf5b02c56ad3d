#!/usr/bin/env bash
# Software: sqlonfhir 0.0.2 with fhirpathpy 2.1.0 (PyPI), which makes tables of FHIR resources by ViewDefinitions.
# Behaviour: getReferenceKey() is the text after the first slash. For Patient/1 it equals getResourceKey(), "1". For
#   https://fhir.example.org/fhir/Patient/1 it is "/fhir.example.org/fhir/Patient/1", for Patient/1/_history/2 it is
#   "1/_history/2". With the type given, getReferenceKey(Patient), an absolute reference has no key at all.
# One would guess: one key for the same Patient in each form, as this function exists to be joined with getResourceKey();
#   or null where the reference cannot be resolved.
# Why it matters: bulk exports and merged Bundles have absolute and versioned references. The join drops these results
#   without a word, and a table counts fewer patients with diabetes than there are.
# Remedy: make all references relative and without version before, or cut the column after the last Patient/ yourself.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check sqlonfhir==0.0.2 fhirpathpy==2.1.0 || exit 2
cat >check.py <<'PY'
import sys
from sqlonfhir import evaluate as rows_of

def view(resource, **columns):
    return {"resource": resource, "select": [{"column": [{"name": name, "path": path} for name, path in columns.items()]}]}

references = ["Patient/1", "https://fhir.example.org/fhir/Patient/1", "Patient/1/_history/2"]
resources = [{"resourceType": "Patient", "id": "1"}] + [
    {"resourceType": "Observation", "id": f"o{number}", "status": "final", "subject": {"reference": reference}}
    for number, reference in enumerate(references)]
patients = rows_of(resources, view("Patient", key="getResourceKey()"))
rows = rows_of(resources, view("Observation", any="subject.getReferenceKey()", typed="subject.getReferenceKey(Patient)"))
print("the key of the Patient:", patients[0]["key"])
for reference, row in zip(references, rows):
    print(f"{reference}: {row['any']!r}, with the type {row['typed']!r}, joins: {row['any'] == patients[0]['key']}")
expected = [{"any": "1", "typed": "1"}, {"any": "/fhir.example.org/fhir/Patient/1", "typed": None},
            {"any": "1/_history/2", "typed": "1/_history/2"}]
if patients != [{"key": "1"}] or rows != expected:
    sys.exit(f"changed: expected {expected}, found {rows}")
PY
venv/bin/python check.py
