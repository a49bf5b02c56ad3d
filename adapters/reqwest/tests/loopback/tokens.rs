use core::time::Duration;

use redox_auth_reqwest::{
    Algorithm, Api, BuildError, Error, Key, Method, Policy, Redox, ServedBy, SignError, Signer,
    Stopped,
};

use crate::support::canned::Canned;
use crate::support::clocks::Clocks;
use crate::support::keys::{self, ALGORITHMS};
use crate::support::{Sandbox, good_token};

#[tokio::test]
async fn a_key_of_every_algorithm_in_every_form_gets_a_token_that_sends_a_message() {
    let sandbox = Sandbox::start().await;
    let mut exchanges: u64 = 0;
    for algorithm in ALGORITHMS {
        let pkcs8 = keys::pkcs8(algorithm);
        let mut jwk = keys::jwk(&pkcs8, "my key");
        jwk["alg"] = algorithm.as_str().into();
        let forms = [
            ("PEM", keys::pem("PRIVATE KEY", &pkcs8).into_bytes()),
            ("DER", pkcs8.clone()),
            ("JWK", jwk.to_string().into_bytes()),
        ];
        for (form, content) in forms {
            let case = format!("{algorithm} as {form}");
            let key = Key::parse(&content).and_then(|key| match form {
                "JWK" => Ok(key),
                _ => Ok(key.with_algorithm(algorithm)?),
            });
            let key = key.unwrap_or_else(|error| panic!("{case}: {error}"));
            assert_eq!(key.algorithm(), algorithm, "{case}");
            assert_eq!(key.key_id() == "my key", form == "JWK", "{case}");
            let redox = sandbox.client(key).build().unwrap();
            let token = redox.token().await.unwrap();
            assert_eq!(token.expires_in(), Some(Duration::from_secs(300)), "{case}");
            assert_eq!(token.scope(), None, "{case}");
            assert_eq!(token.served_by(), Some(ServedBy::OAuth { key: 0 }));
            let answer = sandbox.send_message(&redox).await;
            assert_eq!(answer.status(), 200, "{case}");
            exchanges = exchanges.saturating_add(1);
        }
    }
    let counters = sandbox.server.counters();
    assert_eq!(counters.tokens_minted, exchanges);
    assert_eq!(counters.messages_accepted, exchanges);
    assert_eq!(counters.token_refusals, 0);
}

#[tokio::test]
async fn an_rsa_key_of_every_length_gets_a_token() {
    let sandbox = Sandbox::start().await;
    for pkcs8 in keys::rsa() {
        let key = Key::parse(pkcs8).unwrap();
        let bits = key.signature_len().saturating_mul(8);
        let redox = sandbox.client(key).build().unwrap();
        let outcome = redox.token().await;
        assert!(outcome.is_ok(), "{bits} bits: {outcome:?}");
    }
}

#[tokio::test]
async fn a_key_that_the_caller_holds_gets_a_token_too() {
    /// Stands for a KMS: all that is known of the key is how it signs.
    struct Elsewhere(Key);

    impl Signer for Elsewhere {
        fn algorithm(&self) -> Algorithm {
            self.0.algorithm()
        }

        fn signature_len(&self) -> usize {
            self.0.signature_len()
        }

        fn sign(&self, message: &[u8], signature: &mut [u8]) -> Result<(), SignError> {
            self.0.sign(message, signature)
        }
    }

    let sandbox = Sandbox::start().await;
    for algorithm in ALGORITHMS {
        let key = keys::key_called("kms-1", algorithm);
        let client_id = sandbox.register(&key);
        let key = Key::from_signer("kms-1", Elsewhere(key));
        assert!(key.public_key().is_none());
        let redox = Redox::builder()
            .base_url(sandbox.server.base_url())
            .oauth_key(client_id, key)
            .build()
            .unwrap();
        assert!(redox.token().await.is_ok(), "{algorithm}");
    }
}

#[tokio::test]
async fn an_assertion_that_was_signed_before_is_exchanged_without_a_key() {
    let sandbox = Sandbox::start().await;
    let signing = sandbox.client(keys::es256()).build().unwrap();
    let assertion = signing.assertion(sandbox.now()).unwrap();
    let redox = Redox::builder()
        .base_url(sandbox.server.base_url())
        .no_key()
        .build()
        .unwrap();
    let token = redox.exchange(&assertion).await.unwrap();
    let answer = sandbox.send_message_with(&redox, &token).await;
    assert_eq!(answer.status(), 200);
}

#[tokio::test]
async fn a_token_works_until_it_expires_and_then_is_answered_401() {
    let sandbox = Sandbox::start().await;
    let clocks = Clocks::with(sandbox.server.clock());
    let redox = sandbox.client(keys::es256()).clock(clocks.now());
    let redox = redox.build().unwrap();
    for _ in 0..2 {
        let assertion = redox.assertion(sandbox.now()).unwrap();
        let token = redox.exchange(&assertion).await.unwrap();
        let lifetime = token.expires_in().unwrap();
        let last = lifetime.saturating_sub(Duration::from_millis(1));
        for (step, status) in [(last, 200), (Duration::from_millis(1), 401)] {
            clocks.advance(step);
            let answer = sandbox.send_message_with(&redox, &token).await;
            assert_eq!(answer.status(), status, "{step:?} later");
            let is_over = redox.time_left(&token).is_zero();
            assert_eq!(is_over, status == 401, "{step:?} later");
        }
    }
    assert_eq!(sandbox.server.counters().unauthorized, 2);
}

#[tokio::test]
async fn a_legacy_key_gets_tokens_by_its_secret_and_by_the_refresh_token() {
    let sandbox = Sandbox::start().await;
    let clocks = Clocks::with(sandbox.server.clock());
    let key = sandbox.register_legacy();
    let redox = Redox::builder()
        .base_url(sandbox.server.base_url())
        .legacy_key(key.api_key(), key.expose_secret())
        .clock(clocks.now())
        .build()
        .unwrap();
    let day = Duration::from_secs(24 * 60 * 60);

    let first = redox.token().await.unwrap();
    assert_eq!(first.key_id(), None);
    assert_eq!(first.served_by(), Some(ServedBy::Legacy));
    // The fractions of two seconds are cut off.
    let second = Duration::from_secs(1);
    assert_eq!(first.expires_in(), Some(day - second));
    assert_eq!(sandbox.send_message(&redox).await.status(), 200);

    clocks.advance(day);
    let answer = sandbox.send_message_with(&redox, &first).await;
    assert_eq!(answer.status(), 401);
    let second = redox.token().await.unwrap();
    assert_ne!(second.expose(), first.expose());
    assert_eq!(sandbox.send_message(&redox).await.status(), 200);
    // The refresh token came along.
    clocks.advance(day);
    assert_eq!(sandbox.send_message(&redox).await.status(), 200);
    let counters = sandbox.server.counters();
    assert_eq!(
        (counters.legacy_authenticates, counters.legacy_refreshes),
        (1, 2)
    );
}

#[tokio::test]
async fn the_source_is_named_to_an_environment_that_has_several() {
    let sandbox = Sandbox::start().await;
    let search = async |redox: &Redox| {
        let path = "/fhir/R4/hospital/Development/Patient?family=Bixby";
        let request = redox.request(Method::GET, path).unwrap();
        redox.send(Api::Fhir, request).await.unwrap().status()
    };
    let without = sandbox.client(keys::es256()).build().unwrap();
    assert_ne!(search(&without).await, 200);
    let with = sandbox
        .client(keys::es256())
        .source_id(&sandbox.source_id)
        .build()
        .unwrap();
    assert_eq!(search(&with).await, 200);
}

#[tokio::test]
async fn the_scope_is_asked_for_and_the_granted_one_is_shown() {
    let sandbox = Sandbox::start().await;
    let scope = "fhir:development system/Patient.rs?category=a&b=c+d %41";
    let redox = sandbox.client(keys::es256()).scope(scope).build().unwrap();
    assert_eq!(redox.token().await.unwrap().scope(), Some(scope));
    let assertion = redox.assertion(sandbox.now()).unwrap();
    let token = redox.exchange(&assertion).await.unwrap();
    assert_eq!(token.scope(), Some(scope));
}

#[tokio::test]
async fn a_call_that_needs_another_kind_of_key_sends_nothing() {
    let server = Canned::always(good_token());
    let builder = || Redox::builder().base_url(server.url());
    let none = builder().no_key().build().unwrap();
    let legacy = builder().legacy_key("key", "secret");
    let tefca = legacy.policy(Policy::Tefca).build().unwrap();
    let legacy = builder().legacy_key("key", "secret").build().unwrap();
    for (case, outcome) in [
        ("a token without a key", none.token().await),
        ("a token of a legacy key for TEFCA", tefca.token().await),
    ] {
        let error = outcome.expect_err(case);
        let is_stopped = matches!(error, Error::Stopped(Stopped::NoCredential));
        assert!(is_stopped, "{case}: {error}");
    }
    let now = redox_auth_reqwest::UnixTime::from_secs(1_800_000_000);
    for (case, redox) in [("without a key", none), ("of a legacy key", legacy)] {
        let error = redox.assertion(now).expect_err(case);
        assert!(matches!(error, Error::WrongCredential { .. }), "{case}");
        let needed = "this call needs an OAuth API key";
        assert!(error.to_string().contains(needed), "{case}: {error}");
        let keys = redox.replace_keys([keys::es256()]);
        assert!(matches!(keys, Err(BuildError::Missing(_))), "{case}");
    }
    assert_eq!(server.requests(), [""; 0]);
}
