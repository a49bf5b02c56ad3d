#!/usr/bin/env bash
# Software: fhirdatetime 1.1.0 (PyPI), FHIR dates of partial precision for Python.
# Behaviour: a partial date equals each date inside it: 2024-05 == 2024-05-10 is True, and so is 2024-05 == 2024-05-20,
#   while the two days differ. Neither < nor > is true between a month and one of its days.
# One would guess: different precision compares as unequal or as unknown (FHIRPath gives no result, Python's date would
#   raise); equality is transitive.
# Why it matters: "has the birth date changed?" answers no when a month becomes a day, and merging two feeds by == joins
#   records of different days through one record of the month.
# Remedy: compare isoformat() for identity, and sort_key() for order.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check fhirdatetime==1.1.0
cat >check.py <<'PY'
import sys
from fhirdatetime import FhirDate, FhirDateTime

month, tenth, twentieth = (FhirDateTime.fromisoformat(t) for t in ("2024-05", "2024-05-10", "2024-05-20"))
found = (month == tenth, month == twentieth, tenth == twentieth, month < tenth or month > tenth)
print("2024-05 == 2024-05-10:        ", found[0])
print("2024-05 == 2024-05-20:        ", found[1])
print("2024-05-10 == 2024-05-20:     ", found[2])
print("2024-05 < or > 2024-05-10:    ", found[3])
print("by sort_key, 2024-05 first:   ", sorted([tenth, month], key=FhirDateTime.sort_key())[0].isoformat())
if found != (True, True, False, False):
    sys.exit(f"changed: expected (True, True, False, False), found {found}")
PY
venv/bin/python check.py
