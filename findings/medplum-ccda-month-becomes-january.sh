#!/usr/bin/env bash
# Software: @medplum/ccda 5.1.10 (npm), which reads and writes C-CDA documents as FHIR.
# Behaviour: in a C-CDA document, the month 201205 is read as 2012-01-01, in a birth date, and as 2012-01-01T00:00:00Z,
#   in an onset: the month is lost and January taken. A day (20120515) becomes midnight UTC. In the other direction it
#   writes 2012-05 as 201205, so its own document comes back with another month.
# One would guess: 2012-05, and 2012-05-15; FHIR has the same partial dates as C-CDA.
# Why it matters: old problems and immunizations often have only a month or a year. The wrong month is a plausible date,
#   and midnight UTC is the evening before for all of America.
# Remedy: read birthTime and effectiveTime from the XML; ccda-to-fhir 0.3 (PyPI) keeps the precision.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{"private":true}' >package.json
npm install --silent --no-audit --no-fund @medplum/ccda@5.1.10 @medplum/core@5.1.10 || exit 2
cat >check.cjs <<'JS'
globalThis.WebSocket ??= class {}; // the library needs it to load, and Node has it from 22 on
const { convertCcdaToFhir, convertCcdaToXml, convertFhirToCcda, convertXmlToCcda } = require("@medplum/ccda");
const patient = { resourceType: "Patient", id: "p", name: [{ family: "Doe", given: ["Ann"] }] };
const loinc = (code) => ({ coding: [{ system: "http://loinc.org", code }] });

function thereAndBack(date) {
  const condition = {
    resourceType: "Condition",
    id: "c",
    subject: { reference: "Patient/p" },
    code: { coding: [{ system: "http://snomed.info/sct", code: "233604007", display: "Pneumonia" }] },
    onsetDateTime: date,
  };
  const composition = {
    resourceType: "Composition",
    status: "final",
    type: loinc("34133-9"),
    title: "Summary",
    date: "2024-05-01T10:00:00Z",
    subject: { reference: "Patient/p" },
    author: [{ reference: "Practitioner/d" }],
    section: [{ title: "Problems", code: loinc("11450-4"), entry: [{ reference: "Condition/c" }] }],
  };
  const author = { resourceType: "Practitioner", id: "d", name: [{ family: "Roe", given: ["Jo"] }] };
  const resources = [composition, { ...patient, birthDate: date }, author, condition];
  const bundle = { resourceType: "Bundle", type: "document", entry: resources.map((resource) => ({ resource })) };
  const xml = convertCcdaToXml(convertFhirToCcda(bundle, { type: "summary" }));
  const read = convertCcdaToFhir(convertXmlToCcda(xml)).entry.map((entry) => entry.resource);
  const of = (type) => read.find((resource) => resource.resourceType === type);
  const written = xml.match(/<birthTime value="(.*?)"/)[1];
  return [written, of("Patient").birthDate, of("Condition").onsetDateTime].join(" ");
}

const expected = {
  "2012": "2012 2012-01-01 2012-01-01T00:00:00Z",
  "2012-05": "201205 2012-01-01 2012-01-01T00:00:00Z",
  "2012-05-15": "20120515 2012-05-15 2012-05-15T00:00:00Z",
};
let changed = false;
for (const [date, result] of Object.entries(expected)) {
  const found = thereAndBack(date);
  const [written, birth, onset] = found.split(" ");
  console.log(`FHIR ${date.padEnd(10)}  in the document ${written.padEnd(8)}  read: birthDate ${birth}, onset ${onset}`);
  if (found !== result) {
    console.log("changed: expected", result);
    changed = true;
  }
}
process.exit(changed ? 1 : 0);
JS
node check.cjs
