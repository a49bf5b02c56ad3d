use std::process::Command;
use std::sync::Barrier;

use cryptoki::session::SessionState;
use redox_auth_reqwest::Algorithm;

use crate::softhsm::{prepared, token, with_token};
use crate::support::{in_own_process, own_folder, run};

#[test]
fn eight_threads_that_open_at_once_all_get_the_key_200_times() {
    let test = "crowds::eight_threads_that_open_at_once_all_get_the_key_200_times";
    // Each time in a process of its own, since a module is initialised once in a process.
    if std::env::var_os(ROUND).is_some() {
        return open_eight_times_at_once();
    }
    in_own_process(test, prepared, async |folder| {
        token(folder).generate(Algorithm::Es256);
        for _ in 0..200 {
            let this = std::env::current_exe().unwrap();
            let mut round = Command::new(this);
            let shown = run(round.args(["--exact", test]).env(ROUND, "1"));
            assert!(shown.contains("1 passed"), "{shown}");
        }
    });
}

fn open_eight_times_at_once() {
    let token = token(own_folder().unwrap());
    let barrier = Barrier::new(8);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                barrier.wait();
                let key = token.open("ES256").unwrap();
                key.sign_blocking(b"message").unwrap();
            });
        }
    });
}

#[test]
fn keys_that_are_opened_and_dropped_leave_no_session_behind() {
    let test = "crowds::keys_that_are_opened_and_dropped_leave_no_session_behind";
    with_token(test, async |token| {
        token.generate(Algorithm::Es256);
        let open = || {
            let key = token.open("ES256").unwrap();
            key.sign_blocking(b"message").unwrap();
        };
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| (0..20).for_each(|_| open()));
            }
        });
        // The last session that is closed takes the login with it.
        crate::making::without_login(&token, |session| {
            let state = session.get_session_info().unwrap().session_state();
            assert_eq!(state, SessionState::RwPublic);
        });
    });
}

/// Tells a process that it is the one of a round.
const ROUND: &str = "REDOX_AUTH_TEST_ROUND";
