#!/usr/bin/env bash
# Software: @medplum/ccda 5.1.10 (npm).
# Behaviour: a Condition coded in ICD-10-CM (http://hl7.org/fhir/sid/icd-10-cm) is written to the C-CDA document as a
#   code without codeSystem, and comes back as a code without system. In the other direction the OID of ICD-10-CM stays
#   urn:oid:2.16.840.1.113883.6.90. Vaccine codes are written with the OID of CVX and read back as http://nucc.org/cvx.
# One would guess: the systems of US Core in both directions, as it does for SNOMED CT, LOINC and RxNorm.
# Why it matters: "J18.9" without a system means nothing to the receiver. A search for an immunization by
#   http://hl7.org/fhir/sid/cvx|207 does not find the one that was imported.
# Remedy: replace the three systems in the bundle after reading, and set codeSystem in the XML after writing.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{"private":true}' >package.json
npm install --silent --no-audit --no-fund @medplum/ccda@5.1.10 @medplum/core@5.1.10 || exit 2
cat >check.cjs <<'JS'
globalThis.WebSocket ??= class {}; // the library needs it to load, and Node has it from 22 on
const ccda = require("@medplum/ccda");
const loinc = (code) => ({ coding: [{ system: "http://loinc.org", code }] });

function thereAndBack(system, code) {
  const subject = { reference: "Patient/p" };
  const concept = { coding: [{ system, code }] };
  const [section, resource] = system.endsWith("cvx")
    ? ["11369-6", { resourceType: "Immunization", status: "completed", vaccineCode: concept, patient: subject, occurrenceDateTime: "2021-03-01" }]
    : ["11450-4", { resourceType: "Condition", code: concept, subject, onsetDateTime: "2024-05-01" }];
  const composition = {
    resourceType: "Composition",
    status: "final",
    type: loinc("34133-9"),
    title: "Summary",
    date: "2024-05-01T10:00:00Z",
    subject,
    author: [{ reference: "Practitioner/d" }],
    section: [{ title: "Section", code: loinc(section), entry: [{ reference: `${resource.resourceType}/r` }] }],
  };
  const patient = { resourceType: "Patient", id: "p", name: [{ family: "Doe", given: ["Ann"] }], birthDate: "1980-05-01" };
  const author = { resourceType: "Practitioner", id: "d", name: [{ family: "Roe", given: ["Jo"] }] };
  const entry = [composition, patient, author, { ...resource, id: "r" }].map((resource) => ({ resource }));
  const xml = ccda.convertCcdaToXml(ccda.convertFhirToCcda({ resourceType: "Bundle", type: "document", entry }, { type: "summary" }));
  const element = xml.match(new RegExp(`<\\S+ [^>]*code="${code}"[^>]*>`))[0];
  const oid = element.match(/codeSystem="(.*?)"/)?.[1];
  const bundle = ccda.convertCcdaToFhir(ccda.convertXmlToCcda(xml));
  const read = bundle.entry.map((entry) => entry.resource).find((r) => r.resourceType === resource.resourceType);
  return `${oid} ${(read.code ?? read.vaccineCode).coding[0].system}`;
}

const expected = [
  ["http://snomed.info/sct", "233604007", "2.16.840.1.113883.6.96 http://snomed.info/sct"],
  ["http://hl7.org/fhir/sid/icd-10-cm", "J18.9", "undefined undefined"],
  ["http://hl7.org/fhir/sid/cvx", "207", "2.16.840.1.113883.12.292 http://nucc.org/cvx"],
];
let changed = false;
for (const [system, code, result] of expected) {
  const found = thereAndBack(system, code);
  console.log(`${system.padEnd(34)} in the document: ${found.split(" ")[0].padEnd(25)} read: ${found.split(" ")[1]}`);
  if (found !== result) {
    console.log("changed: expected", result);
    changed = true;
  }
}
const read = ccda.mapCcdaSystemToFhir("2.16.840.1.113883.6.90");
console.log("2.16.840.1.113883.6.90, ICD-10-CM, from another writer, read:", read);
if (read !== "urn:oid:2.16.840.1.113883.6.90") {
  console.log("changed: expected urn:oid:2.16.840.1.113883.6.90");
  changed = true;
}
process.exit(changed ? 1 : 0);
JS
node check.cjs
