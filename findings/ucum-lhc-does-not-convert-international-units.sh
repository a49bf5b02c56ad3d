#!/usr/bin/env bash
# Software: @lhncbc/ucum-lhc 7.1.10, @atomic-ehr/ucum 0.2.5 (npm), fhirpath 5.2.2 (npm), which uses the first.
# Behaviour: ucum-lhc refuses to convert u[IU]/mL to m[IU]/L, or [IU]/L to [IU]/mL, or a unit to itself, as soon as an
#   arbitrary unit is in the target. So fhirpath answers false to 5 'u[IU]/mL' = 5 'm[IU]/L', and nothing to whether 50
#   of the one is more than 5 of the other. @atomic-ehr/ucum converts these rightly, and also [IU]/mL to [CFU]/mL, 1 to 1.
#   The low power field is 1 in ucum-lhc and 100 in @atomic-ehr/ucum, as in the UCUM table.
# One would guess: both convert the same arbitrary unit by its prefix and its volume, and refuse another arbitrary unit
#   (UCUM says that such units are not commensurable with each other).
# Why it matters: insulin and TSH come in u[IU]/mL from one laboratory and in m[IU]/L from the next, which is the same
#   number. A rule in FHIRPath never fires for one of them. A dose in international units passes as a count of bacteria.
# Remedy: for arbitrary units, strip the unit itself from both codes, require that it is the same, and convert the rest.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{"private":true}' >package.json
npm install --silent --no-audit --no-fund @lhncbc/ucum-lhc@7.1.10 @atomic-ehr/ucum@0.2.5 fhirpath@5.2.2 || exit 2
cat >check.mjs <<'JS'
import lhc from "@lhncbc/ucum-lhc";
import { ucum } from "@atomic-ehr/ucum";
import fhirpath from "fhirpath";
const utils = lhc.UcumLhcUtils.getInstance();
const found = {};
for (const [from, to] of [["umol/mL", "mmol/L"], ["u[IU]/mL", "m[IU]/L"], ["[IU]/L", "[IU]/mL"], ["[IU]/L", "[IU]/L"],
  ["[IU]/mL", "[CFU]/mL"], ["/[LPF]", "/[HPF]"]]) {
  const one = utils.convertUnitTo(from, 5, to);
  const other = ucum.isConvertible(from, to) ? ucum.convert(5, from, to) : "refused";
  found[`${from} to ${to}`] = [one.status === "succeeded" ? one.toVal : "refused", other].map(
    (value) => (typeof value === "number" ? Number(value.toPrecision(6)) : value));
  console.log(`5 ${from} to ${to}: ucum-lhc ${found[`${from} to ${to}`].join(", @atomic-ehr/ucum ")}`, one.msg?.[0] ?? "");
}
for (const rule of ["5 'umol/mL' = 5 'mmol/L'", "5 'u[IU]/mL' = 5 'm[IU]/L'", "50 'u[IU]/mL' > 5 'm[IU]/L'", "50 'u[IU]/mL' > 5 'u[IU]/mL'"]) {
  found[rule] = fhirpath.evaluate({}, rule);
  console.log(`fhirpath ${rule}: ${JSON.stringify(found[rule])}`);
}
const expected = {
  "umol/mL to mmol/L": [5, 5], "u[IU]/mL to m[IU]/L": ["refused", 5], "[IU]/L to [IU]/mL": ["refused", 0.005],
  "[IU]/L to [IU]/L": ["refused", 5], "[IU]/mL to [CFU]/mL": ["refused", 5], "/[LPF] to /[HPF]": [5, 0.05],
  "5 'umol/mL' = 5 'mmol/L'": [true], "5 'u[IU]/mL' = 5 'm[IU]/L'": [false], "50 'u[IU]/mL' > 5 'm[IU]/L'": [],
  "50 'u[IU]/mL' > 5 'u[IU]/mL'": [true],
};
if (JSON.stringify(found) !== JSON.stringify(expected)) {
  console.error(`changed: expected ${JSON.stringify(expected)}, found ${JSON.stringify(found)}`);
  process.exit(1);
}
JS
node check.mjs
