// Reads HL7 v2 messages with Redox's own parser.
//
// Standard input, JSON: the messages, as texts. Standard output, JSON: what the parser makes of each.

import { readFileSync } from 'node:fs';
import hl7 from '@redoxengine/redox-hl7-v2';

const messages = JSON.parse(readFileSync(0, 'utf8'));
process.stdout.write(JSON.stringify(messages.map((message) => new hl7.Parser().parse(message))));
