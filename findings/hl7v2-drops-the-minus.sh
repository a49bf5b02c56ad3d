#!/usr/bin/env bash
# Software: hl7v2 1.8.0 with hl7v2-dictionary 1.8.0 (npm), the newest pair that npm installs without flags.
# Behaviour: reading and writing a message, with nothing changed between, removes the minus of every offset west of
#   Greenwich: 20240501103015-0500 is written as 202405011030150500. It also completes each partial time: a birth date
#   of 198005 is written as 19800501, 1980 as 19800101, and the hour 2024050110 as 202405011000.
# One would guess: the time as it came. HL7 v2 tells the precision by the length, and all of America has a minus.
# Why it matters: 202405011030150500 is no HL7 time. A strict receiver rejects the message, a lenient one reads a local
#   time. The invented day of a birth date is plausible, and the next system matches patients by it.
# Remedy: none by option; take the times from the original text. An offset with a plus is kept.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{"private":true}' >package.json
npm install --silent --no-audit --no-fund hl7v2@1.8.0 hl7v2-dictionary@1.8.0 || exit 2
cat >check.cjs <<'JS'
const { HL7Message } = require("hl7v2");
const expected = {
  "1980": "19800101",
  "198005": "19800501",
  "19800501": "19800501",
  "2024050110": "202405011000",
  "20240501103015": "20240501103015",
  "20240501103015+0200": "20240501103015+0200",
  "20240501103015-0500": "202405011030150500",
  "20240501103015.25-0500": "20240501103015.250500",
};
let changed = false;
for (const [time, written] of Object.entries(expected)) {
  const text = ["MSH|^~\\&|A|B|C|D|20240501||ADT^A01|1|P|2.5", `PID|1||1^^^X^MR||Doe^Ann||${time}|F`].join("\r");
  const found = HL7Message.parse(text).toHL7String().split("\r")[1].split("|")[7];
  console.log(`PID-7 ${time.padEnd(23)} written ${found}`);
  if (found !== written) {
    console.log(`changed: expected ${written}`);
    changed = true;
  }
}
process.exit(changed ? 1 : 0);
JS
node check.cjs
