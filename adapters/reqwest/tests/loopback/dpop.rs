//! Tokens that are bound to a key (RFC 9449): the headers of the requests, and servers that ask for a nonce.

use core::future::pending;
use core::time::Duration;

use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{DecodingKey, Validation};
use redox_auth_reqwest::{
    Algorithm, Api, AuthorizeError, BuildError, Builder, Error, JwtType, Key, KeyError, Redox,
    SharedRecord, SharedTokens, StatusCode, StoreFuture, TokenSource as _, TokenType, TurnId,
};
use redox_auth_sandbox::ServerOptions;
use serde_json::{Value, json};

use crate::support::canned::{Answer, Canned};
use crate::support::keys::{self, ALGORITHMS};
use crate::support::{CLIENT_ID, Sandbox, client_of, decode, everything, verified_on_p521};

/// The value of a header of a recorded request.
fn header<'r>(request: &'r str, name: &str) -> Option<&'r str> {
    let (head, _) = request.split_once("\r\n\r\n").unwrap();
    let mut fields = head
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once(": "));
    fields
        .find(|(field, _)| field.eq_ignore_ascii_case(name))
        .map(|(_, value)| value)
}

/// The claims of the proof on a request, and the key by which they are verified.
fn proof(request: &str) -> (Value, Value) {
    let proof = header(request, "dpop").unwrap_or_else(|| panic!("no proof: {request}"));
    let (header, _) = decode(proof);
    assert_eq!(header["typ"], "dpop+jwt");
    if header["alg"] == "ES512" {
        return (
            verified_on_p521(&header["jwk"], proof),
            header["jwk"].clone(),
        );
    }
    let jwk: Jwk = serde_json::from_value(header["jwk"].clone()).unwrap();
    let mut validation = Validation::new(header["alg"].as_str().unwrap().parse().unwrap());
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    let key = DecodingKey::from_jwk(&jwk).unwrap();
    let claims = jsonwebtoken::decode::<Value>(proof, &key, &validation).unwrap();
    (claims.claims, header["jwk"].clone())
}

fn nonce_in(request: &str) -> Value {
    proof(request).0["nonce"].clone()
}

fn client(server: &Canned) -> Builder {
    client_of(server).dpop(Key::generate().unwrap())
}

fn token_type(token_type: &str, nonce: &str) -> Answer {
    let body = json!({ "access_token": "granted", "token_type": token_type, "expires_in": 300 });
    Answer::with("200 OK", &format!("dpop-nonce: {nonce}"), &body.to_string())
}

fn bound_token() -> Answer {
    let body = json!({ "access_token": "granted", "token_type": "DPoP", "expires_in": 300 });
    Answer::json("200 OK", &body.to_string())
}

/// A token endpoint that wants this nonce.
fn wants(nonce: &str) -> Answer {
    let body = r#"{"error":"use_dpop_nonce","error_description":"a nonce is required"}"#;
    Answer::with("400 Bad Request", &format!("DPoP-Nonce: {nonce}"), body)
}

/// An API that wants this nonce.
fn api_wants(nonce: &str) -> Answer {
    let challenge =
        r#"WWW-Authenticate: Bearer realm="a", DPoP error="use_dpop_nonce", algs="ES256""#;
    let head = format!("{challenge}\r\nDPoP-Nonce: {nonce}");
    Answer::with("401 Unauthorized", &head, "")
}

fn api_with(nonce: &str) -> Answer {
    Answer::with("200 OK", &format!("DPoP-Nonce: {nonce}"), "")
}

#[tokio::test]
async fn every_request_has_a_proof_of_its_own_by_the_same_key() {
    for algorithm in ALGORITHMS {
        let server = Canned::start(vec![bound_token(), Answer::json("200 OK", "{}")]);
        let redox = client_of(&server)
            .dpop(keys::key(algorithm))
            .build()
            .unwrap();
        let token = redox.token().await.unwrap();
        assert_eq!(token.token_type(), TokenType::Dpop);
        for _ in 0..2 {
            let call = redox.get("/fhir/R4/x/Patient?family=Bixby\\");
            assert_eq!(call.send().await.unwrap().status(), 200);
        }

        let requests = server.requests();
        let proofs: Vec<_> = requests.iter().map(|request| proof(request)).collect();
        assert_eq!(proofs[0].0["htm"], "POST");
        let token_url = format!("{}/v2/auth/token", server.url());
        assert_eq!(proofs[0].0["htu"], token_url);
        assert!(proofs[0].0.get("ath").is_none());
        for (request, (claims, jwk)) in requests.iter().zip(&proofs).skip(1) {
            assert_eq!(header(request, "authorization"), Some("DPoP granted"));
            assert_eq!(claims["htm"], "GET");
            let url = format!("{}/fhir/R4/x/Patient", server.url());
            assert_eq!(claims["htu"], url);
            // Of the token `granted`.
            assert_eq!(claims["ath"], "3VFdGXW45ag7qzQgvqXazv5UUax89hfSPEOTzHnk25k");
            assert_eq!(*jwk, proofs[0].1);
        }
        let ids = proofs.iter().map(|(claims, _)| claims["jti"].to_string());
        let ids: std::collections::HashSet<_> = ids.collect();
        assert_eq!(ids.len(), requests.len());
        // The key of the assertion is another.
        let (_, assertion) = requests[0].split_once("client_assertion=").unwrap();
        assert_eq!(decode(assertion).0.get("jwk"), None);
    }
}

#[tokio::test]
async fn a_nonce_costs_one_repetition_at_each_server_and_is_remembered() {
    let server = Canned::start(vec![
        wants("as-1"),
        token_type("DPoP", "as-2"),
        api_wants("api-1"),
        api_with("api-2"),
        api_with("api-3"),
        // It changes later.
        api_wants("api-4"),
        api_with("api-5"),
    ]);
    let redox = client(&server).build().unwrap();
    for _ in 0..3 {
        let answer = redox.post("/endpoint").body("{}").send().await.unwrap();
        assert_eq!(answer.status(), 200);
    }
    let requests = server.requests();
    let nonces: Vec<_> = requests.iter().map(|request| nonce_in(request)).collect();
    assert_eq!(
        nonces,
        [
            Value::Null,
            "as-1".into(),
            Value::Null,
            "api-1".into(),
            "api-2".into(),
            "api-3".into(),
            "api-4".into(),
        ]
    );
    // Neither is a failure, and no token was given up.
    let counters = redox.counters();
    assert_eq!((counters.refusals, counters.rejections), (0, 0));
    assert!(redox.last_failure().is_none());
    let ids: Vec<_> = requests[..2]
        .iter()
        .map(|request| {
            let (_, assertion) = request.split_once("client_assertion=").unwrap();
            decode(assertion).1["jti"].to_string()
        })
        .collect();
    assert_ne!(ids[0], ids[1], "an assertion is used once");
}

#[tokio::test]
async fn a_token_endpoint_that_always_wants_another_nonce_is_asked_twice() {
    let server = Canned::start(vec![wants("one"), wants("two")]);
    let redox = client(&server).also_key(keys::es256()).build().unwrap();
    for _ in 0..3 {
        let error = redox.token().await.unwrap_err();
        let shown = error.to_string();
        assert!(shown.contains("use_dpop_nonce"), "{shown}");
        assert!(shown.contains("another attempt is allowed"), "{shown}");
    }
    assert_eq!(server.requests().len(), 2);
    assert_eq!(redox.counters().refusals, 1);
}

#[tokio::test]
async fn an_api_that_always_wants_another_nonce_is_asked_twice_and_costs_no_token() {
    let server = Canned::start(vec![bound_token(), api_wants("one"), api_wants("two")]);
    let redox = client(&server).build().unwrap();
    let answer = redox.get("/a").send().await.unwrap();
    assert_eq!(answer.status(), 401);
    assert_eq!(server.requests().len(), 3);
    assert_eq!(redox.counters().rejections, 0);
}

#[tokio::test]
async fn any_other_401_is_about_the_token() {
    for head in [
        r#"WWW-Authenticate: DPoP error="invalid_token""#,
        // The answer has no nonce.
        r#"WWW-Authenticate: DPoP error="use_dpop_nonce""#,
        "DPoP-Nonce: one",
    ] {
        let server = Canned::start(vec![
            bound_token(),
            Answer::with("401 Unauthorized", head, ""),
            bound_token(),
            Answer::json("200 OK", "{}"),
        ]);
        let redox = client(&server).build().unwrap();
        let answer = redox.get("/a").send().await.unwrap();
        assert_eq!(answer.status(), 200, "{head}");
        assert_eq!(server.requests().len(), 4, "{head}");
        assert_eq!(redox.counters().rejections, 1, "{head}");
    }
}

#[tokio::test]
async fn a_token_of_the_other_type_is_not_taken() {
    let server = Canned::always(token_type("Bearer", "one"));
    let error = client(&server).build().unwrap().token().await.unwrap_err();
    assert!(matches!(error.cause(), Error::NotBound(found) if found == "Bearer"));
    let shown = error.to_string();
    assert!(shown.contains("switch DPoP on for this client"), "{shown}");

    let server = Canned::always(bound_token());
    let redox = client_of(&server).build().unwrap();
    let error = redox.token().await.unwrap_err();
    assert!(matches!(error.cause(), Error::TokenType(found) if found == "DPoP"));
    let shown = error.to_string();
    assert!(shown.contains("can be used without a DPoP key"), "{shown}");
    assert_eq!(header(&server.only_request(), "dpop"), None);
}

#[tokio::test]
async fn a_nonce_that_cannot_be_sent_back_is_named() {
    let long = "a".repeat(513);
    let shown = "the header DPoP-Nonce has 513 bytes, and there is room for 512";
    let server = Canned::always(wants(&long));
    let error = client(&server).build().unwrap().token().await.unwrap_err();
    assert!(matches!(error.cause(), Error::DpopNonce(_)), "{error:?}");
    assert!(everything(&error).contains(shown), "{error}");
    assert_eq!(server.requests().len(), 2);

    let server = Canned::start(vec![bound_token(), api_wants(&long)]);
    let redox = client(&server).build().unwrap();
    let error = redox.get("/a").send().await.unwrap_err();
    assert_eq!(error.to_string(), shown);
    // If the request succeeds, the client ignores the nonce.
    let server = Canned::start(vec![token_type("DPoP", "a b"), api_with(&long)]);
    let redox = client(&server).build().unwrap();
    assert_eq!(redox.get("/a").send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn only_a_caller_that_makes_proofs_gets_a_bound_token() {
    let server = Canned::always(bound_token());
    let redox = client(&server).build().unwrap();
    let url = format!("{}/endpoint", server.url());
    let refused = redox.authorize(Api::DataModel, &url).await.unwrap_err();
    let expected = Error::Authorize(AuthorizeError::NeedsProof);
    assert_eq!(refused.to_string(), expected.to_string());
    assert!(refused.to_string().contains("needs a proof"), "{refused}");
}

#[tokio::test]
async fn an_assertion_from_elsewhere_is_exchanged_with_a_proof() {
    let server = Canned::start(vec![wants("one"), bound_token()]);
    let redox = Redox::builder()
        .base_url(server.url())
        .no_key()
        .dpop(Key::generate().unwrap())
        .build()
        .unwrap();
    // An assertion is posted once, whatever the server says.
    let error = redox.exchange("a.b.c").await.unwrap_err();
    assert!(error.to_string().contains("use_dpop_nonce"), "{error}");
    assert_eq!(server.requests().len(), 1);
    let token = redox.exchange("d.e.f").await.unwrap();
    assert_eq!(
        (token.expose(), token.token_type()),
        ("granted", TokenType::Dpop)
    );
    assert_eq!(nonce_in(&server.requests()[1]), "one");
}

#[tokio::test]
async fn a_refused_proof_is_explained() {
    let body = r#"{"error":"invalid_dpop_proof"}"#;
    let server = Canned::always(Answer::json("400 Bad Request", body));
    let error = client(&server).build().unwrap().token().await.unwrap_err();
    let shown = error.to_string();
    assert!(
        shown.contains("did not accept the proof of possession"),
        "{shown}"
    );
}

#[tokio::test]
async fn a_saved_token_is_restored_with_the_same_key_only() {
    let server = Canned::always(bound_token());
    let dpop = keys::pkcs8(Algorithm::Es256);
    let client = |dpop: Option<Key>| {
        let builder = client_of(&server);
        match dpop {
            Some(key) => builder.dpop(key).build().unwrap(),
            None => builder.build().unwrap(),
        }
    };
    let same = || client(Some(Key::parse(&dpop).unwrap()));
    let first = same();
    first.token().await.unwrap();
    let record = first.save().unwrap();
    same().restore(&record).unwrap();
    for other in [client(Some(Key::generate().unwrap())), client(None)] {
        assert!(matches!(other.restore(&record), Err(Error::Restore(_))));
    }
}

#[tokio::test]
async fn a_key_behind_a_signer_shows_its_public_half() {
    let key = keys::es256();
    let public_key = key.public_key().unwrap().clone();
    let missing = client_of_nothing().dpop(Key::from_signer("a", keys::es256()));
    let error = missing.build().unwrap_err();
    assert!(error.to_string().contains("with_public_key"), "{error}");

    let wrong = Key::from_signer("a", keys::key(Algorithm::Es384));
    let wrong = wrong.with_public_key(public_key.clone()).unwrap_err();
    assert!(matches!(wrong, KeyError::WrongAlgorithm { .. }));

    let server = Canned::always(bound_token());
    let key = Key::from_signer("a", key).with_public_key(public_key);
    let redox = client_of(&server).dpop(key.unwrap()).build().unwrap();
    redox.token().await.unwrap();
    proof(&server.only_request());
}

fn client_of_nothing() -> Builder {
    Redox::builder().oauth_key(CLIENT_ID, keys::es256())
}

#[test]
fn settings_that_contradict_bound_tokens_are_errors() {
    #[derive(Debug)]
    struct Store;

    impl SharedTokens for Store {
        fn load(&self) -> StoreFuture<'_, Option<SharedRecord>> {
            Box::pin(pending())
        }

        fn store<'s>(&'s self, _: &'s [u8], _: Duration) -> StoreFuture<'s, ()> {
            Box::pin(pending())
        }

        fn take_turn(&self, _: TurnId, _: Duration) -> StoreFuture<'_, bool> {
            Box::pin(pending())
        }

        fn end_turn(&self, _: TurnId) -> StoreFuture<'_, ()> {
            Box::pin(pending())
        }
    }

    let dpop = || Key::generate().unwrap();
    let shared = client_of_nothing().dpop(dpop()).shared_tokens(Store);
    let error = shared.build().unwrap_err();
    assert!(matches!(error, BuildError::SharedDpop), "{error:?}");
    let shown = error.to_string();
    assert!(
        shown.contains("other processes cannot use tokens"),
        "{shown}"
    );

    let legacy = Redox::builder().legacy_key("a", "b").dpop(dpop());
    let error = legacy.build().unwrap_err();
    assert!(error.to_string().contains("an OAuth API key"), "{error}");
}

#[tokio::test]
async fn without_the_time_no_proof_is_dated() {
    use redox_auth_reqwest::{Instant, Now, Stopped};

    let server = Canned::always(bound_token());
    let unset = client(&server)
        .no_key()
        .clock(|| Now {
            instant: Instant::from_millis(1),
            unix: None,
        })
        .build()
        .unwrap();
    let error = unset.exchange("a.b.c").await.unwrap_err();
    assert!(
        matches!(error, Error::Stopped(Stopped::ClockUnknown)),
        "{error:?}"
    );
    assert!(server.requests().is_empty());
}

/// The sandbox judges proofs by code that it shares with nobody.
#[tokio::test]
async fn the_sandbox_takes_a_bound_token_with_its_proof_and_in_no_other_way() {
    let sandbox = Sandbox::start_with(ServerOptions::new().like("helseid")).await;
    let settings = sandbox.server.client_settings().unwrap();
    let redox = sandbox
        .client(keys::key(Algorithm::Es384))
        .token_url(sandbox.server.token_url())
        .audience(settings.audience.unwrap())
        .typ(JwtType::ClientAuthentication)
        .scope(settings.scope.unwrap())
        .lifetime_secs(60)
        .backdate_secs(0)
        .not_before()
        .send_client_id()
        .dpop(Key::generate().unwrap())
        .build()
        .unwrap();
    for _ in 0..2 {
        let answer = sandbox.send_message(&redox).await;
        assert_eq!(answer.status(), StatusCode::OK);
    }
    let token = redox.token().await.unwrap();
    let stranger = sandbox.send_message_with(&redox, &token).await;
    assert_eq!(stranger.status(), StatusCode::UNAUTHORIZED);
}
