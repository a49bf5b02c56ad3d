#!/usr/bin/env bash
# Software: @atomic-ehr/ucum 0.2.5 (npm); @lhncbc/ucum-lhc 7.1.10 (npm) to compare.
# Behaviour: some annotations in braces are refused, with "_", "#" or ":" in them. validate() does not answer false
#   for mL/min/{1.73_m2} but throws "Unexpected character '_'", and so does convert(). {#}/[HPF] and {1:n} fare alike, while
#   {CAG_repeats} and {OD_unit} are fine. An annotation after a power, as in 10*3{copies}/mL, is "invalid", and so is g%.
# One would guess: everything between braces is a comment, as UCUM allows all printable ASCII characters there except
#   braces; and validate() returns a result for any text.
# Why it matters: mL/min/{1.73_m2} is the unit of the estimated GFR, one of the most frequent laboratory results. The
#   program that checks units stops at it, or drops the kidney function of each patient.
# Remedy: remove the annotations before you call it, unit.replace(/\{[^{}]*\}/g, ""), and put 1 for what is then empty
#   at the beginning or after a division.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{"private":true}' >package.json
npm install --silent --no-audit --no-fund @lhncbc/ucum-lhc@7.1.10 @atomic-ehr/ucum@0.2.5 || exit 2
cat >check.mjs <<'JS'
import lhc from "@lhncbc/ucum-lhc";
import { ucum } from "@atomic-ehr/ucum";
const utils = lhc.UcumLhcUtils.getInstance();
const expected = {
  "mL/min/{1.73_m2}": "throws", "{#}/[HPF]": "throws", "{1:n}": "throws", "10*3{copies}/mL": "false", "g%": "false",
  "{CAG_repeats}": "true", "{OD_unit}": "true", "mg{creat}": "true", "/100{WBC}": "true", "mL/min": "true", "10*3/mL": "true",
};
const found = {};
let all = true;
for (const code of Object.keys(expected)) {
  let says = "";
  try {
    const result = ucum.validate(code);
    found[code] = String(result.valid);
    says = result.errors?.[0]?.message ?? "";
  } catch (error) {
    found[code] = "throws";
    says = error.message;
  }
  const other = utils.validateUnitString(code).status;
  all &&= other === "valid";
  console.log(`${code.padEnd(18)} ${found[code].padEnd(7)} ucum-lhc: ${other}  ${says}`);
}
if (!all || JSON.stringify(found) !== JSON.stringify(expected)) {
  console.error(`changed: expected ${JSON.stringify(expected)}, all valid in ucum-lhc, found ${JSON.stringify(found)}`);
  process.exit(1);
}
JS
node check.mjs
