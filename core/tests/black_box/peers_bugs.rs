//! Bugs of other libraries and clients, each with a test that would catch it: the gaps of real Redox clients, and the
//! bugs of other token libraries.
//!
//! If another module already has the test, this table names it instead of repeating it:
//!
//! | Gap of the clients | Test |
//! |---|---|
//! | proactive renewal with a margin | `session::a_token_is_fetched_used_renewed_and_replaced`, `session_back_off::a_fleet_that_starts_together_does_not_renew_together_and_each_keeps_its_place` |
//! | single flight | `session::there_is_never_more_than_one_request_under_way`, and here: 100 callers |
//! | conditional invalidation | `rejected::a_hundred_rejections_of_one_token_cost_one_request` |
//! | one retry on 401 | `rejected::a_token_that_took_the_place_of_a_rejected_one_is_kept_for_10_s` |
//! | fresh assertion per attempt | here |
//! | refresh token, then the secret | `session_legacy::a_refused_refresh_token_falls_back_to_the_secret_at_once_and_is_gone` |
//! | redaction | `session_secrets`, `secrets` |
//! | typed errors that keep error, description and uri | `session_refusal::the_words_of_the_server_come_with_the_refusal` |
//! | regions | here, and `server::redox_in_each_region_is_where_its_pages_say` |
//! | source ID | `authorize::what_is_authorized_says_which_token_and_which_source_it_is`, `migration::the_oauth_key_names_the_source_that_the_legacy_key_stood_for` |
//! | legacy and OAuth side by side | `migration::the_cut_over_and_back_leaves_no_moment_without_a_token` |
//! | key rotation | `key_rotation::every_key_is_tried_once_and_at_once_when_the_server_does_not_find_them` |
//! | clock skew, found and said | `session_clock::a_wrong_clock_is_healed_by_one_refusal`, `refusal::every_text_on_redoxs_page_has_its_reason_and_a_hint` |
//!
//! | Bug of the libraries | Test |
//! |---|---|
//! | a signature with a leading zero in r or s | here |
//! | `expires_in` as 300, "300", 300.0, -1, 1e400, absent | here, and `token_reply::the_lifetime_is_read_however_it_is_written` |
//! | `iat` 40 ms ahead | here |
//! | restart with a stored relative expiry | here |
//! | sleep longer than the token | here |
//! | 100 callers with a dead endpoint | here |
//! | two live keys mid-rotation | here, and `key_rotation::key_id_algorithm_and_signature_are_of_one_key_in_every_attempt` |
//! | a buffer one byte short, of every length | `session_signing`, `token_record`, `assertion`, `token_request`, `legacy`, `jwk`, `meta`, `incoming`: `every_shorter_buffer_…` |
//! | SEC1 and PKCS8 PEM of the same key | `private_key::an_ec_key_is_the_same_in_every_form` |
//! | claims with `"`, `\` and control characters | `random_claims::es256_says_what_went_in_and_verifies` |
//! | the year 2038 and later | here |

use std::collections::HashSet;

use redox_auth_core::{
    AnswerError, Client, Es256Key, Instant, Next, OAuthKey, ParseErrorKind, Region, RequestError,
    ServedBy, Server, Signer, UnixTime,
};

use crate::support::driver::{
    Driver, FakeSigner, KEY_NOT_FOUND, Kind, START, legacy, legacy_token, oauth, refusal, token,
};
use crate::support::keys::EcKey;
use crate::support::record::{Device, rebooted, record_of, restore, with_oauth_token};
use crate::support::verifier::Verifier;

#[test]
fn every_attempt_has_a_fresh_assertion_whatever_became_of_the_one_before() {
    let mut driver = Driver::<_>::new(oauth(1));
    let mut seen = HashSet::new();
    for attempt in 0..100_usize {
        let sent = driver.request();
        let jti = sent.jwt(1, "jti").as_str().unwrap().to_owned();
        assert!(seen.insert(jti), "attempt {attempt}");
        match attempt % 5 {
            0 => driver.session.failed(sent.ticket, driver.now.instant),
            1 => driver.session.abandon(),
            other => {
                let (status, body) = match other {
                    2 => (503, String::new()),
                    3 => (400, refusal("")),
                    _ => (200, token("one", 300)),
                };
                driver.receive(sent.ticket, status, &body);
            }
        }
        while driver.next().until().is_some() {
            driver.pass_until_asked();
        }
    }
    assert_eq!(seen.len(), 100);
}

#[test]
fn the_region_decides_where_a_request_goes_and_what_audience_it_names() {
    for (region, host) in [
        (Region::Us, "https://api.redoxengine.com"),
        (Region::Ca, "https://api.ca.redoxengine.com"),
    ] {
        let keys = vec![OAuthKey::new("client-1", "key-1", &FakeSigner)];
        let server = Server::redox(region);
        let mut driver = Driver::<_>::new(Client::new(server).with_oauth_keys(keys.leak()));
        let sent = driver.request();
        let url = format!("{host}/v2/auth/token");
        assert_eq!((&sent.url, sent.jwt(1, "aud")), (&url, url.as_str().into()));

        let key = redox_auth_core::LegacyKey::new("legacy-1", "secret");
        let mut driver =
            Driver::<Client<'_, FakeSigner>>::new(Client::new(server).with_legacy_key(key));
        assert_eq!(driver.request().url, format!("{host}/auth/authenticate"));
    }
}

#[test]
fn a_hundred_callers_with_a_dead_endpoint_cost_one_attempt_per_back_off_slot() {
    let mut driver = Driver::<_>::new(oauth(1));
    let start = driver.now.instant;
    let (mut attempts, mut answered_at_once) = (0_u32, 0_u32);
    while driver.now.instant.secs_since(start) < 600 {
        for _ in 0..100 {
            match driver.try_request() {
                Ok(sent) => {
                    attempts += 1;
                    driver.session.failed(sent.ticket, driver.now.instant);
                }
                // No caller waits for another's time-out: the answer comes at once, with the time to call again.
                Err(RequestError::NotNow { until }) => {
                    answered_at_once += 1;
                    assert!(until > driver.now.instant);
                }
                Err(error) => panic!("{error}"),
            }
        }
        driver.pass_millis(250);
    }
    // 1, 2, 4, 8, 16 and 32 s, then once a minute, each slot up to half shorter.
    assert!((12..=30).contains(&attempts), "{attempts} attempts");
    assert_eq!(attempts + answered_at_once, 240_000);
}

#[test]
fn expires_in_as_300_and_all_the_other_ways_gives_a_lifetime_or_an_error() {
    for (expires_in, expected) in [
        (r#","expires_in":300"#, Ok(300)),
        (r#","expires_in":"300""#, Ok(300)),
        (r#","expires_in":300.0"#, Ok(300)),
        (r#","expires_in":3e2"#, Ok(300)),
        (r#","expires_in":300.999"#, Ok(300)),
        ("", Ok(300)),
        (r#","expires_in":null"#, Ok(300)),
        (r#","expires_in":1e400"#, Ok(u32::MAX)),
        (r#","expires_in":99999999999999999999"#, Ok(u32::MAX)),
        (r#","expires_in":1"#, Ok(1)),
        (r#","expires_in":0"#, Err(())),
        (r#","expires_in":0.9"#, Err(())),
        (r#","expires_in":-1"#, Err(())),
        (r#","expires_in":-1e400"#, Err(())),
        (r#","expires_in":"""#, Err(())),
        (r#","expires_in":"soon""#, Err(())),
    ] {
        let mut driver = Driver::<_>::new(oauth(1));
        let received = driver.exchange(200, &format!(r#"{{"access_token":"one"{expires_in}}}"#));
        let Ok(secs) = expected else {
            let Kind::Unusable(AnswerError::Parse(error)) = received else {
                panic!("{expires_in}: {received:?}");
            };
            assert_eq!(error.kind, ParseErrorKind::Lifetime, "{expires_in}");
            assert!(matches!(driver.next(), Next::Wait { .. }), "{expires_in}");
            continue;
        };
        assert!(received.is_token(), "{expires_in}: {received:?}");
        let dies = driver.now.instant.saturating_add_secs(secs);
        let before = Instant::from_millis(dies.as_millis() - 1);
        assert!(
            driver.session.next(before).token().is_some(),
            "{expires_in}"
        );
        assert!(driver.session.next(dies).token().is_none(), "{expires_in}");
    }
}

#[test]
fn an_iat_40_ms_ahead_of_the_server_is_no_iat_from_its_future() {
    // Both clocks show whole seconds: 40 ms may cross a second.
    for ahead_secs in [0, 1, 4] {
        let mut driver = Driver::<_>::new(oauth(1));
        driver.server_time = START.saturating_sub(ahead_secs);
        let sent = driver.request();
        let iat = sent.jwt(1, "iat").as_u64().unwrap();
        let exp = sent.jwt(1, "exp").as_u64().unwrap();
        assert!(iat < driver.server_time.as_secs(), "{ahead_secs} s ahead");
        assert!(
            exp > driver.server_time.as_secs() && exp - iat <= 300,
            "{ahead_secs} s ahead"
        );
    }
}

#[test]
fn a_restart_does_not_give_a_stored_token_its_relative_expiry_again() {
    let mut before = with_oauth_token(oauth(1));
    before.pass_secs(100);
    let record = record_of(&before);
    // Two restarts in a row, each from the previous record.
    let mut device = rebooted::<1024>(&before, oauth(1), 60);
    assert_eq!(restore(&mut device, &record), Ok(()));
    let record = record_of(&device);
    let mut device = rebooted::<1024>(&device, oauth(1), 60);
    assert_eq!(restore(&mut device, &record), Ok(()));
    device.pass_secs(300 - 100 - 60 - 60);
    assert_eq!(device.token(), None);
    assert!(restore(&mut device, &record).is_err());
}

#[test]
fn after_a_sleep_longer_than_the_token_there_is_no_token() {
    for secs in [300, 301, 86_400, 10_000_000_000] {
        let mut driver = Driver::<_>::new(oauth(1));
        driver.get_token("one", 300);
        // The steady clock counts through sleep. The wall clock may or may not.
        driver.now.instant = driver.now.instant.saturating_add_millis(secs * 1_000);
        assert!(matches!(driver.next(), Next::Fetch), "{secs} s");
        assert_eq!(driver.token(), None, "{secs} s");
    }
}

#[test]
fn a_sleep_in_the_middle_of_a_request_does_not_hold_up_the_next_one() {
    let mut driver = Driver::<_>::new(oauth(1));
    let sent = driver.request();
    driver.pass_secs(100_000);
    assert!(matches!(driver.next(), Next::Fetch));
    // The late answer counts from the time of its request: its token has already expired.
    assert!(
        driver
            .receive(sent.ticket, 200, &token("one", 300))
            .is_token()
    );
    assert_eq!(driver.token(), None);
}

#[test]
fn two_live_keys_mid_rotation_both_get_tokens_and_neither_signs_for_the_other() {
    let mut driver = Driver::<_>::new(oauth(2));
    // The server registers the new key, removes the old one, and reverses both.
    for (known, tries) in [
        (&["key-0"][..], &["key-0"][..]),
        (&["key-0", "key-1"], &["key-0"]),
        (&["key-1"], &["key-0", "key-1"]),
        (&["key-1"], &["key-1"]),
        (&["key-0"], &["key-1", "key-0"]),
    ] {
        let mut tried = Vec::new();
        loop {
            let sent = driver.request();
            let key_id = sent.jwt(0, "kid").as_str().unwrap().to_owned();
            tried.push(key_id.clone());
            if !known.contains(&key_id.as_str()) {
                driver.receive(sent.ticket, 400, &refusal(KEY_NOT_FOUND));
                continue;
            }
            let Kind::Token(minted) = driver.receive(sent.ticket, 200, &token("one", 300)) else {
                panic!("no token");
            };
            let ServedBy::OAuth { key } = minted.served_by else {
                panic!("{minted:?}");
            };
            assert_eq!(format!("key-{key}"), key_id);
            break;
        }
        assert_eq!(tried, tries);
        driver.pass_until_asked();
    }
}

#[test]
fn a_signature_with_a_leading_zero_in_r_or_s_has_its_full_length_and_verifies() {
    let key = Es256Key::parse(&EcKey::published(redox_auth_core::Algorithm::Es256).sec1()).unwrap();
    let verifier = Verifier::of(&key.public_key());
    let mut found = [0; 2];
    for number in 0_u32..3_000 {
        let mut signature = [0xff; 64];
        key.sign(&number.to_be_bytes(), &mut signature).unwrap();
        let zeros = [signature[0] == 0, signature[32] == 0];
        if zeros.contains(&true) {
            assert!(
                verifier.accepts(&number.to_be_bytes(), &signature),
                "{number}"
            );
            found = [0, 1].map(|half| found[half] + u32::from(zeros[half]));
        }
        if found.iter().all(|count| *count > 0) {
            return;
        }
    }
    panic!("r and s with a leading zero: {found:?}");
}

#[test]
fn in_the_year_2038_and_later_everything_goes_on() {
    for (year, secs) in [
        (2038, (1_u64 << 31) - 1),
        (2038, 1 << 31),
        (2106, (1 << 32) - 1),
        (2106, 1 << 32),
        (9999, 253_402_000_000),
    ] {
        let case = format!("{year}: {secs}");
        let time = UnixTime::from_secs(secs);
        let mut driver = Driver::<_>::new(oauth(1));
        (driver.now.unix, driver.server_time) = (Some(time), time);
        let sent = driver.request();
        assert_eq!(sent.jwt(1, "iat"), secs - 5, "{case}");
        assert_eq!(sent.jwt(1, "exp"), secs + 295, "{case}");
        driver.receive(sent.ticket, 200, &token("one", 300));
        assert_eq!(driver.token(), Some("one"), "{case}");

        let record = record_of(&driver);
        let mut device: Device = rebooted(&driver, oauth(1), 10);
        assert_eq!(restore(&mut device, &record), Ok(()), "{case}");

        let mut driver = Driver::<_>::new(oauth(1));
        (driver.now.unix, driver.server_time) = (None, time);
        assert_eq!(driver.exchange(403, ""), Kind::Time, "{case}");
        assert_eq!(driver.session.unix_time(driver.now), Some(time), "{case}");

        let mut driver = Driver::<_>::new(legacy());
        (driver.now.unix, driver.server_time) = (Some(time), time);
        let body = legacy_token("one", time.saturating_add(400), "refresh");
        assert!(driver.exchange(200, &body).is_token(), "{case}");
        driver.pass_secs(398);
        assert_eq!(driver.token(), Some("one"), "{case}");
    }
}

#[test]
fn a_clock_at_the_end_of_time_is_no_overflow() {
    let mut driver = Driver::<_>::new(oauth(1));
    driver.now.instant = Instant::END;
    driver.now.unix = Some(UnixTime::from_secs(u64::MAX));
    let sent = driver.request();
    driver.receive_with(sent.ticket, 200, &token("one", 300), |it| it.date = None);
    assert_eq!(driver.token(), None, "every moment is the last one");
    let sent = driver.try_request();
    assert!(sent.is_ok() || driver.next().until() == Some(Instant::END));
}
