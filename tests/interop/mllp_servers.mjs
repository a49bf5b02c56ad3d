// A server of MLLP of one of these npm packages, for as long as standard input stays open.
//
// Standard input, first line, JSON: {"which": "simple-hl7" | "node-hl7-server" | "@medplum/hl7"}.
// Standard output, one line, JSON: {"event": "listening", "issuer", "token_url"}, where both are its host and port; and then a
// line for each message that it acknowledges: {"event": "message", "control_id"}.

import net from 'node:net';
import { createInterface } from 'node:readline';

const LOOPBACK = '127.0.0.1';

const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
const took = (controlId) => say({ event: 'message', control_id: String(controlId) });

/** They take no port 0, or do not tell which one they got. */
const freePort = () =>
  new Promise((resolve) => {
    const probe = net.createServer().listen(0, LOOPBACK, () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });

const servers = {
  async 'simple-hl7'(port) {
    const { default: hl7 } = await import('simple-hl7');
    const app = hl7.tcp();
    app.use((req, res, next) => {
      took(req.msg.header.getField(8));
      next();
    });
    app.use((req, res) => res.end());
    app.start(port);
  },

  async 'node-hl7-server'(port) {
    const { Server } = await import('node-hl7-server');
    const server = new Server({ bindAddress: LOOPBACK });
    server.createInbound({ port }, async (req, res) => {
      took(req.getMessage().get('MSH.10').toString());
      await res.sendResponse('AA');
    });
  },

  async '@medplum/hl7'(port) {
    const { Hl7Server } = await import('@medplum/hl7');
    const server = new Hl7Server((connection) => {
      connection.addEventListener('message', ({ message }) => {
        took(message.getSegment('MSH').getField(10));
        connection.send(message.buildAck());
      });
    });
    await server.start(port);
  },
};

/** Until somebody listens there. */
const listens = (port) =>
  new Promise((resolve) => {
    const knock = () => {
      const socket = net.connect(port, LOOPBACK, () => socket.end(resolve));
      socket.on('error', () => setTimeout(knock, 20));
    };
    knock();
  });

const input = createInterface({ input: process.stdin });
const { value: settings } = await input[Symbol.asyncIterator]().next();
const port = await freePort();
await servers[JSON.parse(settings).which](port);
await listens(port);
const address = `${LOOPBACK}:${port}`;
say({ event: 'listening', issuer: address, token_url: address });
// Our caller is gone, in whatever way: leave too.
input.on('close', () => process.exit());
