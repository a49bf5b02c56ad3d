#!/usr/bin/env bash
# Software: keypairs 1.2.14 and @root/keypairs 0.10.3 (npm), two libraries of one family; jose 6.2.18 (npm) to compare.
# Behaviour: publish() keeps the `kid` of the JWK for the JWK Set, signJwt() ignores it and writes the thumbprint. And
#   for P-384 @root/keypairs takes the thumbprint with SHA-384, 64 characters long, while it takes SHA-256 for P-256 and
#   RSA, and keypairs takes SHA-256 for all.
# One would guess: the key that is published as "2026-11" signs as "2026-11"; and one kind of thumbprint for all keys.
# Why it matters: the server looks for a `kid` that is in no set, and answers invalid_client. A client that moves from
#   keypairs to its successor gives its P-384 key another name without a change of the key.
# Remedy: signJwt({ ..., header: { kid: "2026-11" } }).
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
echo '{"private":true}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts @root/keypairs@0.10.3 keypairs@1.2.14 jose@6.2.18 || exit 2
cat >check.mjs <<'JS'
import { createRequire } from "node:module";
import * as jose from "jose";
const require = createRequire(import.meta.url);
const libraries = { keypairs: require("keypairs"), "@root/keypairs": require("@root/keypairs") };
const expected = {
  "keypairs ES256": "set 2026-11, token SHA-256 thumbprint, with header.kid 2026-11",
  "keypairs ES384": "set 2026-11, token SHA-256 thumbprint, with header.kid 2026-11",
  "keypairs RS384": "set 2026-11, token SHA-256 thumbprint, with header.kid 2026-11",
  "@root/keypairs ES256": "set 2026-11, token SHA-256 thumbprint, with header.kid 2026-11",
  "@root/keypairs ES384": "set 2026-11, token SHA-384 thumbprint, with header.kid 2026-11",
  "@root/keypairs RS384": "set 2026-11, token SHA-256 thumbprint, with header.kid 2026-11",
};
let changed = false;
for (const alg of ["ES256", "ES384", "RS384"]) {
  const pair = await jose.generateKeyPair(alg, { extractable: true });
  const jwk = { ...(await jose.exportJWK(pair.privateKey)), kid: "2026-11" };
  const names = { "2026-11": "2026-11" };
  for (const bits of ["256", "384"]) {
    names[await jose.calculateJwkThumbprint(await jose.exportJWK(pair.publicKey), `sha${bits}`)] = `SHA-${bits} thumbprint`;
  }
  for (const [library, { publish, signJwt }] of Object.entries(libraries)) {
    const kidOf = async (header) => names[jose.decodeProtectedHeader(await signJwt({ jwk: { ...jwk }, iss: "client-1", exp: "5m", header })).kid];
    const published = names[(await publish({ jwk: { ...jwk } })).kid];
    const found = `set ${published}, token ${await kidOf({ alg })}, with header.kid ${await kidOf({ alg, kid: "2026-11" })}`;
    console.log(`${library} ${alg}: ${found}`);
    if (found !== expected[`${library} ${alg}`]) {
      console.log(`changed: expected ${expected[`${library} ${alg}`]}`);
      changed = true;
    }
  }
}
process.exit(changed ? 1 : 0);
JS
node check.mjs
