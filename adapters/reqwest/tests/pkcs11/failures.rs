use std::fs;

use cryptoki::error::RvError;
use redox_auth_reqwest::{Algorithm, Error, RequestError, SignError, UnixTime, WriteError};

use crate::hsm_error::HsmError;
use crate::hsm_key::Place;
use crate::support::{PIN, client, open, said, sandbox, with_token};

#[test]
fn a_wrong_pin_is_named_and_not_shown() {
    let test = "failures::a_wrong_pin_is_named_and_not_shown";
    with_token(test, async |token| {
        token.generate(Algorithm::Es384);
        for wrong in ["swordfish-3141", "swordfish", ""] {
            let error = open(token.place("ES384"), wrong).err().unwrap();
            assert!(matches!(error, HsmError::PinRefused { .. }), "{error}");
            assert!(said(&error).contains("the token refused the PIN"));
        }
    });
}

#[test]
fn a_pin_that_was_changed_is_tried_once() {
    let test = "failures::a_pin_that_was_changed_is_tried_once";
    with_token(test, async |token| {
        let key = token.new_key(Algorithm::Es256);
        let session = token.session();
        session
            .set_pin(&PIN.into(), &"another-1618".into())
            .unwrap();
        session.logout().unwrap();
        let refused = || {
            let error = key.sign_blocking(b"message").unwrap_err();
            let code = RvError::PinIncorrect;
            assert!(
                matches!(error, HsmError::PinRefused { code: found } if found == code),
                "{error}"
            );
            said(&error);
        };
        refused();
        // A second try would be right.
        session
            .set_pin(&"another-1618".into(), &PIN.into())
            .unwrap();
        refused();
    });
}

#[test]
fn what_is_not_there_is_named() {
    let test = "failures::what_is_not_there_is_named";
    with_token(test, async |token| {
        token.generate(Algorithm::Es384);
        let right = token.place("ES384");
        let cases = [
            (
                Place {
                    key: "key-2".to_owned(),
                    ..right.clone()
                },
                r#"expected one private key with the label "key-2", found 0"#,
            ),
            (
                Place {
                    token: "other".to_owned(),
                    ..right.clone()
                },
                r#"expected one token with the label "other", found 0"#,
            ),
            (
                Place {
                    module: "/nowhere/module.so".into(),
                    ..right.clone()
                },
                "the PKCS#11 module does not work",
            ),
        ];
        for (place, expected) in cases {
            let error = open(place, PIN).err().unwrap();
            assert!(said(&error).contains(expected), "{error}");
        }
        // Another pair of the same label.
        token.generate(Algorithm::Es384);
        let error = open(right, PIN).err().unwrap();
        assert!(said(&error).contains("found 2"), "{error}");
    });
}

#[test]
fn a_token_that_goes_away_costs_a_typed_error() {
    let test = "failures::a_token_that_goes_away_costs_a_typed_error";
    with_token(test, async |token| {
        let server = sandbox().await;
        let key = token.new_key(Algorithm::Es384);
        let redox = client(&server, key.clone());
        fs::remove_dir_all(token.tokens()).unwrap();

        let error = redox.token().await.unwrap_err();
        let expected = RequestError::Write(WriteError::Sign(SignError::Backend));
        assert!(
            matches!(error.cause(), Error::NotWritten(found) if *found == expected),
            "{error}"
        );
        assert!(said(&error).contains("the holder of the key could not sign"));
        assert_eq!(server.counters().token_requests, 0);

        let error = key.sign_blocking(b"message").unwrap_err();
        assert!(matches!(error, HsmError::Token { found: 0, .. }), "{error}");
        said(&error);
    });
}

#[test]
fn an_assertion_that_nobody_waits_for_is_refused() {
    let test = "failures::an_assertion_that_nobody_waits_for_is_refused";
    with_token(test, async |token| {
        let server = sandbox().await;
        let redox = client(&server, token.new_key(Algorithm::Es384));
        let error = redox
            .assertion(UnixTime::from_secs(1_800_000_000))
            .unwrap_err();
        assert!(matches!(error, Error::WrongCredential { .. }), "{error}");
        assert!(said(&error).contains("without being waited for"));
    });
}
