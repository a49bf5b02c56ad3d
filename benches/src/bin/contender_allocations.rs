//! The number of allocations of calls, and the memory of sessions.
//!
//! A program of its own, because it counts in every allocation, which takes time.

use redox_auth_benches::{
    SESSION_COUNTS, cached_token, calls, many_sessions, offer, session_group,
};
use redox_auth_contender::{Task, Work, serve};
use serde_json::json;

fn main() -> std::io::Result<()> {
    serve(|task| {
        let calls = calls(task).into_iter().map(counted);
        let sessions = SESSION_COUNTS.map(|count| held(task, count));
        let adapter = cached_token(task).map(counted);
        calls.chain(sessions).chain(adapter).collect()
    })
}

fn counted(mut work: Work) -> Work {
    Work::bulk(work.offer().clone(), |_| ()).with_facts(move || {
        // Whatever is made once is made before.
        work.run(1);
        let found = allocation_counter::measure(|| work.run(1));
        json!({ "allocations": found.count_total })
    })
}

/// So many sessions, whose memory is counted while they are there.
fn held(task: &Task, count: usize) -> Work {
    let offer = offer(&session_group(count), "redox-auth", "");
    let make = many_sessions(task);
    Work::bulk(offer, |_| ()).with_facts(move || {
        // Whatever is made once is made before.
        drop(make(1));
        let mut sessions = None;
        let found = allocation_counter::measure(|| sessions = Some(make(count)));
        let bytes = u64::try_from(found.bytes_current).unwrap_or(0);
        drop(sessions);
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        json!({ "bytes_each": bytes.checked_div(count) })
    })
}
