#!/usr/bin/env bash
# Software: simple-hl7 3.3.0 (npm), its MLLP client.
# Behaviour: a message that is sent before the last one is acknowledged gives "Can't send while awaiting response", and
#   goes out all the same. Its callback is called three times: with the error, with the acknowledgement of the first
#   message and with its own. The callback of the first message is never called.
# One would guess: an error means that the message was not sent; an acknowledgement goes to the callback of its message.
# Why it matters: the program sends the refused message again, and the order is placed twice. If the first message is
#   rejected (AE), the second is recorded as rejected, and the first waits for ever.
# Remedy: one message at a time, each after the callback of the last; compare MSA-2 with MSH-10.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{"private":true}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts simple-hl7@3.3.0 || exit 2
cat >check.cjs <<'JS'
const net = require("node:net");
const simple = require("simple-hl7");
const received = [];
const server = net.createServer((socket) => {
  let buffer = "";
  socket.on("data", (data) => {
    buffer += data;
    for (let end; (end = buffer.indexOf("\x1c\r")) >= 0; buffer = buffer.slice(end + 2)) {
      const id = buffer.slice(0, end).split("|")[9];
      received.push(id);
      const code = id === "A" ? "AE" : "AA"; // the first message is rejected
      const text = `\x0bMSH|^~\\&|EHR|CLINIC|LAB|HOSP|20240501120001||ACK^A01^ACK|9|T|2.5.1\rMSA|${code}|${id}\r\x1c\r`;
      setTimeout(() => socket.write(text), 300 * received.length);
    }
  });
});
server.listen(0, "127.0.0.1", async () => {
  const client = simple.Server.createTcpClient({ host: "127.0.0.1", port: server.address().port, keepalive: true });
  const parser = new simple.Parser();
  const called = { start: [], A: [], B: [] };
  const send = (id) =>
    new Promise((done) => {
      const text = `MSH|^~\\&|LAB|HOSP|EHR|CLINIC|20240501120000||ADT^A01^ADT_A01|${id}|T|2.5.1\rPID|1||1001^^^HOSP^MR||Smith^Jane`;
      client.send(parser.parse(text), (error, acknowledgement) => {
        const msa = acknowledgement && acknowledgement.getSegment("MSA");
        called[id].push(error ? error.message : `${msa.getField(1)} of ${msa.getField(2)}`);
        done();
      });
    });
  await send("start"); // opens the connection
  send("A");
  send("B");
  await new Promise((done) => setTimeout(done, 3000));
  console.log("received by the server:", received.join(" "));
  for (const [id, results] of Object.entries(called)) console.log(`callback of ${id}:`, results);
  const expected = { start: ["AA of start"], A: [], B: ["Can't send while awaiting response", "AE of A", "AA of B"] };
  const same = JSON.stringify(called) === JSON.stringify(expected) && received.join() === "start,A,B";
  if (!same) console.log("changed: expected start, A and B to be received, and", expected);
  process.exit(same ? 0 : 1);
});
JS
node check.cjs
