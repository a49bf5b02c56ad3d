#!/usr/bin/env bash
# Software: adafruit-circuitpython-json-stream 0.9.5 (PyPI), which reads large JSON answers on small devices.
# Behaviour: a null in an array ends the iteration over it, and the rest of the array is then read as if it belonged to
#   the object around it. A Patient whose `given` has a null in the middle loses the second name and the birth date, and
#   `family` moves from the name to the Patient. There is no error. as_object() reads the same text correctly.
# One would guess: None as an element, as json.loads gives it, and the rest of the array after it.
# Why it matters: FHIR writes null into arrays of primitives wherever an element has only an extension, for instance a
#   masked name (FHIR R4, JSON representation of primitive elements). A device then shows half a patient and misses
#   later fields.
# Remedy: as_object() for each element that may have such arrays.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check --no-deps adafruit-circuitpython-json-stream==0.9.5 || exit 2
cat >check.py <<'PY'
import json, sys
import adafruit_json_stream

masked = {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "masked"}]}
patient = {"resourceType": "Patient",
           "name": [{"given": ["Anna", None, "Maria"], "_given": [None, masked, None], "family": "Smith"}],
           "birthDate": "1980-05-01"}

def stream(value):
    text = json.dumps(value).encode()
    return adafruit_json_stream.load(iter([text[i:i + 32] for i in range(0, len(text), 32)]))

def read(value):
    """Reads a stream to its end, in the order of the text."""
    if isinstance(value, adafruit_json_stream.TransientList):
        return [read(element) for element in value]
    if isinstance(value, adafruit_json_stream.TransientObject):
        return {key: read(element) for key, element in value.items()}
    return value

found = {
    "patient": read(stream(patient)),
    "values": read(stream([1.5, None, 2.5])),
    "without null": read(stream({"given": ["Anna", "Maria"], "family": "Smith"})),
    "as_object": stream(patient).as_object() == patient,
}
print("sent:", patient)
print("read:", found["patient"])
print("[1.5, null, 2.5] is read as", found["values"])
print("without a null:", found["without null"], "; as_object() equals what was sent:", found["as_object"])
expected = {
    "patient": {"resourceType": "Patient", "name": [{"given": ["Anna"]}, []], "family": "Smith"},
    "values": [1.5],
    "without null": {"given": ["Anna", "Maria"], "family": "Smith"},
    "as_object": True,
}
if found != expected:
    sys.exit(f"changed: expected {expected}, found {found}")
PY
venv/bin/python check.py
