// Makes the keys that the board signs with, in the folder named by the argument: each private key as PKCS#8 PEM, and all
// public keys in jwks.json, under the names of the files as their `kid`. The thumbprint (RFC 7638) of the key for ES256 is in
// es256.thumbprint, for an image that cannot compute it.
import { createHash, generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

const folder = process.argv[2];
const keys = {
  "es256.pem": ["ec", { namedCurve: "P-256" }],
  "es384.pem": ["ec", { namedCurve: "P-384" }],
  "es512.pem": ["ec", { namedCurve: "P-521" }],
  "rs384.pem": ["rsa", { modulusLength: 2048 }],
  "rs256.pem": ["rsa", { modulusLength: 2048 }],
  "rs512.pem": ["rsa", { modulusLength: 2048 }],
  "ps256.pem": ["rsa", { modulusLength: 2048 }],
  "rsa_4096.pem": ["rsa", { modulusLength: 4096 }],
};
const jwks = [];
for (const [name, [kind, options]] of Object.entries(keys)) {
  const { privateKey, publicKey } = generateKeyPairSync(kind, options);
  const pem = privateKey.export({ type: "pkcs8", format: "pem" });
  writeFileSync(join(folder, name), pem, { mode: 0o600 });
  jwks.push({ kid: name.replace(".pem", ""), ...publicKey.export({ format: "jwk" }) });
}
const [{ crv, kty, x, y }] = jwks;
const thumbprint = createHash("sha256").update(JSON.stringify({ crv, kty, x, y })).digest("base64url");
writeFileSync(join(folder, "es256.thumbprint"), thumbprint);
writeFileSync(join(folder, "jwks.json"), JSON.stringify({ keys: jwks }));
