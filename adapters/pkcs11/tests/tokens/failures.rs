use std::fs;
use std::path::PathBuf;

use cryptoki::object::Attribute;
use redox_auth_pkcs11::{Error, KeyUri, ModuleProblem, Pin, Pkcs11Key};
use redox_auth_reqwest::{Algorithm, RequestError, SignError, WriteError};

use crate::making::without_login;
use crate::softhsm::{initialize, tokens, with_token};
use crate::support::{Token, client, said, sandbox};

#[test]
fn a_wrong_pin_is_named_and_not_shown() {
    let test = "failures::a_wrong_pin_is_named_and_not_shown";
    with_token(test, async |token| {
        token.generate(Algorithm::Es384);
        for wrong in ["swordfish-3141", "swordfish"] {
            for _ in 0..2 {
                let error = token.open_with("ES384", wrong).unwrap_err();
                let Error::PinRefused { answer, .. } = &error else {
                    panic!("{error}");
                };
                assert!(answer.code().starts_with("CKR_PIN_"), "{error}");
                let said = said(&error);
                assert!(said.contains(r#"C_Login at the token "redox""#), "{said}");
                let expected = "the program does not try this PIN again before its next start";
                assert!(said.contains(expected), "{said}");
            }
        }
        token.open("ES384").unwrap();
    });
}

/// Gives the token's user another PIN, as another program would.
fn change_pin(token: &Token, from: &str, to: &str) {
    let changed = without_login(token, |session| session.set_pin(&from.into(), &to.into()));
    changed.unwrap();
}

#[test]
fn a_pin_that_was_changed_is_tried_once() {
    let test = "failures::a_pin_that_was_changed_is_tried_once";
    with_token(test, async |token| {
        token.generate(Algorithm::Es256);
        let key = token.open("ES256").unwrap();
        change_pin(&token, token.pin, "another-1618");
        token.in_session_with("another-1618", |session| session.logout().unwrap());
        let refused = async || {
            let error = key.signature(b"message").await.unwrap_err();
            assert!(matches!(error, Error::PinRefused { .. }), "{error}");
            said(&error);
        };
        refused().await;
        // A second try would be right.
        change_pin(&token, "another-1618", token.pin);
        refused().await;
        assert!(matches!(key.last_error(), Some(Error::PinRefused { .. })));
    });
}

#[test]
fn a_pin_for_each_signature_that_was_changed_is_tried_once() {
    let test = "failures::a_pin_for_each_signature_that_was_changed_is_tried_once";
    with_token(test, async |token| {
        let more = [Attribute::AlwaysAuthenticate(true)];
        token.generate_with(Algorithm::Rs384, "RS384", &more);
        let key = token.open("RS384").unwrap();
        change_pin(&token, token.pin, "another-1618");
        let refused = async || {
            let error = key.signature(b"message").await.unwrap_err();
            assert!(matches!(error, Error::PinRefused { .. }), "{error}");
            said(&error);
        };
        // The token's user stays logged in.
        refused().await;
        // A second try would be right.
        change_pin(&token, "another-1618", token.pin);
        refused().await;
    });
}

#[test]
fn what_is_not_there_is_named_with_what_is() {
    let test = "failures::what_is_not_there_is_named_with_what_is";
    with_token(test, async |token| {
        token.generate(Algorithm::Es384);
        let open = |uri: KeyUri| {
            let opened = Pkcs11Key::at(uri).pin(Pin::new(token.pin)).open();
            said(&opened.unwrap_err())
        };
        for (uri, expected) in [
            (
                token.uri("key-2"),
                r#"token "redox": found no private key for pkcs11:token=redox;object=key-2; available: "ES384" (id "#,
            ),
            (
                token.uri("ES384").id([7]),
                "found no private key for pkcs11:token=redox;object=ES384;id=%07",
            ),
            (
                token.uri("ES384").token("other"),
                r#"found no token for pkcs11:token=other;object=ES384; available: "redox" (serial ""#,
            ),
            (
                token.uri("ES384").serial("1"),
                "found no token for pkcs11:token=redox;serial=1;object=ES384",
            ),
        ] {
            let said = open(uri);
            assert!(said.contains(expected), "{said}");
        }
        // Another pair of the same label.
        token.generate(Algorithm::Es384);
        let said_now = open(token.uri("ES384"));
        let expected = "found more than one private key for pkcs11:token=redox;object=ES384, choose one: \"ES384\" (id ";
        assert!(said_now.contains(expected), "{said_now}");
        // Nothing names a key, and there is more than one.
        let any = KeyUri::new().module(&token.module);
        assert!(open(any).contains("found more than one private key for pkcs11:, choose"));
        let error = Pkcs11Key::at(token.uri("ES384")).open().unwrap_err();
        assert!(said(&error).contains(r#"the token "redox" requires a PIN"#));
        let error = Pkcs11Key::at(KeyUri::new()).open().unwrap_err();
        assert!(matches!(error, Error::NoModule), "{error}");
    });
}

#[test]
fn tokens_of_one_label_are_told_apart_by_their_serial_numbers() {
    let test = "failures::tokens_of_one_label_are_told_apart_by_their_serial_numbers";
    with_token(test, async |token| {
        token.generate(Algorithm::Es256);
        let other = fs::read_dir(tokens(&token)).unwrap().count();
        assert_eq!(other, 1);
        initialize(&token.folder.join("softhsm2.conf"), "redox");
        let error = token.open("ES256").unwrap_err();
        let Error::Token { found, .. } = &error else {
            panic!("{error}");
        };
        assert_eq!(found.len(), 2, "{error}");
        assert!(said(&error).contains("choose one: \"redox\" (serial \""));
        let opened = found.iter().filter(|shown| {
            let serial = shown.split('"').nth(3).unwrap();
            let uri = token.uri("ES256").serial(serial);
            let opened = Pkcs11Key::at(uri).pin(Pin::new(token.pin)).open();
            opened.is_ok()
        });
        assert_eq!(opened.count(), 1);
    });
}

#[test]
fn what_is_no_module_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("text.so");
    fs::write(&text, "not a library").unwrap();
    let library = [
        "/lib/x86_64-linux-gnu/libm.so.6",
        "/lib/aarch64-linux-gnu/libm.so.6",
    ];
    let library = library
        .map(PathBuf::from)
        .into_iter()
        .find(|path| path.exists());
    type Is = fn(&ModuleProblem) -> bool;
    let cases: [(Option<PathBuf>, Is); 5] = [
        (Some(folder.path().join("gone.so")), |it| {
            matches!(it, ModuleProblem::Missing)
        }),
        (Some(folder.path().to_owned()), |it| {
            matches!(it, ModuleProblem::Folder)
        }),
        (Some(text), |it| matches!(it, ModuleProblem::NotLoaded(_))),
        (Some("libno-such-module.so".into()), |it| {
            matches!(it, ModuleProblem::NotLoaded(_))
        }),
        (library, |it| matches!(it, ModuleProblem::NotPkcs11)),
    ];
    for (path, is_expected) in cases {
        let Some(path) = path else { continue };
        let error = Pkcs11Key::at(KeyUri::new().module(&path))
            .open()
            .unwrap_err();
        let Error::Module { problem, .. } = &error else {
            panic!("{}: {error}", path.display());
        };
        assert!(is_expected(problem), "{error}");
        assert!(error.to_string().contains(&path.display().to_string()));
    }
}

#[test]
fn a_key_that_may_not_sign_is_named() {
    let test = "failures::a_key_that_may_not_sign_is_named";
    with_token(test, async |token| {
        let more = [Attribute::Sign(false), Attribute::Decrypt(true)];
        token.generate_with(Algorithm::Rs384, "RS384", &more);
        let error = token.open("RS384").unwrap_err();
        assert!(matches!(error, Error::CannotSign { .. }), "{error}");
        assert!(said(&error).contains("CKA_SIGN is false"));
    });
}

#[test]
fn a_token_that_goes_away_costs_a_typed_error() {
    let test = "failures::a_token_that_goes_away_costs_a_typed_error";
    with_token(test, async |token| {
        let server = sandbox().await;
        token.generate(Algorithm::Es384);
        let key = token.open("ES384").unwrap();
        let redox = client(&server, key.clone());
        let (here, away) = (tokens(&token), token.folder.join("away"));
        fs::rename(&here, &away).unwrap();

        let error = redox.token().await.unwrap_err();
        let expected = RequestError::Write(WriteError::Sign(SignError::Backend));
        assert!(
            matches!(error.cause(), redox_auth_reqwest::Error::NotWritten(found) if *found == expected),
            "{error}"
        );
        assert_eq!(server.counters().token_requests, 0);
        let error = key.last_error().unwrap();
        assert!(matches!(error, Error::Answer(_)), "{error}");
        assert!(said(&error).contains("answered CKR_GENERAL_ERROR"));

        // And it comes back.
        fs::rename(&away, &here).unwrap();
        key.signature(b"message").await.unwrap();
        assert!(key.last_error().is_none());
    });
}
