// Makes the keys that the board signs with, in the folder named by the argument: each private key as PKCS#8 PEM, and all
// public keys in jwks.json, under the names of the files as their `kid`.
import { generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

const folder = process.argv[2];
const keys = {
  "es256.pem": ["ec", { namedCurve: "P-256" }],
  "es384.pem": ["ec", { namedCurve: "P-384" }],
  "rs384.pem": ["rsa", { modulusLength: 2048 }],
};
const jwks = [];
for (const [name, [kind, options]] of Object.entries(keys)) {
  const { privateKey, publicKey } = generateKeyPairSync(kind, options);
  const pem = privateKey.export({ type: "pkcs8", format: "pem" });
  writeFileSync(join(folder, name), pem, { mode: 0o600 });
  jwks.push({ kid: name.replace(".pem", ""), ...publicKey.export({ format: "jwk" }) });
}
writeFileSync(join(folder, "jwks.json"), JSON.stringify({ keys: jwks }));
