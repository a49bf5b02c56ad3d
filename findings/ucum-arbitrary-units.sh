#!/usr/bin/env bash
# Software: @atomic-ehr/ucum 0.2.5 and @lhncbc/ucum-lhc 7.1.10 (npm), conversion of UCUM units for FHIR.
# Behaviour: @atomic-ehr/ucum converts 5 [IU]/mL to 5 [CFU]/mL, as if international units and colony-forming units were one.
#   ucum-lhc refuses that, and also refuses [IU]/L to [IU]/mL, where the arbitrary unit is the same. @atomic-ehr/ucum cannot
#   read mL/min/{1.73_m2}, whose annotation has an underscore; ucum-lhc can.
# One would guess: arbitrary units can be converted to the same arbitrary unit only, as UCUM says of them, and every
#   printable character is allowed in an annotation.
# Why it matters: hormones, vaccines and heparin are measured in [IU] and [USP'U], cultures in [CFU]. One library compares
#   what cannot be compared, the other leaves two results of one laboratory apart because of "per litre". The estimated
#   filtration rate of the kidney, with its annotation, is an error.
# Remedy: compare the arbitrary units as text first, and convert the rest of the unit alone.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{"private":true}' >package.json
npm install --silent --no-audit --no-fund @atomic-ehr/ucum@0.2.5 @lhncbc/ucum-lhc@7.1.10 || exit 2
cat >check.mjs <<'JS'
import { ucum } from "@atomic-ehr/ucum";
import lhc from "@lhncbc/ucum-lhc";
const utils = lhc.UcumLhcUtils.getInstance();
const changed = [];
const expect = (what, found, expected) => {
  console.log(`${what}: @atomic-ehr/ucum ${found[0]}, ucum-lhc ${found[1]}`);
  if (found.join() !== expected.join()) changed.push(`${what}: expected ${expected}, found ${found}`);
};
const convert = (from, to) => {
  let one;
  try { one = Number(ucum.convert(5, from, to).toPrecision(6)); } catch { one = "refused"; }
  const other = utils.convertUnitTo(from, 5, to);
  return [one, other.status === "succeeded" ? Number(other.toVal.toPrecision(6)) : "refused"];
};
const read = (unit) => {
  let one;
  try { one = ucum.validate(unit).valid; } catch { one = false; }
  return [one, utils.validateUnitString(unit).status === "valid"];
};
expect("5 mg/L in mg/mL", convert("mg/L", "mg/mL"), [0.005, 0.005]);
expect("5 [IU]/L in [IU]/mL", convert("[IU]/L", "[IU]/mL"), [0.005, "refused"]);
expect("5 [IU]/mL in [CFU]/mL", convert("[IU]/mL", "[CFU]/mL"), [5, "refused"]);
expect("{beats}/min is read", read("{beats}/min"), [true, true]);
expect("mL/min/{1.73_m2} is read", read("mL/min/{1.73_m2}"), [false, true]);
if (changed.length > 0) {
  console.error(`changed: ${changed.join("; ")}`);
  process.exit(1);
}
JS
node check.mjs
