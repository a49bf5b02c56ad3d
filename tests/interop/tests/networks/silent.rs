//! Connections with HTTP/2 that die without a word.

use std::fs;
use std::time::Instant;

use core::time::Duration;

use redox_auth_interop::Namespaces;

use crate::clinic::Clinic;

#[tokio::test(flavor = "multi_thread")]
async fn traffic_continues_after_a_change_of_address() {
    continues_after("new_address").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn traffic_continues_when_a_firewall_forgets_the_connections() {
    continues_after("forget_connections").await;
}

async fn continues_after(failure: &str) {
    let clinic = Clinic::start().await;
    clinic.write_messages(MESSAGES);
    let mut network = Namespaces::silent(clinic.folder.path());
    network.must("begin");
    network.must("wait_for 20");
    network.must(failure);
    let arrived: usize = network.must("arrived").trim().parse().unwrap();
    let failed = Instant::now();
    network.must(&format!("wait_for {}", arrived + JOBS + 1));
    let silent = failed.elapsed();
    let (code, _) = network.run("end");

    let file = |name: &str| fs::read_to_string(clinic.folder.path().join(name)).unwrap();
    let (outcomes, said, requests) = (file("outcomes"), file("said"), file("requests"));
    let count = |outcome: &str| {
        outcomes
            .matches(&format!(r#""outcome":"{outcome}""#))
            .count()
    };
    let (ok, unknown) = (count("ok"), count("unknown"));
    assert_eq!(ok + unknown, MESSAGES, "{said}");
    assert!((1..=JOBS).contains(&unknown), "{unknown} unknown: {said}");
    assert_eq!(code, 3, "{said}");
    // Pings find a dead connection after 9 s. Without them a request ends after 30 s.
    assert!(silent < Duration::from_secs(20), "{silent:?}: {said}");
    let lines = requests.lines();
    assert!(lines.clone().all(|line| line.starts_with("HTTP/2.0 ")));
    let messages = requests.lines().filter(|line| line.contains("/endpoint"));
    let messages = messages.count();
    assert!(
        (ok..=MESSAGES).contains(&messages),
        "none is sent twice: {messages}"
    );
}

const MESSAGES: usize = 100;

/// As many messages are under way at the same time.
const JOBS: usize = 8;
