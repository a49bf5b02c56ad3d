//! A token that several sessions share: one session adopts the token that another obtained.

use redox_auth_core::RestoreError;

use crate::support::driver::{START, legacy, oauth};
use crate::support::record::{Device, rebooted, record_of, with_oauth_token};

/// Adopts the token of another session's record.
fn adopt<const N: usize>(
    device: &mut Device<N>,
    record: &[u8],
    lives_for_secs: u32,
    rejected: &str,
) -> Result<(), RestoreError> {
    let now = device.now;
    device.session.adopt(now, record, lives_for_secs, rejected)
}

#[test]
fn a_token_of_another_session_takes_the_place_of_one_that_dies_earlier() {
    let before = with_oauth_token(oauth(1));
    let record = record_of(&before);
    let mut device = rebooted::<1024>(&before, oauth(1), 20);
    device.get_token("of-its-own", 100);
    assert_eq!(adopt(&mut device, &record, 280, ""), Ok(()));
    assert_eq!(device.token(), Some("access-token"));
    // The same token again does not count, nor does a token that expires earlier.
    let again = adopt(&mut device, &record, 280, "");
    assert_eq!(again, Err(RestoreError::HasToken));
    let mut device = rebooted::<1024>(&before, oauth(1), 20);
    device.get_token("of-its-own", 300);
    let worse = adopt(&mut device, &record, 280, "");
    assert_eq!(worse, Err(RestoreError::HasToken));
    assert_eq!(device.token(), Some("of-its-own"));
}

#[test]
fn a_token_of_another_session_lives_as_long_as_the_shorter_clock_says() {
    let before = with_oauth_token(oauth(1));
    let record = record_of(&before);
    for (secs_later, lives_for_secs, secs) in
        [(20, 100, 100), (20, 1_000, 279), (250, 280, 49), (0, 1, 1)]
    {
        let mut device = rebooted::<1024>(&before, oauth(1), secs_later);
        assert_eq!(adopt(&mut device, &record, lives_for_secs, ""), Ok(()));
        device.pass_millis(secs * 1_000 - 1);
        assert!(device.token().is_some(), "{lives_for_secs} s");
        device.pass_millis(1);
        assert_eq!(device.token(), None, "{lives_for_secs} s");
    }
    for (secs_later, lives_for_secs) in [(20, 0), (300, 280)] {
        let mut device = rebooted::<1024>(&before, oauth(1), secs_later);
        let dead = adopt(&mut device, &record, lives_for_secs, "");
        assert_eq!(dead, Err(RestoreError::Expired));
    }
    // A clock that is behind or unset does not count.
    for unix in [Some(START.saturating_sub(3_600)), None] {
        let mut device = rebooted::<1024>(&before, oauth(1), 20);
        device.now.unix = unix;
        assert_eq!(adopt(&mut device, &record, 280, ""), Ok(()));
        device.pass_millis(279_999);
        assert!(device.token().is_some(), "{unix:?}");
        device.pass_millis(1);
        assert_eq!(device.token(), None, "{unix:?}");
    }
}

#[test]
fn a_token_that_an_api_rejected_or_of_somebody_else_is_not_taken_over() {
    let before = with_oauth_token(oauth(1));
    let record = record_of(&before);
    let mut device = rebooted::<1024>(&before, oauth(1), 20);
    let rejected = adopt(&mut device, &record, 280, "access-token");
    assert_eq!(rejected, Err(RestoreError::Rejected));
    let mut stranger = rebooted::<1024>(&before, legacy(), 20);
    assert!(adopt(&mut stranger, &record, 280, "").is_err());
    let cut = adopt(&mut device, &record[1..], 280, "");
    assert_eq!(cut, Err(RestoreError::Damaged));
    assert_eq!(device.token(), None);
}
