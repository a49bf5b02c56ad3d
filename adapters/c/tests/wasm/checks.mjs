// What redox_auth.wasm must do, in whatever runs it: a browser or Node.js. `run` gives one line for each check that
// passed, and throws at the first that fails.
import { tokenRequest } from "../../examples/wasm/redox_auth.mjs";

const KINDS = [
  ["ES256", { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" }],
  ["ES384", { name: "ECDSA", namedCurve: "P-384", hash: "SHA-384" }],
  ["RS384", rsa("RSASSA-PKCS1-v1_5", "SHA-384", 2048)],
  ["RS384", rsa("RSASSA-PKCS1-v1_5", "SHA-384", 4096)],
  ["PS256", rsa("RSA-PSS", "SHA-256", 2048)],
];
const FIELDS = {
  clientId: "client-1",
  keyId: "key-1",
  tokenUrl: "https://as.example/token",
  scope: "system/Patient.rs",
};

export async function run(wasm) {
  const module = await WebAssembly.compile(wasm);
  const done = [];
  const check = async (what, run) => {
    try {
      await run();
    } catch (error) {
      throw new Error(`${what}: ${error.message}`, { cause: error });
    }
    done.push(what);
  };

  await check("the module imports nothing", () => equal(WebAssembly.Module.imports(module).length, 0));
  for (const [alg, kind] of KINDS) {
    const name = `${alg}${kind.modulusLength ? ` of ${kind.modulusLength} bits` : ""}`;
    const { privateKey, publicKey } = await crypto.subtle.generateKey(kind, true, ["sign", "verify"]);
    const jwk = await crypto.subtle.exportKey("jwk", privateKey);
    const hidden = await crypto.subtle.importKey("jwk", jwk, kind, false, ["sign"]);
    // WebCrypto's PKCS#8 says nothing of PSS, so a JWK names that algorithm.
    const text = alg === "PS256" ? JSON.stringify(jwk) : pem(await crypto.subtle.exportKey("pkcs8", privateKey));
    await check(`${name}: signed in the module, verified by WebCrypto`, () => verified(module, alg, text, kind, publicKey));
    await check(`${name}: signed by a key that cannot be extracted`, () => verified(module, alg, hidden, kind, publicKey));
    await check(`${name}: nothing of the private key is left in memory`, () => nothingIsLeft(module, text, jwk));
  }
  for (const [what, change, words] of await badInputs()) {
    await check(`${what} is refused`, () => refused(module, change, words));
  }
  return done;
}

async function verified(module, alg, key, kind, publicKey) {
  const before = Math.floor(Date.now() / 1000);
  const { url, init } = await tokenRequest(module, { ...FIELDS, key });
  equal([url, init.method].join(" "), "https://as.example/token POST");
  equal(init.headers["Content-Type"], "application/x-www-form-urlencoded");
  const form = new URLSearchParams(init.body);
  equal(form.get("grant_type"), "client_credentials");
  equal(form.get("client_assertion_type"), "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
  equal(form.get("scope"), FIELDS.scope);
  const [header, claims, signature] = form.get("client_assertion").split(".");
  equal(JSON.stringify(json(header)), JSON.stringify({ alg, typ: "JWT", kid: FIELDS.keyId }));
  const { iss, sub, aud, jti, iat, exp } = json(claims);
  equal([iss, sub, aud].join(" "), "client-1 client-1 https://as.example/token");
  equal(jti.length >= 16 && iat >= before - 310 && iat <= before + 10 && exp - iat <= 300, true);
  const isRight = (message) =>
    crypto.subtle.verify({ ...kind, saltLength: 32 }, publicKey, bytes(signature), new TextEncoder().encode(message));
  equal(await isRight(`${header}.${claims}`), true);
  equal(await isRight(`${header}.${claims}x`), false);
}

/** Looks through the memory of the instance, stack included, for the key's text and for its numbers in either order. */
async function nothingIsLeft(module, key, jwk) {
  const { instantiate } = WebAssembly;
  let instance;
  WebAssembly.instantiate = async (module) => (instance = await instantiate(module));
  try {
    await tokenRequest(module, { ...FIELDS, key });
  } finally {
    WebAssembly.instantiate = instantiate;
  }
  const memory = latin1(new Uint8Array(instance.exports.memory.buffer));
  const secrets = ["d", "p", "q", "dp", "dq", "qi"].flatMap((name) => (jwk[name] ? [bytes(jwk[name])] : []));
  const wanted = [key.slice(100, 124), ...secrets.flatMap((it) => [latin1(it.slice(0, 16)), latin1(it.reverse().slice(0, 16))])];
  equal(wanted.filter((it) => memory.includes(it)).length, 0);
}

async function badInputs() {
  const p256 = { name: "ECDSA", namedCurve: "P-256" };
  const { privateKey, publicKey } = await crypto.subtle.generateKey(p256, true, ["sign", "verify"]);
  const agreed = await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, true, ["deriveBits"]);
  const spki = pem(await crypto.subtle.exportKey("spki", publicKey), "PUBLIC KEY");
  return [
    ["an empty key", { key: "" }, "expected a private key"],
    ["a public key", { key: spki }, "public"],
    ["a text that is no key", { key: "hello" }, "found something else"],
    ["no key at all", { key: undefined }, "undefined"],
    ["a CryptoKey for something else", { key: agreed.privateKey }, "ECDH P-256: give a key for ECDSA P-256"],
    ["a public CryptoKey", { key: publicKey }, "usage `sign`"],
    ["plain http", { key: privateKey, tokenUrl: "http://as.example/token" }, "http"],
    ["a NUL in a text", { key: privateKey, clientId: "client\0" }, "NUL"],
    ["an empty client ID", { key: privateKey, clientId: "" }, "empty"],
    ["a key that is too long", { key: "x".repeat(70_000) }, "64 KiB"],
  ];
}

async function refused(module, change, words) {
  const error = await tokenRequest(module, { ...FIELDS, ...change }).then(
    () => new Error("it was taken"),
    (error) => error,
  );
  if (!error.message.includes(words)) throw new Error(`"${error.message}" does not say "${words}"`);
}

function rsa(name, hash, modulusLength) {
  return { name, hash, modulusLength, publicExponent: Uint8Array.of(1, 0, 1) };
}

function equal(found, expected) {
  if (found !== expected) throw new Error(`${found} instead of ${expected}`);
}

function pem(der, label = "PRIVATE KEY") {
  const lines = btoa(latin1(new Uint8Array(der))).match(/.{1,64}/g);
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}

function bytes(base64url) {
  return Uint8Array.from(atob(base64url.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt());
}

function json(base64url) {
  return JSON.parse(new TextDecoder().decode(bytes(base64url)));
}

/** Each byte as one character, so that texts can be searched. */
function latin1(bytes) {
  const parts = [];
  for (let at = 0; at < bytes.length; at += 8192) parts.push(String.fromCharCode(...bytes.subarray(at, at + 8192)));
  return parts.join("");
}
