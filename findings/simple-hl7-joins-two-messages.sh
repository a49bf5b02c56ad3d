#!/usr/bin/env bash
# Software: simple-hl7 3.3.0 (npm), the HL7 v2 library and MLLP server for Node; @medplum/hl7 5.0.10 (npm) to compare.
# Behaviour: two MLLP blocks that arrive together are handled as one message. The segments of the second patient stand
#   in the message of the first, with the end and start marks in two more segments. Only the first is acknowledged.
# One would guess: each block of 0x0B, data, 0x1C, 0x0D is a message, wherever TCP cuts the stream.
# Why it matters: a sender that does not wait for each acknowledgement, or a proxy that gathers small packets, makes two
#   blocks one read. getSegments("PID") or ("OBX") then returns those of both patients.
# Remedy: refuse a message that has a segment named 0x1C, or split the stream yourself and use only the parser.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{"private":true}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts simple-hl7@3.3.0 @medplum/hl7@5.0.10 || exit 2
cat >check.mjs <<'JS'
import { createRequire } from "node:module";
import net from "node:net";
import { Hl7Server } from "@medplum/hl7";
const simple = createRequire(import.meta.url)("simple-hl7");
async function freePort() {
  const server = net.createServer();
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

const handled = { "simple-hl7": [], "@medplum/hl7": [] };
const ports = { "simple-hl7": await freePort(), "@medplum/hl7": await freePort() };
const app = simple.tcp();
app.use((request, response) => {
  handled["simple-hl7"].push(request.msg.getSegments("PID").map((pid) => pid.getComponent(3, 1)));
  response.end();
});
app.start(ports["simple-hl7"]);
const medplum = new Hl7Server((connection) => {
  connection.addEventListener("message", ({ message }) => {
    handled["@medplum/hl7"].push(message.getAllSegments("PID").map((pid) => pid.getComponent(3, 1)));
    connection.send(message.buildAck());
  });
});
await medplum.start(ports["@medplum/hl7"]);

const block = (id, patient) =>
  `\x0bMSH|^~\\&|LAB|HOSP|EHR|CLINIC|20240501120000||ADT^A01^ADT_A01|${id}|T|2.5.1\r` +
  `EVN|A01|20240501120000\rPID|1||${patient}^^^HOSP^MR||Smith^Jane\r\x1c\r`;
const expected = {
  "simple-hl7": { patients: [["1001", "2002"]], acknowledged: ["A"] },
  "@medplum/hl7": { patients: [["1001"], ["2002"]], acknowledged: ["A", "B"] },
};
let changed = false;
for (const [library, port] of Object.entries(ports)) {
  const socket = net.connect(port, "127.0.0.1");
  let answer = "";
  socket.on("data", (data) => (answer += data));
  socket.write(block("A", "1001") + block("B", "2002"));
  await new Promise((done) => setTimeout(done, 1500));
  socket.destroy();
  const found = { patients: handled[library], acknowledged: [...answer.matchAll(/MSA\|AA\|(\w+)/g)].map(([, id]) => id) };
  console.log(`${library}: messages by their patients ${JSON.stringify(found.patients)}, acknowledged ${found.acknowledged}`);
  if (JSON.stringify(found) !== JSON.stringify(expected[library])) {
    console.log(`changed: expected ${JSON.stringify(expected[library])}`);
    changed = true;
  }
}
process.exit(changed ? 1 : 0);
JS
node check.mjs
