#!/usr/bin/env bash
# Software: fhir-kit-client 2.0.3 (npm), the FHIR client for Node.
# Behaviour: resolve() of an absolute reference to another server drops the version: .../Patient/1/_history/2 is
#   requested as .../Patient/1. With a hyphen in the host name or in the path, the same reference ends in "is not a
#   recognized FHIR reference". References to the client's own server are requested as they are, with version and
#   hyphen.
# One would guess: a reference that names a version reads that version, or fails; a hyphen is an ordinary character of
#   a URL, and the pattern in the FHIR specification has it.
# Why it matters: a Provenance points to the version that somebody signed. The client shows the current one in its
#   place, with no sign of that. Whether a reference works at all depends on how the other hospital named its server.
# Remedy: new Client({ baseUrl: other }).vread({ resourceType, id, version }), with the URL split by hand.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{"private":true}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts fhir-kit-client@2.0.3
cat >check.mjs <<'JS'
import { createServer } from "node:http";
import { Client } from "fhir-kit-client";
async function start() {
  const server = createServer((request, response) => {
    const [, id, version] = /\/Patient\/([^/]+)(?:\/_history\/(\d+))?$/.exec(request.url);
    const patient = { resourceType: "Patient", id, meta: { versionId: version ?? "3" } };
    response.setHeader("Content-Type", "application/fhir+json").end(JSON.stringify(patient));
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return `http://127.0.0.1:${server.address().port}`;
}
const [own, other] = [await start(), await start()];
const client = new Client({ baseUrl: `${own}/fhir` });
const cases = [
  ["own server", `${own}/fhir/Patient/1/_history/2`, "version 2"],
  ["other server", `${other}/fhir/Patient/1/_history/2`, "version 3"],
  ["other server, no version", `${other}/fhir/Patient/1`, "version 3"],
  ["other server, hyphen", `${other}/fhir-r4/Patient/1`, "is not a recognized FHIR reference"],
];
let changed = false;
for (const [name, reference, expected] of cases) {
  const found = await client.resolve({ reference }).then(
    (patient) => `version ${patient.meta.versionId}`,
    (error) => error.message.replace(`${reference} `, ""),
  );
  console.log(`${name.padEnd(25)} ${reference.replace(/^.*?\d\//, "/").padEnd(28)} ${found}`);
  if (found !== expected) {
    console.log(`changed: expected ${expected}`);
    changed = true;
  }
}
process.exit(changed ? 1 : 0);
JS
node check.mjs
