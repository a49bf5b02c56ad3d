#!/usr/bin/env bash
# Software: edi-835-parser 1.8.0 (PyPI), which makes a table of an X12 835 remittance.
# Behaviour: of the AMT segments of a service only the last is kept. When the allowed amount (B6) is followed by another
#   one, a deduction (KH) or a tax (T), the column allowed_amount is empty; in the other order it is there. Adjustments of
#   the claim, a CAS before the first SVC, are in no column, and of the modifiers of a procedure only the first is.
# One would guess: the amounts by their qualifiers, in whatever order; the columns adj_ for each CAS of the claim; 25 and 59.
# Why it matters: charge minus adjustments is then more than the payment, so the balance of each such claim is wrong, and
#   the allowed amount is missing only with payers that send a second one.
# Remedy: read AMT, CAS and SVC01 from the segments, and check charge - adjustments = payment for each claim.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check edi-835-parser==1.8.0 pandas==2.3.3 || exit 2
cat >check.py <<'PY'
import sys, warnings
import edi_835_parser

def table(amounts):
    header = ["ISA", "00", " " * 10, "00", " " * 10, "ZZ", "PAYER".ljust(15), "ZZ", "CLINIC".ljust(15), "240520", "1200", "^",
              "00501", "000000001", "0", "T", ":"]
    body = [
        ["ST", "835", "0001"],
        ["BPR", "I", "100", "C", "CHK"] + [""] * 11 + ["20240501"],
        ["TRN", "1", "12345", "1512345678"],
        ["DTM", "405", "20240501"],
        ["N1", "PR", "PAYER"], ["N3", "1 MAIN ST"], ["N4", "CITY", "NC", "27514"], ["PER", "BL", "TEAM", "TE", "8005550100"],
        ["N1", "PE", "CLINIC", "XX", "1234567893"],
        ["LX", "1"],
        ["CLP", "CLAIM-1", "1", "150", "100", "20", "12", "99", "11", "1"],
        ["CAS", "CO", "45", "30"],
        ["NM1", "QC", "1", "DOE", "ANN", "", "", "", "MI", "111"],
        ["SVC", "HC:99213:25:59", "150", "130", "", "1"],
        ["DTM", "472", "20240401"],
        ["CAS", "PR", "1", "20"],
        *(["AMT", qualifier, amount] for qualifier, amount in amounts),
    ]
    segments = [header, ["GS", "HP", "PAYER", "CLINIC", "20240520", "1200", "1", "X", "005010X221A1"], *body,
                ["SE", str(len(body) + 1), "0001"], ["GE", "1", "1"], ["IEA", "1", "000000001"]]
    with open("era.txt", "w", newline="") as file:
        file.write("".join("*".join(segment) + "~\n" for segment in segments))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return edi_835_parser.parse("era.txt").to_dataframe().to_dict("records")[0]

orders = {"B6": [("B6", "120")], "KH B6": [("KH", "7"), ("B6", "120")], "B6 KH": [("B6", "120"), ("KH", "7")], "B6 T": [("B6", "120"), ("T", "3")]}
found = {name: table(amounts)["allowed_amount"] for name, amounts in orders.items()}
row = table(orders["B6"])
found["modifier"] = row["modifier"]
found["adjustments"] = [row[name] for name in row if name.startswith("adj_") and name.endswith("_amount")]
for name in orders:
    print(f"AMT segments {name}: allowed_amount {found[name]}")
print("sent HC:99213:25:59, modifier:", found["modifier"])
print("sent CAS*CO*45*30 of the claim and CAS*PR*1*20 of the service, adjustments:", found["adjustments"])
expected = {"B6": 120.0, "KH B6": 120.0, "B6 KH": None, "B6 T": None, "modifier": "25", "adjustments": [20.0]}
if found != expected:
    sys.exit(f"changed: expected {expected}, found {found}")
PY
venv/bin/python check.py
