#!/usr/bin/env bash
# Software: keypairs 1.2.14 and @root/keypairs 0.10.3 (npm), two libraries of one family; jose 6.2.18 (npm) to verify.
# Behaviour: signJwt() of keypairs writes ES256 for a P-384 key, also when the JWK says "alg":"ES384": the header says
#   ES256, the signature has the 96 octets of P-384 and the hash is SHA-256. With "PS384" in the header both libraries
#   make a PKCS #1 v1.5 signature, which is RS384. There is no error.
# One would guess: ES384, as the curve says (RFC 7518 section 3.4), or an error; and a library that does not have
#   PS384 refuses it.
# Why it matters: P-384 is the curve of ES384, which SMART asks of a server. The server says invalid_client or invalid
#   signature, and the key and the clock are right.
# Remedy: @root/keypairs for P-384, or keypairs with header: { alg: "ES384" }; another library for PS384.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{"private":true}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts keypairs@1.2.14 @root/keypairs@0.10.3 jose@6.2.18 || exit 2
cat >check.mjs <<'JS'
import { createRequire } from "node:module";
import { createPublicKey, verify } from "node:crypto";
import * as jose from "jose";
const require = createRequire(import.meta.url);
const libraries = { keypairs: require("keypairs"), "@root/keypairs": require("@root/keypairs") };
const ec = await jose.generateKeyPair("ES384", { extractable: true });
const rsa = await jose.generateKeyPair("PS384", { extractable: true });
const cases = [
  ["P-384, no alg", ec, {}, undefined],
  ["P-384, alg in the JWK", ec, { alg: "ES384" }, undefined],
  ["P-384, alg in the header", ec, {}, { alg: "ES384" }],
  ["RSA, PS384 in the header", rsa, {}, { alg: "PS384" }],
];
const expected = {
  keypairs: ["ES256, 96 octets, refused", "ES256, 96 octets, refused", "ES384, 96 octets, verified", "PS384, 256 octets, refused, is RS384"],
  "@root/keypairs": ["ES384, 96 octets, verified", "ES384, 96 octets, verified", "ES384, 96 octets, verified", "PS384, 256 octets, refused, is RS384"],
};
let changed = false;
for (const [library, { signJwt }] of Object.entries(libraries)) {
  for (const [i, [name, pair, more, header]] of cases.entries()) {
    const jwk = { ...(await jose.exportJWK(pair.privateKey)), ...more };
    const token = await signJwt({ jwk, iss: "client-1", exp: "5m", header });
    const [head, claims, signature] = token.split(".");
    const octets = Buffer.from(signature, "base64url");
    const { alg } = jose.decodeProtectedHeader(token);
    const verified = await jose.jwtVerify(token, pair.publicKey).then(() => "verified", () => "refused");
    let found = `${alg}, ${octets.length} octets, ${verified}`;
    if (jwk.kty === "RSA" && verified === "refused") {
      const key = createPublicKey({ key: await jose.exportJWK(pair.publicKey), format: "jwk" });
      if (verify("sha384", `${head}.${claims}`, key, octets)) found += ", is RS384";
    }
    console.log(`${library}, ${name}: ${found}`);
    if (found !== expected[library][i]) {
      console.log(`changed: expected ${expected[library][i]}`);
      changed = true;
    }
  }
}
process.exit(changed ? 1 : 0);
JS
node check.mjs
