#!/usr/bin/env bash
# Software: ccda-to-fhir 0.3 (PyPI), C-CDA documents to FHIR R4B.
# Behaviour: a result of "below 5" (IVL_PQ with high 5, inclusive="false") becomes the comparator <=, and "above 5" >=.
#   A value of type REAL becomes a dataAbsentReason with the text "Value not provided in source C-CDA document". One
#   titer such as 1:128 (type RTO_PQ_PQ or RTO) in one result stops the conversion of the whole document.
# One would guess: < and >, which FHIR has; valueQuantity for REAL and valueRatio for a titer; at worst, one result less.
# Why it matters: laboratories report "<5" as a matter of course, and 5 is then the limit that must not be reached. The
#   text about the source is untrue. Serology documents cannot be read at all, patient and medications included.
# Remedy: read inclusive="false" and REAL from the XML, and take RTO values out of a copy before conversion.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check ccda-to-fhir==0.3 || exit 2
cat >check.py <<'PY'
import logging, sys
from ccda_to_fhir import convert_document

logging.disable(logging.CRITICAL)
template = lambda root: f'<templateId root="2.16.840.1.113883.10.20.22.{root}"/><templateId root="2.16.840.1.113883.10.20.22.{root}" extension="2015-08-01"/>'

def document(value):
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<realmCode code="US"/><typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>{template("1.1")}{template("1.2")}
<id root="2.16.840.1.113883.19.5" extension="d1"/><code code="34133-9" codeSystem="2.16.840.1.113883.6.1"/>
<title>Summary</title><effectiveTime value="20240601120000-0500"/>
<confidentialityCode code="N" codeSystem="2.16.840.1.113883.5.25"/><languageCode code="en-US"/>
<recordTarget><patientRole><id root="2.16.840.1.113883.19.5" extension="p1"/><addr nullFlavor="UNK"/>
  <telecom nullFlavor="UNK"/><patient><name><given>Ann</given><family>Doe</family></name>
  <administrativeGenderCode code="F" codeSystem="2.16.840.1.113883.5.1"/><birthTime value="19800501"/></patient>
</patientRole></recordTarget>
<author><time value="20240601120000-0500"/><assignedAuthor><id root="2.16.840.1.113883.19.5" extension="a1"/>
  <addr nullFlavor="UNK"/><telecom nullFlavor="UNK"/>
  <assignedPerson><name><given>Jo</given><family>Roe</family></name></assignedPerson></assignedAuthor></author>
<custodian><assignedCustodian><representedCustodianOrganization><id root="2.16.840.1.113883.19.5" extension="c1"/>
  <name>Clinic</name><telecom nullFlavor="UNK"/><addr nullFlavor="UNK"/>
</representedCustodianOrganization></assignedCustodian></custodian>
<component><structuredBody><component><section>{template("2.3.1")}
<code code="30954-2" codeSystem="2.16.840.1.113883.6.1"/><title>Results</title><text>Results</text>
<entry typeCode="DRIV"><organizer classCode="BATTERY" moodCode="EVN">{template("4.1")}
  <id root="2.16.840.1.113883.19.5" extension="g1"/><code code="18725-2" codeSystem="2.16.840.1.113883.6.1"/>
  <statusCode code="completed"/>
  <component><observation classCode="OBS" moodCode="EVN">{template("4.2")}
    <id root="2.16.840.1.113883.19.5" extension="o1"/><code code="5048-4" codeSystem="2.16.840.1.113883.6.1"/>
    <statusCode code="completed"/><effectiveTime value="20240515"/>{value}</observation></component>
</organizer></entry></section></component></structuredBody></component></ClinicalDocument>"""

def read(value):
    try:
        bundle = convert_document(document(value))["bundle"]
    except Exception as error:
        return f"no document: {type(error).__name__}"
    resources = [entry["resource"] for entry in bundle["entry"]]
    result, = (r for r in resources if r["resourceType"] == "Observation" and r["code"]["coding"][0]["code"] == "5048-4")
    if "dataAbsentReason" in result:
        return result["dataAbsentReason"]["text"]
    quantity = result["valueQuantity"]
    return f'{quantity.get("comparator", "")} {quantity["value"]}'.strip()

absent = "Value not provided in source C-CDA document"
cases = [
    ("5 mg/dL", '<value xsi:type="PQ" value="5" unit="mg/dL"/>', "5"),
    ("at most 5", '<value xsi:type="IVL_PQ"><high value="5" unit="mg/dL"/></value>', "<= 5"),
    ("below 5", '<value xsi:type="IVL_PQ"><high value="5" unit="mg/dL" inclusive="false"/></value>', "<= 5"),
    ("above 5", '<value xsi:type="IVL_PQ"><low value="5" unit="mg/dL" inclusive="false"/></value>', ">= 5"),
    ("REAL 1.5", '<value xsi:type="REAL" value="1.5"/>', absent),
    ("1:128", '<value xsi:type="RTO_PQ_PQ"><numerator value="1"/><denominator value="128"/></value>', "no document: UnknownTypeError"),
    ("1:128", '<value xsi:type="RTO"><numerator xsi:type="INT" value="1"/><denominator xsi:type="INT" value="128"/></value>',
     "no document: MalformedXMLError"),
]
changed = False
for name, value, expected in cases:
    found = read(value)
    print(f"{name:10} {found}")
    if found != expected:
        print("changed: expected", expected)
        changed = True
sys.exit(changed)
PY
venv/bin/python check.py
