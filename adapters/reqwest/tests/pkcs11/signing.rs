use cryptoki::session::SessionState;
use redox_auth_reqwest::Algorithm;

use crate::support::{builder, client, register, sandbox, send_message, with_token};

#[test]
fn a_key_of_every_kind_gets_a_token_that_sends_a_message() {
    let test = "signing::a_key_of_every_kind_gets_a_token_that_sends_a_message";
    with_token(test, async |token| {
        let server = sandbox().await;
        for algorithm in Algorithm::ALL {
            let redox = client(&server, token.new_key(algorithm));
            send_message(&redox).await;
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
        let mut tasks = tokio::task::JoinSet::new();
        for algorithm in Algorithm::ALL {
            let key = token.new_key(algorithm);
            let client_id = register(&server, &key.jwk_set().unwrap());
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
fn a_login_that_has_ended_is_made_again() {
    let test = "signing::a_login_that_has_ended_is_made_again";
    with_token(test, async |token| {
        let server = sandbox().await;
        for algorithm in Algorithm::ALL {
            let key = token.new_key(algorithm);
            let redox = client(&server, key.clone());
            key.sign_blocking(b"message").unwrap();
            let session = token.session();
            let state = || session.get_session_info().unwrap().session_state();
            // It ends that of all sessions.
            session.logout().unwrap();
            assert_eq!(state(), SessionState::RwPublic);
            send_message(&redox).await;
            assert_eq!(state(), SessionState::RwUser);
        }
    });
}

#[test]
fn the_length_of_a_signature_is_as_announced() {
    let test = "signing::the_length_of_a_signature_is_as_announced";
    with_token(test, async |token| {
        for algorithm in Algorithm::ALL {
            use redox_auth_reqwest::RemoteSigner as _;

            let len = algorithm.signature_len().unwrap_or(256);
            let key = token.new_key(algorithm);
            assert_eq!((key.algorithm(), key.signature_len()), (algorithm, len));
            let signature = key.sign(b"message").await.unwrap();
            assert_eq!(signature.len(), len, "{algorithm}");
        }
    });
}
