// Makes the keys that the board signs with, each as PKCS#8 PEM, in the folder named by the argument.
import { generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

const folder = process.argv[2];
const keys = {
  "es256.pem": ["ec", { namedCurve: "P-256" }],
  "es384.pem": ["ec", { namedCurve: "P-384" }],
  "rs384.pem": ["rsa", { modulusLength: 2048 }],
};
for (const [name, [kind, options]] of Object.entries(keys)) {
  const { privateKey } = generateKeyPairSync(kind, options);
  const pem = privateKey.export({ type: "pkcs8", format: "pem" });
  writeFileSync(join(folder, name), pem, { mode: 0o600 });
}
