use serde_json::Value;

use crate::canned::{Answer, Canned};
use crate::running::Running;
use crate::support::{Call, Folder, Redox, assert_hidden};

fn token(name: &str, secs: u32) -> Answer {
    let body = format!(r#"{{"access_token":"{name}","expires_in":{secs}}}"#);
    Answer::json("200 OK", &body)
}

fn busy() -> Answer {
    Answer::with("503 Service Unavailable", "retry-after: 1", "")
}

/// Watches a server that gives these answers.
fn watch(folder: &Folder, server: &Canned, options: &[&str]) -> Call {
    folder.make_key("key.pem", "ES256");
    let call = folder.call(&["token", "--watch", "--client-id", "c", "--key", "key.pem"]);
    call.args(&["--token-url", &server.url()]).args(options)
}

#[test]
fn each_token_is_printed_once_until_the_end() {
    for signal in ["-INT", "-TERM"] {
        let folder = Folder::new();
        let server = Canned::start(vec![
            token("first", 2),
            token("second", 2),
            token("third", 300),
        ]);
        let running = Running::start(watch(&folder, &server, &[]));
        for name in ["first", "second", "third"] {
            assert_eq!(running.line(), name);
        }
        assert_eq!(running.end_by(signal), (Some(0), vec![]), "{signal}");
        assert_eq!(server.requests().len(), 3);
    }
}

#[test]
fn as_json_each_token_is_a_line() {
    let redox = Redox::start();
    let running = Running::start(redox.call(&["token", "--watch", "--json"]));
    let token: Value = serde_json::from_str(&running.line()).unwrap();
    assert_eq!(token["expires_in"], 300);
    assert_eq!(running.end_by("-INT"), (Some(0), vec![]));
}

#[test]
fn a_refusal_is_said_and_the_next_token_comes_all_the_same() {
    for (answers, said) in [
        // Without a token, and with a token that is valid meanwhile.
        (vec![busy(), token("first-token-to-hide", 300)], 0),
        (
            vec![
                token("first-token-to-hide", 4),
                busy(),
                token("another", 300),
            ],
            1,
        ),
    ] {
        let folder = Folder::new();
        let server = Canned::start(answers);
        let running = Running::start(watch(&folder, &server, &[]));
        for _ in 0..said {
            running.line();
        }
        let refusal = running.said();
        assert!(
            refusal.starts_with("redox-auth: the server refused"),
            "{refusal}"
        );
        assert!(refusal.contains("status 503"), "{refusal}");
        let last = running.line();
        let (code, left) = running.end_by("-TERM");
        assert_eq!(code, Some(0), "{last}: {left:?}");
        assert_hidden(&left.join("\n"), "first-token-to-hide");
    }
}

#[test]
fn what_no_waiting_mends_is_the_end() {
    let folder = Folder::new();
    let server = Canned::always(busy());
    let call = watch(&folder, &server, &["--audience", "no URL"]);
    assert!(call.run().failed(2).contains("audience"));
    let shown = watch(&Folder::new(), &server, &["--assertion", "-"]).run();
    assert_eq!(shown.code, Some(2), "{shown:#?}");
    assert!(server.requests().is_empty());
}
