use redox_auth_sandbox::http::Method;
use serde_json::Value;

use crate::support::*;

#[tokio::test]
async fn an_archive_has_what_har_1_2_requires() {
    let redox = Redox::start().await;
    let token = redox.token("har").await;
    redox.send(message(&token)).await;
    let archive = redox.api(Method::GET, "traffic.har", Value::Null).await;
    let log = &archive["log"];
    assert_eq!(log["version"], "1.2");
    assert_eq!(log["creator"]["name"], "redox-auth-sandbox");
    let entries = log["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 2, "the oldest first");
    for entry in entries {
        for name in [
            "startedDateTime",
            "time",
            "request",
            "response",
            "cache",
            "timings",
        ] {
            assert!(!entry[name].is_null(), "{name}");
        }
        for name in [
            "method",
            "url",
            "httpVersion",
            "cookies",
            "headers",
            "queryString",
        ] {
            assert!(!entry["request"][name].is_null(), "{name}");
        }
        for name in [
            "status",
            "statusText",
            "cookies",
            "headers",
            "content",
            "redirectURL",
        ] {
            assert!(!entry["response"][name].is_null(), "{name}");
        }
        assert!(entry["request"]["bodySize"].as_i64().unwrap() > 0);
    }
    assert_eq!(entries[0]["request"]["url"], redox.server.token_url());
    let posted = entries[0]["request"]["postData"]["text"].as_str().unwrap();
    assert!(
        posted.contains("client_assertion=%5Bredacted%5D"),
        "{posted}"
    );
    let filtered = redox
        .api(Method::GET, "traffic.har?kind=message", Value::Null)
        .await;
    assert_eq!(filtered["log"]["entries"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_copied_command_runs_in_a_shell_and_gives_the_same_request() {
    let redox = Redox::start().await;
    let assertion = sign(&header("key-1"), &redox.claims("curl"));
    redox.send(token_request("not.this.one")).await;
    let command = redox.get("/api/traffic/1/curl").await.text;
    assert!(command.starts_with("curl -X POST 'http://"), "{command}");
    // A shell function stands for curl: the words it gets are those of the request.
    let script = format!("curl() {{ printf '%s\\n' \"$@\"; }}; {command}");
    let shown = std::process::Command::new("sh")
        .args(["-euc", &script])
        .env("CLIENT_ASSERTION", &assertion)
        .output()
        .unwrap();
    assert!(shown.status.success(), "{shown:?}");
    let words = String::from_utf8(shown.stdout).unwrap();
    let words: Vec<_> = words.lines().collect();
    assert!(
        words.contains(&redox.server.token_url().as_str()),
        "{words:?}"
    );
    assert!(
        words.contains(&"grant_type=client_credentials"),
        "{words:?}"
    );
    let expected = format!("client_assertion={assertion}");
    assert!(words.contains(&expected.as_str()), "{words:?}");
}
