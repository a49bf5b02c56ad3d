use core::hint::black_box;

use redox_auth_contender::{KeyName, Task, Work};
use redox_auth_core::{Api, Next, Session};

use super::work;
use crate::offer::OURS;
use crate::sessions::{later, started, with_token};

/// What is asked of a session again and again, and what carries it over a reboot.
pub(super) fn works(task: &Task) -> Vec<Work> {
    let identity = started(task, KeyName::Es256);
    let session = with_token(&identity);
    let other = with_token(&identity);
    let kept = with_token(&identity);
    let mut record = [0; 2048];
    let saved = kept.save(later(), &mut record).expect("a record").to_vec();
    vec![
        work(
            "next, with a fresh token",
            OURS,
            "`Session::next`",
            move || matches!(session.next(black_box(later().instant)), Next::Use { .. }),
        ),
        work(
            "authorize a request",
            OURS,
            "`Session::authorize`",
            move || {
                let now = black_box(later().instant);
                let authorized = other.authorize(now, Api::DataModel, black_box(ENDPOINT));
                authorized.expect("a token").expose_token().expose().len()
            },
        ),
        work("save", OURS, "`Session::save`", move || {
            kept.save(black_box(later()), &mut record)
                .expect("a record")
                .len()
        }),
        work(
            "restore",
            OURS,
            "`Session::new` and `Session::restore`",
            move || {
                // One that has a token takes no other.
                let mut fresh = Session::<_, [u8; 1024]>::new(identity);
                fresh
                    .restore(black_box(later()), black_box(&saved))
                    .expect("a good record");
                fresh
            },
        ),
    ]
}

const ENDPOINT: &str = "https://api.redoxengine.com/endpoint";
