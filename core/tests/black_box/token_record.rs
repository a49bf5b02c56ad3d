//! A token that survives a reboot or a deep sleep: the content of its record, and the session that may restore it.

use redox_auth_core::{
    Client, LegacyKey, Next, OAuthKey, Policy, Region, RestoreError, SaveError, ServedBy, Server,
    Session, UrlError,
};

use crate::support::driver::{
    Driver, FakeSigner, KEY_NOT_FOUND, START, legacy, legacy_token, migrating, oauth, refusal,
    token,
};
use crate::support::record::{
    CHECKSUM_LEN, Device, EXPIRES_AT, FINGERPRINT_AT, KEY_AT, LENGTHS_AT, LIFETIME_AT, OFFSET_AT,
    SAVED_AT, TOKENS_AT, WAY_AT, checksum, rebooted, record_of, restore, with_legacy_token,
    with_oauth_token,
};

#[test]
fn an_oauth_token_survives_a_reboot() {
    let before = with_oauth_token(oauth(1));
    let record = record_of(&before);
    let mut device = rebooted::<1024>(&before, oauth(1), 20);
    assert_eq!(restore(&mut device, &record), Ok(()));
    let Next::Use { token, .. } = device.next() else {
        panic!("{:?}", device.next());
    };
    assert_eq!(token.expose(), "access-token");
    assert_eq!(token.served_by(), ServedBy::OAuth { key: 0 });
    // Of 300 s 280 are left, less one second for the missing fractions.
    device.pass_millis(278_999);
    assert_eq!(device.token(), Some("access-token"));
    device.pass_millis(1);
    assert_eq!(device.token(), None);
}

#[test]
fn a_restored_token_is_renewed_and_rejected_as_any_other() {
    let before = with_oauth_token(oauth(1));
    let record = record_of(&before);
    let mut device = rebooted::<1024>(&before, oauth(1), 20);
    assert_eq!(restore(&mut device, &record), Ok(()));
    let wait = device.wait_millis();
    assert!((189_000..=219_000).contains(&wait), "{wait} ms");
    device.check_ticks_around_until("renewal");
    let generation = device.next().token().unwrap().generation();
    let rejected = device.session.rejected(generation, device.now.instant);
    assert_eq!(rejected, redox_auth_core::Rejected::Dropped);
    let minted = device.get_token("two", 300);
    assert_ne!(minted.generation, generation);

    let mut device = rebooted::<1024>(&before, oauth(1), 260);
    assert_eq!(restore(&mut device, &record), Ok(()));
    assert!(matches!(device.next(), Next::Renew { .. }), "39 s are left");
}

#[test]
fn the_key_that_worked_signs_after_a_reboot_too() {
    let mut before = Device::<1024>::new(oauth(3));
    before.exchange(400, &refusal(KEY_NOT_FOUND));
    before.exchange(400, &refusal(KEY_NOT_FOUND));
    before.get_token("one", 300);
    let record = record_of(&before);
    let mut device = rebooted::<1024>(&before, oauth(3), 10);
    assert_eq!(restore(&mut device, &record), Ok(()));
    let served_by = device.next().token().unwrap().served_by();
    assert_eq!(served_by, ServedBy::OAuth { key: 2 });
    device.pass_until_asked();
    assert_eq!(device.request().jwt(0, "kid"), "key-2");
    // With fewer keys the token is still valid, and the first key signs.
    let mut device = rebooted::<1024>(&before, oauth(1), 10);
    assert_eq!(restore(&mut device, &record), Ok(()));
    device.pass_until_asked();
    assert_eq!(device.request().jwt(0, "kid"), "key-0");
}

#[test]
fn a_legacy_token_and_its_refresh_token_survive_a_reboot() {
    for client in [legacy(), migrating()] {
        let mut before = with_legacy_token(legacy());
        before.session.replace_identity(client);
        let record = record_of(&before);
        let mut device = rebooted::<1024>(&before, client, 3_600);
        device
            .session
            .prefer(redox_auth_core::Preference::LegacyOnly);
        assert_eq!(restore(&mut device, &record), Ok(()));
        let Next::Use { token, .. } = device.next() else {
            panic!("{:?}", device.next());
        };
        assert_eq!(
            (token.expose(), token.served_by()),
            ("access-token", ServedBy::Legacy)
        );
        device.pass_until_asked();
        assert!(
            device
                .request()
                .body
                .contains(r#""refreshToken":"refresh-token""#)
        );
    }
}

#[test]
fn a_refresh_token_that_was_used_is_not_written_down() {
    let mut before = with_legacy_token(legacy());
    before.pass_until_asked();
    let lost = before.request();
    assert!(lost.body.contains("refresh-token"));
    let record = record_of(&before);
    let found = record.windows(13).any(|part| part == b"refresh-token");
    assert!(!found);
    let mut device = rebooted::<1024>(&before, legacy(), 1);
    assert_eq!(restore(&mut device, &record), Ok(()));
    assert!(device.request().body.contains("s3cret"));
}

#[test]
fn the_layout_is_the_one_of_version_1() {
    let mut before = Device::<1024>::new(oauth(2));
    before.exchange(400, &refusal(KEY_NOT_FOUND));
    before.get_token("access-token", 300);
    before.pass_secs(100);
    let record = record_of(&before);
    let number = |at: usize| u64::from_be_bytes(*record[at..].first_chunk().unwrap());
    assert_eq!(record[..4], *b"RdxT");
    assert_eq!(record[4..8], [1, 0, 1, 0], "version, OAuth, key");
    let name = b"client-1\0https://api.redoxengine.com/v2/auth/token\0\0";
    assert_eq!(number(FINGERPRINT_AT), checksum(name));
    assert_eq!(number(SAVED_AT), START.as_secs() + 100);
    assert_eq!(number(EXPIRES_AT), START.as_secs() + 300);
    assert_eq!(number(OFFSET_AT), 1);
    assert_eq!(record[LIFETIME_AT..LENGTHS_AT], 300_u32.to_be_bytes());
    assert_eq!(record[LENGTHS_AT..TOKENS_AT], [0, 12, 0, 0]);
    assert_eq!(
        record[TOKENS_AT..record.len() - CHECKSUM_LEN],
        *b"access-token"
    );
    let end = record.len() - CHECKSUM_LEN;
    assert_eq!(number(end), checksum(&record[..end]));

    let record = record_of(&with_legacy_token(legacy()));
    assert_eq!(record[WAY_AT..KEY_AT + 1], [1, 0]);
    let name = b"legacy-1\0https://api.redoxengine.com\0\0";
    assert_eq!(
        record[FINGERPRINT_AT..SAVED_AT],
        checksum(name).to_be_bytes()
    );
    assert_eq!(record[LENGTHS_AT..TOKENS_AT], [0, 12, 0, 13]);
    let tokens = &record[TOKENS_AT..record.len() - CHECKSUM_LEN];
    assert_eq!(tokens, b"access-tokenrefresh-token");
}

#[test]
fn every_shorter_buffer_is_refused_with_the_exact_need_and_gets_no_token() {
    for device in [with_oauth_token(oauth(1)), with_legacy_token(legacy())] {
        let needed = record_of(&device).len();
        for short in 0..needed {
            let mut out = vec![0; short];
            let got = device.session.save(device.now, &mut out);
            assert_eq!(
                got,
                Err(SaveError::BufferTooSmall { needed }),
                "{short} bytes"
            );
            let found = out.windows(12).any(|part| part == b"access-token");
            assert!(!found, "{short} bytes");
        }
        let mut out = vec![0; needed];
        assert!(device.session.save(device.now, &mut out).is_ok());
    }
}

#[test]
fn no_record_is_longer_than_its_bound() {
    let mut device = Driver::<_, [u8; 24]>::new(legacy());
    let body = legacy_token("0123456789ab", START.saturating_add(86_400), "cdef01234567");
    assert!(device.exchange(200, &body).is_token());
    let record = record_of(&device);
    assert_eq!(
        record.len(),
        Session::<Client<'static, FakeSigner>, [u8; 24]>::MAX_RECORD_LEN
    );
    assert_eq!(record.len(), TOKENS_AT + 24 + CHECKSUM_LEN);
}

#[test]
fn without_a_token_or_a_time_there_is_nothing_to_write() {
    let mut out = [0; 2_048];
    let mut device = Device::<1024>::new(oauth(1));
    assert_eq!(
        device.session.save(device.now, &mut out),
        Err(SaveError::NoToken)
    );
    device.get_token("one", 300);
    device.pass_millis(299_999);
    assert!(device.session.save(device.now, &mut out).is_ok());
    device.pass_millis(1);
    assert_eq!(
        device.session.save(device.now, &mut out),
        Err(SaveError::NoToken)
    );

    let mut device = with_oauth_token(oauth(1));
    device.now.unix = None;
    assert_eq!(
        device.session.save(device.now, &mut out),
        Err(SaveError::TimeUnknown)
    );
}

/// Redox in the United States, with these names.
fn named(
    client_id: &'static str,
    key_id: &'static str,
    scope: &'static str,
) -> Client<'static, FakeSigner> {
    let keys = vec![OAuthKey::new(client_id, key_id, &FakeSigner)];
    Client::new(Server::redox(Region::Us).with_scope(scope)).with_oauth_keys(keys.leak())
}

#[test]
fn the_record_of_another_client_server_or_scope_is_refused() -> Result<(), UrlError> {
    let before = with_oauth_token(named("client-1", "key-1", "a"));
    let record = record_of(&before);
    let keys = || vec![OAuthKey::new("client-1", "key-1", &FakeSigner)].leak();
    let other_token_url = Server::new(
        "https://api.redoxengine.com",
        "https://api.redoxengine.com/v3/auth/token",
    )?;
    for (case, client) in [
        ("another client ID", named("client-2", "key-1", "a")),
        ("a longer client ID", named("client-1a", "key-1", "a")),
        ("another scope", named("client-1", "key-1", "b")),
        ("no scope", named("client-1", "key-1", "")),
        (
            "another region",
            Client::new(Server::redox(Region::Ca).with_scope("a")).with_oauth_keys(keys()),
        ),
        (
            "another token URL",
            Client::new(other_token_url.with_scope("a")).with_oauth_keys(keys()),
        ),
    ] {
        let mut device = rebooted::<1024>(&before, client, 1);
        assert_eq!(
            restore(&mut device, &record),
            Err(RestoreError::OtherIdentity),
            "{case}"
        );
        assert!(matches!(device.next(), Next::Fetch), "{case}");
    }
    // Another key of the same client obtains the same token.
    let mut device = rebooted::<1024>(&before, named("client-1", "key-2", "a"), 1);
    assert_eq!(restore(&mut device, &record), Ok(()));
    Ok(())
}

#[test]
fn the_record_of_another_legacy_key_or_another_kind_of_key_is_refused() {
    let before = with_legacy_token(legacy());
    let record = record_of(&before);
    let server = Server::redox(Region::Us);
    let with_key = |key| Client::new(server).with_legacy_key(key);
    for (case, client, expected) in [
        (
            "another key",
            with_key(LegacyKey::new("legacy-2", "s3cret")),
            Err(RestoreError::OtherIdentity),
        ),
        (
            "another secret",
            with_key(LegacyKey::new("legacy-1", "new")),
            Ok(()),
        ),
        ("OAuth only", oauth(1), Err(RestoreError::OtherIdentity)),
        (
            "another region",
            Client::new(Server::redox(Region::Ca))
                .with_legacy_key(LegacyKey::new("legacy-1", "s3cret")),
            Err(RestoreError::OtherIdentity),
        ),
    ] {
        let mut device = rebooted::<1024>(&before, client, 1);
        assert_eq!(restore(&mut device, &record), expected, "{case}");
    }
    let record = record_of(&with_oauth_token(oauth(1)));
    let mut device = rebooted::<1024>(&before, legacy(), 1);
    assert_eq!(
        restore(&mut device, &record),
        Err(RestoreError::OtherIdentity)
    );
}

#[test]
fn a_policy_of_tefca_refuses_what_it_would_not_have_taken() {
    let policy = RestoreError::Policy(Policy::Tefca);
    let mut before = Device::<1024>::new(oauth(1));
    before.get_token("long", 86_400);
    let mut device = rebooted::<1024>(&before, oauth(1).with_policy(Policy::Tefca), 3_600);
    assert_eq!(
        restore(&mut device, &record_of(&before)),
        Err(policy),
        "a day, of which 23 hours are left"
    );

    let before = with_legacy_token(legacy());
    let mut device = rebooted::<1024>(&before, migrating().with_policy(Policy::Tefca), 1);
    assert_eq!(restore(&mut device, &record_of(&before)), Err(policy));
}

#[test]
fn a_record_that_does_not_fit_says_how_long_its_tokens_are() {
    let before = with_legacy_token(legacy());
    let record = record_of(&before);
    let mut device = rebooted::<24>(&before, legacy(), 1);
    let too_long = RestoreError::TooLong {
        found: 25,
        capacity: 24,
    };
    assert_eq!(restore(&mut device, &record), Err(too_long));
    let mut device = rebooted::<25>(&before, legacy(), 1);
    assert_eq!(restore(&mut device, &record), Ok(()));
    assert_eq!(
        record_of(&device)[TOKENS_AT..TOKENS_AT + 25],
        record[TOKENS_AT..TOKENS_AT + 25]
    );
}

#[test]
fn a_session_that_has_a_token_keeps_it() {
    let before = with_oauth_token(oauth(1));
    let record = record_of(&before);
    let mut device = rebooted::<1024>(&before, oauth(1), 1);
    device.get_token("newer", 300);
    assert_eq!(restore(&mut device, &record), Err(RestoreError::HasToken));
    assert_eq!(device.token(), Some("newer"));
    // An expired token does not count.
    let mut device = rebooted::<1024>(&before, oauth(1), 0);
    device.get_token("short", 10);
    device.pass_secs(10);
    assert_eq!(restore(&mut device, &record), Ok(()));
    assert_eq!(device.token(), Some("access-token"));
}

#[test]
fn a_record_restored_while_a_request_is_under_way_serves_until_the_answer() {
    let before = with_oauth_token(oauth(1));
    let record = record_of(&before);
    let mut device = rebooted::<1024>(&before, oauth(1), 1);
    let sent = device.request();
    assert_eq!(restore(&mut device, &record), Ok(()));
    assert_eq!(device.token(), Some("access-token"));
    assert!(
        device
            .receive(sent.ticket, 200, &token("two", 300))
            .is_token()
    );
    assert_eq!(device.token(), Some("two"));
}

#[test]
fn a_record_can_be_restored_and_saved_again_and_again() {
    let mut before = with_legacy_token(legacy());
    let mut record = record_of(&before);
    for _ in 0..10 {
        let mut device = rebooted::<1024>(&before, legacy(), 60);
        assert_eq!(restore(&mut device, &record), Ok(()));
        record = record_of(&device);
        before = device;
    }
    let tokens = &record[TOKENS_AT..record.len() - CHECKSUM_LEN];
    assert_eq!(tokens, b"access-tokenrefresh-token");
}
