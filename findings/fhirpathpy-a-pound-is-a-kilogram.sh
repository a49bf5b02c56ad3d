#!/usr/bin/env bash
# Software: fhirpathpy 2.2.4 (PyPI), FHIRPath for Python; fhirpath 5.2.2 (npm) to compare.
# Behaviour: the equality of two quantities depends on their order and on a rounding to whole numbers. 200 lb equal 91
#   kg, 1 lb equals 1 kg, and 0.5 g equal 500 mg, but 500 mg do not equal 0.5 g. Units outside a short list are never
#   converted: 5 mmol/L do not equal 5000 umol/L and 1 kg does not equal 1000 g. There is no error.
# One would guess: units are converted by UCUM, or the result is empty where the library cannot convert. a = b and b =
#   a agree.
# Why it matters: rules compare doses and weights. A true comparison comes out false, or a false one true. The first
#   examples that a test would take, 1 'cm' = 10 'mm' and 1 'g' = 1000 'mg', are right.
# Remedy: compare value and code by hand, with the code checked, or convert with a UCUM library first.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check fhirpathpy==2.2.4
echo '{"private":true}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts fhirpath@5.2.2
cat >evaluate.cjs <<'JS'
const fhirpath = require("fhirpath");
const { observation, expressions } = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
const model = require("fhirpath/fhir-context/r4");
console.log(JSON.stringify(expressions.map((text) => fhirpath.evaluate(observation, text, null, model))));
JS
cat >check.py <<'PY'
import json, subprocess, sys
from fhirpathpy import evaluate
from fhirpathpy.models import models

ucum = {"system": "http://unitsofmeasure.org", "unit": "mmol/L", "code": "mmol/L"}
observation = {"resourceType": "Observation", "status": "final", "code": {"text": "Glucose"}, "valueQuantity": {"value": 5} | ucum}
# The expression, what fhirpathpy says and what fhirpath says.
cases = [
    ("1 'cm' = 10 'mm'", [True], [True]),
    ("1 'g' = 1000 'mg'", [True], [True]),
    ("0.5 'g' = 500 'mg'", [True], [True]),
    ("500 'mg' = 0.5 'g'", [False], [True]),
    ("1000.4 'mg' = 1 'g'", [True], [False]),
    ("1 '[lb_av]' = 1 'kg'", [True], [False]),
    ("200 '[lb_av]' = 91 'kg'", [True], [False]),
    ("91 'kg' = 200 '[lb_av]'", [False], [False]),
    ("1.5 'm' = 150 'cm'", [False], [True]),
    ("1 'kg' = 1000 'g'", [False], [True]),
    ("Observation.value = 5 'mmol/L'", [True], [True]),
    ("Observation.value = 5000 'umol/L'", [False], [True]),
]
ask = json.dumps({"observation": observation, "expressions": [case[0] for case in cases]})
others = json.loads(subprocess.run(["node", "evaluate.cjs"], input=ask, capture_output=True, text=True, check=True).stdout)
changed = []
for (expression, expected, expected_other), other in zip(cases, others):
    found = evaluate(observation, expression, None, models["r4"])
    print(f"{expression:36} fhirpathpy {found}, fhirpath {other}")
    if (found, other) != (expected, expected_other):
        changed.append(f"{expression}: expected {expected} and {expected_other}")
if changed:
    sys.exit("changed: " + "; ".join(changed))
PY
venv/bin/python check.py
