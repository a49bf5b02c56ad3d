#!/usr/bin/env bash
# Software: @atomic-ehr/fhirpath 0.1.4 (npm); fhirpath 5.2.2 (npm) to compare.
# Behaviour: in JSON a date that was calculated or converted has the sign of a FHIRPath literal: @2024-02-29 and @T10:30.
#   98.6 degrees Fahrenheit do not equal 37 degrees Celsius, 1 day equals 24 hours gives nothing, and 7 div -2 is -4.
# One would guess: 2024-02-29, as the same value in a resource is written; true, as the package has a UCUM library under it;
#   and -3, as FHIRPath says that div truncates.
# Why it matters: a due date in a mapping or a form becomes "@2024-02-29" in the new resource, and the server refuses it.
# Remedy: remove a leading "@" and "T" from results that are dates or times, and convert temperatures before comparing.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{"private":true}' >package.json
npm install --silent --no-audit --no-fund @atomic-ehr/fhirpath@0.1.4 fhirpath@5.2.2 || exit 2
cat >check.mjs <<'JS'
import { evaluate } from "@atomic-ehr/fhirpath";
import fhirpath from "fhirpath";
const patient = { resourceType: "Patient", birthDate: "1980-05-17" };
const expected = {
  "@2024-01-31 + 1 month": ["@2024-02-29", "2024-02-29"],
  "'10:30'.toTime()": ["@T10:30", "10:30"],
  "birthDate.toDate() + 1 year": ["@1981-05-17", "1981-05-17"],
  "98.6 '[degF]' = 37 'Cel'": [false, true],
  "5 'mmol/L' = 5000 'umol/L'": [true, true],
  "1 day = 24 hours": [undefined, true],
  "7 div -2": [-4, -3],
};
const found = {};
for (const expression of Object.keys(expected)) {
  const one = JSON.parse(JSON.stringify(await evaluate(expression, { input: patient })))[0];
  const other = JSON.parse(JSON.stringify(fhirpath.evaluate(patient, expression)))[0];
  found[expression] = [one, other];
  console.log(`${expression}: @atomic-ehr/fhirpath ${one}, fhirpath ${other}`);
}
if (JSON.stringify(found) !== JSON.stringify(expected)) {
  console.error(`changed: expected ${JSON.stringify(expected)}, found ${JSON.stringify(found)}`);
  process.exit(1);
}
JS
node check.mjs
