use core::cell::OnceCell;
use core::hint::black_box;

use redox_auth_contender::{KeyName, Task, Work};
use redox_auth_core::{Next, Session};

use crate::inputs::offer::{OURS, offer};
use crate::inputs::session::{Identity, later, started, with_token};

/// Many sessions in one process, asked in turn.
#[must_use]
pub fn sessions(task: &Task) -> Vec<Work> {
    SESSION_COUNTS
        .into_iter()
        .flat_map(|count| {
            let group = session_group(count);
            [
                asked_in_turn(task, count, &group),
                asked_when_due(task, count, &group),
            ]
        })
        .collect()
}

/// A way to make many sessions, each with a token, of one identity.
pub fn many_sessions(task: &Task) -> impl Fn(usize) -> Vec<Session<Identity>> + use<> {
    let identity = started(task, KeyName::Es256);
    move |count| (0..count).map(|_| with_token(&identity)).collect()
}

fn asked_in_turn(task: &Task, count: usize, group: &str) -> Work {
    let make = many_sessions(task);
    let offer = offer(group, OURS, "`Session::next` of one after the other");
    let sessions = OnceCell::new();
    Work::bulk(offer, move |times| {
        let sessions: &Vec<_> = sessions.get_or_init(|| make(count));
        let mut used = 0_u64;
        for session in sessions
            .iter()
            .cycle()
            .zip(0..times)
            .map(|(session, _)| session)
        {
            let next = session.next(black_box(later().instant));
            used = used.wrapping_add(u64::from(matches!(next, Next::Use { .. })));
        }
        assert_eq!(used, times);
    })
}

/// The answer of `next` is valid until a moment that it names. A program with many sessions keeps these moments together.
fn asked_when_due(task: &Task, count: usize, group: &str) -> Work {
    let make = many_sessions(task);
    let until = |session: &Session<Identity>| session.next(later().instant).until();
    let deadlines = OnceCell::new();
    let offer = offer(
        group,
        "redox-auth, when due",
        "`until` of the last answer of each, kept in a `Vec` beside the sessions",
    );
    Work::bulk(offer, move |times| {
        let make_all = || make(count).iter().filter_map(until).collect();
        let deadlines: &Vec<_> = deadlines.get_or_init(make_all);
        assert_eq!(deadlines.len(), count);
        let mut due = 0_u64;
        for deadline in deadlines
            .iter()
            .cycle()
            .zip(0..times)
            .map(|(deadline, _)| deadline)
        {
            due = due.wrapping_add(u64::from(*deadline <= black_box(later().instant)));
        }
        assert_eq!(due, 0);
    })
}

/// The name of the group of so many sessions.
#[must_use]
pub fn session_group(count: usize) -> String {
    format!("next, of {count} sessions")
}

/// The number of sessions at once.
pub const SESSION_COUNTS: [usize; 4] = [1, 10, 1_000, 100_000];
