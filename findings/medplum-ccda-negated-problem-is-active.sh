#!/usr/bin/env bash
# Software: @medplum/ccda 5.1.10 (npm), compared with ccda-to-fhir 0.3 (PyPI).
# Behaviour: a problem with negationInd="true" ("pneumonia was looked for and is absent") is read as a Condition that is
#   active and confirmed. So is a problem that is over: concern completed, status observation "Resolved", end date set.
#   ccda-to-fhir reads the first as refuted and the second as resolved.
# One would guess: verificationStatus "refuted", and clinicalStatus "resolved" or "inactive".
# Why it matters: the FHIR record states the opposite of the document, and the negated problem leaves no
#   trace. The resolved one keeps its abatementDateTime, which FHIR does not allow on an active Condition (con-4).
# Remedy: read negationInd and the status observation from the XML before conversion, and drop or correct those entries.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{"private":true}' >package.json
npm install --silent --no-audit --no-fund @medplum/ccda@5.1.10 @medplum/core@5.1.10 || exit 2
python3 -m venv venv
venv/bin/pip install -q --disable-pip-version-check ccda-to-fhir==0.3 || exit 2
cat >medplum.cjs <<'JS'
globalThis.WebSocket ??= class {}; // the library needs it to load, and Node has it from 22 on
const { convertCcdaToFhir, convertXmlToCcda } = require("@medplum/ccda");
const xml = require("node:fs").readFileSync(0, "utf8");
console.log(JSON.stringify(convertCcdaToFhir(convertXmlToCcda(xml))));
JS
cat >check.py <<'PY'
import json, logging, subprocess, sys
from ccda_to_fhir import convert_document

logging.disable(logging.CRITICAL)
template = lambda root, *more: "".join(f'<templateId root="2.16.840.1.113883.10.20.22.{root}"{e}/>' for e in ("", *more))
dated = ' extension="2015-08-01"'
RESOLVED = f"""<entryRelationship typeCode="REFR"><observation classCode="OBS" moodCode="EVN">
  {template("4.6", ' extension="2019-06-20"')}<code code="33999-4" codeSystem="2.16.840.1.113883.6.1"/>
  <statusCode code="completed"/>
  <value xsi:type="CD" code="413322009" codeSystem="2.16.840.1.113883.6.96" displayName="Resolved"/>
</observation></entryRelationship>"""

def document(negated="", status="active", end="", inside=""):
    times = f'<effectiveTime><low value="20240501"/>{end}</effectiveTime>'
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<realmCode code="US"/><typeId root="2.16.840.1.113883.1.3" extension="POCD_HD000040"/>
{template("1.1", dated)}{template("1.2", dated)}<id root="2.16.840.1.113883.19.5" extension="d1"/>
<code code="34133-9" codeSystem="2.16.840.1.113883.6.1"/><title>Summary</title>
<effectiveTime value="20240601120000-0500"/><confidentialityCode code="N" codeSystem="2.16.840.1.113883.5.25"/>
<languageCode code="en-US"/>
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
<component><structuredBody><component><section>{template("2.5.1", dated)}
<code code="11450-4" codeSystem="2.16.840.1.113883.6.1"/><title>Problems</title><text>Problems</text>
<entry typeCode="DRIV"><act classCode="ACT" moodCode="EVN">{template("4.3", dated)}
  <id root="2.16.840.1.113883.19.5" extension="e1"/><code code="CONC" codeSystem="2.16.840.1.113883.5.6"/>
  <statusCode code="{status}"/>{times}
  <entryRelationship typeCode="SUBJ"><observation classCode="OBS" moodCode="EVN"{negated}>{template("4.4", dated)}
    <id root="2.16.840.1.113883.19.5" extension="o1"/>
    <code code="55607006" codeSystem="2.16.840.1.113883.6.96" displayName="Problem"/><statusCode code="completed"/>{times}
    <value xsi:type="CD" code="233604007" codeSystem="2.16.840.1.113883.6.96" displayName="Pneumonia"/>{inside}
  </observation></entryRelationship></act></entry>
</section></component></structuredBody></component></ClinicalDocument>"""

def statuses(bundle):
    condition, = (e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] == "Condition")
    return " ".join(condition[f]["coding"][0]["code"] for f in ("clinicalStatus", "verificationStatus") if f in condition)

def medplum(xml):
    return json.loads(subprocess.run(["node", "medplum.cjs"], input=xml, capture_output=True, text=True, check=True).stdout)

cases = {
    "present": (document(), "active confirmed", "active confirmed"),
    "negated": (document(negated=' negationInd="true"'), "active confirmed", "active refuted"),
    "resolved": (document(status="completed", end='<high value="20240601"/>', inside=RESOLVED), "active confirmed", "resolved confirmed"),
}
changed = False
for case, (xml, *expected) in cases.items():
    found = [statuses(medplum(xml)), statuses(convert_document(xml)["bundle"])]
    print(f"{case:9} @medplum/ccda: {found[0]:18} ccda-to-fhir: {found[1]}")
    if found != expected:
        print("changed: expected", expected)
        changed = True
sys.exit(changed)
PY
venv/bin/python check.py
