#!/usr/bin/env bash
# Software: x12-parser 1.3.0, node-x12 1.7.1 (npm), pyx12 4.0.0, oxedi 0.6.0 (PyPI).
# Behaviour: a file holds two X12 interchanges, and the second ISA declares other delimiters than the first. All four
#   return the claim of the first only. x12-parser, node-x12 (in strict mode) and the reader of pyx12 say nothing; oxedi
#   adds a diagnostic. With the same delimiters in both, all four return both claims.
# One would guess: each ISA is read for its own delimiters (that is why it has a fixed width), or the file is refused.
# Why it matters: a mailbox at a clearinghouse puts the files of several payers one after the other, and payers differ in
#   delimiters. Half of the payments vanish, and the sum is plausible.
# Remedy: split the file at each ISA before parsing, and compare the number of IEA segments with what was read.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{"private":true}' >package.json
npm install --silent --no-audit --no-fund x12-parser@1.3.0 node-x12@1.7.1 || exit 2
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check pyx12==4.0.0 oxedi==0.6.0 || exit 2
cat >read.cjs <<'JS'
const { createReadStream, readFileSync } = require("node:fs");
const { X12parser } = require("x12-parser");
const { X12Parser } = require("node-x12");
const file = process.argv[2];
const read = new X12Parser(true).parse(readFileSync(file, "utf8"));
const claims = [];
for (const interchange of read.interchanges ?? [read]) {
  for (const group of interchange.functionalGroups) {
    for (const { segments } of group.transactions) {
      claims.push(...segments.filter((s) => s.tag === "CLP").map((s) => s.valueOf(1)));
    }
  }
}
const streamed = [];
const parser = new X12parser();
parser.on("error", (error) => streamed.push(error.message));
parser.on("data", (segment) => segment.name === "CLP" && streamed.push(segment["1"]));
parser.on("end", () => console.log(JSON.stringify({ "x12-parser": streamed, "node-x12": claims })));
createReadStream(file).pipe(parser);
JS
cat >check.py <<'PY'
import json, subprocess, sys
import oxedi, pyx12.x12file

def interchange(number, element, component, end):
    header = ["ISA", "00", " " * 10, "00", " " * 10, "ZZ", "PAYER".ljust(15), "ZZ", "CLINIC".ljust(15), "240501", "1200", "^",
              "00501", f"{number:09}", "0", "T", component]
    segments = [
        header,
        ["GS", "HP", "PAYER", "CLINIC", "20240501", "1200", str(number), "X", "005010X221A1"],
        ["ST", "835", "0001"],
        ["BPR", "I", "100", "C", "CHK"] + [""] * 11 + ["20240501"],
        ["TRN", "1", "12345", "1512345678"],
        ["DTM", "405", "20240501"],
        ["N1", "PR", "PAYER"], ["N3", "1 MAIN ST"], ["N4", "CITY", "NC", "27514"], ["PER", "BL", "TEAM", "TE", "8005550100"],
        ["N1", "PE", "CLINIC", "XX", "1234567893"],
        ["LX", "1"],
        ["CLP", f"CLAIM-{number}", "1", "100", "100", "", "12", "99", "11", "1"],
        ["NM1", "QC", "1", "DOE", "ANN", "", "", "", "MI", "111"],
        ["SVC", f"HC{component}99213", "100", "100", "", "1"],
        ["DTM", "472", "20240401"],
    ]
    segments += [["SE", str(len(segments) - 1), "0001"], ["GE", "1", str(number)], ["IEA", "1", f"{number:09}"]]
    return "".join(element.join(segment) + end for segment in segments)

def claims(file):
    found = json.loads(subprocess.run(["node", "read.cjs", file], capture_output=True, text=True, check=True).stdout)
    reader = pyx12.x12file.X12Reader(file)
    found["pyx12"] = [s.get_value("CLP01") for s in reader if s.get_seg_id() == "CLP"] + reader.pop_errors()
    result = oxedi.parse_file(file)
    payments = "+".join(["100"] * result.count_claims())
    found["oxedi"] = [f"{payments} of {result.sum_payments()}", f"{len(result.diagnostics)} diagnostics"]
    return found

first = interchange(1, "*", ":", "~\n")
for name, second in (("same", interchange(2, "*", ":", "~\n")), ("other", interchange(2, "|", ">", "\n")), ("alone", None)):
    with open(name, "w", newline="") as file:
        file.write(first + second if second else interchange(2, "|", ">", "\n"))

both, one, two = ["CLAIM-1", "CLAIM-2"], ["CLAIM-1"], ["CLAIM-2"]
found = {name: claims(name) for name in ("same", "other", "alone")}
for name, title in (("alone", "the second alone"), ("same", "same delimiters"), ("other", "other delimiters")):
    print(f"{title:18}", *(f"{library} {' '.join(map(str, result))};" for library, result in found[name].items()))
changed = []
for library in ("x12-parser", "node-x12", "pyx12"):
    changed += [library] * ([found[n][library] for n in ("same", "other", "alone")] != [both, one, two])
if found["other"]["oxedi"][0] != "100 of 100.00" or found["same"]["oxedi"][0] != "100+100 of 200.00":
    changed.append("oxedi")
if changed:
    sys.exit(f"changed: expected both claims with the same delimiters, and the first only with others, in {changed}")
PY
venv/bin/python check.py
