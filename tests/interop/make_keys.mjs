// Makes private keys with Node's own crypto (OpenSSL), one for each algorithm, and writes each in every form there is.
//
// Standard input, JSON: the folder for the key files.
// Standard output, JSON, one member a file: {"algorithm", "form", "file", "jwk": the public JWK}.

import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const KINDS = [
  { algorithm: 'ES256', type: 'ec', options: { namedCurve: 'P-256' }, forms: ['pkcs8', 'sec1'] },
  { algorithm: 'ES384', type: 'ec', options: { namedCurve: 'P-384' }, forms: ['pkcs8', 'sec1'] },
  { algorithm: 'ES512', type: 'ec', options: { namedCurve: 'P-521' }, forms: ['pkcs8', 'sec1'] },
  ...['RS256', 'RS384', 'RS512', 'PS256'].map((algorithm) => ({
    algorithm,
    type: 'rsa',
    options: { modulusLength: 2048 },
    forms: ['pkcs8', 'pkcs1'],
  })),
];

const folder = JSON.parse(await text(process.stdin));
console.log(JSON.stringify(KINDS.flatMap(make)));

function make({ algorithm, type, options, forms }) {
  const { privateKey, publicKey } = generateKeyPairSync(type, options);
  const jwk = publicKey.export({ format: 'jwk' });
  const files = forms.flatMap((form) => [
    [`${form}.pem`, privateKey.export({ type: form, format: 'pem' })],
    [`${form}.der`, privateKey.export({ type: form, format: 'der' })],
  ]);
  files.push(['jwk', JSON.stringify(privateKey.export({ format: 'jwk' }))]);
  return files.map(([form, content]) => {
    const file = join(folder, `${algorithm}.${form}`);
    writeFileSync(file, content, { mode: 0o600 });
    return { algorithm, form, file, jwk };
  });
}
