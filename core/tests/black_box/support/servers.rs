//! Literal refusals of real servers, and the text shown to a person. From the servers' documentation, sources and
//! users' reports.

pub(crate) struct Said {
    pub(crate) server: &'static str,
    pub(crate) status: u16,
    pub(crate) body: &'static str,
    pub(crate) shown: &'static str,
}

const fn said(server: &'static str, status: u16, body: &'static str, shown: &'static str) -> Said {
    Said {
        server,
        status,
        body,
        shown,
    }
}

/// Another key may succeed at each of these servers.
pub(crate) const REFUSALS: [Said; 53] = [
    said(
        "Redox, blank",
        400,
        r#"{"error":"invalid_request","error_description":"","error_uri":"https://docs.redoxengine.com/permalink/7sEi7MTFssZ1JuHpUYLeYJ"}"#,
        r#""invalid_request"; see https://docs.redoxengine.com/permalink/7sEi7MTFssZ1JuHpUYLeYJ"#,
    ),
    said(
        "Redox, key",
        400,
        r#"{"error":"invalid_request","error_description":"Public key not found, check client_id, kid and Redox dashboard settings"}"#,
        r#""invalid_request": "Public key not found, check client_id, kid and Redox dashboard settings""#,
    ),
    said(
        "Redox, claim",
        400,
        r#"{"error":"invalid_request","error_description":"Unexpected aud claim value"}"#,
        r#""invalid_request": "Unexpected aud claim value""#,
    ),
    said(
        "Epic",
        400,
        r#"{"error":"invalid_client","error_description":null}"#,
        r#""invalid_client""#,
    ),
    said(
        "Oracle Health",
        401,
        r#"{"error":"invalid_client","error_uri":"https://authorization.cerner.com/errors/urn%3Acerner%3Aerror%3Aauthorization-server%3Aoauth2%3Atoken%3Ainvalid-authorization-header/instances/2f1c7a52-7d7b-4a5c-9d6e-0d6f3d6a5b11?client=unknown&tenant=ec2458f2-1e24-41c8-b71b-0e701af7583d"}"#,
        r#""invalid_client"; see https://authorization.cerner.com/errors/urn:cerner:error:authorization-server:oauth2:token:invalid-authorization-header/instances/2f1c7a52-7d7b-4a5c-9d6e-0d6f3d6a5b11?client=unknown&tenant=ec2458f2-1e24-41c8-b71b-0e701af7583d"#,
    ),
    said(
        "Oracle Health, signature",
        401,
        r#"{"error":"invalid_client","error_uri":"https:\/\/authorization.cerner.com\/errors\/urn%3Acerner%3Aerror%3Aauthorization-server%3Aoauth2%3Atoken%3Aclient-assertion%3Ajwt-bearer%3Ainvalid-signature"}"#,
        r#""invalid_client"; see https://authorization.cerner.com/errors/urn:cerner:error:authorization-server:oauth2:token:client-assertion:jwt-bearer:invalid-signature"#,
    ),
    said(
        "athenaFlex",
        401,
        r#"{"status":"error","statusmessage":"invalid_client","description":"Client authentication failed"}"#,
        r#""invalid_client": "Client authentication failed""#,
    ),
    said(
        "eClinicalWorks",
        401,
        r#"{"error":"invalid_client"}"#,
        r#""invalid_client""#,
    ),
    said(
        "eClinicalWorks, scope",
        400,
        r#"{"error":"invalid_grant","error_description":"Invalid scope"}"#,
        r#""invalid_grant": "Invalid scope""#,
    ),
    said(
        "MEDITECH",
        400,
        r#"{"error":"unauthorized_client"}"#,
        r#""unauthorized_client""#,
    ),
    said(
        "MEDITECH, 401",
        401,
        r#"{"error":"unauthorized_client"}"#,
        r#""unauthorized_client""#,
    ),
    medplum(
        r#"{"error":"invalid_request","error_description":"Invalid client assertion audience"}"#,
        r#""invalid_request": "Invalid client assertion audience""#,
    ),
    medplum(
        r#"{"error":"invalid_request","error_description":"Invalid client assertion issuer"}"#,
        r#""invalid_request": "Invalid client assertion issuer""#,
    ),
    medplum(
        r#"{"error":"invalid_request","error_description":"Client not found"}"#,
        r#""invalid_request": "Client not found""#,
    ),
    medplum(
        r#"{"error":"invalid_request","error_description":"Client must have a JWK Set URL"}"#,
        r#""invalid_request": "Client must have a JWK Set URL""#,
    ),
    medplum(
        r#"{"error":"invalid_request","error_description":"Invalid client assertion signature"}"#,
        r#""invalid_request": "Invalid client assertion signature""#,
    ),
    medplum(
        r#"{"error":"invalid_request","error_description":"Unsupported client assertion type"}"#,
        r#""invalid_request": "Unsupported client assertion type""#,
    ),
    medplum(
        r#"{"error":"invalid_request","error_description":"Invalid client"}"#,
        r#""invalid_request": "Invalid client""#,
    ),
    medplum(
        r#"{"error":"invalid_request","error_description":"Missing client_secret"}"#,
        r#""invalid_request": "Missing client_secret""#,
    ),
    medplum("Unsupported content type", r#""Unsupported content type""#),
    dpc(
        r#"{"code":401,"message":"Access Scope must be 'system/*.*'"}"#,
        r#""Access Scope must be 'system/*.*'""#,
    ),
    dpc(
        r#"{"code":401,"message":"Cannot find public key with id: 2f1c7a52-7d7b-4a5c-9d6e-0d6f3d6a5b11"}"#,
        r#""Cannot find public key with id: 2f1c7a52-7d7b-4a5c-9d6e-0d6f3d6a5b11""#,
    ),
    dpc(
        r#"{"code":401,"message":"Audience claim value is incorrect"}"#,
        r#""Audience claim value is incorrect""#,
    ),
    dpc(
        r#"{"code":401,"message":"Token ID cannot be re-used"}"#,
        r#""Token ID cannot be re-used""#,
    ),
    dpc(
        r#"{"code":401,"message":"`kid` value must be a UUID"}"#,
        r#""`kid` value must be a UUID""#,
    ),
    said(
        "VA Lighthouse",
        401,
        r#"{"error":"invalid_client","error_description":"The audience claim for client_assertion must be the endpoint invoked for the request."}"#,
        r#""invalid_client": "The audience claim for client_assertion must be the endpoint invoked for the request.""#,
    ),
    said(
        "VA Lighthouse, client",
        400,
        r#"{"error":"invalid_client","error_description":"A client_id must be provided in the request."}"#,
        r#""invalid_client": "A client_id must be provided in the request.""#,
    ),
    said(
        "Okta",
        401,
        r#"{"error":"invalid_client","error_description":"The client_assertion token has an expiration too far into the future."}"#,
        r#""invalid_client": "The client_assertion token has an expiration too far into the future.""#,
    ),
    said(
        "NHS England, kid missing",
        400,
        r#"{"error":"invalid_request","error_description":"Missing 'kid' header in client_assertion JWT","message_id":"rrt-1"}"#,
        r#""invalid_request": "Missing 'kid' header in client_assertion JWT""#,
    ),
    said(
        "NHS England, alg",
        400,
        r#"{"error":"invalid_request","error_description":"Invalid 'alg' header in client_assertion JWT - must be 'RS512' algorithm","message_id":"rrt-1"}"#,
        r#""invalid_request": "Invalid 'alg' header in client_assertion JWT - must be 'RS512' algorithm""#,
    ),
    said(
        "NHS England, exp",
        400,
        r#"{"error":"invalid_request","error_description":"Invalid 'exp' claim in client_assertion JWT - more than 5 minutes in future"}"#,
        r#""invalid_request": "Invalid 'exp' claim in client_assertion JWT - more than 5 minutes in future""#,
    ),
    said(
        "NHS England, jti",
        400,
        r#"{"error":"invalid_request","error_description":"Non-unique 'jti' claim in client_assertion JWT"}"#,
        r#""invalid_request": "Non-unique 'jti' claim in client_assertion JWT""#,
    ),
    said(
        "NHS England, iss",
        401,
        r#"{"error":"invalid_request","error_description":"Invalid 'iss'/'sub' claims in client_assertion JWT"}"#,
        r#""invalid_request": "Invalid 'iss'/'sub' claims in client_assertion JWT""#,
    ),
    said(
        "NHS England, kid",
        401,
        r#"{"error":"invalid_request","error_description":"Invalid 'kid' header in client_assertion JWT - no matching public key"}"#,
        r#""invalid_request": "Invalid 'kid' header in client_assertion JWT - no matching public key""#,
    ),
    said(
        "NHS England, signature",
        401,
        r#"{"error":"public_key error","error_description":"JWT signature verification failed"}"#,
        r#""public_key error": "JWT signature verification failed""#,
    ),
    said(
        "NHS England, JWKS",
        403,
        r#"{"error":"public_key error","error_description":"The JWKS endpoint, for your client_assertion can't be reached"}"#,
        r#""public_key error": "The JWKS endpoint, for your client_assertion can't be reached""#,
    ),
    said(
        "NHS England, denied",
        401,
        r#"{"error":"access_denied"}"#,
        r#""access_denied""#,
    ),
    said(
        "Duende",
        400,
        r#"{"error":"invalid_client"}"#,
        r#""invalid_client""#,
    ),
    said(
        "HelseID",
        400,
        r#"{"error":"use_dpop_nonce"}"#,
        r#""use_dpop_nonce""#,
    ),
    said(
        "UDAP",
        400,
        r#"{"error":"invalid_request","error_description":"extensions.hl7-b2b is missing"}"#,
        r#""invalid_request": "extensions.hl7-b2b is missing""#,
    ),
    said(
        "Entra",
        401,
        r#"{"error":"invalid_client","error_description":"AADSTS700027: The certificate with identifier used to sign the client assertion is not registered on application.\r\nTrace ID: 2f1c7a52-7d7b-4a5c-9d6e-0d6f3d6a5b11","error_codes":[700027],"error_uri":"https://login.microsoftonline.com/error?code=700027"}"#,
        r#""invalid_client": "AADSTS700027: The certificate with identifier used to sign the client assertion is not registered on application. Trace ID: 2f1c7a52-7d7b-4a5c-9d6e-0d6f3d6a5b11"; see https://login.microsoftonline.com/error?code=700027"#,
    ),
    said(
        "Auth0",
        401,
        r#"{"error":"access_denied","error_description":"Unauthorized"}"#,
        r#""access_denied": "Unauthorized""#,
    ),
    said(
        "Auth0, audience",
        403,
        r#"{"error":"access_denied","error_description":"No audience parameter was provided, and no default audience has been configured"}"#,
        r#""access_denied": "No audience parameter was provided, and no default audience has been configured""#,
    ),
    keycloak(
        r#"{"error":"invalid_client","error_description":"Invalid token audience"}"#,
        r#""invalid_client": "Invalid token audience""#,
    ),
    keycloak(
        r#"{"error":"invalid_client","error_description":"Token was issued in the future"}"#,
        r#""invalid_client": "Token was issued in the future""#,
    ),
    keycloak(
        r#"{"error":"invalid_client","error_description":"Token is not active"}"#,
        r#""invalid_client": "Token is not active""#,
    ),
    keycloak(
        r#"{"error":"invalid_client","error_description":"Token reuse detected"}"#,
        r#""invalid_client": "Token reuse detected""#,
    ),
    keycloak(
        r#"{"error":"invalid_client","error_description":"Unable to load public key"}"#,
        r#""invalid_client": "Unable to load public key""#,
    ),
    keycloak(
        r#"{"error":"invalid_client","error_description":"Client authentication with signed JWT failed: Signature on JWT token failed validation"}"#,
        r#""invalid_client": "Client authentication with signed JWT failed: Signature on JWT token failed validation""#,
    ),
    said(
        "PDND",
        400,
        r#"{"correlationId":"2f1c7a52-7d7b-4a5c-9d6e-0d6f3d6a5b11","errors":[{"code":"015-0008","detail":"Unable to generate a token for the given request"}],"status":400,"title":"The request contains bad syntax","type":"about:blank"}"#,
        r#""Unable to generate a token for the given request""#,
    ),
    said(
        "Maskinporten",
        400,
        r#"{"error":"invalid_grant","error_description":"Invalid assertion. Client authentication failed. Invalid JWT signature. (correlation_id: 4a5c9d6e) MP-110","error_uri":"https://docs.digdir.no/docs/Maskinporten/maskinporten_feilsoking"}"#,
        r#""invalid_grant": "Invalid assertion. Client authentication failed. Invalid JWT signature. (correlation_id: 4a5c9d6e) MP-110"; see https://docs.digdir.no/docs/Maskinporten/maskinporten_feilsoking"#,
    ),
    said(
        "a FHIR server",
        403,
        r#"{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"security","diagnostics":"Access denied by rule"}]}"#,
        r#""Access denied by rule""#,
    ),
    said(
        "Spring",
        401,
        r#"{"timestamp":"2026-11-29T10:00:00Z","status":401,"error":"Unauthorized","message":"An error occurred while decoding the Jwt","path":"/oauth2/token"}"#,
        r#""Unauthorized": "An error occurred while decoding the Jwt""#,
    ),
];

const fn medplum(body: &'static str, shown: &'static str) -> Said {
    said("Medplum", 400, body, shown)
}

const fn dpc(body: &'static str, shown: &'static str) -> Said {
    said("CMS DPC", 401, body, shown)
}

const fn keycloak(body: &'static str, shown: &'static str) -> Said {
    said("Keycloak", 400, body, shown)
}
