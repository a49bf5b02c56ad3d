use tokio::net::TcpSocket;

use crate::canned::{Answer, Canned};
use crate::support::{Folder, Outcome, assert_hidden};

const TOKEN: &str = r#"{"access_token":"an-access-token-to-hide","expires_in":300}"#;

/// Asks a server for a token with the key in `key.pem`.
fn token(folder: &Folder, options: &[&str]) -> Outcome {
    folder
        .call(&["token", "--client-id", "client-1", "--key", "key.pem"])
        .args(options)
        .run()
}

#[test]
fn each_bad_answer_of_a_token_endpoint_ends_with_its_code_and_shows_no_secret() {
    let folder = Folder::new();
    folder.make_key("key.pem", "ES384");
    let key = folder.read("key.pem");
    let ok = |body: &str| Answer::json("200 OK", body);
    let page = "<!DOCTYPE html>\n<html><body>Sign in to the hotel's network</body></html>";
    let html = |status| Answer::with(status, "content-type: text/html", page);
    let padded = format!(r#"{{"padding":"{}"}}"#, "x".repeat(1_000_000));
    let nested = |depth: usize| format!(r#"{{"a":{}"#, "[".repeat(depth));
    let too_long = "expected an answer of at most 65536 bytes, found a longer one";
    for (case, answer, code, part) in [
        (
            "HTML",
            html("200 OK"),
            3,
            "expected a JSON object, found HTML",
        ),
        ("1 MB of JSON", ok(&padded), 3, too_long),
        ("arrays 100,000 deep", ok(&nested(100_000)), 3, too_long),
        (
            "arrays 60,000 deep",
            ok(&nested(60_000)),
            3,
            "nested at most 64 deep, found more",
        ),
        (
            "an empty body",
            ok(""),
            3,
            "expected a JSON object, found nothing",
        ),
        ("nothing", Answer::raw(""), 3, "no answer from "),
        (
            "garbage",
            Answer::raw("garbage\r\n\r\n"),
            3,
            "no answer from ",
        ),
        (
            "half a token",
            ok(&TOKEN[..30]),
            3,
            "expected a JSON object, found an early end",
        ),
        (
            "no token",
            ok("{}"),
            3,
            "expected the member `access_token`, found none",
        ),
        (
            "an endless body",
            Answer::endless("HTTP/1.1 200 OK\r\n\r\n", "{\"a\":"),
            3,
            too_long,
        ),
        (
            "a token with a fault",
            Answer::json("500 Oops", TOKEN),
            1,
            r#"said:  "{"access_token":"[redacted]","expires_in":300}""#,
        ),
        (
            "a token of another type",
            ok(r#"{"access_token":"an-access-token-to-hide","token_type":"DPoP"}"#),
            3,
            "the token endpoint sent a token of the type \"DPoP\"",
        ),
        (
            "a token with a 404",
            Answer::json("404 Not Found", TOKEN),
            1,
            "check its URL",
        ),
        (
            "HTML with a 401",
            html("401 Unauthorized"),
            1,
            "said:  \"<!DOCTYPE html> <html><body>Sign in to the hotel's network</body></html>\"",
        ),
        (
            "too many requests",
            html("429 Too Many Requests"),
            1,
            "wait and try again",
        ),
        (
            "a redirect",
            Answer::with("307 Temporary Redirect", "location: /elsewhere?a=b", ""),
            1,
            "/elsewhere\"\n",
        ),
        (
            "a page with a title",
            Answer::with(
                "200 OK",
                "content-type: text/html",
                "<title>Sign in to the hotel</title>",
            ),
            3,
            "found the web page \"Sign in to the hotel\"; check its URL",
        ),
        (
            "a coded answer",
            Answer::with("200 OK", "content-encoding: br", "\u{b}"),
            3,
            "is coded (br)",
        ),
    ] {
        let server = Canned::always(answer);
        for option in ["--base-url", "--token-url"] {
            let before = server.requests().len();
            let shown = token(&folder, &[option, &server.url()]).failed(code);
            assert!(shown.contains(part), "{case}: {shown}");
            assert_hidden(&shown, "an-access-token-to-hide");
            assert_hidden(&shown, &key);
            let requests = server.requests();
            assert_eq!(requests.len(), before + 1, "{case}");
            let (_, assertion) = requests[before].split_once("client_assertion=").unwrap();
            assert_hidden(&shown, &assertion.replace('.', "\n"));
        }
    }
}

#[test]
fn every_servers_own_words_are_shown_as_they_came() {
    let folder = Folder::new();
    folder.make_key("key.pem", "ES384");
    for (server, status, body, words) in [
        (
            "Oracle Health",
            "401 Unauthorized",
            r#"{"error":"invalid_client","error_uri":"https://authorization.cerner.com/errors/urn%3Acerner%3Aerror%3Aauthorization-server%3Aoauth2%3Atoken%3Ainvalid-signature/instances/1?client=unknown"}"#,
            r#""invalid_client"; see https://authorization.cerner.com/errors/urn:cerner:error:authorization-server:oauth2:token:invalid-signature/instances/1?client=unknown"#,
        ),
        (
            "CMS DPC",
            "401 Unauthorized",
            r#"{"code":401,"message":"Access Scope must be 'system/*.*'"}"#,
            r#""Access Scope must be 'system/*.*'""#,
        ),
        (
            "PDND",
            "400 Bad Request",
            r#"{"errors":[{"code":"015-0008","detail":"Unable to generate a token for the given request"}],"status":400}"#,
            r#""Unable to generate a token for the given request""#,
        ),
        (
            "athenaFlex",
            "401 Unauthorized",
            r#"{"status":"error","statusmessage":"invalid_client","description":"Client's key is unknown"}"#,
            r#""invalid_client": "Client's key is unknown""#,
        ),
        (
            "a FHIR server",
            "403 Forbidden",
            r#"{"resourceType":"OperationOutcome","issue":[{"diagnostics":"Access denied"}]}"#,
            r#""Access denied""#,
        ),
        (
            "PRODA",
            "500 Oops",
            "Unable to retrieve device data",
            r#""Unable to retrieve device data""#,
        ),
        (
            "Epic",
            "400 Bad Request",
            r#"{"error":"invalid_client","error_description":null}"#,
            r#""invalid_client""#,
        ),
        ("nothing", "403 Forbidden", "", "none"),
    ] {
        let canned = Canned::always(Answer::json(status, body));
        let shown = token(&folder, &["--base-url", &canned.url()]).failed(1);
        assert!(
            shown.contains(&format!("  server said:  {words}\n")),
            "{server}: {shown}"
        );
        let hint = shown.lines().find(|line| line.contains("likely cause:"));
        assert!(
            hint.is_some_and(|hint| !hint.contains("Redox")),
            "{server}: {shown}"
        );
    }
    let canned = Canned::always(Answer::json(
        "403 Forbidden",
        "This source is not authorized.",
    ));
    let shown = folder
        .call(&["token", "--base-url", &canned.url()])
        .env("REDOX_LEGACY_API_KEY", "legacy-1")
        .env("REDOX_LEGACY_SECRET", "a-legacy-secret-to-hide")
        .run()
        .failed(1);
    let words = "  server said:  \"This source is not authorized.\"\n";
    assert!(shown.contains(words), "{shown}");
}

#[test]
fn a_second_key_is_used_whatever_the_server_says_of_the_first() {
    let folder = Folder::new();
    folder.make_key("key.pem", "ES384");
    folder.make_key("new.pem", "ES384");
    for (status, body) in [
        (
            "400 Bad Request",
            r#"{"error":"invalid_client","error_description":null}"#,
        ),
        ("401 Unauthorized", r#"{"error":"unauthorized_client"}"#),
        (
            "400 Bad Request",
            r#"{"error":"invalid_request","error_description":"no"}"#,
        ),
        ("403 Forbidden", "<html>no</html>"),
        ("401 Unauthorized", r#"{"code":401,"message":"no"}"#),
    ] {
        let canned = Canned::start(vec![
            Answer::json(status, body),
            Answer::json("200 OK", TOKEN),
        ]);
        let outcome = token(&folder, &["--key", "new.pem", "--base-url", &canned.url()]);
        assert_eq!(outcome.code, Some(0), "{body}: {outcome:#?}");
        assert!(
            outcome.stderr.contains("note: the command used key ID"),
            "{body}: {outcome:#?}"
        );
        assert_eq!(canned.requests().len(), 2, "{body}");
    }
}

#[test]
fn less_scope_than_asked_for_is_a_note() {
    let folder = Folder::new();
    folder.make_key("key.pem", "ES384");
    let granted = r#"{"access_token":"an-access-token-to-hide","expires_in":300,"scope":"system/Patient.rs"}"#;
    let canned = Canned::always(Answer::json("200 OK", granted));
    let url = canned.url();
    let asked = |scope| ["--base-url", &url, "--scope", scope];
    let outcome = token(&folder, &asked("system/Patient.rs system/Group.rs"));
    let note = "note: the server granted less scope than requested; not granted: system/Group.rs";
    assert!(outcome.stderr.contains(note), "{outcome:#?}");
    assert_eq!(outcome.code, Some(0));
    let outcome = token(&folder, &asked("system/Patient.rs"));
    assert_eq!(outcome.stderr, "", "{outcome:#?}");

    let doctor = folder
        .call(&["doctor", "--client-id", "client-1", "--key", "key.pem"])
        .args(&asked("system/Patient.rs system/Group.rs"))
        .run();
    let line = "warn  scope: the server granted less scope than requested; not granted: system/Group.rs; allow the scope";
    assert!(doctor.stdout.contains(line), "{doctor:#?}");
}

#[test]
fn a_port_where_nobody_listens_is_no_answer() {
    let folder = Folder::new();
    folder.make_key("key.pem", "ES256");
    // Taken, so that nobody else gets it, and not listening.
    let taken = TcpSocket::new_v4().unwrap();
    taken.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = taken.local_addr().unwrap();
    let url = format!("http://{address}");
    let shown = token(&folder, &["--base-url", &url]).failed(3);
    let place = format!("{} port {}", address.ip(), address.port());
    assert!(shown.contains(&place), "{shown}");
    assert!(shown.to_lowercase().contains("refused"), "{shown}");
}

#[test]
fn a_url_that_secrets_must_not_go_to_is_refused_before_anything_is_sent() {
    let folder = Folder::new();
    folder.make_key("key.pem", "ES256");
    for (url, found) in [
        ("http://api.redoxengine.com", "found http to another host"),
        ("http://192.0.2.1", "found http to another host"),
        ("http://localhost.as.example", "found http to another host"),
        (
            "https://me:hush-hush-hush@as.example",
            "found an @ before the path",
        ),
        ("https://as.example/#token", "found a #"),
        ("ftp://as.example", "the URL must start with https://"),
        ("as.example", "the URL must start with https://"),
        ("", "the URL must start with https://"),
    ] {
        for (option, name) in [("--base-url", "base URL"), ("--token-url", "token URL")] {
            let shown = token(&folder, &[option, url]).failed(2);
            let start = format!("redox-auth: {name}: ");
            assert!(shown.starts_with(&start), "{url}: {shown}");
            assert!(shown.contains(found), "{url}: {shown}");
            assert_hidden(&shown, "hush-hush-hush");
        }
    }
}

#[test]
fn an_audience_that_is_no_name_is_refused_before_anything_is_signed() {
    let folder = Folder::new();
    folder.make_key("key.pem", "ES256");
    for audience in ["", "redox", "/v2/auth/token"] {
        let shown = token(&folder, &["--audience", audience]).failed(2);
        assert!(
            shown.contains("audience: expected a URL, such as that of the token endpoint"),
            "{shown}"
        );
        assert!(shown.contains(&format!("found {audience:?}")), "{shown}");
    }
}
