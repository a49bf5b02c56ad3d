#!/usr/bin/env bash
# Software: fhirpathrs 0.1.5 (PyPI), FHIRPath for Python in Rust.
# Behaviour: a decimal of the resource that is made a string has no decimals: valueQuantity.value.toString() is "99" for
#   98.6 and "0" for 0.4, and value & ' mg' alike. In a comparison or as a number it is 98.6, and a decimal written in the
#   expression keeps its digits. A date of the resource is a string: equal to no date literal,
#   and an error with < or >.
# One would guess: "98.6" (FHIRPath says that toString() gives the decimal), and that birthDate < @1990-01-01 works, as in
#   an implementation with a FHIR model.
# Why it matters: a dose of 0.4 mg is printed as 0 mg, 1.5 mg as 2 mg. A filter birthDate = @1980-05-17 finds nobody.
# Remedy: take numbers as numbers and make the text yourself; write birthDate.toDate() and effectiveDateTime.toDateTime().
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check fhirpathrs==0.1.5 || exit 2
cat >check.py <<'PY'
import sys
import fhirpathrs

def evaluate(expression, resource):
    try:
        return fhirpathrs.evaluate(expression, resource)
    except Exception as error:
        return str(error).split(":")[1].strip()

found = {}
for value in (98.6, 0.4, 1.5):
    dose = {"resourceType": "Observation", "status": "final", "valueQuantity": {"value": value, "unit": "mg"}}
    found[value] = [evaluate(e, dose) for e in ("valueQuantity.value.toString()", "valueQuantity.value & ' mg'", "valueQuantity.value",
                                                f"valueQuantity.value = {value}", f"({value}).toString()")]
    print(f"{value}: toString() {found[value][0]!r}, & {found[value][1]!r}, as number {found[value][2]!r}, "
          f"= {value}: {found[value][3]}, literal {found[value][4]!r}")
patient = {"resourceType": "Patient", "birthDate": "1980-05-17"}
for expression in ("birthDate = @1980-05-17", "birthDate < @1990-01-01", "birthDate.toDate() = @1980-05-17", "birthDate.toDate() < @1990-01-01"):
    found[expression] = evaluate(expression, patient)
    print(f"{expression}: {found[expression]}")
expected = {
    98.6: ["99", "99 mg", 98.6, True, "98.6"],
    0.4: ["0", "0 mg", 0.4, True, "0.4"],
    1.5: ["2", "2 mg", 1.5, True, "1.5"],
    "birthDate = @1980-05-17": False, "birthDate < @1990-01-01": "Type mismatch",
    "birthDate.toDate() = @1980-05-17": True, "birthDate.toDate() < @1990-01-01": True,
}
if found != expected:
    sys.exit(f"changed: expected {expected}, found {found}")
PY
venv/bin/python check.py
