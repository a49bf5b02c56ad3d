//! Servers that close idle connections just when the next message is sent on them.

use core::time::Duration;
use std::collections::HashMap;
use std::fs;
use std::sync::Arc;

use redox_auth_interop::Program;
use redox_auth_reqwest::{Key, Redox};
use tokio::sync::Barrier;
use tokio::time::sleep;

use crate::clinic::Clinic;

/// Node.js tells its clients when it will close the connection.
#[tokio::test(flavor = "multi_thread")]
async fn no_message_meets_an_idle_connection_that_node_closes() {
    let clinic = Clinic::start().await;
    let log = clinic.folder.path().join("messages");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/idle.mjs");
    let node = format!("node {script} {} {}", clinic.port, log.display());
    let _node = Program::start(&node, "listening");
    let unknown = send_when_they_close(&clinic, Duration::from_secs(2)).await;
    assert_eq!(unknown, 0);
}

/// nginx does not.
#[tokio::test(flavor = "multi_thread")]
async fn hardly_a_message_meets_an_idle_connection_that_nginx_closes() {
    let clinic = Clinic::start().await;
    let here = clinic.folder.path().display();
    let _nginx = clinic.nginx(&format!(
        "log_format message '$http_x_message'; access_log {here}/messages message;\n\
         server {{ listen 127.0.0.1:{} backlog=2000; keepalive_timeout 1s; keepalive_requests 100000;\n\
         location / {{ return 200 '{{}}'; }} }}",
        clinic.port
    ));
    let unknown = send_when_they_close(&clinic, Duration::from_secs(1)).await;
    // 0 to 3 on a busy machine. What counts is that none is sent twice and none with an answer is missing.
    assert!(unknown <= MESSAGES / 100, "{unknown}");
}

/// Makes a thousand connections, sends a message on each at about the moment when the server closes it, and tells how many
/// of these messages have no answer. None may arrive twice, and none with an answer may be missing.
async fn send_when_they_close(clinic: &Clinic, idle: Duration) -> usize {
    let key = Key::from_file(clinic.folder.path().join("key.pem")).unwrap();
    let redox = Redox::builder()
        .base_url(format!("http://127.0.0.1:{}", clinic.port))
        .token_url(format!(
            "http://127.0.0.1:{}/v2/auth/token",
            clinic.upstream()
        ))
        .audience(clinic.sandbox.token_url())
        .oauth_key(&clinic.client_id, key)
        .build()
        .unwrap();
    redox.token().await.unwrap();
    let send = async |redox: &Redox, id: String| {
        let sent = redox
            .post("/endpoint")
            .header("x-message", &id)
            .body("{}")
            .send()
            .await;
        match sent {
            // Read to the end, because the connection is free for the next request only then.
            Ok(answer) => answer.bytes().await.is_ok(),
            Err(_) => false,
        }
    };
    let all = Arc::new(Barrier::new(MESSAGES));
    let mut tasks = tokio::task::JoinSet::new();
    for index in 0..MESSAGES {
        let (redox, all) = (redox.clone(), Arc::clone(&all));
        tasks.spawn(async move {
            // Where this takes long, a connection may be closed meanwhile.
            let mut attempt = 0;
            while !send(&redox, format!("first-{index}-{attempt}")).await {
                attempt += 1;
            }
            all.wait().await;
            // From 20 ms before to 20 ms after the close.
            let offset = Duration::from_micros(40 * u64::try_from(index).unwrap());
            sleep(idle - Duration::from_millis(20) + offset).await;
            let id = format!("second-{index}");
            (send(&redox, id.clone()).await, id)
        });
    }
    let second = tasks.join_all().await;
    let log = fs::read_to_string(clinic.folder.path().join("messages")).unwrap();
    let mut arrived = HashMap::<_, usize>::new();
    for id in log.lines() {
        *arrived.entry(id).or_default() += 1;
    }
    assert!(
        arrived.values().all(|times| *times == 1),
        "one arrived twice"
    );
    for (answered, id) in &second {
        assert!(
            !answered || arrived.contains_key(id.as_str()),
            "{id} is lost"
        );
    }
    let unknown = second.iter().filter(|(answered, _)| !answered).count();
    println!("{unknown} of {MESSAGES} met the close");
    unknown
}

const MESSAGES: usize = 1_000;
