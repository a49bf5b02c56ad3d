#!/usr/bin/env bash
# Software: simple-hl7 3.3.0 (npm), the HL7 v2 parser and server for Node.
# Behaviour: getComponent() gives "" for every component of a field that repeats. With one repetition the same call
#   gives the value. setComponent() changes nothing there, and nothing behind the last component either, without an
#   error. A message with other delimiters in MSH is not split, and it is written back with a header that declares
#   ^~\& for it.
# One would guess: the first repetition, as getField(n, 1) gives it; a set that takes effect or fails; and the
#   delimiters that MSH declares (HL7 v2 chapter 2).
# Why it matters: the patient's identifier is read from PID-3.1. It works until a patient has a second identifier, and
#   then the record has an empty one. The rewritten header makes the message unreadable for the next system.
# Remedy: getField(n, 1) split at "^"; set the whole field; refuse messages whose MSH does not begin with MSH|^~\&.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{"private":true}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts simple-hl7@3.3.0
cat >check.cjs <<'JS'
const { Parser } = require("simple-hl7");
let changed = false;
function check(name, found, expected) {
  console.log(`${name.padEnd(52)} ${JSON.stringify(found)}`);
  if (found !== expected) {
    console.log(`changed: expected ${JSON.stringify(expected)}`);
    changed = true;
  }
}
const parse = (text) => new Parser({ segmentSeperator: "\r" }).parse(text);
const header = "MSH|^~\\&|LAB|HOSP|EHR|CLINIC|20240501||ADT^A08|1|P|2.5";
const one = parse(`${header}\rPID|1||1001^^^HOSP^MR||Doe^Jane`).getSegment("PID");
const message = parse(`${header}\rPID|1||1001^^^HOSP^MR~2002^^^SSA^SS||Doe^Jane`);
const two = message.getSegment("PID");
check("PID-3.1, one identifier", one.getComponent(3, 1), "1001");
check("PID-3.1, two identifiers", two.getComponent(3, 1), "");
check("PID-3.5, two identifiers", two.getComponent(3, 5), "");
check("getField(3, 1), two identifiers", two.getField(3, 1), "1001^^^HOSP^MR");
two.setComponent(3, 1, "9009");
check("PID-3 after setComponent(3, 1, \"9009\")", two.getField(3), "1001^^^HOSP^MR~2002^^^SSA^SS");
two.setComponent(5, 3, "M");
check("PID-5 after setComponent(5, 3, \"M\")", two.getField(5), "Doe^Jane");
two.setComponent(5, 2, "Joan");
check("PID-5 after setComponent(5, 2, \"Joan\")", two.getField(5), "Doe^Joan");
const other = parse("MSH|$%@#|LAB|HOSP|EHR|CLINIC|20240501||ADT$A08|1|P|2.5\rPID|1||1001$$$HOSP$MR||Doe$Jane");
check("PID-5.1, MSH-2 is $%@#", other.getSegment("PID").getComponent(5, 1), "Doe$Jane");
check("the same message written", other.toString(),
  "MSH|^~\\&|LAB|HOSP|EHR|CLINIC|20240501||ADT$A08|1|P|2.5\rPID|1||1001$$$HOSP$MR||Doe$Jane");
process.exit(changed ? 1 : 0);
JS
node check.cjs
