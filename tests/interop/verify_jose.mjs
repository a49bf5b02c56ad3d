// Verifies client assertions with npm `jose`, as an authorization server would.
//
// Standard input, JSON: {"jwks", "client_id", "audience", "assertions": [compact JWS, …]}.
// Standard output, JSON, one member an assertion: {"header", "claims"} or {"refused": "why"}.

import { text } from 'node:stream/consumers';

import { createLocalJWKSet, errors, jwtVerify } from 'jose';

const ALGORITHMS = ['ES256', 'ES384', 'RS256', 'RS384', 'RS512', 'PS256'];
const GREATEST_AGE_SECS = 300;

const { jwks, client_id, audience, assertions } = JSON.parse(await text(process.stdin));
const keyOf = createLocalJWKSet(jwks);
console.log(JSON.stringify(await Promise.all(assertions.map(verify))));

async function verify(assertion) {
  try {
    const { protectedHeader, payload } = await jwtVerify(assertion, keyOf, {
      algorithms: ALGORITHMS,
      issuer: client_id,
      subject: client_id,
      audience,
      requiredClaims: ['exp', 'jti'],
      maxTokenAge: GREATEST_AGE_SECS,
      clockTolerance: 0,
    });
    return { header: protectedHeader, claims: payload };
  } catch (error) {
    // Only the library's own "no" is an answer; a mistake in this script is not.
    if (error instanceof errors.JOSEError) {
      return { refused: `${error.code}: ${error.message}` };
    }
    throw error;
  }
}
