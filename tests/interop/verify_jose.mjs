// Verifies client assertions with npm `jose`, as an authorization server would.
//
// Standard input, JSON: {"jwks", "requests": [{"issuer", "subject", "audience", "assertion": compact JWS}, …]}. Instead of
// "assertion" there may be "form": the body of a token request that it is in.
// Standard output, JSON, one member a request: {"header", "claims", "fields": the other pairs of the form} or
// {"refused": "why"}.

import { text } from 'node:stream/consumers';

import { createLocalJWKSet, errors, jwtVerify } from 'jose';

const ALGORITHMS = ['ES256', 'ES384', 'ES512', 'RS256', 'RS384', 'RS512', 'PS256'];
const GREATEST_AGE_SECS = 300;
const ASSERTION_FIELDS = ['client_assertion', 'assertion'];

const { jwks, requests } = JSON.parse(await text(process.stdin));
const keyOf = createLocalJWKSet(jwks);
console.log(JSON.stringify(await Promise.all(requests.map(verify))));

async function verify({ issuer, subject, audience, assertion, form }) {
  const isAssertion = ([name]) => ASSERTION_FIELDS.includes(name);
  const pairs = form === undefined ? [['assertion', assertion]] : [...new URLSearchParams(form)];
  try {
    const { protectedHeader, payload } = await jwtVerify(pairs.find(isAssertion)[1], keyOf, {
      algorithms: ALGORITHMS,
      issuer,
      subject,
      audience,
      requiredClaims: ['exp', 'jti'],
      maxTokenAge: GREATEST_AGE_SECS,
      clockTolerance: 0,
    });
    const fields = pairs.filter((pair) => !isAssertion(pair));
    return { header: protectedHeader, claims: payload, fields };
  } catch (error) {
    // Only the library's own "no" is an answer; a mistake in this script is not.
    if (error instanceof errors.JOSEError) {
      return { refused: `${error.code}: ${error.message}` };
    }
    throw error;
  }
}
