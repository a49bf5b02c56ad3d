//! The answers to requests that meet a server's rules.

use redox_auth_core::TokenReply;
use redox_auth_sandbox::http::Method;
use redox_auth_sandbox::{Rules, Server, ServerOptions};
use serde_json::{Value, json};

use super::fit::Fit;
use crate::support::*;

/// A server, its `token_type`, its `expires_in` as JSON, the least length of its token, and the scope that it grants.
type Row = (
    &'static str,
    &'static str,
    &'static str,
    usize,
    Option<&'static str>,
);

#[test]
fn what_fits_is_served_and_the_answer_is_read_as_a_token() {
    let closed = ["meditech", "health-gorilla"];
    let listed: Vec<_> = ROWS.iter().map(|row| row.0).chain(closed).collect();
    assert!(
        Rules::names().all(|name| listed.contains(&name)),
        "{listed:?}"
    );
    for &(server, token_type, expires_in, chars, scope) in ROWS {
        let rules = Rules::named(server).unwrap();
        let fit = Fit::new(&rules);
        let mut sandbox = fit.sandbox(&rules);
        let answer = fit.answer_of(&mut sandbox);
        assert_eq!(answer.status, 200, "{server}: {}", reason(&answer));
        assert_eq!(header_of(&answer, "cache-control"), "no-store", "{server}");
        let members = body(&answer);
        assert_eq!(members["token_type"], token_type, "{server}");
        let expected: Value = serde_json::from_str(expires_in).unwrap();
        assert_eq!(members["expires_in"], expected, "{server}");
        assert_eq!(members["scope"].as_str(), scope, "{server}");
        let token = text(&members["access_token"]);
        assert!(
            (chars..chars + 400).contains(&token.len()),
            "{server}: {}",
            token.len()
        );
        assert!(sandbox.is_live(at(NOW), &token), "{server}");
        assert_eq!(sandbox.counters().tokens_minted, 1, "{server}");

        // Another token type is one that a client has to ask for.
        let plain = with(&members, "token_type", json!("Bearer")).to_string();
        let mut bytes = if token_type == "DPoP" {
            plain.into_bytes()
        } else {
            answer.body
        };
        let TokenReply::Token(read) = TokenReply::parse(200, &mut bytes).unwrap() else {
            panic!("{server}: no token");
        };
        assert_eq!(read.access_token.expose(), token, "{server}");
        let secs = expires_in.trim_matches('"').parse().ok();
        assert_eq!(read.expires_in_secs, secs, "{server}");
        assert_eq!(read.scope, scope, "{server}");
    }
}

#[test]
fn a_token_that_is_a_jwt_can_be_taken_apart() {
    let rules = Rules::named("entra").unwrap();
    let answer = Fit::new(&rules).answer(&rules);
    let token = text(&body(&answer)["access_token"]);
    let parts: Vec<_> = token.split('.').map(decode_url).collect();
    assert_eq!(parts.len(), 3);
    let claims: Value = serde_json::from_slice(&parts[1]).unwrap();
    assert_eq!(claims["iss"], "http://sandbox.example/sandbox/v2.0");
    assert_eq!(claims["exp"], NOW + 3599);
}

#[test]
fn one_seed_gives_one_series_of_answers() {
    for server in ["epic", "nhs", "pdnd"] {
        let rules = Rules::named(server).unwrap();
        let fit = Fit::new(&rules);
        let both = [fit.sandbox(&rules), fit.sandbox(&rules)].map(|mut sandbox| {
            let answer = sandbox.handle(at(NOW), &fit.request());
            (answer.status, answer.body)
        });
        assert_eq!(both[0], both[1], "{server}");
    }
}

#[test]
fn only_the_token_endpoint_of_the_server_is_there() {
    let rules = Rules::named("okta").unwrap();
    let fit = Fit::new(&rules);
    let mut sandbox = fit.sandbox(&rules);
    let redox = sandbox.handle(at(NOW), &token_request(&fit.compact()));
    assert_eq!(redox.status, 404);
    let mut get = fit.request();
    get.method = Method::GET;
    assert_eq!(sandbox.handle(at(NOW), &get).status, 403);
    assert_eq!(
        sandbox.token_url(),
        "http://sandbox.example/oauth2/default/v1/token"
    );
}

#[tokio::test]
async fn a_server_is_started_like_another_one_by_name() {
    let server = Server::start(ServerOptions::new().like("helseid"))
        .await
        .unwrap();
    let base_url = server.base_url().to_owned();
    assert_eq!(server.token_url(), format!("{base_url}/connect/token"));
    let settings = server.client_settings().unwrap();
    assert_eq!(settings.audience, Some(base_url));
    assert_eq!((settings.lifetime_secs, settings.dpop), (Some(60), true));
    server.stop().await.unwrap();

    let unknown = Server::start(ServerOptions::new().like("nobody")).await;
    let error = unknown.unwrap_err().to_string();
    assert_eq!(error, "no server with the name \"nobody\" is known");
    let plain = Server::start(ServerOptions::new()).await.unwrap();
    assert_eq!(plain.client_settings(), None);
}

fn decode_url(part: &str) -> Vec<u8> {
    use base64::Engine;
    let engine = base64::engine::general_purpose::URL_SAFE_NO_PAD;
    engine.decode(part).unwrap()
}

const SMART: Option<&str> = Some("system/Patient.rs");

const ROWS: &[Row] = &[
    ("aidbox", "Bearer", "300", 43, SMART),
    ("athena", "Bearer", "3600", 800, Some("system/Patient.read")),
    ("auth0", "Bearer", "86400", 700, None),
    (
        "careevolution",
        "Bearer",
        "3600",
        900,
        Some("system/*.read"),
    ),
    ("cdr", "Bearer", "300", 43, None),
    ("cerner", "Bearer", "570", 1450, SMART),
    ("docusign", "Bearer", "3600", 700, None),
    ("dpc", "bearer", "300", 800, Some("system/*.*")),
    ("duende-strict", "Bearer", "3600", 900, None),
    (
        "ecw",
        "Bearer",
        "300",
        43,
        Some("system/Group.read system/Patient.read"),
    ),
    ("entra", "Bearer", "3599", 1500, None),
    (
        "epic",
        "bearer",
        "3600",
        900,
        Some("system/Patient.read system/Group.read system/Observation.read"),
    ),
    ("google", "Bearer", "3599", 1000, None),
    ("helseid", "DPoP", "3600", 900, Some("nhn:sandbox/read")),
    ("ibm-verify", "Bearer", "7200", 43, None),
    (
        "idcs",
        "Bearer",
        "3600",
        900,
        Some("urn:opc:idm:__myscopes__"),
    ),
    ("isik", "Bearer", "300", 43, SMART),
    ("keycloak", "Bearer", "300", 1100, None),
    ("maskinporten", "Bearer", "599", 900, None),
    ("medplum", "Bearer", "3600", 500, Some("openid")),
    ("nextgen-enterprise", "Bearer", "300", 43, SMART),
    ("nextgen-office", "Bearer", "300", 1100, None),
    ("nhs", "Bearer", "\"599\"", 43, None),
    ("okta", "Bearer", "3600", 800, SMART),
    ("pdnd", "Bearer", "600", 800, None),
    ("pingone", "Bearer", "3600", 700, None),
    ("proda", "Bearer", "3600", 700, None),
    ("redox", "Bearer", "300", 43, None),
    ("rfc7523", "Bearer", "300", 43, None),
    // No `expires_in` at all.
    ("salesforce", "Bearer", "null", 112, Some("api")),
    ("singpass", "Bearer", "300", 43, None),
    ("smart", "Bearer", "300", 43, SMART),
    ("udap", "Bearer", "3600", 700, SMART),
    ("unified", "Bearer", "300", 43, SMART),
    ("va", "Bearer", "300", 800, Some("system/Patient.read")),
    ("zeta", "Bearer", "300", 43, None),
];
