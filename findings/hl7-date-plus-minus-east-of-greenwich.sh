#!/usr/bin/env bash
# Software: hl7-date 1.0.1 (npm), which converts between HL7 v2 times and JavaScript dates.
# Behaviour: in every zone east of Greenwich stringify() writes two signs: 20240501123015+-200 in Berlin and
#   20240501160015+-6-30 in Kolkata. West of it, and in UTC, it is right, also in Newfoundland with its half hour.
#   parse() reads its own +-200 without an offset, so as a local time of the reader. Without a precision as second
#   argument, the value decides (as its README says): a birth date on the first of May is written as
#   198005, on the first of January as 1980.
# One would guess: +0200 and +0530; the sign is the only difference to -0200. And a birth date with its day.
# Why it matters: tests on a server in UTC pass. In Europe, Asia and Australia each MSH-7 and each time of a result is
#   invalid, and a receiver that is lenient moves it by hours. One patient in thirty has no birthday.
# Remedy: run the process in UTC, or write the offset yourself; give the precision as the second argument.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{"private":true}' >package.json
npm install --silent --no-audit --no-fund hl7-date@1.0.1 || exit 2
cat >zone.cjs <<'JS'
const { stringify } = require("hl7-date");
const time = new Date(Date.UTC(2024, 4, 1, 10, 30, 15));
const text = stringify(time, "second");
const days = [[1980, 4, 17], [1980, 4, 1], [1980, 0, 1]].map((day) => stringify(new Date(...day)));
console.log(JSON.stringify({ text, days }));
JS
cat >reader.cjs <<'JS'
console.log(require("hl7-date").parse(process.argv[2]).toISOString());
JS
cat >check.cjs <<'JS'
const { execFileSync } = require("node:child_process");
const run = (zone, ...args) => execFileSync(process.execPath, args, { env: { ...process.env, TZ: zone }, encoding: "utf8" }).trim();
const expected = {
  "UTC": "20240501103015+0000", "America/New_York": "20240501063015-0400", "America/St_Johns": "20240501080015-0230",
  "Europe/Berlin": "20240501123015+-200", "Asia/Kolkata": "20240501160015+-6-30", "Australia/Sydney": "20240501203015+-1000",
};
const found = {};
let days;
let same = true;
for (const zone of Object.keys(expected)) {
  const result = JSON.parse(run(zone, "zone.cjs"));
  found[zone] = result.text;
  days = result.days.join(" ");
  same &&= days === "19800517 198005 1980";
  console.log(`2024-05-01T10:30:15Z in ${zone}: ${found[zone]}; read in New York: ${run("America/New_York", "reader.cjs", found[zone])}`);
}
console.log("the birth dates 17 May, 1 May and 1 January 1980:", days);
const read = run("America/New_York", "reader.cjs", found["Europe/Berlin"]);
if (JSON.stringify(found) !== JSON.stringify(expected) || !same || read !== "2024-05-01T16:30:15.000Z") {
  console.error(`changed: expected ${JSON.stringify(expected)}, read as 16:30:15Z, days 19800517 198005 1980, found ${JSON.stringify(found)}, ${read}, ${days}`);
  process.exit(1);
}
JS
node check.cjs
