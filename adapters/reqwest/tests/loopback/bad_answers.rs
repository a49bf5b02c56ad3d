use core::time::Duration;

use redox_auth_reqwest::{AnswerError, Error, ParseError, Reason, Redox};
use redox_auth_sandbox::http::StatusCode;
use tokio::net::TcpSocket;

use crate::support::canned::{Answer, Canned};
use crate::support::clocks::Clocks;
use crate::support::{assert_hidden, client_of, everything, good_token};

const TOKEN: &str = r#"{"access_token":"never-shown","token_type":"Bearer","expires_in":300}"#;

/// Asks for a token, checks that the server was asked once and that the error holds nothing of what was sent or
/// answered, and returns it.
async fn failure(server: &Canned, case: &str) -> Error {
    let redox = client_of(server).build().unwrap();
    let error = match redox.token().await {
        Err(error) => error,
        Ok(_) => panic!("{case}: a token"),
    };
    let request = server.only_request();
    let (_, assertion) = request.split_once("client_assertion=").unwrap();
    let mut secrets: Vec<&[u8]> = assertion.split('.').map(str::as_bytes).collect();
    secrets.push(b"never-shown");
    assert_hidden(&everything(&error), &secrets);
    error
}

async fn parse_error(server: &Canned, case: &str) -> ParseError {
    match failure(server, case).await.cause() {
        Error::Answer(AnswerError::Parse(error)) => *error,
        other => panic!("{case}: {other}"),
    }
}

#[tokio::test]
async fn success_without_a_token_names_the_answer() {
    let ok = |body: &str| Answer::json("200 OK", body);
    let html = Answer::with(
        "200 OK",
        "content-type: text/html",
        "<!DOCTYPE html><html><body>never-shown</body></html>",
    );
    let deep = |opening: &str| ok(&opening.repeat(30_000 / opening.len()));
    for (case, answer, found) in [
        ("HTML", html, "found HTML"),
        ("nothing", ok(""), "found nothing"),
        ("white space", ok(" \r\n\t"), "found nothing"),
        (
            "no content",
            Answer::raw("HTTP/1.1 204 No Content\r\n\r\n"),
            "found nothing",
        ),
        ("plain text", ok("never-shown"), "found something else"),
        (
            "an array",
            ok(&format!("[{TOKEN}]")),
            "found something else",
        ),
        ("deep arrays", deep("["), "found something else"),
        (
            "deep arrays in an object",
            ok(&format!(r#"{{"a":{}"#, "[".repeat(30_000))),
            "nested at most 64 deep, found more",
        ),
        (
            "deep objects",
            deep(r#"{"a":"#),
            "nested at most 64 deep, found more",
        ),
        (
            "half of it",
            ok(&TOKEN[..TOKEN.len() / 2]),
            "found an early end",
        ),
        (
            "one byte less",
            ok(&TOKEN[..TOKEN.len() - 1]),
            "found an early end",
        ),
        (
            "more after it",
            ok(&format!("{TOKEN}x")),
            "found a syntax error",
        ),
        (
            "an empty object",
            ok("{}"),
            "the member `access_token`, found none",
        ),
        (
            "the token twice",
            ok(r#"{"access_token":"never-shown","access_token":"never-shown"}"#),
            "one member `access_token`, found two",
        ),
        (
            "a number for a token",
            ok(r#"{"access_token":1234}"#),
            "`access_token` to be a string, found another type",
        ),
        (
            "a token with a line break in it",
            ok(r#"{"access_token":"never-shown\r\nx: y"}"#),
            "`access_token` to be printable ASCII",
        ),
        (
            "a lifetime of nothing",
            ok(r#"{"access_token":"never-shown","expires_in":0}"#),
            "a positive number of seconds, found another",
        ),
    ] {
        let server = Canned::always(answer);
        let shown = parse_error(&server, case).await.to_string();
        assert!(shown.contains("expected"), "{case}: {shown}");
        assert!(shown.contains(found), "{case}: {shown}");
    }
}

#[tokio::test]
async fn bytes_that_are_no_text_are_no_token() {
    let mut answer = b"HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n{\"access_token\":\"".to_vec();
    answer.extend_from_slice(&[0xff, b'"', b'}']);
    let server = Canned::always(Answer::Once(answer));
    let shown = parse_error(&server, "bytes").await.to_string();
    assert!(
        shown.contains("expected JSON in UTF-8, found other bytes"),
        "{shown}"
    );
}

#[tokio::test]
async fn an_answer_that_is_too_long_is_not_read_to_its_end() {
    let padded = |len: usize| {
        let rest = TOKEN.strip_prefix('{').unwrap();
        format!(r#"{{"padding":"{}",{rest}"#, "x".repeat(len))
    };
    let chunk = format!("400\r\n{}\r\n", "x".repeat(1024));
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    let unbounded = "HTTP/1.1 200 OK\r\n\r\n";
    for (case, answer) in [
        ("1 MB of JSON", Answer::json("200 OK", &padded(1_000_000))),
        (
            "arrays 100,000 deep",
            Answer::json("200 OK", &"[".repeat(100_000)),
        ),
        ("chunks without end", Answer::endless(chunked, &chunk)),
        ("bytes without end", Answer::endless(unbounded, "{\"a\":\"")),
    ] {
        let server = Canned::always(answer);
        match failure(&server, case).await.cause() {
            Error::AnswerTooLong { limit } => assert_eq!(*limit, 65_536, "{case}"),
            other => panic!("{case}: {other}"),
        }
    }
    // A refusal is one however long its page is.
    let server = Canned::always(Answer::json("503 Service Unavailable", &padded(1_000_000)));
    match failure(&server, "a refusal of 1 MB").await.cause() {
        Error::Refused(answer) => assert_eq!(answer.refused.status, 503),
        other => panic!("a refusal of 1 MB: {other}"),
    }
    // One byte less than too long is read.
    let head = padded(0).len();
    for (len, good) in [(65_536, true), (65_537, false)] {
        let server = Canned::always(Answer::json("200 OK", &padded(len - head)));
        let token = client_of(&server).build().unwrap().token().await;
        assert_eq!(token.is_ok(), good, "{len} bytes");
    }
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_no_token_even_when_it_looks_whole() {
    let len = TOKEN.len();
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    for (case, bytes) in [
        (
            "a body shorter than announced",
            format!(
                "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{TOKEN}",
                len + 1
            ),
        ),
        (
            "chunks without the last",
            format!("{chunked}{len:x}\r\n{TOKEN}\r\n"),
        ),
        ("a wrong chunk", format!("{chunked}{TOKEN}")),
        (
            "two lengths",
            format!("HTTP/1.1 200 OK\r\ncontent-length: {len}\r\ncontent-length: 2\r\n\r\n{TOKEN}"),
        ),
        ("nothing at all", String::new()),
        ("half a head", "HTTP/1.1 200 OK\r\ncontent-".to_owned()),
        ("no HTTP", TOKEN.to_owned()),
        ("another protocol", "SSH-2.0-OpenSSH_9.2p1\r\n".to_owned()),
        (
            "a head without end",
            format!("HTTP/1.1 200 OK\r\n{}", "a: b\r\n".repeat(100_000)),
        ),
    ] {
        let server = Canned::always(Answer::raw(&bytes));
        let error = failure(&server, case).await;
        let is_transport = matches!(error.cause(), Error::Transport(_));
        assert!(is_transport, "{case}: {error}");
        let shown = error.to_string();
        assert!(
            shown.starts_with("no answer from 127.0.0.1: "),
            "{case}: {shown}"
        );
    }
}

#[tokio::test]
async fn a_body_longer_than_announced_is_cut_where_it_was_announced_to_end() {
    let len = TOKEN.len() - 1;
    let bytes = format!("HTTP/1.1 200 OK\r\ncontent-length: {len}\r\n\r\n{TOKEN}");
    let server = Canned::always(Answer::raw(&bytes));
    let shown = parse_error(&server, "cut").await.to_string();
    assert!(shown.contains("found an early end"), "{shown}");
}

#[tokio::test]
async fn a_status_that_is_no_success_never_yields_a_token() {
    let html = "<html>\n<body>try 'again'</body></html>";
    for (status, reason) in [
        ("300 Multiple Choices", Reason::WrongEndpoint),
        ("304 Not Modified", Reason::WrongEndpoint),
        ("400 Bad Request", Reason::Unknown),
        ("401 Unauthorized", Reason::Unknown),
        ("403 Forbidden", Reason::Unknown),
        ("404 Not Found", Reason::WrongEndpoint),
        ("405 Method Not Allowed", Reason::WrongEndpoint),
        ("429 Too Many Requests", Reason::TryLater),
        ("500 Internal Server Error", Reason::TryLater),
        ("502 Bad Gateway", Reason::TryLater),
        ("503 Service Unavailable", Reason::TryLater),
        ("504 Gateway Timeout", Reason::TryLater),
    ] {
        let answers = [
            (
                "a token",
                Answer::json(status, TOKEN),
                Some(
                    r#""{"access_token":"[redacted]","token_type":"[redacted]","expires_in":300}""#,
                ),
            ),
            (
                "HTML",
                Answer::with(status, "content-type: text/html", html),
                Some(r#""<html> <body>try 'again'</body></html>""#),
            ),
            (
                "a time to wait",
                Answer::with(status, "retry-after: 0", ""),
                None,
            ),
        ];
        for (body, answer, words) in answers {
            let case = format!("{status} with {body}");
            let server = Canned::always(answer);
            match failure(&server, &case).await.cause() {
                Error::Refused(answer) => {
                    assert_eq!(answer.refused.reason, reason, "{case}");
                    let code = StatusCode::from_u16(answer.refused.status).unwrap();
                    assert!(status.starts_with(code.as_str()), "{case}");
                    let words = words.filter(|_| !status.starts_with("304"));
                    assert_eq!(answer.words(), words, "{case}");
                }
                other => panic!("{case}: {other}"),
            }
        }
    }
}

#[tokio::test]
async fn a_success_that_is_an_error_is_a_refusal() {
    let body = r#"{"error":"invalid_client","error_description":"who are you?"}"#;
    let server = Canned::always(Answer::json("200 OK", body));
    match failure(&server, "an error").await.cause() {
        Error::Refused(answer) => {
            assert_eq!(
                answer.words().unwrap(),
                r#""invalid_client": "who are you?""#
            );
        }
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn a_servers_words_cannot_move_the_cursor_or_fill_the_screen() {
    let long = "x".repeat(10_000);
    let body = format!(
        r#"{{"error":"invalid_client","error_description":"\u001b[2Jcleared\r\n\u0000\u202e{long}"}}"#
    );
    let server = Canned::always(Answer::json("401 Unauthorized", &body));
    let shown = failure(&server, "escapes").await.to_string();
    assert!(shown.contains("cleared") && shown.len() < 2_000, "{shown}");
    assert!(!shown.contains(char::is_control), "{shown:?}");
    assert!(!shown.contains('\u{202e}'), "{shown:?}");
}

#[tokio::test]
async fn a_legacy_answer_that_is_none_is_treated_alike() {
    let ok = |body: &str| Answer::json("200 OK", body);
    let token = r#"{"accessToken":"never-shown","expires":"2099-11-21T20:52:35.000Z"}"#;
    let html = Answer::with("200 OK", "content-type: text/html", "<html>never-shown");
    let denied = Answer::with(
        "401 Unauthorized",
        "content-type: text/html; charset=utf-8",
        "Invalid request",
    );
    for (case, answer, shown) in [
        ("HTML", html, "expected a JSON object, found HTML"),
        ("nothing", ok(""), "expected a JSON object, found nothing"),
        ("an OAuth token", ok(TOKEN), "expected the member `"),
        (
            "1 MB",
            ok(&" ".repeat(1_000_000)),
            "at most 65536 bytes, found a longer one",
        ),
        (
            "500 with a token",
            Answer::json("500 Oops", token),
            "the server has a fault",
        ),
        (
            "401",
            denied,
            "the API key and its secret do not belong together",
        ),
    ] {
        let server = Canned::always(answer);
        let redox = Redox::builder()
            .base_url(server.url())
            .legacy_key("key-1", "hush-hush")
            .build()
            .unwrap();
        let error = redox.token().await.expect_err(case);
        assert!(error.to_string().contains(shown), "{case}: {error}");
        assert_hidden(&everything(&error), &[b"never-shown", b"hush-hush"]);
        assert!(server.only_request().contains("hush-hush"), "{case}");
    }
}

#[tokio::test]
async fn a_closed_port_is_no_answer() {
    // Taken, so that nobody else gets it, and not listening.
    let taken = TcpSocket::new_v4().unwrap();
    taken.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let url = format!("http://{}", taken.local_addr().unwrap());
    let redox = Redox::builder()
        .base_url(&url)
        .legacy_key("key-1", "secret")
        .build()
        .unwrap();
    let error = redox.token().await.unwrap_err();
    assert!(matches!(error.cause(), Error::Transport(_)), "{error}");
    let shown = error.to_string();
    assert!(shown.contains("connection refused"), "{shown}");
}

#[tokio::test]
async fn a_server_that_stays_silent_is_given_up_when_the_time_is_over() {
    let server = Canned::always(Answer::Silence);
    let redox = client_of(&server)
        .token_timeout(Duration::from_millis(200))
        .build()
        .unwrap();
    match redox.token().await.unwrap_err().cause() {
        Error::Transport(error) => assert!(error.is_timeout(), "{error}"),
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn a_request_on_a_connection_that_was_kept_and_dies_is_not_sent_again() {
    // The server takes the second request and closes; a client that repeats it would get the third answer.
    let server = Canned::start(vec![good_token(), Answer::raw(""), good_token()]);
    let clocks = Clocks::alone();
    let redox = client_of(&server).clock(clocks.now()).build().unwrap();
    redox.token().await.unwrap();
    clocks.advance_secs(300);
    let error = redox.token().await.unwrap_err();
    assert!(matches!(error.cause(), Error::Transport(_)), "{error}");
    assert_eq!(server.requests().len(), 2);
    // The next attempt is a new request.
    clocks.advance_secs(1);
    redox.token().await.unwrap();
    assert_eq!(server.requests().len(), 3);
}
