// How long a request takes in the module, and a signature by WebCrypto beside it: `node speed.mjs redox_auth.wasm`.
// The keys are those of tests/requests; the fastest of 50 calls counts, in milliseconds.
import { readFileSync } from "node:fs";

const [session, key, signer, request, out] = [0, 4096, 9216, 10_240, 12_288];
const { exports: library } = (await WebAssembly.instantiate(readFileSync(process.argv[2]))).instance;
const begin = library.memory.grow(1) * 65_536;
const write = (at, array) => {
  new Uint8Array(library.memory.buffer).set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), begin + at);
  return begin + at;
};
const text = (at, value) => write(at, new TextEncoder().encode(`${value}\0`));
const ok = (status) => {
  if (status !== 0) throw new Error(`status ${status}`);
};
const now = write(20_000, BigUint64Array.of(1000n, 1_800_000_000n));
const random = new Uint8Array(16);

const KINDS = {
  es256: { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" },
  es384: { name: "ECDSA", namedCurve: "P-384", hash: "SHA-384" },
  rs384: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-384" },
};
for (const [name, kind] of Object.entries(KINDS)) {
  const jwk = readFileSync(new URL(`../requests/${name}.jwk`, import.meta.url));
  ok(library.redox_auth_any_key_init(begin + key, 4096, 0, write(30_000, jwk), jwk.length, begin + signer));
  const keys = write(21_000, Uint32Array.of(text(22_000, "client-1"), text(22_100, "key-1"), begin + signer));
  const urls = [text(23_000, "https://as.example"), text(23_100, "https://as.example/token")];
  const config = write(24_000, Uint32Array.of(2, 0, 0, ...urls, 0, 0, 0, keys, 1, ...Array(10).fill(0)));
  ok(library.redox_auth_session_init(begin + session, 1616, config));
  const inModule = await fastest(() => {
    random[0] += 1;
    write(25_000, random);
    ok(library.redox_auth_session_request(begin + session, now, begin + 25_000, begin + out, 4096, begin + request));
    ok(library.redox_auth_session_abandon(begin + session));
  });
  const imported = await crypto.subtle.importKey("jwk", { ...JSON.parse(jwk), use: undefined }, kind, false, ["sign"]);
  const byWebCrypto = await fastest(() => crypto.subtle.sign(kind, imported, random));
  console.log(`${name}: a request in the module ${inModule} ms, a signature by WebCrypto ${byWebCrypto} ms`);
}

async function fastest(call) {
  const times = [];
  for (let round = 0; round < 50; round += 1) {
    const start = performance.now();
    await call();
    times.push(performance.now() - start);
  }
  return Math.min(...times).toFixed(3);
}
