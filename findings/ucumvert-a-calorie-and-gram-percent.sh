#!/usr/bin/env bash
# Software: ucumvert 0.3.2 (PyPI), which makes pint quantities of UCUM codes.
# Behaviour: four codes of the UCUM table, which the package ships as ucum-essence.xml, get another value than the table
#   gives. [Cal], the Calorie of a nutrition label, is a calorie instead of a kilocalorie. g% is a gram times a percent, a
#   mass, instead of a gram per decilitre. [LPF], the low power field of a microscope, is 1 instead of 100. ' is a minute
#   of time instead of one of angle. And a code that begins with two divisions, as /L/min, divides by the first and
#   multiplies by the second.
# One would guess: the values of the table, as the package ships it.
# Why it matters: a diet order of 2000 [Cal] arrives as 2 kcal. A hemoglobin in g% has no concentration any more, and
#   cannot be compared with g/dL. A sediment count per low power field is a hundred times one per high power field.
# Remedy: send kcal and g/dL, write 1/(L.min), and check each code that you use against the value in the table.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check ucumvert==0.3.2 Pint==0.25.3 lark==1.3.1 || exit 2
cat >check.py <<'PY'
import importlib.resources, sys
import xml.etree.ElementTree as ET
from ucumvert import PintUcumRegistry

table = ET.fromstring(importlib.resources.files("ucumvert").joinpath("vendor/ucum-essence.xml").read_bytes())
units = {unit.get("Code"): unit.find("{*}value") for unit in table.findall(".//{*}unit")}
registry = PintUcumRegistry()

def in_base_units(code):
    quantity = registry.from_ucum(code).to_base_units()
    return f"{quantity.magnitude:.6g} {quantity.units:~}".strip()

found = {}
for code in ("[Cal]", "kcal", "g%", "g/dL", "[LPF]", "[HPF]", "'", "/L/min", "1/(L.min)"):
    found[code] = in_base_units(code)
    value = units.get(code)
    says = "" if value is None else f"   (table: {value.get('value')} {value.get('Unit')})"
    print(f"{code:10} is {found[code]}{says}")
said = {code: f"{units[code].get('value')} {units[code].get('Unit')}" for code in ("[Cal]", "g%", "[LPF]", "'")}
expected = {
    "[Cal]": "4.184 kg * m ** 2 / s ** 2", "kcal": "4184 kg * m ** 2 / s ** 2",
    "g%": "1e-05 kg", "g/dL": "10 kg / m ** 3",
    "[LPF]": "1", "[HPF]": "1",
    "'": "60 s",
    "/L/min": "60000 s / m ** 3", "1/(L.min)": "16.6667 1 / m ** 3 / s",
}
expected_table = {"[Cal]": "1 kcal_th", "g%": "1 g/dl", "[LPF]": "100 1", "'": "1 deg/60"}
if found != expected or said != expected_table:
    sys.exit(f"changed: expected {expected} and in the table {expected_table}, found {found} and {said}")
PY
venv/bin/python check.py
