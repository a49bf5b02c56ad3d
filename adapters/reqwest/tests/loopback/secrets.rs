use redox_auth_core::{KeyMaterial, PRIVATE_KEY_SCRATCH_LEN, PrivateKey};
use redox_auth_reqwest::{Algorithm, Api, Key, Method, Redox};

use crate::support::canned::{Answer, Canned};
use crate::support::keys::{self, ALGORITHMS};
use crate::support::{CLIENT_ID, assert_hidden, client_of, everything};

/// The numbers that must not be seen.
fn secrets_of(pkcs8: &[u8]) -> Vec<Vec<u8>> {
    let mut scratch = [0; PRIVATE_KEY_SCRATCH_LEN];
    let key = PrivateKey::parse(pkcs8, &mut scratch).unwrap();
    let numbers = match key.material() {
        KeyMaterial::Ec(ec) => vec![ec.secret],
        KeyMaterial::Rsa(rsa) => vec![rsa.d, rsa.p, rsa.q, rsa.dp, rsa.dq, rsa.q_inv],
    };
    // A beginning is as bad as the whole.
    numbers
        .into_iter()
        .map(|number| number[..12].to_vec())
        .collect()
}

#[tokio::test]
async fn no_type_shows_what_it_keeps() {
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
        // What says which key it is may be seen, and has to be.
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
    assert!(shown.contains("key-1") && shown.contains("4098977555"));
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
