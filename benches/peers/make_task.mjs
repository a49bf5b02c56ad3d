// Writes a task for a peer that is run by hand, with keys made for it: a line of JSON.

import { generateKeyPairSync } from 'node:crypto';

const keys = {
  ES256: make('ec', { namedCurve: 'P-256' }),
  ES384: make('ec', { namedCurve: 'P-384' }),
  ES512: make('ec', { namedCurve: 'P-521' }),
  'RS256, 2048 bits': make('rsa', { modulusLength: 2048 }),
  'RS384, 2048 bits': make('rsa', { modulusLength: 2048 }),
  'RS384, 4096 bits': make('rsa', { modulusLength: 4096 }),
};
const task = {
  client_id: '0f3f4a57-5e3c-4b8e-9f6e-9a8d6b1f2c3d',
  key_id: 'peer',
  audience: 'https://as.example/token',
  keys,
};
console.log(JSON.stringify(task));

function make(type, options) {
  return generateKeyPairSync(type, options).privateKey.export({ type: 'pkcs8', format: 'pem' });
}
