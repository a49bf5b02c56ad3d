use core::error::Error;

use redox_auth_core::{
    AnswerError, Client, Instant, Next, RequestError, ServedBy, Session, WriteError,
};

use crate::support::driver::{Driver, FakeSigner, Kind, oauth, refusal, token};

#[test]
fn a_session_with_a_slot_of_1_kib_takes_at_most_2_kib() {
    let size = size_of::<Session<Client<'static, FakeSigner>, [u8; 1024]>>();
    assert!(size <= 2_048, "{size} bytes");
}

#[test]
fn a_token_is_fetched_used_renewed_and_replaced() {
    let mut driver = Driver::<_>::new(oauth(1));
    assert!(matches!(driver.next(), Next::Fetch));

    let sent = driver.request();
    assert_eq!(sent.method, "POST");
    assert_eq!(sent.url, "https://api.redoxengine.com/v2/auth/token");
    assert_eq!(sent.content_type, Some("application/x-www-form-urlencoded"));
    assert_eq!(
        sent.jwt(1, "aud"),
        "https://api.redoxengine.com/v2/auth/token"
    );
    assert!(matches!(driver.next(), Next::Wait { .. }));
    let Kind::Token(first) = driver.receive(sent.ticket, 200, &token("one", 300)) else {
        panic!("no token");
    };
    assert_eq!(first.served_by, ServedBy::OAuth { key: 0 });
    assert!(first.changed);

    let Next::Use { token: used, until } = driver.next() else {
        panic!("{:?}", driver.next());
    };
    assert_eq!(used.expose(), "one");
    let renew_in = until.as_millis() - driver.now.instant.as_millis();
    assert!((210_000..=240_000).contains(&renew_in), "{renew_in} ms");

    driver.pass_millis(renew_in - 1);
    assert!(matches!(driver.next(), Next::Use { .. }));
    driver.pass_millis(1);
    assert!(matches!(driver.next(), Next::Renew { .. }));
    let Kind::Token(second) = driver.exchange(200, &token("two", 300)) else {
        panic!("no token");
    };
    assert!(!second.changed);
    assert_ne!(first.generation, second.generation);
    assert_eq!(driver.token(), Some("two"));
}

#[test]
fn what_the_server_says_of_a_token_comes_with_it() {
    let mut driver = Driver::<_>::new(oauth(1));
    for (members, lifetime_secs, scope) in [
        (r#""expires_in":"120","scope":"a/b c""#, 120, Some("a/b c")),
        (r#""token_type":"Bearer""#, 300, None),
    ] {
        let body = format!(r#"{{"access_token":"one",{members}}}"#);
        let Kind::Token(minted) = driver.exchange(200, &body) else {
            panic!("no token for {members}");
        };
        assert_eq!((minted.lifetime_secs, minted.scope), (lifetime_secs, scope));
        driver.pass_until_asked();
    }
}

#[test]
fn the_old_token_serves_while_its_renewal_fails_and_not_a_moment_longer() {
    let mut driver = Driver::<_>::new(oauth(1));
    let born = driver.now.instant;
    assert!(driver.exchange(200, &token("one", 300)).is_token());
    driver.pass_until_asked();
    let dies = born.saturating_add_secs(300);
    let mut attempts = 0;
    while driver.now.instant < dies {
        assert_eq!(driver.token(), Some("one"), "{:?}", driver.now);
        match driver.next() {
            Next::Renew { .. } => {
                attempts += 1;
                driver.exchange(503, "busy");
            }
            _ => driver.pass_until_asked(),
        }
    }
    assert_eq!(driver.now.instant, dies);
    assert_eq!(driver.token(), None);
    assert!((4..=12).contains(&attempts), "{attempts} attempts");
}

#[test]
fn when_a_token_expires_is_known_until_it_has_expired() {
    let mut driver = Driver::<_>::new(oauth(1));
    let now = driver.now.instant;
    assert_eq!(driver.session.token_expires_at(now), None);
    let dies = now.saturating_add_secs(300);
    assert!(driver.exchange(200, &token("one", 300)).is_token());
    driver.pass_millis(299_999);
    let now = driver.now.instant;
    assert_eq!(driver.session.token_expires_at(now), Some(dies));
    assert_eq!(driver.session.token_expires_at(dies), None);
}

#[test]
fn there_is_never_more_than_one_request_under_way() {
    let mut driver = Driver::<_>::new(oauth(1));
    let sent = driver.request();
    let Err(RequestError::NotNow { until }) = driver.try_request() else {
        panic!("a second request");
    };
    driver.pass_until_asked();
    assert_eq!(driver.now.instant, until);
    // The first request has timed out, and its answer no longer counts.
    let second = driver.request();
    let late = driver.receive(sent.ticket, 200, &token("late", 300));
    assert_eq!(late, Kind::Stale);
    assert_eq!(driver.token(), None);
    assert!(
        driver
            .receive(second.ticket, 200, &token("two", 300))
            .is_token()
    );
    assert_eq!(driver.token(), Some("two"));
}

#[test]
fn an_answer_that_is_late_but_awaited_is_taken() {
    let mut driver = Driver::<_>::new(oauth(1));
    let sent = driver.request();
    driver.pass_secs(61);
    assert!(matches!(driver.next(), Next::Fetch));
    assert!(
        driver
            .receive(sent.ticket, 200, &token("late", 300))
            .is_token()
    );
    assert_eq!(driver.token(), Some("late"));
}

#[test]
fn a_lost_ticket_is_given_up() {
    let mut driver = Driver::<_>::new(oauth(1));
    let sent = driver.request();
    driver.session.abandon();
    assert!(matches!(driver.next(), Next::Fetch));
    assert_eq!(
        driver.receive(sent.ticket, 200, &token("one", 300)),
        Kind::Stale
    );
}

#[test]
fn random_bytes_that_repeat_themselves_are_noticed() {
    let mut driver = Driver::<_>::new(oauth(1));
    let mut out = [0; 2_048];
    let jwt_id = || redox_auth_core::JwtId::from_random([9; 16]);
    let request = driver
        .session
        .request(driver.now, jwt_id(), &mut out)
        .unwrap();
    let ticket = request.ticket;
    driver.session.failed(ticket, driver.now.instant);
    driver.pass_until_asked();
    let again = driver.session.request(driver.now, jwt_id(), &mut out);
    assert_eq!(again.err(), Some(RequestError::RepeatedJwtId));
    assert!(matches!(driver.next(), Next::Fetch));
}

#[test]
fn a_token_longer_than_the_slot_says_how_long_it_is() {
    let mut driver = Driver::<_, [u8; 8]>::new(oauth(1));
    let error = AnswerError::TokenTooLong {
        found: 9,
        capacity: 8,
    };
    assert_eq!(
        driver.exchange(200, &token("123456789", 300)),
        Kind::Unusable(error)
    );
    assert!(matches!(driver.next(), Next::Stop { .. }));
    let mut driver = Driver::<_, [u8; 8]>::new(oauth(1));
    assert!(driver.exchange(200, &token("12345678", 300)).is_token());
    assert_eq!(driver.token(), Some("12345678"));
}

#[test]
fn a_buffer_too_short_leaves_the_session_as_it_was() {
    let mut driver = Driver::<_>::new(oauth(1));
    let jwt_id = driver.jwt_id();
    let mut short = [0; 100];
    let request = driver.session.request(driver.now, jwt_id, &mut short);
    let error = request.unwrap_err();
    assert!(matches!(
        error,
        RequestError::Write(WriteError::BufferTooSmall { .. })
    ));
    assert!(error.source().is_none(), "the text has it already");
    assert!(matches!(driver.next(), Next::Fetch));
    assert!(driver.exchange(200, &token("one", 300)).is_token());
}

#[test]
fn asking_changes_nothing() {
    let mut driver = Driver::<_>::new(oauth(1));
    driver.exchange(400, &refusal("Missing client assertion"));
    for millis in [0, 1, 59_999, 60_000, 600_000, u64::MAX / 2] {
        let at = Instant::from_millis(driver.now.instant.as_millis() + millis);
        let first = format!("{:?}", driver.session.next(at));
        assert_eq!(
            first,
            format!("{:?}", driver.session.next(at)),
            "{millis} ms"
        );
    }
}
