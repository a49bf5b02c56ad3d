// Reads private keys with Node's own crypto (OpenSSL) and names their public halves as npm `jose` does.
//
// Standard input, JSON: [private key PEM, …].
// Standard output, JSON, one member a key: {"jwk": the public JWK, "thumbprint": RFC 7638, SHA-256}.

import { createPrivateKey, createPublicKey } from 'node:crypto';
import { text } from 'node:stream/consumers';

import { calculateJwkThumbprint } from 'jose';

const keys = JSON.parse(await text(process.stdin));
console.log(JSON.stringify(await Promise.all(keys.map(describe))));

async function describe(pem) {
  const jwk = createPublicKey(createPrivateKey(pem)).export({ format: 'jwk' });
  return { jwk, thumbprint: await calculateJwkThumbprint(jwk, 'sha256') };
}
