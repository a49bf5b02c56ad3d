//! A session after a refusal: the party that has to act, and whether the session retries at once, soon or rarely.

use redox_auth_core::{
    Channel, ErrorCode, Next, ParseErrorKind, Reason, Received, Response, Stopped, UnixTime,
};

use crate::support::driver::{Driver, KEY_NOT_FOUND, Kind, START, legacy, oauth, refusal};

/// The next step of a session without a token after a refusal.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Then {
    /// Another request at once.
    AtOnce,
    /// Another request after about a second.
    Later,
    /// Another request after about a minute, and the reason for the operator.
    Rarely,
}

fn then<I>(driver: &Driver<I>, case: &str) -> Then
where
    I: redox_auth_core::Identity<Signer = crate::support::driver::FakeSigner>,
{
    let wait = driver.wait_millis();
    match driver.next() {
        Next::Fetch => Then::AtOnce,
        Next::Wait { .. } if (500..=1_000).contains(&wait) => Then::Later,
        Next::Stop { .. } if (54_000..=60_000).contains(&wait) => Then::Rarely,
        other => panic!("{case}: {other:?} for {wait} ms"),
    }
}

fn oauth_error(error: &str, description: &str) -> String {
    serde_json::json!({ "error": error, "error_description": description }).to_string()
}

#[test]
fn every_text_on_redoxs_page_stops_the_session_with_its_reason() {
    for (description, reason) in [
        ("", Reason::Blank),
        (
            "x-www-form-urlencoded content-type required",
            Reason::Request,
        ),
        ("Missing grant_type parameter", Reason::Request),
        (
            "The grant_type parameter should equal 'client_credentials'",
            Reason::Request,
        ),
        ("Missing client assertion type", Reason::Request),
        ("Invalid client assertion type", Reason::Request),
        ("Missing client assertion", Reason::Request),
        ("JWT header kid property is required", Reason::Request),
        (KEY_NOT_FOUND, Reason::KeyNotFound),
        ("Unexpected aud claim value", Reason::Claim("aud")),
        ("Unexpected iss claim value", Reason::Claim("iss")),
        ("Unexpected sub claim value", Reason::Claim("sub")),
        ("Unexpected jti claim value", Reason::Claim("jti")),
        ("Unexpected iat claim value", Reason::Clock),
        ("Unexpected exp claim value", Reason::Clock),
    ] {
        // Redox does not document the status, and uses one code where the standard has another.
        for status in [400, 401] {
            for (error, code) in [
                ("invalid_request", ErrorCode::InvalidRequest),
                ("invalid_client", ErrorCode::InvalidClient),
            ] {
                let case = format!("{status} {error} {description:?}");
                let mut driver = Driver::<_>::new(oauth(1));
                let received = driver.exchange(status, &oauth_error(error, description));
                assert_eq!(received, Kind::Refused(reason), "{case}");
                assert_eq!(then(&driver, &case), Then::Rarely, "{case}");
                let Next::Stop {
                    reason: Stopped::Refused(refused),
                    ..
                } = driver.next()
                else {
                    panic!("{case}: {:?}", driver.next());
                };
                let told = (refused.status, refused.code, refused.reason);
                assert_eq!(told, (status, Some(code), reason), "{case}");
                let shown = Stopped::Refused(refused).to_string();
                assert!(shown.contains(reason.hint()), "{case}: {shown}");
            }
        }
    }
}

#[test]
fn every_code_of_rfc_6749_is_told_from_what_passes_by_itself() {
    for (error, description, reason, expected) in [
        (
            "invalid_client",
            "unknown client",
            Reason::Client,
            Then::Rarely,
        ),
        (
            "invalid_client",
            "the jti was used already",
            Reason::Replay,
            Then::Rarely,
        ),
        (
            "invalid_client",
            "the assertion has expired",
            Reason::Clock,
            Then::Rarely,
        ),
        (
            "invalid_client",
            "unexpected audience",
            Reason::Claim("aud"),
            Then::Rarely,
        ),
        ("invalid_grant", "", Reason::Client, Then::Rarely),
        ("unauthorized_client", "", Reason::NotAllowed, Then::Rarely),
        ("unsupported_grant_type", "", Reason::Request, Then::Rarely),
        ("invalid_scope", "", Reason::NotAllowed, Then::Rarely),
        ("temporarily_unavailable", "", Reason::TryLater, Then::Later),
        ("server_error", "", Reason::TryLater, Then::Later),
        ("something_else", "", Reason::Unknown, Then::Rarely),
    ] {
        let case = format!("{error} {description:?}");
        let mut driver = Driver::<_>::new(oauth(1));
        let received = driver.exchange(400, &oauth_error(error, description));
        assert_eq!(received, Kind::Refused(reason), "{case}");
        assert_eq!(then(&driver, &case), expected, "{case}");
    }
}

#[test]
fn an_answer_without_an_oauth_error_is_sorted_by_its_status() {
    let html = "<html><body>401 Authorization Required</body></html>";
    for (status, body, reason, expected) in [
        (401, "Invalid request", Reason::Unknown, Then::Rarely),
        (401, "Invalid source secret", Reason::Unknown, Then::Rarely),
        (401, html, Reason::Unknown, Then::Rarely),
        (401, "", Reason::Unknown, Then::Rarely),
        (400, r#"{"message":"no"}"#, Reason::Unknown, Then::Rarely),
        (403, html, Reason::Unknown, Then::Rarely),
        (404, "Not Found", Reason::WrongEndpoint, Then::Rarely),
        (405, "", Reason::WrongEndpoint, Then::Rarely),
        (302, "", Reason::WrongEndpoint, Then::Rarely),
        (429, "", Reason::TryLater, Then::Later),
        (500, r#"{"message":"oops"}"#, Reason::TryLater, Then::Later),
        (502, html, Reason::TryLater, Then::Later),
        (503, "busy", Reason::TryLater, Then::Later),
        (504, "", Reason::TryLater, Then::Later),
        // Whatever their words are, these servers are broken.
        (
            503,
            r#"{"error":"invalid_client"}"#,
            Reason::TryLater,
            Then::Later,
        ),
        (
            429,
            r#"{"error":"invalid_request"}"#,
            Reason::TryLater,
            Then::Later,
        ),
    ] {
        let case = format!("{status} {body:?}");
        let mut driver = Driver::<_>::new(oauth(1));
        assert_eq!(
            driver.exchange(status, body),
            Kind::Refused(reason),
            "{case}"
        );
        assert_eq!(then(&driver, &case), expected, "{case}");
    }
}

#[test]
fn junk_with_status_200_is_tried_again_after_a_moment() {
    for (body, kind) in [
        ("", ParseErrorKind::Empty),
        (
            "<!DOCTYPE html><html>Sign in to the hotel's network</html>",
            ParseErrorKind::Html,
        ),
        ("Invalid request", ParseErrorKind::NotAnObject),
        ("{}", ParseErrorKind::Missing("access_token")),
        (r#"{"access_token":"on"#, ParseErrorKind::Truncated),
    ] {
        let mut driver = Driver::<_>::new(oauth(1));
        let Kind::Unusable(redox_auth_core::AnswerError::Parse(error)) = driver.exchange(200, body)
        else {
            panic!("{body:?} was used");
        };
        assert_eq!(error.kind, kind, "{body:?}");
        assert_eq!(then(&driver, body), Then::Later, "{body:?}");
        assert_eq!(driver.session.counters().failures, 1, "{body:?}");
    }
}

#[test]
fn a_refusal_with_status_200_is_a_refusal() {
    let mut driver = Driver::<_>::new(oauth(1));
    let received = driver.exchange(200, &refusal("Missing client assertion"));
    assert_eq!(received, Kind::Refused(Reason::Request));
    assert_eq!(then(&driver, "200"), Then::Rarely);
}

#[test]
fn a_legacy_key_is_refused_by_status_alone() {
    for (status, body, reason, expected) in [
        (401, "Invalid request", Reason::Secret, Then::Rarely),
        (401, "<html></html>", Reason::Secret, Then::Rarely),
        (
            403,
            "This source is not authorized.",
            Reason::Secret,
            Then::Rarely,
        ),
        (404, "", Reason::WrongEndpoint, Then::Rarely),
        (
            400,
            r#"{"error":"invalid_client"}"#,
            Reason::Unknown,
            Then::Rarely,
        ),
        (429, "", Reason::TryLater, Then::Later),
        (500, "", Reason::TryLater, Then::Later),
    ] {
        let case = format!("{status} {body:?}");
        let mut driver = Driver::<_>::new(legacy());
        assert_eq!(
            driver.exchange(status, body),
            Kind::Refused(reason),
            "{case}"
        );
        assert_eq!(then(&driver, &case), expected, "{case}");
    }
}

#[test]
fn a_date_that_deviates_may_explain_every_refusal_once_but_those_of_the_form_and_of_a_busy_server()
{
    let day_ahead = START.saturating_sub(86_400);
    for (status, body, expected) in [
        (400, refusal(""), Then::AtOnce),
        (401, refusal("Unexpected iat claim value"), Then::AtOnce),
        (401, String::from("Invalid request"), Then::AtOnce),
        (400, refusal(KEY_NOT_FOUND), Then::AtOnce),
        (400, refusal("Missing client assertion"), Then::Rarely),
        (404, String::from("Not Found"), Then::Rarely),
        (400, oauth_error("invalid_client", "no"), Then::AtOnce),
        (401, oauth_error("unauthorized_client", ""), Then::AtOnce),
        (403, String::from("{}"), Then::AtOnce),
        (503, String::from("busy"), Then::Later),
        (429, refusal(""), Then::Later),
    ] {
        let case = format!("{status} {body}");
        let mut driver = Driver::<_>::new(oauth(1));
        driver.server_time = day_ahead;
        driver.exchange(status, &body);
        assert_eq!(then(&driver, &case), expected, "{case}");
        let healed = u32::from(expected == Then::AtOnce);
        assert_eq!(
            driver.session.counters().clock_corrections,
            healed,
            "{case}"
        );
        if healed == 1 {
            driver.exchange(status, &body);
            assert_eq!(then(&driver, &case), Then::Rarely, "{case}");
        }
    }
}

#[test]
fn a_date_deviates_from_two_seconds_on_whatever_the_words() {
    // The difference between the device's clock and the server's, in seconds.
    for (ahead, deviates) in [
        (-286, true),
        (-2, true),
        (-1, false),
        (0, false),
        (1, false),
        (2, true),
        (11, true),
    ] {
        for body in [
            refusal(""),
            refusal("Unexpected iat claim value"),
            refusal("Unexpected aud claim value"),
            refusal(KEY_NOT_FOUND),
            oauth_error("invalid_client", "no"),
            oauth_error("invalid_scope", "no"),
        ] {
            let mut driver = Driver::<_>::new(oauth(1));
            driver.server_time = shifted(START, -ahead);
            driver.exchange(400, &body);
            let learned = driver.session.has_learned_time();
            assert_eq!(learned, deviates, "{ahead} s ahead: {body}");
        }
    }
}

fn shifted(time: UnixTime, secs: i64) -> UnixTime {
    UnixTime::from_secs(time.as_secs().strict_add_signed(secs))
}

#[test]
fn the_words_of_the_server_come_with_the_refusal() {
    let mut driver = Driver::<_>::new(oauth(1));
    let ticket = driver.request().ticket;
    let mut body = concat!(
        r#"{"error":"invalid_request","error_description":"Missing \u0022client\u0022 assertion","#,
        r#""error_uri":"https:\/\/docs.redoxengine.com\/permalink\/7sEi7MTFssZ1JuHpUYLeYJ"}"#
    )
    .as_bytes()
    .to_vec();
    let response = Response::new(400, Channel::Authenticated, &mut body);
    let Received::Refused(refusal) = driver.session.receive(ticket, driver.now, response) else {
        panic!("no refusal");
    };
    assert_eq!(
        refusal.words(&[]).to_string(),
        "\"invalid_request\": \"Missing \"client\" assertion\"; \
         see https://docs.redoxengine.com/permalink/7sEi7MTFssZ1JuHpUYLeYJ"
    );
}

#[test]
fn refusals_are_counted_whatever_they_say() {
    let mut driver = Driver::<_>::new(oauth(1));
    for (count, (status, body)) in [
        (400, refusal("")),
        (503, String::new()),
        (401, String::new()),
    ]
    .into_iter()
    .enumerate()
    {
        assert_eq!(
            driver.session.counters().refusals,
            u32::try_from(count).unwrap()
        );
        driver.exchange(status, &body);
        driver.pass_until_asked();
    }
    let counters = driver.session.counters();
    assert_eq!(
        (counters.refusals, counters.requests, counters.failures),
        (3, 3, 0)
    );
}
