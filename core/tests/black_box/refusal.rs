//! The refusals of a token endpoint: the party that has to act, and a hint for a person.

use redox_auth_core::{ErrorCode, Reason, Refused, TokenReply};
use serde_json::json;

/// A parsed refusal, owned.
#[derive(Debug)]
struct Refusal {
    refused: Refused,
    error: Option<String>,
    description: Option<String>,
    uri: Option<String>,
}

fn refusal(status: u16, body: impl AsRef<[u8]>) -> Refusal {
    let mut body = body.as_ref().to_vec();
    match TokenReply::parse(status, &mut body) {
        Ok(TokenReply::Refusal(refusal)) => {
            let words = refusal.words(&[]);
            Refusal {
                refused: refusal.refused,
                error: words.error().map(|it| it.to_string()),
                description: words.description().map(|it| it.to_string()),
                uri: words.uri().map(|it| it.to_string()),
            }
        }
        other => panic!("{status}: {other:?}"),
    }
}

fn oauth(error: &str, description: &str) -> Refused {
    let body = json!({ "error": error, "error_description": description });
    refusal(400, body.to_string()).refused
}

#[test]
fn the_words_of_the_server_are_kept() {
    let body = concat!(
        r#"{"error":"invalid_request","error_description":"Missing \u0022client\u0022 assertion \ud83d\udc4d","#,
        r#""error_uri":"https:\/\/docs.redoxengine.com\/permalink\/7sEi7MTFssZ1JuHpUYLeYJ","trace":[1]}"#
    );
    let refusal = refusal(400, body);
    assert_eq!(refusal.refused.status, 400);
    assert_eq!(refusal.refused.code, Some(ErrorCode::InvalidRequest));
    assert_eq!(refusal.error.as_deref(), Some("invalid_request"));
    assert_eq!(
        refusal.description.as_deref(),
        Some("Missing \"client\" assertion 👍")
    );
    assert_eq!(
        refusal.uri.as_deref(),
        Some("https://docs.redoxengine.com/permalink/7sEi7MTFssZ1JuHpUYLeYJ")
    );
}

#[test]
fn every_text_on_redoxs_page_has_its_reason_and_a_hint() {
    for (description, reason, hint) in [
        ("", Reason::Blank, "clock"),
        (
            "x-www-form-urlencoded content-type required",
            Reason::Request,
            "fault of the program",
        ),
        (
            "Missing grant_type parameter",
            Reason::Request,
            "fault of the program",
        ),
        (
            "The grant_type parameter should equal 'client_credentials'",
            Reason::Request,
            "fault of the program",
        ),
        (
            "Missing client assertion type",
            Reason::Request,
            "fault of the program",
        ),
        (
            "Invalid client assertion type",
            Reason::Request,
            "fault of the program",
        ),
        (
            "Missing client assertion",
            Reason::Request,
            "fault of the program",
        ),
        (
            "JWT header kid property is required",
            Reason::Request,
            "fault of the program",
        ),
        (
            "Public key not found, check client_id, kid and Redox dashboard settings",
            Reason::KeyNotFound,
            "client ID and key ID",
        ),
        (
            "Unexpected aud claim value",
            Reason::Claim("aud"),
            "audience",
        ),
        (
            "Unexpected \"iss\" claim value",
            Reason::Claim("iss"),
            "client ID",
        ),
        (
            "Unexpected sub claim value",
            Reason::Claim("sub"),
            "client ID",
        ),
        (
            "Unexpected jti claim value",
            Reason::Claim("jti"),
            "a new one",
        ),
        (
            "Unexpected made-up claim value",
            Reason::Claim("(another)"),
            "claim",
        ),
        (
            "Unexpected iat claim value",
            Reason::Clock,
            "clocks disagree",
        ),
        (
            "Unexpected 'exp' claim value",
            Reason::Clock,
            "clocks disagree",
        ),
    ] {
        // Redox writes `invalid_request` where the standard has `invalid_client`.
        for code in ["invalid_request", "invalid_client"] {
            let refused = oauth(code, description);
            assert_eq!(refused.reason, reason, "{code}, {description:?}");
            let display = refused.to_string();
            let start = format!("the server refused with status 400 and the error {code}: ");
            assert!(display.starts_with(&start), "{display}");
            assert!(display.contains(hint), "{description:?}: {display}");
        }
    }
}

#[test]
fn the_words_of_other_servers_are_sorted_as_far_as_they_go() {
    for (error, description, reason) in [
        (
            "invalid_client",
            "client authentication failed",
            Reason::Client,
        ),
        (
            "invalid_client",
            "client assertion tokens must only be used once, jti seen",
            Reason::Claim("jti"),
        ),
        ("invalid_client", "JTI was already used", Reason::Replay),
        ("invalid_client", "Token reuse detected", Reason::Replay),
        ("invalid_client", "the assertion is expired", Reason::Clock),
        (
            "invalid_client",
            "Token was issued too far in the past to be used now",
            Reason::Clock,
        ),
        ("invalid_client", "Invalid Audience", Reason::Claim("aud")),
        ("invalid_grant", "Token expired", Reason::Clock),
        ("invalid_grant", "", Reason::Client),
        (
            "invalid_request",
            "Invalid 'alg' header, must be 'RS512'",
            Reason::Claim("alg"),
        ),
        ("invalid_request", "something new", Reason::Client),
        ("unsupported_grant_type", "", Reason::Request),
        ("unsupported_grant_type", "the key expired", Reason::Request),
        ("unauthorized_client", "", Reason::NotAllowed),
        (
            "invalid_scope",
            "requested scope is not allowed",
            Reason::NotAllowed,
        ),
        (
            "invalid_grant",
            "Access Scope must be 'system/*.*'",
            Reason::NotAllowed,
        ),
        ("temporarily_unavailable", "", Reason::TryLater),
        ("server_error", "oops", Reason::TryLater),
        ("slow_down", "", Reason::Unknown),
        (
            "public_key error",
            "JWT signature verification failed",
            Reason::Unknown,
        ),
        ("", "", Reason::Unknown),
    ] {
        let refused = oauth(error, description);
        assert_eq!(refused.reason, reason, "{error}, {description:?}");
        assert!(!refused.reason.hint().is_empty());
    }
}

#[test]
fn a_word_counts_as_a_whole_and_a_key_that_expired_is_no_clock() {
    for (description, reason) in [
        // `iat`, `exp` and `aud` occur in them.
        (
            "the key is not associated with the client",
            Reason::KeyNotFound,
        ),
        ("the client is not affiliated", Reason::Client),
        ("not as expected", Reason::Client),
        ("the request looks fraudulent", Reason::Client),
        ("no replayable request", Reason::Client),
        // Whole words, in any surroundings.
        ("IAT", Reason::Clock),
        ("claim 'iat'", Reason::Clock),
        ("claim \"iat\" is wrong", Reason::Clock),
        ("(exp)", Reason::Clock),
        ("check iat.", Reason::Clock),
        ("the assertion has expired", Reason::Clock),
        // The text is about a registered key, not about the assertion.
        ("key expired", Reason::KeyNotFound),
        ("Your certificate has expired", Reason::KeyNotFound),
        ("the client's secret has expired", Reason::Client),
    ] {
        let refused = oauth("invalid_client", description);
        assert_eq!(refused.reason, reason, "{description:?}");
    }
}

#[test]
fn a_hint_names_what_to_check_and_no_server() {
    for (error, description) in [
        ("invalid_request", ""),
        ("invalid_client", ""),
        ("invalid_client", "no"),
        ("something_else", ""),
    ] {
        let hint = oauth(error, description).reason.hint();
        for thing in [
            "client ID",
            "`kid`",
            "algorithm",
            "audience",
            "scope",
            "clock",
        ] {
            assert!(hint.contains(thing), "{error}: {thing} is not in {hint}");
        }
    }
    let reasons = [
        Reason::Request,
        Reason::KeyNotFound,
        Reason::Claim("aud"),
        Reason::Claim("alg"),
        Reason::Claim("jti"),
        Reason::Claim("iss"),
        Reason::Claim("sub"),
        Reason::Claim("(another)"),
        Reason::Clock,
        Reason::Replay,
        Reason::Client,
        Reason::Secret,
        Reason::Blank,
        Reason::NotAllowed,
        Reason::WrongEndpoint,
        Reason::TryLater,
        Reason::Unknown,
    ];
    for reason in reasons {
        assert!(!reason.hint().contains("Redox"), "{reason:?}");
    }
}

#[test]
fn codes_are_those_of_the_standard() {
    for (wire, code) in [
        ("invalid_request", ErrorCode::InvalidRequest),
        ("invalid_client", ErrorCode::InvalidClient),
        ("invalid_grant", ErrorCode::InvalidGrant),
        ("unauthorized_client", ErrorCode::UnauthorizedClient),
        ("unsupported_grant_type", ErrorCode::UnsupportedGrantType),
        ("invalid_scope", ErrorCode::InvalidScope),
        ("temporarily_unavailable", ErrorCode::TemporarilyUnavailable),
        ("server_error", ErrorCode::ServerError),
    ] {
        assert_eq!(oauth(wire, "").code, Some(code));
        assert_eq!(code.to_string(), wire);
    }
    assert_eq!(oauth("INVALID_CLIENT", "").code, Some(ErrorCode::Other));
}

#[test]
fn a_body_that_is_no_oauth_error_is_sorted_by_its_status() {
    for (status, body, reason) in [
        (401, "Invalid request", Reason::Unknown),
        (401, "", Reason::Unknown),
        (400, "{\"message\":\"no\"}", Reason::Unknown),
        (403, "<html>Forbidden</html>", Reason::Unknown),
        (404, "Not Found", Reason::WrongEndpoint),
        (405, "", Reason::WrongEndpoint),
        (301, "", Reason::WrongEndpoint),
        (
            302,
            "<a href=\"https://elsewhere.example\">Found</a>",
            Reason::WrongEndpoint,
        ),
        (307, "", Reason::WrongEndpoint),
        (429, "", Reason::TryLater),
        (429, "{\"retry\":1}", Reason::TryLater),
        (500, "{\"message\":\"oops\"}", Reason::TryLater),
        (502, "<html>Bad Gateway</html>", Reason::TryLater),
        (503, "", Reason::TryLater),
        (599, "{", Reason::TryLater),
        (100, "", Reason::Unknown),
        (600, "", Reason::Unknown),
        (0, "\u{0}", Reason::Unknown),
    ] {
        let refusal = refusal(status, body);
        let expected = (status, None, reason);
        let refused = refusal.refused;
        let got = (refused.status, refused.code, refused.reason);
        assert_eq!(got, expected, "{status} {body:?}");
        assert_eq!(
            (refusal.error, refusal.description, refusal.uri),
            (None, None, None)
        );
        assert!(
            refused
                .to_string()
                .starts_with(&format!("the server refused with status {status}: "))
        );
    }
}

#[test]
fn a_server_that_is_busy_or_broken_is_not_taken_at_its_word() {
    for status in [429, 500, 503] {
        let refused = refusal(status, r#"{"error":"invalid_client"}"#).refused;
        assert_eq!(refused.reason, Reason::TryLater, "{status}");
        assert_eq!(refused.code, Some(ErrorCode::InvalidClient), "{status}");
    }
}

#[test]
fn an_error_with_a_status_of_success_is_a_refusal() {
    let body = r#"{"error":"invalid_request","error_description":""}"#;
    let refused = refusal(200, body).refused;
    assert_eq!((refused.status, refused.reason), (200, Reason::Blank));
}

#[test]
fn an_error_beside_a_token_that_is_null_is_a_refusal() {
    let refused = refusal(200, r#"{"access_token":null,"error":"invalid_request"}"#).refused;
    assert_eq!((refused.status, refused.reason), (200, Reason::Blank));
}

#[test]
fn a_blank_description_may_be_left_out_or_null() {
    for body in [
        r#"{"error":"invalid_request"}"#,
        r#"{"error":"invalid_request","error_description":null}"#,
        r#"{"error":"invalid_request","error_description":""}"#,
    ] {
        assert_eq!(refusal(400, body).refused.reason, Reason::Blank, "{body}");
    }
}

#[test]
fn without_success_any_body_is_a_refusal() {
    for body in [
        "{\"error\":null}",
        "{\"error\":{\"code\":401}}",
        "{\"error\":42,\"error_description\":\"no\"}",
        "{\"error\":\"invalid_client\",\"error_description\":{}}",
        "{\"error\":\"invalid_client\",\"error_uri\":[]}",
        "{\"error\":\"invalid_client\",\"error\":\"invalid_request\"}",
        "{\"error\":\"invalid_client\"",
    ] {
        assert_eq!(refusal(400, body).refused.status, 400, "{body}");
    }
    assert_eq!(refusal(500, b"\xff\xfe").refused.status, 500);
    assert_eq!(refusal(500, "[".repeat(100_000)).refused.status, 500);
}
