// Verifies what the board signed, beside the keys in the folder named by the first argument: the file named by the second,
// or assertions.txt, with one line `ALG JWT` for each algorithm named by the others, or for all of them.
import assert from "node:assert/strict";
import { constants, createHash, createPublicKey, verify } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const [folder, file = "assertions.txt", ...named] = process.argv.slice(2);
const digests = {
  ES256: "sha256",
  ES384: "sha384",
  ES512: "sha512",
  RS384: "sha384",
  RS256: "sha256",
  RS512: "sha512",
  PS256: "sha256",
};
const paddings = { PS256: { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 } };
const thumbprintMembers = { EC: ["crv", "kty", "x", "y"], RSA: ["e", "kty", "n"] };

const assertions = new Map();
for (const line of readFileSync(join(folder, file), "utf8").trim().split("\n")) {
  const [alg, jwt] = line.split(" ");
  assertions.set(alg, jwt);
}
const expected = named.length > 0 ? named : Object.keys(digests);
assert.deepEqual([...assertions.keys()], expected, "one assertion for each algorithm");

for (const [alg, jwt] of assertions) {
  const key = createPublicKey(readFileSync(join(folder, `${alg.toLowerCase()}.pem`)));
  const [header, claims, signature, ...rest] = jwt.split(".");
  assert.equal(rest.length, 0, `${alg}: three parts`);
  const signed = Buffer.from(`${header}.${claims}`);
  const isVerified = (message) =>
    verify(digests[alg], message, { key, dsaEncoding: "ieee-p1363", ...paddings[alg] }, Buffer.from(signature, "base64url"));
  assert.ok(isVerified(signed), `${alg}: the signature`);
  assert.ok(!isVerified(Buffer.concat([signed, Buffer.from(".")])), `${alg}: no other message has this signature`);

  const jwk = key.export({ format: "jwk" });
  const members = Object.fromEntries(thumbprintMembers[jwk.kty].map((name) => [name, jwk[name]]));
  const kid = createHash("sha256").update(JSON.stringify(members)).digest("base64url");
  assert.deepEqual(JSON.parse(Buffer.from(header, "base64url")), { alg, kid, typ: "JWT" });

  const { iat, exp, jti, ...identity } = JSON.parse(Buffer.from(claims, "base64url"));
  assert.deepEqual(identity, {
    iss: "firmware",
    sub: "firmware",
    aud: "https://api.redoxengine.com/v2/auth/token",
  });
  const now = Date.now() / 1000;
  assert.ok(now - 310 < iat && iat < now + 10, `${alg}: iat ${iat} is now`);
  assert.ok(iat < exp && exp - iat <= 300, `${alg}: exp ${exp} is at most 300 s later`);
  assert.ok(jti.length >= 16, `${alg}: jti`);
  console.log(`${alg}: verified by Node.js ${process.versions.node}, OpenSSL ${process.versions.openssl}`);
}
