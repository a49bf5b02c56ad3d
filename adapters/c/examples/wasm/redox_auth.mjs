// Token requests signed by redox_auth.wasm, in a browser, an edge worker, Node.js or Deno. The module imports nothing:
// memory, time, randomness and the network are all on this side.

/**
 * Writes and signs a request for a token. `fetch(url, init)` sends it.
 *
 * `module` is the compiled module, `key` either the text of a private key (PEM or JWK) or a `CryptoKey`, which may be
 * one that cannot be extracted. Without `baseUrl` tokens are for the origin of `tokenUrl`.
 */
export async function tokenRequest(module, { clientId, keyId, key, tokenUrl, baseUrl, scope }) {
  // An instance for each request: nothing is shared, and its memory goes with it.
  const { exports: library } = await WebAssembly.instantiate(module);
  const { put, room, text, words, numbers, read, ok, wipe } = memoryOf(library);
  try {
    const [session, request, out] = [room(SESSION), room(PREPARED), room(OUT)];
    const signer = typeof key === "string" ? ownSigner(key) : words(...signerOf(key), 0, 0, 0);
    const keys = words(text(clientId), text(keyId), signer);
    const urls = [text(baseUrl ?? new URL(tokenUrl).origin), text(tokenUrl)];
    const config = words(CUSTOM_SERVER, 0, 0, ...urls, 0, 0, text(scope), keys, 1, ...Array(10).fill(0));
    ok(library.redox_auth_session_init(session, SESSION, config));
    const now = put(BigUint64Array.of(0n, BigInt(Math.floor(Date.now() / 1000))));
    const random = put(crypto.getRandomValues(new Uint8Array(16)));
    if (typeof key === "string") {
      ok(library.redox_auth_session_request(session, now, random, out, OUT, request));
    } else {
      ok(library.redox_auth_session_prepare(session, now, random, out, OUT, request));
      const [ticket] = numbers(request, 1);
      const signature = new Uint8Array(await crypto.subtle.sign(parameters(key), key, read(request + SIGNING_INPUT)));
      ok(library.redox_auth_session_finish(session, ticket, put(signature), signature.length, request));
    }
    const [contentType, body] = [CONTENT_TYPE, BODY].map((at) => new TextDecoder().decode(read(request + at)));
    return { url: tokenUrl, init: { method: "POST", headers: { "Content-Type": contentType }, body } };
  } finally {
    wipe();
  }

  function ownSigner(key) {
    const [at, signer, input] = [room(ANY_KEY), room(SIGNER), new TextEncoder().encode(key)];
    ok(library.redox_auth_any_key_init(at, ANY_KEY, 0, put(input), input.length, signer));
    return signer;
  }
}

/** One more page of an instance's memory, for what the library is given. */
function memoryOf(library) {
  const { memory } = library;
  const begin = memory.grow(1) * PAGE;
  let end = begin;
  const read = (at) => new Uint8Array(memory.buffer, ...numbers(at, 2));
  const numbers = (at, count) => new Uint32Array(memory.buffer, at, count);
  const room = (size) => {
    const at = end;
    end = (at + size + 7) & ~7;
    if (end > begin + PAGE) throw new RangeError("the key and the texts take more than 64 KiB together");
    return at;
  };
  const put = (array) => {
    const at = room(array.byteLength);
    new Uint8Array(memory.buffer).set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), at);
    return at;
  };
  const text = (value) => {
    if (value === undefined) return 0;
    if (value.includes("\0")) throw new TypeError("a text has a character NUL; remove it");
    return put(new TextEncoder().encode(`${value}\0`));
  };
  const ok = (status) => {
    if (status === 0) return;
    const at = library.redox_auth_status_text(status);
    const bytes = new Uint8Array(memory.buffer, at);
    const words = new TextDecoder().decode(bytes.subarray(0, bytes.indexOf(0)));
    throw Object.assign(new Error(`redox-auth: ${words}`), { status });
  };
  // The stack comes first in memory, and nothing is on it between calls.
  const wipe = () => {
    new Uint8Array(memory.buffer, 0, library.__stack_pointer.value).fill(0);
    new Uint8Array(memory.buffer, begin, PAGE).fill(0);
  };
  return { put, room, text, words: (...values) => put(Uint32Array.from(values)), numbers, read, ok, wipe };
}

/** The number of the `redox_auth_algorithm` that this `CryptoKey` signs with, and the length of its signatures. */
function signerOf(key) {
  const { name = typeof key, namedCurve, hash, modulusLength } = key?.algorithm ?? {};
  const signs = `${name} ${namedCurve ?? hash?.name ?? ""}`.trim();
  const found = ALGORITHMS[signs];
  if (!found) throw new TypeError(`${signs}: give a key for ${Object.keys(ALGORITHMS).join(", ")}`);
  if (!key.usages.includes("sign")) throw new TypeError("this key may not sign: give a private one with the usage `sign`");
  return [found[0], found[1] ?? modulusLength / 8];
}

/** What WebCrypto is told about a signature. It leaves alone what is not for this kind of key. */
function parameters({ algorithm: { name, namedCurve } }) {
  return { name, hash: HASHES[namedCurve] ?? "SHA-256", saltLength: 32 };
}

// In bytes, as redox_auth.h has them where a pointer has 32 bits; `request` begins both results.
const [PAGE, SESSION, ANY_KEY, SIGNER, PREPARED, OUT] = [65_536, 1616, 2048, 20, 160, 4096];
const [SIGNING_INPUT, CONTENT_TYPE, BODY] = [88, 36, 44];
const CUSTOM_SERVER = 2;

const ALGORITHMS = {
  "ECDSA P-256": [1, 64],
  "ECDSA P-384": [2, 96],
  "ECDSA P-521": [7, 132],
  "RSASSA-PKCS1-v1_5 SHA-256": [4],
  "RSASSA-PKCS1-v1_5 SHA-384": [3],
  "RSASSA-PKCS1-v1_5 SHA-512": [5],
  "RSA-PSS SHA-256": [6],
};
const HASHES = { "P-256": "SHA-256", "P-384": "SHA-384", "P-521": "SHA-512" };
