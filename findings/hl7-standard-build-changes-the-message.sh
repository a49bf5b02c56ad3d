#!/usr/bin/env bash
# Software: hl7-standard 1.0.4 (npm).
# Behaviour: transform() and build(), with nothing changed between them, add an empty field to the end of each segment
#   and join the segments with CR LF, although the message came with CR. get("PID.3") gives only the first repetition.
# One would guess: the message as it came, with CR, the only segment end that HL7 v2 knows.
# Why it matters: some receivers take the LF for the first letter of the next segment's name, and Redox's own public
#   parser no longer sees a CR as an end once a CR LF is in the message. A patient's second identifier goes unread.
# Remedy: new HL7(text, { lineEndings: "\r" }) for the segment end, and transformed.PID[0].data for all repetitions.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{"private":true}' >package.json
npm install --silent --no-audit --no-fund hl7-standard@1.0.4
cat >check.cjs <<'JS'
const HL7 = require("hl7-standard");
const text = ["MSH|^~\\&|A|B|C|D|20240101||ADT^A01|1|P|2.5", "PID|1||1^^^X^MR~2^^^Y^SS||Doe^Ann"].join("\r");
const message = new HL7(text);
message.transform();
const built = message.build();
const first = JSON.stringify(message.get("PID.3"));
console.log("in:        ", JSON.stringify(text));
console.log("out:       ", JSON.stringify(built));
console.log("get PID.3: ", first);
const expected = text.replaceAll("\r", "|\r\n") + "|";
if (built.trimEnd() !== expected || first.includes('"2"') || !first.includes('"PID.3.5":"MR"')) {
  console.log("changed: expected", JSON.stringify(expected), "and the first identifier only");
  process.exit(1);
}
JS
node check.cjs
