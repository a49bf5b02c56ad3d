//! A session with both credentials: OAuth first, the legacy key while a setting makes the server refuse OAuth, switches
//! at run time, and never a moment without a token.

use redox_auth_core::{Api, Counters, Next, Preference, ServedBy, Stopped};

use crate::support::driver::{
    KEY_NOT_FOUND, Kind, legacy, legacy_token, migrating, oauth, refusal, token,
};
use crate::support::migration::{BOTH, Migrating, NEITHER, ONLY_LEGACY, serve};

#[test]
fn oauth_comes_first() {
    let mut driver = Migrating::new(migrating());
    assert!(serve(&mut driver, BOTH));
    assert_eq!(driver.token(), Some("oauth"));
    for _ in 0..10 {
        driver.pass_until_asked();
        assert!(serve(&mut driver, BOTH));
    }
    assert_eq!(driver.session.counters().legacy_tokens, 0);
}

#[test]
fn a_setting_that_keeps_oauth_from_working_makes_way_for_the_legacy_key_at_once() {
    for (status, body) in [
        (400, refusal(KEY_NOT_FOUND)),
        (400, refusal("")),
        (400, refusal("JWT header kid property is required")),
        (401, refusal("Unexpected aud claim value")),
        (401, String::from("Invalid request")),
        (403, String::from("<html></html>")),
        (404, String::new()),
        (400, String::from(r#"{"error":"unauthorized_client"}"#)),
    ] {
        let mut driver = Migrating::new(migrating());
        driver.exchange(status, &body);
        assert!(matches!(driver.next(), Next::Fetch), "{status} {body}");
        assert!(!serve(&mut driver, ONLY_LEGACY), "{status} {body}");
        assert_eq!(driver.token(), Some("legacy"), "{status} {body}");
    }
}

#[test]
fn trouble_that_passes_by_itself_does_not_bring_the_legacy_key_back() {
    for (status, body) in [
        (429, ""),
        (500, "oops"),
        (503, "busy"),
        (200, "<html>Sign in to the hotel's network</html>"),
        (400, r#"{"error":"temporarily_unavailable"}"#),
    ] {
        let mut driver = Migrating::new(migrating());
        for _ in 0..5 {
            let sent = driver.request();
            assert!(sent.url.ends_with("/v2/auth/token"), "{status} {body}");
            driver.receive(sent.ticket, status, body);
            assert!(
                matches!(driver.next(), Next::Wait { .. }),
                "{status} {body}"
            );
            driver.pass_until_asked();
        }
    }
    let mut driver = Migrating::new(migrating());
    for _ in 0..5 {
        driver.exchange_fails();
        assert!(matches!(driver.next(), Next::Wait { .. }));
        driver.pass_until_asked();
    }
    assert!(serve(&mut driver, BOTH), "it is still OAuth's turn");
}

#[test]
fn oauth_is_tried_again_beside_a_legacy_token_that_goes_on_serving() {
    let mut driver = Migrating::new(migrating());
    serve(&mut driver, ONLY_LEGACY);
    serve(&mut driver, ONLY_LEGACY);
    for slot_secs in [60, 120, 240, 480, 600, 600] {
        let wait = driver.wait_millis();
        let slot = slot_secs * 1_000;
        assert!(
            (slot - slot / 10..=slot).contains(&wait),
            "slot of {slot_secs} s: {wait} ms"
        );
        driver.check_ticks_around_until("probe");
        assert_eq!(driver.token(), Some("legacy"), "slot of {slot_secs} s");
        driver.pass_until_asked();
        assert!(
            matches!(driver.next(), Next::Renew { .. }),
            "slot of {slot_secs} s"
        );
        assert!(serve(&mut driver, ONLY_LEGACY), "slot of {slot_secs} s");
    }
    driver.pass_until_asked();
    assert!(serve(&mut driver, BOTH));
    assert_eq!(driver.token(), Some("oauth"));
}

#[test]
fn a_change_of_credential_is_told_each_time_and_nothing_else_is_one() {
    let mut driver = Migrating::new(migrating());
    let take = |driver: &mut Migrating, body: &str| match driver.exchange(200, body) {
        Kind::Token(minted) => (minted.served_by, minted.changed),
        other => panic!("{other:?}"),
    };
    let by_oauth = ServedBy::OAuth { key: 0 };
    let oauth = token("oauth", 300);
    let legacy_for = |driver: &Migrating| {
        legacy_token(
            "legacy",
            driver.server_time.saturating_add(86_400),
            "refresh",
        )
    };
    assert_eq!(take(&mut driver, &oauth), (by_oauth, true));
    driver.pass_until_asked();
    assert_eq!(take(&mut driver, &oauth), (by_oauth, false));
    driver.session.prefer(Preference::LegacyOnly);
    let legacy = legacy_for(&driver);
    assert_eq!(take(&mut driver, &legacy), (ServedBy::Legacy, true));
    driver.pass_until_asked();
    let legacy = legacy_for(&driver);
    assert_eq!(take(&mut driver, &legacy), (ServedBy::Legacy, false));
    driver.session.prefer(Preference::OAuthFirst);
    assert_eq!(take(&mut driver, &oauth), (by_oauth, true));
}

#[test]
fn the_cut_over_and_back_leaves_no_moment_without_a_token() {
    let mut driver = Migrating::new(migrating());
    serve(&mut driver, BOTH);
    for (preference, expected) in [
        (Preference::LegacyOnly, "legacy"),
        (Preference::OAuthOnly, "oauth"),
        (Preference::LegacyOnly, "legacy"),
        (Preference::OAuthFirst, "oauth"),
    ] {
        let before = driver.token().map(String::from);
        driver.session.prefer(preference);
        assert_eq!(driver.session.preference(), preference);
        // The old token serves until the new token arrives, and the session requests the new token at once.
        assert_eq!(driver.token().map(String::from), before, "{preference:?}");
        assert!(
            matches!(driver.next(), Next::Renew { .. }),
            "{preference:?}"
        );
        let sent = driver.request();
        assert_eq!(
            driver.token().map(String::from),
            before,
            "{preference:?}: under way"
        );
        driver.session.failed(sent.ticket, driver.now.instant);
        assert_eq!(
            driver.token().map(String::from),
            before,
            "{preference:?}: failed"
        );
        driver.pass_until_asked();
        serve(&mut driver, BOTH);
        assert_eq!(driver.token(), Some(expected), "{preference:?}");
    }
}

#[test]
fn a_preference_that_the_token_serves_already_asks_for_nothing() {
    let mut driver = Migrating::new(migrating());
    serve(&mut driver, BOTH);
    for preference in [Preference::OAuthOnly, Preference::OAuthFirst] {
        driver.session.prefer(preference);
        assert!(matches!(driver.next(), Next::Use { .. }), "{preference:?}");
    }
}

#[test]
fn each_credential_can_be_the_only_one() {
    let mut driver = Migrating::new(migrating());
    driver.session.prefer(Preference::LegacyOnly);
    for _ in 0..3 {
        assert!(!serve(&mut driver, BOTH));
        driver.pass_until_asked();
    }
    let mut driver = Migrating::new(migrating());
    driver.session.prefer(Preference::OAuthOnly);
    for _ in 0..3 {
        assert!(serve(&mut driver, ONLY_LEGACY));
        assert!(matches!(driver.next(), Next::Stop { .. }));
        driver.pass_until_asked();
    }
}

#[test]
fn a_preference_for_a_credential_that_is_not_there_stops_the_session() {
    for (client, preference) in [
        (oauth(1), Preference::LegacyOnly),
        (legacy(), Preference::OAuthOnly),
        (oauth(0), Preference::OAuthFirst),
    ] {
        let mut driver = Migrating::new(client);
        driver.session.prefer(preference);
        let Next::Stop { reason, until } = driver.next() else {
            panic!("{preference:?}: {:?}", driver.next());
        };
        assert_eq!(reason, Stopped::NoCredential, "{preference:?}");
        assert_eq!(until, redox_auth_core::Instant::END, "{preference:?}");
        assert!(driver.try_request().is_err(), "{preference:?}");
    }
}

#[test]
fn when_both_are_refused_each_is_asked_in_its_own_time() {
    let mut driver = Migrating::new(migrating());
    assert!(serve(&mut driver, NEITHER));
    assert!(!serve(&mut driver, NEITHER));
    let start = driver.now.instant;
    let mut asked = [0_u32; 2];
    while driver.now.instant.secs_since(start) < 10_000 {
        assert!(
            matches!(driver.next(), Next::Stop { .. }),
            "{:?}",
            driver.next()
        );
        driver.check_ticks_around_until("both");
        driver.pass_until_asked();
        // The back-off slots of both may end at the same moment.
        while driver.next().until().is_none() {
            let is_oauth = serve(&mut driver, NEITHER);
            asked[usize::from(is_oauth)] += 1;
        }
    }
    // 60, 120, 240 and 480 s, then 600 s, each up to a tenth shorter.
    for count in asked {
        assert!((18..=21).contains(&count), "{asked:?}");
    }
    driver.pass_until_asked();
    serve(&mut driver, BOTH);
    assert!(driver.token().is_some());
}

#[test]
fn the_counters_say_who_served() {
    let mut driver = Migrating::new(migrating());
    assert_eq!(driver.session.counters(), Counters::default());
    serve(&mut driver, ONLY_LEGACY);
    serve(&mut driver, ONLY_LEGACY);
    driver.pass_until_asked();
    serve(&mut driver, BOTH);
    driver.pass_until_asked();
    serve(&mut driver, BOTH);
    let counters = driver.session.counters();
    assert_eq!((counters.oauth_tokens, counters.legacy_tokens), (2, 1));
    assert_eq!(
        (counters.requests, counters.refusals, counters.failures),
        (4, 1, 0)
    );
}

#[test]
fn the_oauth_key_names_the_source_that_the_legacy_key_stood_for() {
    const URL: &str = "https://api.redoxengine.com/endpoint";
    let source = |driver: &Migrating| {
        let authorized = driver
            .session
            .authorize(driver.now.instant, Api::DataModel, URL);
        authorized.unwrap().source_id().map(String::from)
    };
    let mut driver = Migrating::new(migrating());
    serve(&mut driver, BOTH);
    assert_eq!(source(&driver).as_deref(), Some("legacy-1"));
    driver.session.prefer(Preference::LegacyOnly);
    serve(&mut driver, BOTH);
    assert_eq!(source(&driver), None, "a legacy key is bound to its source");

    let mut driver = Migrating::new(migrating().with_source_id("source-2"));
    serve(&mut driver, BOTH);
    assert_eq!(
        source(&driver).as_deref(),
        Some("source-2"),
        "a setting comes first"
    );
    let mut driver = Migrating::new(oauth(1));
    serve(&mut driver, BOTH);
    assert_eq!(source(&driver), None, "nobody named one");
}

#[test]
fn a_migration_of_five_days_has_no_moment_without_a_token() {
    let mut driver = Migrating::new(migrating());
    let start = driver.now.instant;
    let mut served = Vec::new();
    while driver.now.instant.secs_since(start) < 5 * 86_400 {
        let day = driver.now.instant.secs_since(start) / 86_400;
        // Registered on the third day, removed on the fourth, and registered again.
        let server = if day == 2 || day == 4 {
            BOTH
        } else {
            ONLY_LEGACY
        };
        while driver.next().until().is_none() {
            serve(&mut driver, server);
        }
        let name = driver.token().expect("a token").to_owned();
        if served.last() != Some(&name) {
            served.push(name);
        }
        let until = driver.next().until().unwrap();
        let before = redox_auth_core::Instant::from_millis(until.as_millis() - 1);
        assert!(driver.session.next(before).token().is_some(), "{day}");
        driver.pass_until_asked();
        assert!(driver.next().token().is_some(), "{day}");
    }
    assert_eq!(served, ["legacy", "oauth", "legacy", "oauth"]);
    // The session needed the legacy key once a day, and tried the OAuth key rarely.
    let counters = driver.session.counters();
    assert!(counters.legacy_tokens <= 5, "{counters:?}");
    assert!(counters.refusals <= 3 * 24 * 7, "{counters:?}");
}

#[test]
fn a_token_endpoint_that_is_busy_later_does_not_take_the_legacy_key_away() {
    let mut driver = Migrating::new(migrating());
    driver.exchange(400, &refusal(KEY_NOT_FOUND));
    let end = driver.now.instant.saturating_add_secs(3_600);
    while driver.now.instant < end {
        match driver.next() {
            Next::Fetch | Next::Renew { .. } => {
                let sent = driver.request();
                if sent.url.ends_with("/v2/auth/token") {
                    driver.receive(sent.ticket, 503, "busy");
                } else {
                    let dies = driver.server_time.saturating_add(600);
                    let body = legacy_token("legacy", dies, "refresh");
                    assert!(driver.receive(sent.ticket, 200, &body).is_token());
                }
            }
            _ => driver.pass_until_asked(),
        }
        assert!(
            matches!(driver.next(), Next::Fetch) || driver.token() == Some("legacy"),
            "{:?}",
            driver.next()
        );
    }
}
