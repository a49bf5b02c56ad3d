//! When the secret of a legacy API key can be replaced without an interruption.

use redox_auth_core::{Preference, SecretRotation, WhyNotYet};

use crate::support::driver::{legacy, migrating};
use crate::support::migration::{BOTH, Migrating, ONLY_LEGACY, serve};

const NOT_SERVED: SecretRotation = SecretRotation::NotYet(WhyNotYet::NotServedByOAuth);

const fn few(found: u8) -> SecretRotation {
    SecretRotation::NotYet(WhyNotYet::TooFewTokens { found, needed: 3 })
}

fn rotation(driver: &Migrating) -> SecretRotation {
    driver.session.legacy_secret_rotation(driver.now.instant)
}

/// A session that obtained this many tokens in a row from the OAuth API key.
fn served_by_oauth(tokens: usize) -> Migrating {
    let mut driver = Migrating::new(migrating());
    for _ in 0..tokens {
        while driver.next().until().is_some() {
            driver.pass_until_asked();
        }
        assert!(serve(&mut driver, BOTH));
    }
    driver
}

#[test]
fn the_third_oauth_token_in_a_row_makes_ready() {
    for (tokens, expected) in [
        (0, NOT_SERVED),
        (1, few(1)),
        (2, few(2)),
        (3, SecretRotation::Ready),
        (10, SecretRotation::Ready),
    ] {
        assert_eq!(
            rotation(&served_by_oauth(tokens)),
            expected,
            "{tokens} tokens"
        );
    }
}

#[test]
fn while_the_legacy_key_serves_it_is_needed() {
    let mut driver = Migrating::new(migrating());
    serve(&mut driver, ONLY_LEGACY);
    serve(&mut driver, ONLY_LEGACY);
    assert_eq!(rotation(&driver), NOT_SERVED);
    driver.pass_until_asked();
    serve(&mut driver, BOTH);
    assert_eq!(rotation(&driver), few(1));
}

#[test]
fn trouble_that_passes_by_itself_changes_nothing_until_the_token_is_dead() {
    let mut driver = served_by_oauth(3);
    driver.pass_until_asked();
    driver.is_busy();
    assert_eq!(rotation(&driver), SecretRotation::Ready);
    driver.pass_secs(300);
    assert_eq!(rotation(&driver), NOT_SERVED);
}

#[test]
fn a_refusal_starts_the_count_from_the_beginning() {
    let mut driver = served_by_oauth(3);
    driver.pass_until_asked();
    serve(&mut driver, ONLY_LEGACY);
    assert_eq!(rotation(&driver), few(0));
}

#[test]
fn a_token_of_the_legacy_key_starts_the_count_from_the_beginning_whatever_the_reason_for_it() {
    let mut driver = served_by_oauth(3);
    driver.session.prefer(Preference::LegacyOnly);
    serve(&mut driver, BOTH);
    driver.session.prefer(Preference::OAuthFirst);
    assert_eq!(rotation(&driver), NOT_SERVED);
    serve(&mut driver, BOTH);
    assert_eq!(rotation(&driver), few(1));
}

#[test]
fn a_preference_for_the_legacy_key_and_a_session_without_another_say_so() {
    let mut driver = served_by_oauth(3);
    driver.session.prefer(Preference::LegacyOnly);
    let preferred = SecretRotation::NotYet(WhyNotYet::LegacyPreferred);
    assert_eq!(rotation(&driver), preferred);
    let alone = SecretRotation::NotYet(WhyNotYet::NoOAuthKey);
    assert_eq!(rotation(&Migrating::new(legacy())), alone);
}
