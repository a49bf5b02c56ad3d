// Verifies what examples/cortex-m signed, in the folder named by the argument, with software of others; with the second
// argument `prepare` it makes the date that the board is given and keys of each kind, of which stack.c takes all.
import assert from "node:assert/strict";
import { createPublicKey, generateKeyPairSync, verify } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [folder, what] = process.argv.slice(2);
const path = (name) => join(folder, name);

if (what === "prepare") {
  const kinds = {
    "es256.pem": ["ec", { namedCurve: "P-256" }],
    "es384.pem": ["ec", { namedCurve: "P-384" }],
    "rs384.pem": ["rsa", { modulusLength: 2048 }],
    "rs384-4096.pem": ["rsa", { modulusLength: 4096 }],
  };
  for (const [name, [kind, options]] of Object.entries(kinds)) {
    const { privateKey } = generateKeyPairSync(kind, options);
    writeFileSync(path(name), privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
  }
  writeFileSync(path("date.txt"), new Date().toUTCString());
} else {
  const form = new URLSearchParams(readFileSync(path("request.txt"), "utf8"));
  assert.equal(form.get("grant_type"), "client_credentials");
  assert.equal(form.get("client_assertion_type"), "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
  const [header, claims, signature, ...rest] = form.get("client_assertion").split(".");
  assert.equal(rest.length, 0, "three parts");

  const { keys } = JSON.parse(readFileSync(path("jwks.json"), "utf8"));
  assert.equal(keys.length, 1);
  const registered = createPublicKey({ key: keys[0], format: "jwk" });
  assert.ok(registered.equals(createPublicKey(readFileSync(path("es256.pem")))), "the key that was registered");
  const isVerified = (message) =>
    verify("sha256", message, { key: registered, dsaEncoding: "ieee-p1363" }, Buffer.from(signature, "base64url"));
  assert.ok(isVerified(Buffer.from(`${header}.${claims}`)), "the signature");
  assert.ok(!isVerified(Buffer.from(`${header}.${claims}.`)), "no other message has this signature");

  const decoded = (part) => JSON.parse(Buffer.from(part, "base64url"));
  assert.deepEqual(decoded(header), { alg: "ES256", kid: "device-1", typ: "JWT" });
  const { iat, exp, jti, ...identity } = decoded(claims);
  assert.deepEqual(identity, { iss: "firmware", sub: "firmware", aud: "https://api.redoxengine.com/v2/auth/token" });
  const now = Date.now() / 1000;
  assert.ok(now - 310 < iat && iat < now + 10, `iat ${iat} is now`);
  assert.ok(iat < exp && exp - iat <= 300, `exp ${exp} is at most 300 s later`);
  assert.ok(jti.length >= 16, "jti");
  console.log(`ES256 from C: verified by Node.js ${process.versions.node}, OpenSSL ${process.versions.openssl}`);
}
