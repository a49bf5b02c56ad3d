#!/usr/bin/env bash
# Software: openx12 0.2.1 (PyPI), which reads X12 835 remittances.
# Behaviour: the `payment_date` of summary() is the date in ISA09, on which the file was sent, with a year of two digits.
#   The date in BPR16 is not read. The `payment_method` is BPR01 (I, with remittance information) instead of BPR04 (CHK
#   or ACH). No DTM date is read at all: neither the dates of the claim nor that of the service are in the result.
# One would guess: BPR16 as payment date and BPR04 as method; and the dates of DTM02, which the code has names for.
# Why it matters: a payer builds the file days before or after the money moves, and sends it again when asked. The day in
#   the ledger then differs from the bank's, and a claim without a date of service cannot be matched to its visit.
# Remedy: take the dates from the segments: json()["segments"] has all elements of BPR and DTM.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check openx12==0.2.1 || exit 2
cat >check.py <<'PY'
import sys
from openx12.x835 import ERA

header = ["ISA", "00", " " * 10, "00", " " * 10, "ZZ", "PAYER".ljust(15), "ZZ", "CLINIC".ljust(15), "240520", "1200", "^",
          "00501", "000000001", "0", "T", ":"]
body = [
    ["ST", "835", "0001"],
    ["BPR", "I", "100", "C", "CHK"] + [""] * 11 + ["20240501"],
    ["TRN", "1", "12345", "1512345678"],
    ["DTM", "405", "20240430"],
    ["N1", "PR", "PAYER"], ["N3", "1 MAIN ST"], ["N4", "CITY", "NC", "27514"], ["PER", "BL", "TEAM", "TE", "8005550100"],
    ["N1", "PE", "CLINIC", "XX", "1234567893"],
    ["LX", "1"],
    ["CLP", "CLAIM-1", "1", "100", "100", "", "12", "99", "11", "1"],
    ["NM1", "QC", "1", "DOE", "ANN", "", "", "", "MI", "111"],
    ["DTM", "232", "20240402"],
    ["DTM", "233", "20240403"],
    ["SVC", "HC:99213", "100", "100", "", "1"],
    ["DTM", "472", "20240402"],
]
segments = [header, ["GS", "HP", "PAYER", "CLINIC", "20240520", "1200", "1", "X", "005010X221A1"], *body,
            ["SE", str(len(body) + 1), "0001"], ["GE", "1", "1"], ["IEA", "1", "000000001"]]
era = ERA("".join("*".join(segment) + "~\n" for segment in segments))
summary, claim = era.summary(), era.claims[0]

def dates(value):
    """All members with a date in their name, at any depth."""
    if isinstance(value, list):
        return [name for element in value for name in dates(element)]
    if not isinstance(value, dict):
        return []
    return [name for name in value if "date" in name] + [name for element in value.values() for name in dates(element)]

found = {
    "amount": summary["payment_amount"],
    "payment_date": summary["payment_date"],
    "payment_method": summary["payment_method"],
    "service": claim["services"][0]["cpt_code"],
    "dates of the claim": dates(claim),
    "raw": [s["elements"][-1] for s in era.json()["segments"] if s["segment_id"] in ("BPR", "DTM")],
}
print("sent: BPR04 CHK, BPR16 20240501, ISA09 240520, claim 20240402 to 20240403, service 20240402")
for name, value in found.items():
    print(f"{name}: {value}")
expected = {"amount": 100.0, "payment_date": "240520", "payment_method": "I", "service": "99213", "dates of the claim": [],
            "raw": ["20240501", "20240430", "20240402", "20240403", "20240402"]}
if found != expected:
    sys.exit(f"changed: expected {expected}, found {found}")
PY
venv/bin/python check.py
