use cryptoki::object::Attribute;
use redox_auth_pkcs11::{Pin, Pkcs11Key};
use redox_auth_reqwest::{Algorithm, RemoteSigner, Signer};

use crate::softhsm::with_token;
use crate::support::{builder, client, register, sandbox, send_message};

#[test]
fn a_key_of_every_kind_gets_a_token_that_sends_a_message() {
    let test = "signing::a_key_of_every_kind_gets_a_token_that_sends_a_message";
    with_token(test, async |token| {
        let server = sandbox().await;
        for algorithm in Algorithm::ALL {
            token.generate(algorithm);
            let key = token.open(algorithm.as_str()).unwrap();
            send_message(&client(&server, key)).await;
        }
        let counters = server.counters();
        assert_eq!((counters.tokens_minted, counters.token_refusals), (7, 0));
        assert_eq!(counters.messages_accepted, 7);
    });
}

#[test]
fn tasks_that_sign_at_once_all_get_a_token() {
    let test = "signing::tasks_that_sign_at_once_all_get_a_token";
    with_token(test, async |token| {
        let server = sandbox().await;
        // Before anybody signs: SoftHSM 2.6.1 sometimes fails to make a key while another thread signs.
        for algorithm in Algorithm::ALL {
            token.generate(algorithm);
        }
        let mut tasks = tokio::task::JoinSet::new();
        for algorithm in Algorithm::ALL {
            let key = token.open(algorithm.as_str()).unwrap();
            let client_id = register(&server, &key);
            for _ in 0..16 {
                // Clients of one key, each with a token of its own.
                let redox = builder(&server, &client_id, key.clone()).build().unwrap();
                tasks.spawn(async move { redox.token().await.map(|_| ()) });
            }
        }
        for outcome in tasks.join_all().await {
            outcome.unwrap();
        }
        let counters = server.counters();
        assert_eq!((counters.tokens_minted, counters.token_refusals), (112, 0));
    });
}

#[test]
fn the_length_of_a_signature_is_as_announced() {
    let test = "signing::the_length_of_a_signature_is_as_announced";
    with_token(test, async |token| {
        for algorithm in Algorithm::ALL {
            token.generate(algorithm);
            let key = token.open(algorithm.as_str()).unwrap();
            let len = algorithm.signature_len().unwrap_or(256);
            assert_eq!(RemoteSigner::algorithm(&key), algorithm);
            assert_eq!(RemoteSigner::signature_len(&key), len);
            let signature = RemoteSigner::sign(&key, b"message").await.unwrap();
            assert_eq!(signature.len(), len, "{algorithm}");
            let mut signature = vec![0; len];
            let key: &dyn Signer = &key;
            tokio::task::block_in_place(|| key.sign(b"message", &mut signature)).unwrap();
        }
    });
}

#[test]
fn a_key_that_wants_a_login_for_each_signature_gets_it() {
    let test = "signing::a_key_that_wants_a_login_for_each_signature_gets_it";
    with_token(test, async |token| {
        let server = sandbox().await;
        let more = [Attribute::AlwaysAuthenticate(true)];
        token.generate_with(Algorithm::Rs384, "RS384", &more);
        let key = token.open("RS384").unwrap();
        for _ in 0..3 {
            key.signature(b"message").await.unwrap();
        }
        send_message(&client(&server, key)).await;

        // SoftHSM has no mechanism with a curve that takes its input in parts.
        token.generate_with(Algorithm::Es384, "ES384", &more);
        let error = token.open("ES384").unwrap_err().to_string();
        assert!(error.contains("CKA_ALWAYS_AUTHENTICATE"), "{error}");
        assert!(error.contains("CKM_ECDSA_SHA384, CKM_ECDSA"), "{error}");
    });
}

#[test]
fn a_login_that_has_ended_is_made_again() {
    let test = "signing::a_login_that_has_ended_is_made_again";
    with_token(test, async |token| {
        let server = sandbox().await;
        for algorithm in Algorithm::ALL {
            token.generate(algorithm);
            let key = token.open(algorithm.as_str()).unwrap();
            let redox = client(&server, key.clone());
            key.signature(b"message").await.unwrap();
            // The log-out of one session is that of all.
            token.in_session(|session| session.logout().unwrap());
            send_message(&redox).await;
        }
        assert_eq!(server.counters().token_refusals, 0);
    });
}

#[test]
fn a_module_that_another_part_of_the_process_uses_is_shared() {
    let test = "signing::a_module_that_another_part_of_the_process_uses_is_shared";
    with_token(test, async |token| {
        token.generate(Algorithm::Es256);
        // Its own initialisation comes first here, and ours in between.
        let inside = token.clone();
        let key = token.in_session(move |_| inside.open("ES256").unwrap());
        // The other part has ended the module's use by now.
        key.signature(b"message").await.unwrap();
        key.signature(b"message").await.unwrap();
    });
}

#[test]
fn a_pin_file_is_read_for_each_login() {
    let test = "signing::a_pin_file_is_read_for_each_login";
    with_token(test, async |token| {
        token.generate(Algorithm::Es256);
        let path = token.pin_file();
        let uri = token.uri("ES256").pin_file(&path);
        let key = Pkcs11Key::at(uri).open().unwrap();
        token.in_session(|session| {
            let changed = session.set_pin(&token.pin.into(), &"swordfish-1618".into());
            changed.unwrap();
            session.logout().unwrap();
        });
        crate::support::write_private(&path, "swordfish-1618\r\n");
        key.signature(b"message").await.unwrap();
        let held = Pkcs11Key::at(token.uri("ES256")).pin(Pin::new("swordfish-1618"));
        held.open().unwrap();
    });
}
