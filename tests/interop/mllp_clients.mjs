// A client of MLLP of one of these npm packages: sends messages one at a time and prints the acknowledgment of each.
//
// Standard input, JSON: {"which": "node-hl7-client" | "@medplum/hl7", "host", "port", "messages": [text with CR]}.
// Standard output, JSON: {"acknowledgments": [text with CR]}.

import { readFileSync } from 'node:fs';

const clients = {
  async 'node-hl7-client'({ host, port, messages }) {
    const { Client, Message } = await import('node-hl7-client');
    const client = new Client({ host });
    let answered;
    const connection = client.createConnection({ port }, (response) =>
      answered(response.getMessage().toString()),
    );
    const acknowledgments = [];
    for (const text of messages) {
      const acknowledgment = new Promise((resolve) => {
        answered = resolve;
      });
      await connection.sendMessage(new Message({ text }));
      acknowledgments.push(await acknowledgment);
    }
    await connection.close();
    return acknowledgments;
  },

  async '@medplum/hl7'({ host, port, messages }) {
    const { Hl7Client } = await import('@medplum/hl7');
    const { Hl7Message } = await import('@medplum/core');
    const client = new Hl7Client({ host, port });
    await client.connect();
    const acknowledgments = [];
    for (const text of messages) {
      const acknowledgment = await client.sendAndWait(Hl7Message.parse(text));
      acknowledgments.push(acknowledgment.toString());
    }
    await client.close();
    return acknowledgments;
  },
};

const question = JSON.parse(readFileSync(0, 'utf8'));
const acknowledgments = await clients[question.which](question);
process.stdout.write(JSON.stringify({ acknowledgments }), () => process.exit(0));
