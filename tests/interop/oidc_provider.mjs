// An OpenID server of others (npm `oidc-provider`) with the client credentials grant, clients known by `private_key_jwt`
// and its own replay check on, for as long as standard input stays open.
//
// Standard input, first line, JSON: {"fapi2": bool, "dpop": bool, "jwks_uri": bool, "resources": bool,
// "clients": [{"client_id", "alg", "jwks"}]}.
// Standard output, one JSON object a line: first {"event": "listening", "issuer", "token_url"}, then for each answer of
// the token endpoint, before it is sent, {"event": "granted" | "refused", "assertion", …}.

import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';

import { decodeJwt, decodeProtectedHeader, exportJWK, generateKeyPair } from 'jose';
import { Provider, errors } from 'oidc-provider';

const LOOPBACK = '127.0.0.1';
const TOKEN_LIFETIME_SECS = 300;
const ALGORITHMS = ['ES256', 'ES384', 'ES512', 'RS256', 'RS384', 'RS512', 'PS256'];
const SERVER_KEY_ALG = 'ES256';
const CLIENT_SCOPE = 'system/*.read';
// Known to the server, granted to no client.
const OTHER_SCOPE = 'system/*.write';
// The one API that it makes tokens for.
const RESOURCE = 'https://fhir.example/r4';

const input = createInterface({ input: process.stdin });
const [firstLine] = await once(input, 'line');
// Our caller is gone, in whatever way: leave too.
input.once('close', () => process.exit(0));
const settings = JSON.parse(firstLine);

const server = createServer();
server.listen(0, LOOPBACK);
await once(server, 'listening');
const issuer = `http://${LOOPBACK}:${server.address().port}`;

const published = settings.jwks_uri ? await publish(settings.clients) : undefined;

const provider = new Provider(issuer, {
  // The issuer and the token URL are both taken as `aud`; FAPI 2.0 takes the issuer alone.
  features: {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: false },
    ...(settings.fapi2 ? { fapi: { enabled: true, profile: '2.0' } } : {}),
    resourceIndicators: { enabled: settings.resources, getResourceServerInfo: resourceServer },
    dPoP: { enabled: settings.dpop, nonceSecret: randomBytes(32), requireNonce: () => true },
  },
  clientAuthMethods: ['private_key_jwt'],
  enabledJWA: { clientAuthSigningAlgValues: ALGORITHMS, dPoPSigningAlgValues: ALGORITHMS },
  // Without the agent of its own that refuses loopback addresses, where the clients publish their keys here.
  fetch: (url, { dispatcher, ...options }) => fetch(url, options),
  // An assertion is expired in the very second that its `exp` says.
  clockTolerance: 0,
  scopes: [CLIENT_SCOPE, OTHER_SCOPE],
  ttl: { ClientCredentials: () => TOKEN_LIFETIME_SECS },
  jwks: { keys: [await serverKey()] },
  clients: settings.clients.map(({ client_id, alg, jwks }) => ({
    client_id,
    ...(settings.jwks_uri ? { jwks_uri: `${published}/${client_id}` } : { jwks }),
    scope: CLIENT_SCOPE,
    ...(settings.dpop ? { dpop_bound_access_tokens: true } : {}),
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_signing_alg: alg,
    id_token_signed_response_alg: SERVER_KEY_ALG,
    grant_types: ['client_credentials'],
    response_types: [],
    redirect_uris: [],
  })),
});

provider.on('grant.success', (ctx) => {
  const assertion = ctx.oidc.params.client_assertion;
  const header = decodeProtectedHeader(assertion);
  const claims = decodeJwt(assertion);
  tell({ event: 'granted', assertion, header, claims, answer: ctx.body });
});
provider.on('grant.error', (ctx, error) => {
  tell({
    event: 'refused',
    assertion: ctx.oidc.params?.client_assertion,
    answer: { error: error.error, error_description: error.error_description },
    // What the server tells its operator but not the client.
    reason: error.error_detail ?? error.cause?.message ?? error.error_description,
  });
});
provider.on('server_error', (_ctx, error) => {
  throw error;
});

server.on('request', provider.callback());
tell({ event: 'listening', issuer, token_url: `${issuer}/token` });

function tell(event) {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}

// Where the clients publish their JWK Sets, as a server of theirs would.
async function publish(clients) {
  const publisher = createServer(({ url }, answer) => {
    const client = clients.find(({ client_id }) => url === `/${client_id}`);
    answer.setHeader('Content-Type', 'application/jwk-set+json');
    answer.end(JSON.stringify(client.jwks));
  });
  publisher.listen(0, LOOPBACK);
  await once(publisher, 'listening');
  return `http://${LOOPBACK}:${publisher.address().port}`;
}

// Its tokens are JWTs, so that a test can read whom they are for.
function resourceServer(_ctx, resource) {
  if (resource !== RESOURCE) {
    throw new errors.InvalidTarget();
  }
  return {
    scope: CLIENT_SCOPE,
    audience: resource,
    accessTokenTTL: TOKEN_LIFETIME_SECS,
    accessTokenFormat: 'jwt',
    jwt: { sign: { alg: SERVER_KEY_ALG } },
  };
}

// Given, so that the server does not fall back to keys that everybody knows.
async function serverKey() {
  const { privateKey } = await generateKeyPair(SERVER_KEY_ALG, { extractable: true });
  return { ...(await exportJWK(privateKey)), use: 'sig', alg: SERVER_KEY_ALG };
}
