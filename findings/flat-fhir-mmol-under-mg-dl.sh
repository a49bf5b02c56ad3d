#!/usr/bin/env bash
# Software: flat-fhir 0.1.4 (PyPI), which makes spreadsheets and prompts for language models of FHIR Bundles.
# Behaviour: a result in mmol/L stands unchanged in the column glucose_mg_dl, as the column follows the LOINC code and the
#   unit of the Quantity is not looked at. A comparator is dropped: below 20 mg/dL reads as 20. The status is not read,
#   so a result that was entered in error is in the table. And no row says whose it is: there is no subject column, though
#   a Bundle with two patients is taken.
# One would guess: the value converted or left out, since its README says that the headers have the unit; the comparator
#   in a cell; and a patient in each row.
# Why it matters: a glucose of 5.4 mmol/L is normal, one of 5.4 mg/dL is deadly. The table is made for people and models
#   who do not see the FHIR behind it.
# Remedy: convert and filter the Observations before, and make one table for each patient.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check flat-fhir==0.1.4 pandas==2.3.3 || exit 2
cat >check.py <<'PY'
import sys
from flat_fhir import FlatFHIR

def glucose(name, patient, value, unit, status="final", **more):
    return {"resource": {
        "resourceType": "Observation", "id": name, "status": status, "subject": {"reference": f"Patient/{patient}"},
        "category": [{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/observation-category", "code": "laboratory"}]}],
        "code": {"coding": [{"system": "http://loinc.org", "code": "2345-7", "display": "Glucose"}]},
        "effectiveDateTime": "2024-05-01T10:00:00Z",
        "valueQuantity": {"value": value, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit, **more}}}

bundle = {"resourceType": "Bundle", "type": "collection", "entry": [
    {"resource": {"resourceType": "Patient", "id": "a", "name": [{"family": "Smith"}]}},
    {"resource": {"resourceType": "Patient", "id": "b", "name": [{"family": "Jones"}]}},
    glucose("conventional", "a", 97.0, "mg/dL"),
    glucose("molar", "b", 5.4, "mmol/L"),
    glucose("below", "a", 20.0, "mg/dL", comparator="<"),
    glucose("mistaken", "b", 500.0, "mg/dL", status="entered-in-error"),
]}
labs = FlatFHIR(bundle).labs
print(labs.drop(columns=["primary_key", "performer", "encounter_id", "notes"]).to_string(index=False))
found = {"columns": sorted(labs.columns), "values": dict(zip(labs["source_resource_id"], labs["glucose_mg_dl"]))}
expected = {
    "columns": ["encounter_id", "glucose_mg_dl", "notes", "performer", "primary_key", "source_resource_id", "timestamp"],
    "values": {"conventional": 97.0, "molar": 5.4, "below": 20.0, "mistaken": 500.0},
}
if found != expected:
    sys.exit(f"changed: expected {expected}, found {found}")
PY
venv/bin/python check.py
