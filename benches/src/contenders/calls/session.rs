use core::hint::black_box;

use redox_auth_contender::{KeyName, Task, Work};
use redox_auth_core::{Api, Next, Session};

use crate::inputs::offer::{OURS, work};
use crate::inputs::session::{later, started, with_token};

/// The frequent calls of a session, and the record that carries it over a reboot.
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
                // A session with a token accepts no other.
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
