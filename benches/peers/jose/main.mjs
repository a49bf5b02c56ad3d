// Assertions by npm `jose`. What it speaks: benches/contender/src/lib.rs.

import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

import { importPKCS8, SignJWT } from 'jose';

const ISSUED_AT = 1_800_000_000;
const ASSERTION_LIFETIME_SECS = 300;
const ALGORITHMS = {
  ES256: 'ES256',
  ES384: 'ES384',
  ES512: 'ES512',
  'RS256, 2048 bits': 'RS256',
  'RS384, 2048 bits': 'RS384',
  'RS384, 4096 bits': 'RS384',
};

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const task = JSON.parse((await lines.next()).value);
const works = await Promise.all(Object.keys(ALGORITHMS).map(work));
console.log(JSON.stringify(works.map(({ offer }) => offer)));
for await (const line of lines) {
  console.log(await answer(line));
}

async function answer(line) {
  const [verb, index, count] = line.split(' ');
  const { write } = works[index];
  switch (verb) {
    case 'sample':
      return write(0);
    case 'measure':
      return 'null';
    case 'run':
      return nanoseconds(write, Number(count));
    default:
      throw new Error(`cannot understand "${line}"`);
  }
}

async function nanoseconds(write, count) {
  const start = process.hrtime.bigint();
  for (let index = 0; index < count; index += 1) {
    await write(index);
  }
  return String(process.hrtime.bigint() - start);
}

async function work(group) {
  const alg = ALGORITHMS[group];
  const key = await importPKCS8(task.keys[group], alg);
  const offer = {
    group,
    name: 'jose',
    version: release(),
    backend: `OpenSSL ${process.versions.openssl}, Node.js ${process.versions.node}`,
    class: 'native',
    how: 'the key is imported once; `new SignJWT` for each, awaited one after the other',
  };
  const write = (index) =>
    new SignJWT()
      .setProtectedHeader({ alg, typ: 'JWT', kid: task.key_id })
      .setIssuer(task.client_id)
      .setSubject(task.client_id)
      .setAudience(task.audience)
      .setIssuedAt(ISSUED_AT)
      .setExpirationTime(ISSUED_AT + ASSERTION_LIFETIME_SECS)
      .setJti(String(index).padStart(22, '0'))
      .sign(key);
  return { offer, write };
}

function release() {
  const manifest = new URL('node_modules/jose/package.json', import.meta.url);
  return JSON.parse(readFileSync(manifest, 'utf8')).version;
}
