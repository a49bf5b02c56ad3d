use core::time::Duration;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Barrier;

use cryptoki::session::SessionState;
use redox_auth_pkcs11::{Error, Pin};
use redox_auth_reqwest::Algorithm;

use crate::making::without_login;
use crate::softhsm::{prepared, token, with_token};
use crate::support::{Token, in_own_process, own_folder, run};

/// In the process of a round: opens the key of this label from eight threads at once, and signs with each.
pub(crate) fn eight_at_once(token: fn(PathBuf) -> Token, key: &str) -> bool {
    if std::env::var_os(ROUND).is_none() {
        return false;
    }
    let token = token(own_folder().unwrap());
    let barrier = Barrier::new(8);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                barrier.wait();
                let key = token.open(key).unwrap();
                key.sign_blocking(b"message").unwrap();
            });
        }
    });
    true
}

/// Runs a test that often, each time in a process of its own, since a module is initialised once in a process.
pub(crate) fn rounds(test: &str, count: usize) {
    for _ in 0..count {
        let mut round = Command::new(std::env::current_exe().unwrap());
        let shown = run(round.args(["--exact", test]).env(ROUND, "1"));
        assert!(shown.contains("1 passed"), "{shown}");
    }
}

#[test]
fn eight_threads_that_open_at_once_all_get_the_key_200_times() {
    let test = "crowds::eight_threads_that_open_at_once_all_get_the_key_200_times";
    if eight_at_once(token, "ES256") {
        return;
    }
    in_own_process(test, prepared, async |folder| {
        token(folder).generate(Algorithm::Es256);
        rounds(test, 200);
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
        without_login(&token, |session| {
            let state = session.get_session_info().unwrap().session_state();
            assert_eq!(state, SessionState::RwPublic);
        });
    });
}

#[test]
fn threads_that_find_no_session_free_wait_or_are_told_so() {
    let test = "crowds::threads_that_find_no_session_free_wait_or_are_told_so";
    with_token(test, async |token| {
        token.generate(Algorithm::Es256);
        for (wait, may_fail) in [(Duration::ZERO, true), (Duration::from_secs(600), false)] {
            let key = token.builder("ES256").pin(Pin::new(token.pin));
            let key = key.sessions(1).wait(wait).open().unwrap();
            let sign = || match key.sign_blocking(b"message") {
                Ok(_) => 1,
                Err(Error::Busy { sessions: 1, .. }) if may_fail => 0,
                Err(error) => panic!("{error}"),
            };
            let signed: usize = std::thread::scope(|scope| {
                let threads =
                    (0..8).map(|_| scope.spawn(|| (0..20).map(|_| sign()).sum::<usize>()));
                let threads: Vec<_> = threads.collect();
                threads.into_iter().map(|it| it.join().unwrap()).sum()
            });
            assert!(signed > 0 && (may_fail || signed == 160), "{signed}");
        }
    });
}

/// Tells a process that it is the one of a round.
const ROUND: &str = "REDOX_AUTH_TEST_ROUND";
