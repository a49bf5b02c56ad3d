#!/usr/bin/env bash
# Software: rsa-835-parser 1.42.0 (PyPI), X12 835 remittance advice to data frames.
# Behaviour: of a CAS segment it reads the first adjustment and drops the other five that the segment may hold,
#   without a warning. CAS segments of a claim are dropped with one, and a claim without service lines is not in the
#   table at all. The routing number is an integer: 021000089 becomes 21000089.
# One would guess: all adjustments, since charge less adjustments must be the payment in an 835; one row for each
#   claim.
# Why it matters: a payer puts the contract discount (CO-45) and the sequester (CO-253) into one segment. The second
#   is missing in the table, the line does not balance, and the difference looks like an underpayment.
# Remedy: adjustment.segment holds the original text: split it at "*" and read it in threes.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check rsa-835-parser==1.42.0 pandas==3.1.1 idna==3.20
cat >check.py <<'PY'
import sys, warnings
import rsa_835_parser

segments = [
    "ISA*00*          *00*          *ZZ*PAYER          *ZZ*CLINIC         *240501*1200*^*00501*000000001*0*P*:",
    "GS*HP*PAYER*CLINIC*20240501*1200*1*X*005010X221A1", "ST*835*0001",
    "BPR*I*226.6*C*ACH*CCP*01*021000021*DA*111*1999999999**01*021000089*DA*222*20240515", "TRN*1*12345*1999999999",
    "N1*PR*EXAMPLE PAYER", "N3*1 MAIN STREET", "N4*SPRINGFIELD*NY*10001", "PER*BL*HELP DESK*TE*8005550100",
    "N1*PE*EXAMPLE CLINIC*XX*1234567893", "LX*1",
    "CLP*PC-1*1*200*88.2*20*12*ICN-1", "NM1*QC*1*DOE*JANE****MI*M-1",
    "SVC*HC:99213*200*88.2**1", "DTM*472*20240415", "CAS*CO*45*90**253*1.8", "CAS*PR*3*20",
    "CLP*PC-2*1*200*78.4**12*ICN-2", "NM1*QC*1*ROE*RICK****MI*M-2",
    "SVC*HC:99214*200*78.4**1", "DTM*472*20240416", "CAS*CO*45*100**253*1.6**50*20",
    "CLP*PC-3*1*100*60**12*ICN-3", "CAS*CO*45*40", "NM1*QC*1*POE*MARY****MI*M-3", "DTM*232*20240417",
    "SE*25*0001", "GE*1*1", "IEA*1*000000001",
]
with open("remittance.835", "w") as file:
    file.write("~".join(segments) + "~")
with warnings.catch_warnings(record=True) as warnings_seen:
    warnings.simplefilter("always")
    remittance = rsa_835_parser.parse("remittance.835").transaction_sets[0]
found = {}
for claim in remittance.claims:
    for service in claim.services:
        found[claim.claim.marker] = [(a.group_code.code, a.reason_code.code, a.amount) for a in service.adjustments]
        print(claim.claim.marker, "sent", [a.segment for a in service.adjustments], "read", found[claim.claim.marker])
warned = sorted({str(warning.message) for warning in warnings_seen if "CAS" in str(warning.message)})
table = remittance.to_dataframe()
routing = remittance.financial_information.routing_number
print("PC-3 sent CAS*CO*45*40, warning:", warned)
print("claims in the table:", sorted(set(table["marker"])), " routing number:", repr(routing))
expected = {"PC-1": [("CO", "45", 90.0), ("PR", "3", 20.0)], "PC-2": [("CO", "45", 100.0)]}
if found != expected or warned != ["Identifier: CAS not handled in claim loop."] or routing != 21000089:
    sys.exit(f"changed: expected {expected}, one warning and 21000089")
if sorted(set(table["marker"])) != ["PC-1", "PC-2"]:
    sys.exit("changed: expected a table without PC-3")
PY
venv/bin/python check.py
