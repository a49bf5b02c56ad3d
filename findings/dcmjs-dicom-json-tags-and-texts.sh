#!/usr/bin/env bash
# Software: dcmjs 0.51.1 (npm); pydicom 3.0.2 (PyPI) to compare.
# Behaviour: a dataset of DICOM JSON, written to a file by DicomDict, changes in three places without an error. A tag as
#   value (VR AT) is taken for a decimal number: "00540010" becomes (0008,3D6A), and one with a hexadecimal letter, as
#   "0048021E", becomes (0000,0000). A null in a list of texts becomes the word null. An InlineBinary is left out, so that
#   an encapsulated document is empty. Reading a file that pydicom wrote, it splits a UT, ST or UR at each backslash, though
#   these VRs have one value, and gives an AT as a number.
# One would guess: the model of DICOM JSON in both directions (PS3.18 annex F), whose members vr and Value it uses.
# Why it matters: the dimension pointers of a multi-frame image or a slide point nowhere, so a viewer cannot put the frames
#   in order. A report with "C:\scans" in its text comes back in pieces. A PDF report is gone.
# Remedy: convert AT to a number, parseInt(value, 16), InlineBinary to Value: [ArrayBuffer] and null to "" before writing;
#   join the parts of UT, ST and UR with a backslash after reading. Or convert with pydicom.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{"private":true}' >package.json
npm install --silent --no-audit --no-fund dcmjs@0.51.1 || exit 2
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check pydicom==3.0.2 || exit 2
cat >write.cjs <<'JS'
const { readFileSync, writeFileSync } = require("node:fs");
const { DicomDict } = require("dcmjs").data;
const { meta, dataset } = JSON.parse(readFileSync("sent.json", "utf8"));
const file = new DicomDict(meta);
file.dict = dataset;
writeFileSync("dcmjs.dcm", Buffer.from(file.write()));
JS
cat >read.cjs <<'JS'
const { readFileSync, writeFileSync } = require("node:fs");
const { DicomMessage } = require("dcmjs").data;
const bytes = readFileSync("pydicom.dcm");
const { dict } = DicomMessage.readFile(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
writeFileSync("read.json", JSON.stringify(Object.fromEntries(Object.entries(dict).map(([tag, element]) => [tag, element.Value]))));
JS
cat >check.py <<'PY'
import json, subprocess, sys
import pydicom
from pydicom.dataset import Dataset, FileMetaDataset

sop = {"00080016": {"vr": "UI", "Value": ["1.2.840.10008.5.1.4.1.1.104.1"]}, "00080018": {"vr": "UI", "Value": ["1.2.3"]}}
meta = {"00020002": sop["00080016"], "00020003": sop["00080018"], "00020010": {"vr": "UI", "Value": ["1.2.840.10008.1.2.1"]}}
dataset = sop | {
    "00101000": {"vr": "LO", "Value": ["A1", None, "B2"]},
    "00209165": {"vr": "AT", "Value": ["0048021E"]},
    "00280009": {"vr": "AT", "Value": ["00540010", "00540020"]},
    "0040A160": {"vr": "UT", "Value": ["see C:\\scans\\1"]},
    "00420011": {"vr": "OB", "InlineBinary": "JVBERi0x"},
}
json.dump({"meta": meta, "dataset": dataset}, open("sent.json", "w"))
subprocess.run(["node", "write.cjs"], check=True)
written = pydicom.dcmread("dcmjs.dcm").to_json_dict()

own = Dataset.from_json(dataset)
own.file_meta = FileMetaDataset(Dataset.from_json(meta))
own.save_as("pydicom.dcm", enforce_file_format=True)
again = pydicom.dcmread("pydicom.dcm").to_json_dict()
subprocess.run(["node", "read.cjs"], check=True)
read = json.load(open("read.json"))

found = {}
for tag in ("00209165", "00280009", "00101000", "0040A160", "00420011"):
    sent = dataset[tag].get("Value", dataset[tag].get("InlineBinary"))
    found[tag] = (written[tag].get("Value", written[tag].get("InlineBinary")), read[tag])
    own_way = again[tag].get("Value", again[tag].get("InlineBinary"))
    print(f"{dataset[tag]['vr']} {sent}\n    written by dcmjs: {found[tag][0]}\n    by pydicom: {own_way}, read by dcmjs: {read[tag]}")
expected = {
    "00209165": (["00000000"], [0x0048021E]),
    "00280009": (["00083D6A", "00083D74"], [0x00540010, 0x00540020]),
    "00101000": (["A1", "null", "B2"], ["A1", "", "B2"]),
    "0040A160": (["see C:\\scans\\1"], ["see C:", "scans", "1"]),
    "00420011": (None, [{}]),
}
if found != expected:
    sys.exit(f"changed: expected {expected}, found {found}")
PY
venv/bin/python check.py
