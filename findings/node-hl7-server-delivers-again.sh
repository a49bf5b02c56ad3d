#!/usr/bin/env bash
# Software: node-hl7-server 2.5.0 with node-hl7-client 2.3.1 (npm), an MLLP server for Node.
# Behaviour: on a connection that stays open, each new message makes the server handle all earlier ones again. After
#   four messages its handler has run ten times: A, A B, A B C, A B C D. Each run is acknowledged, so the sender gets
#   ten acknowledgements for four messages.
# One would guess: each MLLP block is handled once, and the buffer is emptied after it.
# Why it matters: interface engines keep one connection open for days. Orders and charges are booked again with each
#   message, and the sender takes the acknowledgement of an old message for that of the new one.
# Remedy: remember the MSH-10 of handled messages, or close the connection after each acknowledgement.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{"private":true}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts node-hl7-server@2.5.0 node-hl7-client@2.3.1 || exit 2
cat >check.mjs <<'JS'
import { createRequire } from "node:module";
import net from "node:net";
const { Server } = createRequire(import.meta.url)("node-hl7-server");
const free = net.createServer();
await new Promise((done) => free.listen(0, "127.0.0.1", done));
const { port } = free.address();
await new Promise((done) => free.close(done));

const handled = [];
const inbound = new Server({ bindAddress: "127.0.0.1" }).createInbound({ port }, async (request, response) => {
  handled.push(request.getMessage().get("MSH.10").toString());
  await response.sendResponse("AA");
});
await new Promise((done) => setTimeout(done, 300));

const acknowledged = [];
const socket = net.connect(port, "127.0.0.1");
await new Promise((done) => socket.once("connect", done));
socket.on("data", (data) => {
  for (const [, id] of data.toString().matchAll(/MSA\|AA\|(\w+)/g)) acknowledged.push(id);
});
for (const id of ["A", "B", "C", "D"]) {
  const from = handled.length;
  const segments = [
    `MSH|^~\\&|LAB|HOSP|EHR|CLINIC|20240501120000||ADT^A01^ADT_A01|${id}|T|2.5.1`,
    "EVN|A01|20240501120000",
    "PID|1||1001^^^HOSP^MR||Smith^Jane",
  ];
  socket.write(`\x0b${segments.join("\r")}\r\x1c\r`);
  for (let i = 0; i < 100 && !acknowledged.slice(from).includes(id); i++) await new Promise((done) => setTimeout(done, 50));
  await new Promise((done) => setTimeout(done, 200));
  console.log(`sent ${id}; handled: ${handled.slice(from).join(" ")}; acknowledged: ${acknowledged.slice(from).join(" ")}`);
}
const expected = "A A B A B C A B C D";
socket.destroy();
if (handled.join(" ") !== expected || acknowledged.join(" ") !== expected) {
  console.log(`changed: expected ${expected}, handled ${handled.join(" ")}, acknowledged ${acknowledged.join(" ")}`);
  process.exit(1);
}
process.exit(0);
JS
node check.mjs
