//! Records and clocks: a token is restored only while it is certainly valid.

use redox_auth_core::{RestoreError, SaveError, UnixTime};

use crate::support::driver::{Kind, START, oauth, refusal, token};
use crate::support::record::{Device, rebooted, record_of, restore, with_oauth_token};

const DAY: u64 = 86_400;

/// Restores with the device's own clock, this many seconds after the record was written.
fn restored_after(secs: i64) -> Result<(), RestoreError> {
    let before = with_oauth_token(oauth(1));
    let record = record_of(&before);
    let mut device = rebooted::<1024>(&before, oauth(1), 0);
    device.now.unix = Some(UnixTime::from_secs(START.as_secs().strict_add_signed(secs)));
    restore(&mut device, &record)
}

#[test]
fn a_record_is_good_to_the_second() {
    for (secs, expected) in [
        // The clock may have been at the end of a second then, and at its start now.
        (-2, Err(RestoreError::FromFuture)),
        (-1, Ok(())),
        (0, Ok(())),
        (1, Ok(())),
        (298, Ok(())),
        (299, Err(RestoreError::Expired)),
        (300, Err(RestoreError::Expired)),
        (301, Err(RestoreError::Expired)),
        (1_000_000_000, Err(RestoreError::Expired)),
        (-100_000, Err(RestoreError::FromFuture)),
    ] {
        assert_eq!(restored_after(secs), expected, "after {secs} s");
    }
}

#[test]
fn without_a_time_nothing_is_restored_until_the_server_told_it() {
    for own in [
        None,
        Some(UnixTime::from_secs(0)),
        Some(UnixTime::from_secs(1_000_000_000)),
    ] {
        let before = with_oauth_token(oauth(1));
        let record = record_of(&before);
        let mut device = rebooted::<1024>(&before, oauth(1), 20);
        device.now.unix = own;
        assert_eq!(
            restore(&mut device, &record),
            Err(RestoreError::TimeUnknown),
            "{own:?}"
        );
        assert_eq!(device.exchange(403, ""), Kind::Time, "{own:?}");
        assert_eq!(restore(&mut device, &record), Ok(()), "{own:?}");
        assert_eq!(device.token(), Some("access-token"), "{own:?}");
        device.pass_millis(278_999);
        assert_eq!(device.token(), Some("access-token"), "{own:?}");
        device.pass_millis(1);
        assert_eq!(device.token(), None, "{own:?}");
    }
}

#[test]
fn a_device_without_a_clock_writes_the_time_that_it_learned() {
    let mut before = Device::<1024>::new(oauth(1));
    before.now.unix = None;
    let nothing = before.session.save(before.now, &mut []);
    assert_eq!(nothing, Err(SaveError::NoToken));
    assert_eq!(before.exchange(403, ""), Kind::Time);
    before.get_token("access-token", 300);
    let record = record_of(&before);

    let mut device = rebooted::<1024>(&before, oauth(1), 200);
    assert_eq!(device.exchange(403, ""), Kind::Time);
    assert_eq!(restore(&mut device, &record), Ok(()));
    device.pass_millis(98_999);
    assert_eq!(device.token(), Some("access-token"));
    device.pass_millis(1);
    assert_eq!(device.token(), None);
}

/// A device whose clock is wrong by this much, and which learned that from a refusal.
fn with_wrong_clock(ahead_secs: i64) -> Device {
    let mut device = Device::<1024>::new(oauth(1));
    device.now.unix = Some(UnixTime::from_secs(
        START.as_secs().strict_add_signed(ahead_secs),
    ));
    if ahead_secs != 0 {
        device.exchange(400, &refusal(""));
        assert!(device.session.has_learned_time(), "{ahead_secs} s ahead");
    }
    device.get_token("access-token", 300);
    device
}

#[test]
fn a_clock_that_is_as_wrong_as_before_restores_what_is_certainly_good() {
    for (ahead, expected) in [
        (-(DAY as i64), Ok(())),
        (-3_600, Ok(())),
        (-30, Ok(())),
        (30, Ok(())),
        // The clock may have been corrected since. With its time the token has expired.
        (3_600, Err(RestoreError::Expired)),
        (DAY as i64, Err(RestoreError::Expired)),
    ] {
        let before = with_wrong_clock(ahead);
        let record = record_of(&before);
        let mut device = rebooted::<1024>(&before, oauth(1), 20);
        assert_eq!(restore(&mut device, &record), expected, "{ahead} s ahead");
    }
}

#[test]
fn a_clock_that_was_set_right_in_between_restores_what_is_certainly_good() {
    for (ahead, expected) in [
        (DAY as i64, Ok(())),
        (3_600, Ok(())),
        (30, Ok(())),
        (-30, Ok(())),
        // The clock may still be behind. With its earlier time the token has expired.
        (-3_600, Err(RestoreError::Expired)),
        (-(DAY as i64), Err(RestoreError::Expired)),
    ] {
        let before = with_wrong_clock(ahead);
        let record = record_of(&before);
        let mut device = rebooted::<1024>(&before, oauth(1), 20);
        device.now.unix = Some(device.server_time);
        assert_eq!(restore(&mut device, &record), expected, "{ahead} s ahead");
    }
}

#[test]
fn a_restored_token_never_outlives_the_count_of_the_server() {
    let mut restored = 0;
    for ahead in [
        -(DAY as i64),
        -400,
        -299,
        -100,
        -12,
        -2,
        0,
        2,
        12,
        100,
        299,
        400,
        DAY as i64,
    ] {
        for set_right in [false, true] {
            for off_secs in (0..320).step_by(7).chain([298, 299, 300]) {
                let before = with_wrong_clock(ahead);
                let record = record_of(&before);
                let mut device = rebooted::<1024>(&before, oauth(1), off_secs);
                if set_right {
                    device.now.unix = Some(device.server_time);
                }
                if restore(&mut device, &record).is_err() {
                    continue;
                }
                restored += 1;
                let case = format!("{ahead} s ahead, off for {off_secs} s, {set_right}");
                assert!(off_secs < 300, "{case}");
                device.pass_secs(300 - off_secs);
                assert_eq!(device.token(), None, "{case}");
            }
        }
    }
    assert!(restored > 300, "{restored} restored");
}

#[test]
fn a_time_that_took_long_to_learn_makes_the_record_only_more_careful() {
    // The second, of the 10 s between sending and receiving, when the server wrote its `Date`, and the rest of 300 s.
    for (written_at, left_secs) in [(0, 289), (5, 294), (10, 299)] {
        let mut before = Device::<1024>::new(oauth(1));
        before.now.unix = None;
        let sent = before.request();
        before.pass_secs(10);
        let now = before.server_time;
        before.server_time = START.saturating_add(written_at);
        assert_eq!(before.receive(sent.ticket, 403, ""), Kind::Time);
        before.server_time = now;
        let sent = before.request();
        let body = token("access-token", 300);
        let received = before.receive_with(sent.ticket, 200, &body, |it| it.date = None);
        assert!(received.is_token());
        let record = record_of(&before);

        let mut device = rebooted::<1024>(&before, oauth(1), 0);
        device.now.unix = Some(device.server_time);
        assert_eq!(restore(&mut device, &record), Ok(()), "{written_at} s");
        device.pass_millis(left_secs * 1_000 - 1);
        assert_eq!(device.token(), Some("access-token"), "{written_at} s");
        device.pass_millis(1);
        assert_eq!(device.token(), None, "{written_at} s");
    }
}

#[test]
fn a_reboot_sets_the_steady_clock_back_to_zero_and_nothing_else() {
    let mut before = Device::<1024>::new(oauth(1));
    before.now.instant = redox_auth_core::Instant::from_millis(u64::MAX / 2);
    before.get_token("access-token", 300);
    let record = record_of(&before);
    let mut device = rebooted::<1024>(&before, oauth(1), 20);
    assert_eq!(device.now.instant.as_millis(), 0);
    assert_eq!(restore(&mut device, &record), Ok(()));
    assert!(device.wait_millis() < 300_000);
    device.pass_until_asked();
    device.get_token("two", 300);
    assert_eq!(device.token(), Some("two"));
}
