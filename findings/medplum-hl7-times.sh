#!/usr/bin/env bash
# Software: @medplum/core 5.2.13 (npm), parseHl7DateTime.
# Behaviour: the fraction of a second is read as a count of milliseconds, and an offset behind a shorter time is read as
#   its missing parts: ".5" is 5 ms, ".1234" is 1.234 s, "20240101-0500" is 05:50 UTC and "202401-0500" is 2 January.
# One would guess: .5 is half a second, and the offset -0500 moves the time by five hours whatever the precision is;
#   HL7 v2 allows one to four digits of fraction and an offset behind any precision.
# Why it matters: the times of two results change their order, and a message dated to the day moves to another hour or
#   day, with no error.
# Remedy: send times with exactly three digits of fraction and with seconds when an offset follows.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{"private":true}' >package.json
npm install --silent --no-audit --no-fund @medplum/core@5.2.13
cat >check.cjs <<'JS'
globalThis.WebSocket ??= class {}; // this version wants one when it is loaded, Node 20 has none
const { parseHl7DateTime } = require("@medplum/core");
const rows = [
  ["20240101120000.123-0500", "2024-01-01T17:00:00.123Z", "2024-01-01T17:00:00.123Z"],
  ["20240101120000.5", "2024-01-01T12:00:00.500Z", "2024-01-01T12:00:00.005Z"],
  ["20240101120000.1234", "2024-01-01T12:00:00.123Z", "2024-01-01T12:00:01.234Z"],
  ["20240101-0500", "2024-01-01T05:00:00.000Z", "2024-01-01T05:50:00.000Z"],
  ["202401-0500", "2024-01-01T05:00:00.000Z", "2024-01-02T07:00:00.000Z"],
];
let changed = false;
for (const [text, meant, expected] of rows) {
  const found = parseHl7DateTime(text);
  console.log(text.padEnd(24), "means", meant, "read as", found);
  if (found !== expected) {
    console.log(`changed: expected ${expected}, found ${found}`);
    changed = true;
  }
}
process.exit(changed ? 1 : 0);
JS
node check.cjs
