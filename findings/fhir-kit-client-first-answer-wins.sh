#!/usr/bin/env bash
# Software: fhir-kit-client 2.0.3 (npm), the FHIR client for Node.
# Behaviour: smartAuthMetadata() asks for .well-known/smart-configuration, metadata and
#   .well-known/openid-configuration at the same time and takes the first answer with status 200, whatever it holds.
#   When the CapabilityStatement without the old oauth-uris extension comes first, the result is an empty object,
#   without an error.
# One would guess: SMART's own document counts, and the other two are asked when it is missing; an answer without a
#   token endpoint is no answer.
# Why it matters: SMART 2 has deprecated that extension, so the CapabilityStatement of a current server has no URLs.
#   It is long and usually slow, but a cache makes it the fastest. The same code then finds no tokenUrl, on some days
#   only.
# Remedy: client.request(".well-known/smart-configuration") and its token_endpoint.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{"private":true}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts fhir-kit-client@2.0.3
cat >check.mjs <<'JS'
import { createServer } from "node:http";
import { Client } from "fhir-kit-client";
const answers = {
  "smart-configuration": { token_endpoint: "https://as.example/smart/token" },
  "metadata": { resourceType: "CapabilityStatement", status: "active", kind: "instance", fhirVersion: "4.0.1",
    rest: [{ mode: "server", security: { service: [{ coding: [{ code: "SMART-on-FHIR" }] }] } }] },
  "openid-configuration": { token_endpoint: "https://as.example/openid/token" },
};
let first, release;
const server = createServer(async (request, response) => {
  const name = request.url.split("/").pop();
  if (name !== first) await release;
  response.setHeader("Content-Type", "application/json").end(JSON.stringify(answers[name]));
});
await new Promise((done) => server.listen(0, "127.0.0.1", done));
const expected = {
  "smart-configuration": "https://as.example/smart/token",
  "openid-configuration": "https://as.example/openid/token",
  "metadata": undefined,
};
let changed = false;
for (const [name, url] of Object.entries(expected)) {
  let go;
  first = name;
  release = new Promise((done) => { go = done; });
  const timer = setTimeout(go, 20000);
  const client = new Client({ baseUrl: `http://127.0.0.1:${server.address().port}/fhir` });
  const found = await client.smartAuthMetadata();
  clearTimeout(timer);
  go();
  console.log(`${name.padEnd(21)} answers first: tokenUrl ${found.tokenUrl?.href}, keys [${Object.keys(found)}]`);
  if (found.tokenUrl?.href !== url) {
    console.log(`changed: expected ${url}`);
    changed = true;
  }
}
process.exit(changed ? 1 : 0);
JS
node check.mjs
