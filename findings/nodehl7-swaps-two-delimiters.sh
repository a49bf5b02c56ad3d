#!/usr/bin/env bash
# Software: nodehl7 2.0.0 (npm), the HL7 v2 parser and MLLP server for Node.
# Behaviour: it resolves \S\ to a vertical bar and \F\ to a circumflex, each to the character of the other. It splits
#   a field at ^ and never at ~, so the last component of one repetition and the first of the next are one text.
# One would guess: \F\ is the field separator and \S\ the component separator, as HL7 v2 chapter 2 says and as the
#   letters say; a field is split into repetitions before it is split into components.
# Why it matters: units such as 10\S\9/L (10^9 per litre) stand in each blood count and are read as 10|9/L. PID-3 with
#   two identifiers gives MR~2002, in which the type of the first stands before the second number.
# Remedy: read the text from the raw segment with another parser; exchange | and ^ in values that nodehl7 has decoded.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{"private":true}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts nodehl7@2.0.0
cat >check.cjs <<'JS'
const Parser = require("nodehl7");
const text = [
  "MSH|^~\\&|LAB|HOSP|EHR|CLINIC|20240501||ORU^R01|1|P|2.5",
  "PID|1||1001^^^HOSP^MR~2002^^^SSA^SS||Smith\\T\\Sons^Jane",
  "OBX|1|NM|6690-2^Leukocytes^LN||7.5|10\\S\\9/L|4.0-11.0||||F",
  "OBX|2|ST|6301-6^INR^LN||range \\F\\1\\F\\||||||F",
].join("\r");
const expected = {
  "PID-5.1": "Smith&Sons",
  "OBX-6, sent as 10\\S\\9/L": "10|9/L",
  "OBX-5, sent as range \\F\\1\\F\\": "range ^1^",
  "PID-3": ["1001", "", "", "HOSP", "MR~2002", "", "", "SSA", "SS"],
};
new Parser({ mapping: false }).parse(text, "1").then((message) => {
  const [, pid, leukocytes, inr] = message.segments.map((segment) => segment.parts);
  const found = [pid[4][0], leukocytes[5], inr[4], pid[2]];
  let changed = false;
  Object.entries(expected).forEach(([name, value], i) => {
    console.log(name.padEnd(34), JSON.stringify(found[i]));
    if (JSON.stringify(found[i]) !== JSON.stringify(value)) {
      console.log(`changed: expected ${JSON.stringify(value)}`);
      changed = true;
    }
  });
  process.exit(changed ? 1 : 0);
});
JS
node check.cjs
