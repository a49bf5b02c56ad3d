#!/usr/bin/env bash
# Software: ucumvert 0.3.2 with pint 0.25.3 (PyPI), which turns units of UCUM into those of pint.
# Behaviour: a number in a denominator in parentheses is dropped: 1 g/(24.h) is read as 1 g/h, which is 24 g/d, and
#   1 mL/(2.h) as 1 mL/h. mg/(kg.h), without a number, is right. There is no error.
# One would guess: 1 g/(24.h) is 1 g/d, and 1 mL/(2.h) is 0.5 mL/h, as UCUM's grammar says of a term in parentheses.
# Why it matters: g/(24.h) is the unit of protein, sodium and creatinine in 24-hour urine. A value that is converted to g/d
#   is 24 times too large, and looks like any other number.
# Remedy: replace "/(24.h)" by "/d" before the conversion.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check ucumvert==0.3.2 pint==0.25.3 lark==1.3.1 || exit 2
cat >check.py <<'PY'
import sys
from ucumvert import PintUcumRegistry

units = PintUcumRegistry()
# The unit, another one, how many of the other the unit is by UCUM, and how many were found.
cases = [("g/(24.h)", "g/d", 1, 24), ("mg/(24.h)", "mg/d", 1, 24), ("mL/(2.h)", "mL/h", 0.5, 1),
         ("mg/(kg.h)", "mg/kg/h", 1, 1), ("g/h", "g/d", 24, 24)]
changed = []
for source, target, right, expected in cases:
    found = round(units.Quantity(1, units.from_ucum(source)).to(units.from_ucum(target)).magnitude, 6)
    print(f"1 {source} is read as {found} {target}; it is {right}")
    if found != expected:
        changed.append(f"{source}: expected {expected}, found {found}")
if changed:
    sys.exit("changed: " + "; ".join(changed))
PY
venv/bin/python check.py
