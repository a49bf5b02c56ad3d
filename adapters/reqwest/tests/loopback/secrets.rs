use core::time::Duration;

use redox_auth_core::{KeyMaterial, PRIVATE_KEY_SCRATCH_LEN, PrivateKey};
use redox_auth_reqwest::{
    Algorithm, Api, Environment, Instant, Key, Method, Now, Redox, Retries, SecretBytes,
    SharedRecord, SharedTokens, StoreError, StoreFuture, TokenSource as _, TurnId, UnixTime,
};

use crate::support::canned::{Answer, Canned};
use crate::support::keys::{self, ALGORITHMS};
use crate::support::{CLIENT_ID, assert_hidden, client_of, everything};

/// The numbers that must not be seen.
pub(crate) fn secrets_of(pkcs8: &[u8]) -> Vec<Vec<u8>> {
    let mut scratch = [0; PRIVATE_KEY_SCRATCH_LEN];
    let key = PrivateKey::parse(pkcs8, &mut scratch).unwrap();
    let numbers = match key.material() {
        KeyMaterial::Ec(ec) => vec![ec.secret],
        KeyMaterial::Rsa(rsa) => vec![rsa.d, rsa.p, rsa.q, rsa.dp, rsa.dq, rsa.q_inv],
        other => panic!("a kind of key without a test: {other:?}"),
    };
    // A beginning is as bad as the whole.
    numbers
        .into_iter()
        .map(|number| number[..12].to_vec())
        .collect()
}

#[tokio::test]
async fn no_type_shows_its_secrets() {
    for algorithm in ALGORITHMS {
        let pkcs8 = keys::pkcs8(algorithm);
        let secrets = secrets_of(&pkcs8);
        let secrets: Vec<&[u8]> = secrets.iter().map(Vec::as_slice).collect();
        let key = || Key::parse(&pkcs8).unwrap();
        let builder = || Redox::builder().oauth_key(CLIENT_ID, key());
        let shown = format!(
            "{:?} {:#?} {:?} {:#?} {:?} {:#?}",
            key(),
            key(),
            builder(),
            builder(),
            builder().build().unwrap(),
            builder().build().unwrap(),
        );
        assert_hidden(&shown, &secrets);
        // The names of a key may be shown, and must be.
        assert!(shown.contains(key().key_id()) && shown.contains(CLIENT_ID));
    }
}

#[tokio::test]
async fn a_legacy_key_and_its_tokens_are_not_shown() {
    let body = r#"{"accessToken":"access-hush","expires":"2099-11-21T20:52:35.000Z","refreshToken":"refresh-hush"}"#;
    let server = Canned::always(Answer::json("200 OK", body));
    let builder = || {
        Redox::builder()
            .base_url(server.url())
            .legacy_key("key-1", "secret-hush")
    };
    let redox = builder().build().unwrap();
    let token = redox.token().await.unwrap();
    let shown = format!(
        "{:?} {:#?} {:?} {:#?} {:?} {:#?}",
        builder(),
        builder(),
        redox,
        redox,
        token,
        token,
    );
    assert!(shown.contains("key-1") && shown.contains("86400"));
    assert_hidden(&shown, &[b"access-hush", b"refresh-hush", b"secret-hush"]);
}

#[tokio::test]
async fn an_oauth_token_is_not_shown() {
    let body = r#"{"access_token":"access-hush","expires_in":"300","scope":"all"}"#;
    let server = Canned::always(Answer::json("200 OK", body));
    let redox = client_of(&server).build().unwrap();
    let token = redox.token().await.unwrap();
    assert_eq!(token.expose(), "access-hush");
    let copy = token.clone();
    drop(token);
    let request = redox.request(Method::GET, "/endpoint").unwrap();
    let answer = redox.send(Api::DataModel, request).await;
    let shown = format!("{copy:?} {copy:#?} {redox:?} {answer:?}");
    assert!(shown.contains("300") && shown.contains("all"), "{shown}");
    assert_hidden(&shown, &[b"access-hush"]);
}

#[tokio::test]
async fn secrets_under_way_are_not_shown() {
    let body = r#"{"access_token":"access-hush","expires_in":"300"}"#;
    let server = Canned::always(Answer::json("200 OK", body));
    let store = RecordStore;
    let builder = || {
        client_of(&server)
            .also_key(keys::key_called("key-2", Algorithm::Rs384))
            .legacy_key("key-3", "secret-hush")
            .audience("https://as.example")
            .upload_url(server.url())
            .source_id("source-1")
            .shared_tokens(store)
            .retries(Retries::default())
            .clock(|| Now {
                instant: Instant::from_millis(1_000_000),
                unix: Some(UnixTime::from_secs(1_800_000_000)),
            })
            .http(|http| http)
            .api_client(reqwest::Client::new())
    };
    let redox = builder().build().unwrap();
    let url = format!("{}/path-hush?query-hush", server.url());
    let authorization = redox.authorize(Api::Other, &url).await.unwrap();
    let fhir = redox.fhir("hospital", Environment::Production);
    let calls = [
        redox.post(&url).body("body-hush"),
        fhir.get("path-hush?query-hush"),
        redox.upload("name-hush", "body-hush"),
    ];
    let record = store.load().await.unwrap().unwrap();
    let shown = format!(
        "{:?} {:#?} {redox:?} {redox:#?} {authorization:?} {authorization:#?} {fhir:?} {fhir:#?} {calls:?} {calls:#?} \
         {record:?} {record:#?} {:?} {:?} {:?}",
        builder(),
        builder(),
        record.record,
        Retries::default(),
        TurnId::from_random([1; 16]),
    );
    // The public parts are shown, which proves that there was output.
    for name in ["key-3", "source-1", "SecretBytes([redacted])"] {
        assert!(shown.contains(name), "{name} is not in {shown}");
    }
    assert_hidden(
        &shown,
        &[
            b"access-hush",
            b"secret-hush",
            b"path-hush",
            b"query-hush",
            b"body-hush",
            b"name-hush",
            b"record-hush",
        ],
    );
    for call in calls {
        // The canned server is no FHIR server: whatever the error says, it does not say that.
        if let Err(error) = call.timeout(Duration::ZERO).send().await {
            assert_hidden(&everything(&error), &[b"path-hush", b"query-hush"]);
        }
    }
}

/// A store with a record that is of no use to anybody.
#[derive(Clone, Copy, Debug)]
struct RecordStore;

impl SharedTokens for RecordStore {
    fn load(&self) -> StoreFuture<'_, Option<SharedRecord>> {
        let record = SharedRecord {
            record: SecretBytes::new(b"record-hush".to_vec().into()),
            lives_for: Duration::from_secs(100),
        };
        Box::pin(async { Ok(Some(record)) })
    }

    fn store<'s>(&'s self, _: &'s [u8], _: Duration) -> StoreFuture<'s, ()> {
        Box::pin(async { Err(StoreError::new("out of order")) })
    }

    fn take_turn(&self, _: TurnId, _: Duration) -> StoreFuture<'_, bool> {
        Box::pin(async { Ok(true) })
    }

    fn end_turn(&self, _: TurnId) -> StoreFuture<'_, ()> {
        Box::pin(async { Ok(()) })
    }
}

#[test]
fn a_key_that_cannot_be_read_is_not_shown() {
    for algorithm in ALGORITHMS {
        let pkcs8 = keys::pkcs8(algorithm);
        let secrets = secrets_of(&pkcs8);
        let secrets: Vec<&[u8]> = secrets.iter().map(Vec::as_slice).collect();
        let pem = keys::pem("PRIVATE KEY", &pkcs8);
        let jwk = keys::jwk(&pkcs8, "key-1").to_string();
        let half = |text: &str| text.as_bytes()[..text.len() * 2 / 3].to_vec();
        for (case, content) in [
            ("half a PEM", half(&pem)),
            ("half a JWK", half(&jwk)),
            (
                "another label",
                pem.replace("PRIVATE", "ENCRYPTED PRIVATE").into_bytes(),
            ),
            (
                "another alg",
                jwk.replace("\"alg\":\"", "\"alg\":\"x").into_bytes(),
            ),
            ("half a DER", pkcs8[..pkcs8.len() * 2 / 3].to_vec()),
        ] {
            let error = Key::parse(&content).expect_err(case);
            let shown = everything(&error);
            assert!(error.to_string().contains("found"), "{case}: {shown}");
            assert_hidden(&shown, &secrets);
            for line in pem.lines().filter(|line| !line.starts_with('-')) {
                assert!(!shown.contains(line), "{case}: {shown}");
            }
        }
    }
    assert!(Key::parse(&keys::pkcs8(Algorithm::Es256)).is_ok());
}
