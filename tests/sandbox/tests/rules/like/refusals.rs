//! Each rule broken alone: the status, and the server's words as a person sees them.

use redox_auth_core::TokenReply;
use redox_auth_sandbox::{ObjectionKind, Response, Rules};

use super::fit::Fit;
use crate::support::*;

/// A server, what is changed about a request that fits it, the status, and what a person reads of the answer.
type Row = (&'static str, &'static str, u16, &'static str);

#[test]
fn each_rule_is_broken_alone_and_each_limit_is_on_its_own_side() {
    for &(server, changes, status, words) in ROWS {
        let rules = Rules::named(server).unwrap();
        let mut fit = Fit::new(&rules);
        for change in changes.split("; ") {
            fit.change(change);
        }
        let answer = fit.answer(&rules);
        let case = format!("{server}: {changes}: {}", reason(&answer));
        assert_eq!(answer.status.as_u16(), status, "{case}");
        if status != 200 {
            let shown = words_of(&answer);
            assert!(shown.contains(words), "{case}: {shown}");
        }
    }
}

#[test]
fn what_no_server_takes_is_refused_by_every_one_of_them() {
    for server in Rules::names() {
        let rules = Rules::named(server).unwrap();
        for (change, kind) in [
            ("forged", "the signature does not verify"),
            ("client stranger", "iss is not the ID of a client"),
            ("claim exp=NOW-11", "exp was 11 s ago"),
            ("claim exp=1.5", "exp is 1.5; expected whole seconds"),
            (
                "claim aud=\"https://other.example/\"",
                "aud is \"https://other.example/\"",
            ),
            ("claim aud", "aud is missing"),
            ("claim iss", "iss is missing"),
            ("header alg=\"none\"", "alg is none"),
            ("header alg=\"RS384x\"", "alg is RS384x"),
            ("header crit=[\"b64\"]", "crit is"),
            ("field grant_type=password", "grant_type is \"password\""),
            ("field grant_type", "grant_type is missing"),
            ("field client_secret=secret", "client_secret is there"),
            ("field client_id=stranger", "client_id names another client"),
            ("http authorization=Basic YTpi", "the header Authorization"),
            ("http content-type=application/json", "the body is not"),
        ] {
            let mut fit = Fit::new(&rules);
            if fit.algorithm == "HS256" {
                continue;
            }
            fit.change(change);
            let answer = fit.answer(&rules);
            let case = format!("{server}: {change}: {}", reason(&answer));
            assert!(!answer.status.is_success(), "{case}");
            assert!(reason(&answer).contains(kind), "{case}");
            assert_ne!(words_of(&answer), "", "{case}");
        }
    }
}

#[test]
fn a_body_that_is_no_assertion_is_refused_in_words_as_well() {
    for server in Rules::names() {
        let rules = Rules::named(server).unwrap();
        let mut fit = Fit::new(&rules);
        if fit.algorithm == "HS256" {
            continue;
        }
        for (assertion, expected) in [("", "is missing"), ("a.b", "no compact JWS")] {
            let field = fit.settings.assertion_field;
            fit.change(&format!("field {field}={assertion}"));
            let answer = fit.answer(&rules);
            assert!(
                reason(&answer).contains(expected),
                "{server}: {}",
                reason(&answer)
            );
            assert_ne!(words_of(&answer), "", "{server}");
        }
        let mut request = fit.request();
        request.body.extend(b"&grant_type=client_credentials");
        let answer = fit.sandbox(&rules).handle(at(NOW), &request);
        assert_eq!(reason(&answer), "a form field is there twice", "{server}");
    }
}

#[test]
fn a_jti_is_taken_once_for_as_long_as_the_server_remembers() {
    for (server, forgotten_after, words) in [
        ("epic", Some(300), "\"invalid_client\""),
        ("keycloak", Some(300), "Token reuse detected"),
        ("okta", Some(300), "already been used"),
        ("nhs", Some(2_592_000), "Non-unique 'jti'"),
        ("dpc", Some(300), "Token ID cannot be re-used"),
        ("medplum", None, ""),
        ("google", None, ""),
    ] {
        let rules = Rules::named(server).unwrap();
        let mut fit = Fit::new(&rules);
        let mut sandbox = fit.sandbox(&rules);
        let mut answer_at = |second: i64| {
            for (name, offset) in [("iat", 0), ("exp", 300)] {
                fit.change(&format!("claim {name}={}", second + offset));
            }
            sandbox.handle(at(second), &fit.request())
        };
        assert_eq!(answer_at(NOW).status, 200, "{server}");
        let again = answer_at(NOW);
        match forgotten_after {
            Some(secs) => {
                assert!(
                    words_of(&again).contains(words),
                    "{server}: {}",
                    words_of(&again)
                );
                assert_ne!(answer_at(NOW + secs - 1).status, 200, "{server}");
                assert_eq!(answer_at(NOW + secs).status, 200, "{server}");
            }
            None => assert_eq!(again.status, 200, "{server}: {}", reason(&again)),
        }
    }
}

#[test]
fn requests_beyond_the_limit_wait_for_the_next_minute() {
    let rules = Rules::named("athena").unwrap();
    let mut fit = Fit::new(&rules);
    let mut sandbox = fit.sandbox(&rules);
    for (request, second, status) in
        (0..5)
            .map(|request| (request, 0, 200))
            .chain([(5, 0, 429), (6, 59, 429), (7, 60, 200)])
    {
        fit.change(&format!("claim jti=\"jti-{request}\""));
        let answer = sandbox.handle(at(NOW + second), &fit.request());
        assert_eq!(answer.status.as_u16(), status, "request {request}");
        assert_eq!(
            header_of(&answer, "retry-after"),
            if status == 429 { "60" } else { "" }
        );
    }
}

#[test]
fn a_server_with_proofs_says_which_one_it_wants() {
    let rules = Rules::named("helseid").unwrap();
    let mut fit = Fit::new(&rules);
    fit.change("http dpop");
    assert_eq!(words_of(&fit.answer(&rules)), "\"invalid_dpop_proof\"");
    fit.change("http dpop=e30.e30.AA");
    let answer = fit.answer(&rules);
    assert_eq!(words_of(&answer), "\"use_dpop_nonce\"");
    assert_eq!(header_of(&answer, "dpop-nonce").len(), 36);
}

#[test]
fn what_is_refused_is_counted_by_its_kind() {
    let rules = Rules::named("keycloak").unwrap();
    for (change, kind) in [
        ("forged", ObjectionKind::Signature),
        ("claim exp=NOW", ObjectionKind::Expired),
        ("claim aud=\"x\"", ObjectionKind::Aud),
        ("client stranger", ObjectionKind::ClientUnknown),
        ("header alg=\"HS256\"", ObjectionKind::Alg),
        ("field grant_type", ObjectionKind::GrantType),
    ] {
        let mut fit = Fit::new(&rules);
        fit.change(change);
        let mut sandbox = fit.sandbox(&rules);
        sandbox.handle(at(NOW), &fit.request());
        let counters = sandbox.counters();
        let counted = match kind {
            ObjectionKind::Signature => counters.bad_signatures,
            ObjectionKind::Expired => counters.outside_time_window,
            ObjectionKind::Aud => counters.unexpected_claims,
            ObjectionKind::ClientUnknown => counters.keys_not_found,
            ObjectionKind::Alg => counters.wrong_algorithms,
            _ => counters.malformed_token_requests,
        };
        assert_eq!((counters.token_refusals, counted), (1, 1), "{change}");
    }
}

/// What a client of ours shows a person of this answer.
fn words_of(answer: &Response) -> String {
    let mut body = answer.body.clone();
    match TokenReply::parse(answer.status.as_u16(), &mut body).unwrap() {
        TokenReply::Refusal(refusal) => refusal.words(&[]).to_string(),
        TokenReply::Token(_) => panic!("a token"),
    }
}

const ROWS: &[Row] = &[
    // The rules of Epic.
    ("epic", "alg RS384", 200, ""),
    ("epic", "alg PS256", 400, "\"invalid_client\""),
    ("epic", "header kid", 400, "\"invalid_client\""),
    ("epic", "header typ", 200, ""),
    (
        "epic",
        "header typ=\"client-authentication+jwt\"",
        400,
        "\"invalid_client\"",
    ),
    (
        "epic",
        "claim aud=[\"http://sandbox.example/interconnect-fhir-oauth/oauth2/token\"]",
        400,
        "\"invalid_client\"",
    ),
    (
        "epic",
        "claim exp=NOW+301; claim iat=NOW",
        400,
        "\"invalid_client\"",
    ),
    ("epic", "claim exp=NOW+300; claim iat", 200, ""),
    (
        "epic",
        "claim exp=NOW+301; claim iat",
        400,
        "\"invalid_client\"",
    ),
    ("epic", "claim exp=NOW", 400, "\"invalid_client\""),
    ("epic", "claim exp=NOW+1", 200, ""),
    ("epic", "claim iat=NOW+1", 400, "\"invalid_client\""),
    ("epic", "claim iat=NOW-1", 400, "\"invalid_client\""),
    ("epic", "claim iat=NOW-1; claim exp=NOW+299", 200, ""),
    ("epic", "claim nbf=NOW+1", 400, "\"invalid_client\""),
    ("epic", "claim nbf=NOW", 200, ""),
    ("epic", "claim nbf=NOW-1", 400, "\"invalid_client\""),
    ("epic", "claim jti", 400, "\"invalid_client\""),
    ("epic", "claim jti=1", 400, "\"invalid_client\""),
    ("epic", "claim sub=\"other\"", 400, "\"invalid_client\""),
    ("epic", "field scope=system/Patient.read", 200, ""),
    // Oracle Health: the only reason is in the URI.
    ("cerner", "alg RS384", 200, ""),
    ("cerner", "alg RS256", 401, "invalid-assertion"),
    ("cerner", "field scope", 400, "\"invalid_scope\""),
    (
        "cerner",
        "forged",
        401,
        "urn:cerner:error:authorization-server:oauth2:token:client-assertion:jwt-bearer:invalid-signature",
    ),
    (
        "cerner",
        "field client_assertion=x",
        401,
        "invalid-authorization-header",
    ),
    ("cerner", "claim exp=NOW+301", 401, "invalid-assertion"),
    ("cerner", "claim jti", 401, "invalid-assertion"),
    // eClinicalWorks.
    ("ecw", "alg ES384", 401, "\"invalid_client\""),
    ("ecw", "header kid=\"unknown\"", 401, "\"invalid_client\""),
    (
        "ecw",
        "field scope=system/Patient.read",
        400,
        "\"invalid_grant\"",
    ),
    ("ecw", "field scope", 400, "\"invalid_grant\""),
    (
        "ecw",
        "field grant_type=password",
        400,
        "\"unsupported_grant_type\"",
    ),
    // Keycloak judges `iat`, whatever `exp` says.
    ("keycloak", "claim exp=NOW+100000", 200, ""),
    ("keycloak", "claim iat=NOW-60", 200, ""),
    (
        "keycloak",
        "claim iat=NOW-61",
        400,
        "Token was issued too far in the past to be used now",
    ),
    ("keycloak", "claim iat=NOW+15", 200, ""),
    (
        "keycloak",
        "claim iat=NOW+16",
        400,
        "Token was issued in the future",
    ),
    ("keycloak", "claim iat; claim exp=NOW+60", 200, ""),
    (
        "keycloak",
        "claim iat; claim exp=NOW+61",
        400,
        "iat claim not present",
    ),
    ("keycloak", "claim exp=NOW", 400, "Token is not active"),
    (
        "keycloak",
        "claim aud=\"http://sandbox.example/realms/sandbox\"",
        200,
        "",
    ),
    (
        "keycloak",
        "claim aud=[\"http://sandbox.example/realms/sandbox\"]",
        200,
        "",
    ),
    (
        "keycloak",
        "claim aud=[\"http://sandbox.example/realms/sandbox\",\"x\"]",
        400,
        "Multiple audiences not allowed",
    ),
    (
        "keycloak",
        "claim aud=\"http://sandbox.example\"",
        400,
        "Invalid token audience",
    ),
    (
        "keycloak",
        "header kid=\"unknown\"",
        400,
        "Unable to load public key",
    ),
    (
        "keycloak",
        "header alg=\"HS256\"",
        400,
        "Invalid signature algorithm",
    ),
    ("keycloak", "header typ=\"anything\"", 200, ""),
    ("keycloak", "claim jti", 400, "\"invalid_client\""),
    ("keycloak", "field client_id=client-1", 200, ""),
    (
        "nextgen-office",
        "claim aud=\"http://sandbox.example/auth/realms/nextgen\"",
        200,
        "",
    ),
    (
        "nextgen-office",
        "claim iat=NOW-61",
        400,
        "too far in the past",
    ),
    ("nextgen-enterprise", "alg RS256", 401, "\"invalid_client\""),
    (
        "nextgen-enterprise",
        "claim exp=NOW+301",
        401,
        "\"invalid_client\"",
    ),
    // MEDITECH: no to everybody, in two ways.
    (
        "meditech",
        "field scope=system/*.rs",
        400,
        "\"unauthorized_client\"",
    ),
    ("meditech", "forged", 401, "\"invalid_client\""),
    // Medplum.
    ("medplum", "header kid", 200, ""),
    ("medplum", "alg RS512", 200, ""),
    (
        "medplum",
        "alg PS256",
        400,
        "Invalid client assertion signature",
    ),
    (
        "medplum",
        "header kid=\"unknown\"",
        400,
        "Client must have a JWK Set URL",
    ),
    (
        "medplum",
        "claim aud=[\"http://sandbox.example/oauth2/token\"]",
        400,
        "Invalid client assertion audience",
    ),
    (
        "medplum",
        "claim sub=\"x\"",
        400,
        "Invalid client assertion issuer",
    ),
    ("medplum", "claim exp", 200, ""),
    ("medplum", "claim exp=NOW+1000000", 200, ""),
    ("medplum", "claim jti", 200, ""),
    ("medplum", "client stranger", 400, "Client not found"),
    (
        "medplum",
        "http content-type=application/json",
        400,
        "Unsupported content type",
    ),
    (
        "medplum",
        "field client_assertion_type=x",
        400,
        "Unsupported client assertion type",
    ),
    ("aidbox", "alg RS256", 401, "\"invalid_client\""),
    ("aidbox", "field scope", 400, "\"invalid_scope\""),
    // CMS DPC: no OAuth error at all.
    (
        "dpc",
        "header kid=\"key-ES384\"",
        401,
        "`kid` value must be a UUID",
    ),
    (
        "dpc",
        "header kid=\"00000000-0000-4000-8000-000000000000\"",
        401,
        "Cannot find public key with id: 00000000-0000-4000-8000-000000000000",
    ),
    (
        "dpc",
        "field scope=system/Patient.read",
        400,
        "Access Scope must be 'system/*.*'",
    ),
    (
        "dpc",
        "claim aud=\"x\"",
        401,
        "Audience claim value is incorrect",
    ),
    ("dpc", "claim exp=NOW+301", 401, "more than 5 minutes"),
    ("dpc", "claim exp=NOW+300; claim iat", 200, ""),
    ("dpc", "claim exp=NOW", 401, "JWT is expired"),
    (
        "dpc",
        "claim sub=\"x\"",
        401,
        "Issuer and Subject must be identical",
    ),
    ("dpc", "claim jti", 401, "Invalid JWT"),
    // VA Lighthouse and athenahealth, with Okta behind them.
    (
        "va",
        "claim aud=\"http://sandbox.example/oauth2/api/system/v1/token\"",
        401,
        "must be the endpoint invoked",
    ),
    (
        "va",
        "client stranger",
        400,
        "A client_id must be provided in the request.",
    ),
    (
        "athena",
        "claim aud=\"https://athena.okta.com/oauth2/aus2hff5eqFb7Wqfh297/v1/token\"",
        200,
        "",
    ),
    (
        "athena",
        "claim aud=\"https://athena.okta.com/oauth2/aus2hff5eqFb7Wqfh297\"",
        401,
        "must be the endpoint invoked",
    ),
    ("okta", "claim exp=NOW+3600", 200, ""),
    (
        "okta",
        "claim exp=NOW+3601",
        401,
        "has an expiration too far into the future",
    ),
    ("okta", "claim iat", 200, ""),
    ("okta", "claim iat=NOW+1", 401, "\"invalid_client\""),
    ("okta", "claim jti", 200, ""),
    ("okta", "field scope", 400, "\"invalid_scope\""),
    (
        "okta",
        "claim aud=\"http://sandbox.example/oauth2/default\"",
        401,
        "must be the endpoint invoked",
    ),
    ("okta", "header kid", 401, "\"invalid_client\""),
    // NHS England.
    ("nhs", "alg RS384", 400, "must be 'RS512'"),
    ("nhs", "alg PS256", 400, "must be 'RS512'"),
    ("nhs", "header kid", 400, "Missing 'kid' header"),
    (
        "nhs",
        "header kid=\"unknown\"",
        401,
        "no matching public key",
    ),
    ("nhs", "header typ", 400, "Invalid 'typ' header"),
    ("nhs", "header typ=\"jwt\"", 200, ""),
    (
        "nhs",
        "header typ=\"client-authentication+jwt\"",
        400,
        "Invalid 'typ' header",
    ),
    ("nhs", "claim exp=NOW+310", 200, ""),
    (
        "nhs",
        "claim exp=NOW+311",
        400,
        "more than 5 minutes in future",
    ),
    ("nhs", "claim exp=NOW-9", 200, ""),
    ("nhs", "claim exp=NOW-10", 400, "JWT has expired"),
    ("nhs", "claim exp=\"soon\"", 400, "must be an integer"),
    ("nhs", "claim iat", 200, ""),
    ("nhs", "claim sub=\"x\"", 400, "non-matching 'iss'/'sub'"),
    ("nhs", "client stranger", 401, "Invalid 'iss'/'sub' claims"),
    (
        "nhs",
        "claim aud=\"x\"",
        401,
        "Missing or invalid 'aud' claim",
    ),
    (
        "nhs",
        "forged",
        401,
        "\"public_key error\": \"JWT signature verification failed\"",
    ),
    // HelseID and Duende.
    (
        "duende-strict",
        "claim aud=\"http://sandbox.example/connect/token\"",
        400,
        "\"invalid_client\"",
    ),
    (
        "duende-strict",
        "header typ=\"JWT\"",
        400,
        "\"invalid_client\"",
    ),
    ("duende-strict", "claim exp=NOW+301", 200, ""),
    (
        "helseid",
        "claim aud=\"http://sandbox.example/connect/token\"",
        400,
        "\"invalid_client\"",
    ),
    (
        "helseid",
        "claim aud=\"http://sandbox.example/\"",
        400,
        "\"invalid_client\"",
    ),
    ("helseid", "header typ", 400, "\"invalid_client\""),
    ("helseid", "header typ=\"JWT\"", 400, "\"invalid_client\""),
    ("helseid", "claim exp=NOW+61", 400, "\"invalid_client\""),
    ("helseid", "claim nbf", 400, "\"invalid_client\""),
    ("helseid", "claim iat", 400, "\"invalid_client\""),
    ("helseid", "field client_id", 400, "\"invalid_request\""),
    ("helseid", "field scope", 400, "\"invalid_scope\""),
    // UDAP.
    ("udap", "header x5c", 400, "The header x5c is missing"),
    ("udap", "header kid=\"unknown\"", 200, ""),
    ("udap", "claim exp=NOW+301", 400, "\"invalid_client\""),
    ("udap", "claim iat", 400, "\"invalid_client\""),
    ("udap", "claim extensions", 400, "\"invalid_client\""),
    (
        "udap",
        "claim extensions={\"hl7-b2b\":{\"version\":\"2\",\"organization_id\":\"o\",\"purpose_of_use\":[\"p\"]}}",
        400,
        "\"invalid_client\"",
    ),
    (
        "udap",
        "claim extensions={\"hl7-b2b\":{\"version\":\"1\",\"organization_id\":\"o\",\"purpose_of_use\":\"p\"}}",
        400,
        "\"invalid_client\"",
    ),
    (
        "udap",
        "claim extensions={\"hl7-b2b\":{\"version\":\"1\",\"organization_id\":\"o\",\"purpose_of_use\":[\"p\"]}}",
        200,
        "",
    ),
    ("udap", "field udap", 400, "The parameter udap is missing"),
    ("udap", "field udap=2", 400, "\"invalid_request\""),
    ("udap", "field scope", 400, "\"invalid_scope\""),
    // Microsoft Entra.
    ("entra", "header x5t#S256", 401, "AADSTS700027"),
    (
        "entra",
        "header x5t#S256; header kid=\"key-PS256\"",
        401,
        "AADSTS700027",
    ),
    ("entra", "header x5t#S256=\"AAAA\"", 401, "AADSTS700027"),
    ("entra", "alg RS256", 200, ""),
    ("entra", "alg RS384", 401, "AADSTS700027"),
    ("entra", "claim exp=NOW+1000000", 200, ""),
    (
        "entra",
        "field scope=https://resource.example",
        400,
        "AADSTS1002012",
    ),
    ("entra", "field client_id", 400, "AADSTS900144"),
    ("entra", "claim aud=\"x\"", 401, "AADSTS700023"),
    ("entra", "claim exp=NOW", 401, "AADSTS700024"),
    (
        "entra",
        "client stranger",
        400,
        "AADSTS700016: Application with identifier 'stranger'",
    ),
    // Auth0.
    (
        "auth0",
        "claim aud=\"http://sandbox.example\"",
        401,
        "Unable to validate client assertion",
    ),
    (
        "auth0",
        "claim exp=NOW+301",
        401,
        "Unable to validate client assertion",
    ),
    ("auth0", "header kid", 200, ""),
    (
        "auth0",
        "alg RS512",
        401,
        "Unable to validate client assertion",
    ),
    (
        "auth0",
        "field audience",
        403,
        "No audience parameter was provided",
    ),
    (
        "auth0",
        "claim jti",
        401,
        "Unable to validate client assertion",
    ),
    // Others that take a client assertion.
    (
        "pingone",
        "claim aud=\"http://sandbox.example/sandbox/as\"",
        200,
        "",
    ),
    ("pingone", "claim exp=NOW+3600", 200, ""),
    ("pingone", "claim exp=NOW+3601", 401, "\"invalid_client\""),
    ("pingone", "claim nbf=NOW+1", 401, "\"invalid_client\""),
    ("ibm-verify", "alg ES384", 401, "\"invalid_client\""),
    (
        "ibm-verify",
        "claim aud=\"http://sandbox.example/oauth2/token\"",
        401,
        "\"invalid_client\"",
    ),
    ("ibm-verify", "claim exp=NOW+86400", 200, ""),
    (
        "ibm-verify",
        "claim exp=NOW+86401",
        401,
        "\"invalid_client\"",
    ),
    (
        "ibm-verify",
        "claim iat=NOW-86401",
        401,
        "\"invalid_client\"",
    ),
    ("ibm-verify", "header kid", 401, "\"invalid_client\""),
    ("idcs", "alg RS384", 401, "Client authentication failed."),
    ("idcs", "header kid", 401, "Client authentication failed."),
    (
        "idcs",
        "claim aud=[\"https://x.example\",\"http://sandbox.example\"]",
        200,
        "",
    ),
    (
        "idcs",
        "claim aud=[\"https://x.example\"]",
        401,
        "Client authentication failed.",
    ),
    (
        "pdnd",
        "claim purposeId",
        400,
        "Unable to generate a token for the given request",
    ),
    ("pdnd", "alg PS256", 400, "Unable to generate a token"),
    ("pdnd", "field client_id", 400, "Unable to generate a token"),
    ("pdnd", "claim exp=NOW", 400, "Unable to generate a token"),
    ("zeta", "header jwk", 400, "\"invalid_client\""),
    (
        "zeta",
        "header jwk; header kid=\"key-ES256\"",
        400,
        "\"invalid_client\"",
    ),
    (
        "zeta",
        "claim aud=[\"http://sandbox.example/oauth2/token\"]",
        200,
        "",
    ),
    ("zeta", "alg ES384", 400, "\"invalid_client\""),
    ("isik", "claim exp=NOW+301", 401, "\"invalid_client\""),
    (
        "isik",
        "claim aud=\"http://sandbox.example\"",
        401,
        "\"invalid_client\"",
    ),
    (
        "careevolution",
        "claim aud=\"http://sandbox.example/identityserver\"",
        200,
        "",
    ),
    ("careevolution", "alg RS256", 400, "\"invalid_client\""),
    ("unified", "alg RS256", 200, ""),
    ("unified", "alg RS512", 401, "\"invalid_client\""),
    ("cdr", "field client_id", 400, "\"invalid_request\""),
    ("cdr", "alg RS256", 400, "\"invalid_client\""),
    ("cdr", "claim aud=\"http://sandbox.example/idp\"", 200, ""),
    ("singpass", "claim exp=NOW+121", 401, "\"invalid_client\""),
    ("singpass", "header kid", 200, ""),
    ("singpass", "alg RS256", 401, "\"invalid_client\""),
    (
        "singpass",
        "claim aud=\"http://sandbox.example/oauth2/token\"",
        401,
        "\"invalid_client\"",
    ),
    (
        "singpass",
        "field grant_type=client_credentials",
        400,
        "\"unsupported_grant_type\"",
    ),
    // Those of the grant.
    (
        "maskinporten",
        "claim aud=\"http://sandbox.example/token\"",
        400,
        "MP-110",
    ),
    (
        "maskinporten",
        "claim aud=[\"http://sandbox.example/\",\"x\"]",
        400,
        "MP-110",
    ),
    ("maskinporten", "claim exp=NOW+121", 400, "MP-100"),
    (
        "maskinporten",
        "claim iat=NOW+11; claim exp=NOW+100",
        400,
        "MP-100",
    ),
    (
        "maskinporten",
        "claim iat=NOW+10; claim exp=NOW+100",
        200,
        "",
    ),
    (
        "maskinporten",
        "claim iat=NOW-10; claim exp=NOW+100",
        200,
        "",
    ),
    (
        "maskinporten",
        "claim iat=NOW-11; claim exp=NOW+100",
        400,
        "MP-100",
    ),
    ("maskinporten", "claim scope", 400, "MP-100"),
    (
        "maskinporten",
        "claim extra=1",
        400,
        "see https://docs.digdir.no/",
    ),
    ("maskinporten", "claim jti", 200, ""),
    ("maskinporten", "claim sub", 200, ""),
    ("maskinporten", "header kid", 400, "MP-100"),
    ("maskinporten", "alg PS256", 400, "MP-100"),
    (
        "maskinporten",
        "field grant_type=client_credentials",
        400,
        "\"unsupported_grant_type\"",
    ),
    ("google", "claim exp=NOW+3600", 200, ""),
    (
        "google",
        "claim exp=NOW+3601",
        400,
        "Invalid JWT: Token must be a short-lived token",
    ),
    ("google", "claim scope", 400, "\"invalid_scope\""),
    ("google", "claim sub=\"user@clinic.example\"", 200, ""),
    ("google", "forged", 400, "Invalid JWT Signature."),
    ("google", "header kid", 200, ""),
    ("google", "alg RS384", 400, "\"invalid_grant\""),
    (
        "salesforce",
        "claim sub=\"client-1\"",
        400,
        "user hasn't approved this consumer",
    ),
    ("salesforce", "claim exp=NOW+181", 400, "\"invalid_grant\""),
    (
        "salesforce",
        "claim aud=\"http://sandbox.example/\"",
        400,
        "audience is invalid",
    ),
    ("salesforce", "alg RS384", 400, "\"invalid_grant\""),
    (
        "docusign",
        "claim aud=\"http://sandbox.example\"",
        400,
        "invalid_audience",
    ),
    (
        "docusign",
        "claim scope=\"signature\"",
        400,
        "\"invalid_grant\"",
    ),
    ("docusign", "claim exp=NOW+3601", 400, "\"invalid_grant\""),
    ("docusign", "claim sub", 400, "user_not_found"),
    (
        "proda",
        "claim token.aud",
        500,
        "Unable to retrieve device data",
    ),
    (
        "proda",
        "claim sub=\"device-2\"",
        500,
        "Unable to retrieve device data",
    ),
    ("proda", "field client_id", 400, "client_id is missing"),
    (
        "proda",
        "claim aud=\"http://sandbox.example\"",
        500,
        "Unable to retrieve device data",
    ),
    // No public key serves it.
    ("health-gorilla", "alg RS256", 401, "\"invalid_client\""),
    ("health-gorilla", "alg ES384", 401, "\"invalid_client\""),
    // The rules of Redox and of the standards.
    ("redox", "alg RS256", 400, ""),
    (
        "redox",
        "header kid",
        400,
        "JWT header kid property is required",
    ),
    (
        "redox",
        "header kid=\"unknown\"",
        400,
        "Public key not found",
    ),
    (
        "redox",
        "claim aud=\"x\"",
        400,
        "Unexpected aud claim value",
    ),
    ("redox", "claim iat=NOW-311; claim exp=NOW-11", 400, ""),
    ("smart", "alg RS256", 401, "\"invalid_client\""),
    ("smart", "claim jti", 401, "\"invalid_client\""),
    ("rfc7523", "alg PS256", 200, ""),
    ("rfc7523", "claim exp", 401, "\"invalid_client\""),
];
