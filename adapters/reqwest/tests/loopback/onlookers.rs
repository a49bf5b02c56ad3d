//! Who looks on by `tracing`.

use core::sync::atomic::{AtomicU32, Ordering};
use std::sync::OnceLock;

use redox_auth_reqwest::Redox;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber, subscriber};

use crate::support::canned::{Answer, Canned};
use crate::support::clocks::Clocks;
use crate::support::{client_of, good_token, is_inner, run_inner};

/// Asks the client back, whatever it hears of.
struct Onlooker;

static CLIENT: OnceLock<Redox> = OnceLock::new();
static HEARD: AtomicU32 = AtomicU32::new(0);

impl Subscriber for Onlooker {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        if event.metadata().target().starts_with("redox_auth") {
            let redox = CLIENT.get().unwrap();
            let _ = redox.counters();
            HEARD.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// In a process of its own: where other threads come to an event for the first time while a subscriber is set, `tracing` may
/// keep that event from it.
#[tokio::test]
async fn an_observer_may_call_the_client() {
    if !is_inner() {
        run_inner("onlookers::an_observer_may_call_the_client", &[]);
        return;
    }
    let _looking_on = subscriber::set_default(Onlooker);
    let server = Canned::start(vec![
        Answer::json("400 Bad Request", r#"{"error":"invalid_client"}"#),
        Answer::json("200 OK", "{}"),
        good_token(),
    ]);
    let clocks = Clocks::alone();
    let redox = client_of(&server).clock(clocks.now()).build().unwrap();
    let redox = CLIENT.get_or_init(|| redox);
    for (heard, is_there) in [(1, false), (2, false), (3, true)] {
        assert_eq!(redox.token().await.is_ok(), is_there);
        assert_eq!(HEARD.load(Ordering::Relaxed), heard);
        // Longer than any pause.
        clocks.advance_secs(86_400);
    }
}
