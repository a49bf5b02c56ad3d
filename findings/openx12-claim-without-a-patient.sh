#!/usr/bin/env bash
# Software: openx12 0.2.1 (PyPI), which reads X12 837P claims.
# Behaviour: a claim in the result does not say whose it is. Patients are a list of their own, without a key that would
#   lead from one to the other, and there is a patient for the subscriber, too, who need not have a claim. What the SBR
#   segment says, payer sequence, group and kind of insurance, is at the first claim after it only; the second one of the
#   same person has none. The rendering provider (NM1*82) is in no place.
# One would guess: each claim with its patient, as the loops of an 837 nest claims in patients and those in subscribers.
# Why it matters: a program that takes the n-th patient for the n-th claim bills a mother for her child. A filter by
#   insurance finds the first claim of each person.
# Remedy: walk through json()["segments"] yourself and keep the last HL, SBR and NM1 for the CLM that follows.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check openx12==0.2.1 || exit 2
cat >check.py <<'PY'
import json, sys
from openx12.x837p import Claim837P

header = ["ISA", "00", " " * 10, "00", " " * 10, "ZZ", "CLINIC".ljust(15), "ZZ", "PAYER".ljust(15), "240520", "1200", "^",
          "00501", "000000001", "0", "T", ":"]
text = """ST*837*0001*005010X222A1
BHT*0019*00*1*20240520*1200*CH
NM1*41*2*CLINIC*****46*1
PER*IC*TEAM*TE*8005550100
NM1*40*2*PAYER*****46*2
HL*1**20*1
NM1*85*2*CLINIC*****XX*1234567893
N3*1 MAIN ST
N4*CITY*NC*275140000
REF*EI*123456789
HL*2*1*22*1
SBR*P**GROUP-1******CI
NM1*IL*1*DOE*ANN****MI*111
NM1*PR*2*PAYER*****PI*2
HL*3*2*23*0
PAT*19
NM1*QC*1*DOE*TIM
N3*2 MAIN ST
N4*CITY*NC*27514
DMG*D8*20150101*M
CLM*CHILD-1*100***11:B:1*Y*A*Y*Y
HI*ABK:J020
NM1*82*1*ROE*SUE****XX*1003000126
LX*1
SV1*HC:99213*100*UN*1***1
DTP*472*D8*20240401
REF*6R*LINE-1
CLM*CHILD-2*70***11:B:1*Y*A*Y*Y
HI*ABK:J020
LX*1
SV1*HC:99212*70*UN*1***1
DTP*472*D8*20240501"""
body = text.split("\n")
segments = ["*".join(header), "GS*HC*CLINIC*PAYER*20240520*1200*1*X*005010X222A1", *body, f"SE*{len(body) + 1}*0001", "GE*1*1", "IEA*1*000000001"]
claim_file = Claim837P("".join(segment + "~\n" for segment in segments))
parsed = claim_file.json()
claims = {claim["claim_number"]: claim for claim in claim_file.claims}
without_segments = json.dumps({name: value for name, value in parsed.items() if name != "segments"})
found = {
    "claims": {number: claim["amount"] for number, claim in claims.items()},
    "patients": [patient["first_name"] for patient in parsed["summary"]["patients"]],
    "names in the claims": [name for name in ("DOE", "ANN", "TIM", "20150101", "2015-01-01") if name in json.dumps(claims)],
    "group": [claim.get("subscriber_info", {}).get("group_number") for claim in claims.values()],
    "in the result": {what: what in without_segments for what in ("CLINIC", "ROE", "1003000126", "LINE-1")},
}
for name, value in found.items():
    print(f"{name}: {value}")
expected = {
    "claims": {"CHILD-1": 100.0, "CHILD-2": 70.0}, "patients": ["ANN", "TIM"], "names in the claims": [], "group": ["GROUP-1", None],
    "in the result": {"CLINIC": True, "ROE": False, "1003000126": False, "LINE-1": True},
}
if found != expected:
    sys.exit(f"changed: expected {expected}, found {found}")
PY
venv/bin/python check.py
