//! Damaged and forged records: rejected, and no part of them used.

use redox_auth_core::{Client, Instant, LegacyKey, Next, Now, RestoreError, UnixTime};

use crate::support::driver::{FakeSigner, START, legacy, oauth};
use crate::support::random::Random;
use crate::support::record::{
    CHECKSUM_LEN, Device, EXPIRES_AT, KEY_AT, LENGTHS_AT, LIFETIME_AT, SAVED_AT, TOKENS_AT,
    VERSION_AT, WAY_AT, forged, rebooted, record_of, restore, sealed, with_legacy_token,
    with_oauth_token,
};

type Reboot = fn() -> Device;

/// Both kinds of record, each with a device just after the reboot.
fn records() -> [(&'static str, Vec<u8>, Reboot); 2] {
    [
        ("oauth", record_of(&with_oauth_token(oauth(1))), || {
            rebooted(&with_oauth_token(oauth(1)), oauth(1), 10)
        }),
        ("legacy", record_of(&with_legacy_token(legacy())), || {
            rebooted(&with_legacy_token(legacy()), legacy(), 10)
        }),
    ]
}

#[test]
fn every_single_flipped_bit_is_found() {
    for (kind, record, reboot) in records() {
        let mut device = reboot();
        for at in 0..record.len() {
            for bit in 0..8 {
                let mut damaged = record.clone();
                damaged[at] ^= 1 << bit;
                let got = restore(&mut device, &damaged);
                assert_eq!(
                    got,
                    Err(RestoreError::Damaged),
                    "{kind}: bit {bit} of byte {at}"
                );
            }
        }
        assert_eq!(restore(&mut device, &record), Ok(()), "{kind}");
    }
}

#[test]
fn every_burst_of_damage_is_found() {
    // The content of an erased or half-written page of flash.
    for (kind, record, reboot) in records() {
        let mut device = reboot();
        for fill in [0x00, 0xff] {
            for from in 0..record.len() {
                for to in from + 1..=record.len() {
                    let mut damaged = record.clone();
                    damaged[from..to].fill(fill);
                    if damaged == record {
                        continue;
                    }
                    let got = restore(&mut device, &damaged);
                    assert_eq!(
                        got,
                        Err(RestoreError::Damaged),
                        "{kind}: {fill} in {from}..{to}"
                    );
                }
            }
        }
    }
}

#[test]
fn every_record_cut_off_or_with_something_behind_it_is_refused() {
    for (kind, record, reboot) in records() {
        let mut device = reboot();
        for len in 0..record.len() {
            let got = restore(&mut device, &record[..len]);
            assert_eq!(got, Err(RestoreError::Damaged), "{kind}: {len} bytes");
            let got = restore(&mut device, &record[record.len() - len..]);
            assert_eq!(
                got,
                Err(RestoreError::Damaged),
                "{kind}: the last {len} bytes"
            );
            // The same with a valid checksum.
            if len < record.len() - CHECKSUM_LEN {
                let got = restore(&mut device, &sealed(record[..len].to_vec()));
                assert_eq!(
                    got,
                    Err(RestoreError::Damaged),
                    "{kind}: {len} bytes, sealed"
                );
            }
        }
        for more in [&b"\0"[..], b"\xff", b"a", &[0; 64]] {
            let longer = [&record[..], more].concat();
            assert_eq!(
                restore(&mut device, &longer),
                Err(RestoreError::Damaged),
                "{kind}"
            );
            let content = [&record[..record.len() - CHECKSUM_LEN], more].concat();
            let got = restore(&mut device, &sealed(content));
            assert_eq!(got, Err(RestoreError::Damaged), "{kind}: sealed");
        }
    }
}

#[test]
fn any_other_bytes_are_no_record() {
    let mut random = Random::from_seed(0x07ec_07d5);
    let mut device = Device::<1024>::new(oauth(1));
    for _ in 0..2_000 {
        let bytes = random.text().into_bytes();
        assert_eq!(restore(&mut device, &bytes), Err(RestoreError::Damaged));
        assert_eq!(
            restore(&mut device, &sealed(bytes)),
            Err(RestoreError::Damaged)
        );
    }
}

#[test]
fn another_version_is_named() {
    for (kind, record, reboot) in records() {
        for found in [0, 2, 255] {
            let got = restore(&mut reboot(), &forged(&record, VERSION_AT, &[found]));
            assert_eq!(got, Err(RestoreError::Version { found }), "{kind}");
        }
    }
}

#[test]
fn a_forged_record_gets_nothing_into_a_header_and_no_time_beyond_its_own() {
    let (record, len) = (records()[0].1.clone(), b"access-token".len());
    let now = START.as_secs() + 10;
    for (case, at, bytes) in [
        ("another magic", 0, &b"RdxX"[..]),
        ("a kind that there is not", WAY_AT, &[2]),
        ("a line break in the token", TOKENS_AT, b"\r\n"),
        ("a space in the token", TOKENS_AT + 3, b" "),
        (
            "a control character at the end",
            TOKENS_AT + len - 1,
            b"\x7f",
        ),
        ("no UTF-8", TOKENS_AT, b"\xff"),
        ("UTF-8, but no ASCII", TOKENS_AT, "é".as_bytes()),
        ("no token", LENGTHS_AT, &[0, 0, 0, 12]),
        ("a token shorter than there is", LENGTHS_AT, &[0, 11, 0, 0]),
        ("a token longer than there is", LENGTHS_AT, &[0, 13, 0, 0]),
        ("the longest token", LENGTHS_AT, &[0xff, 0xff, 0xff, 0xff]),
        ("no lifetime", LIFETIME_AT, &[0; 4]),
        ("a lifetime that is up", LIFETIME_AT, &288_u32.to_be_bytes()),
        (
            "an end beyond the lifetime",
            EXPIRES_AT,
            &(now + 302).to_be_bytes(),
        ),
        (
            "an end beyond all times",
            EXPIRES_AT,
            &u64::MAX.to_be_bytes(),
        ),
    ] {
        let (_, _, reboot) = records()[0];
        let mut device = reboot();
        let got = restore(&mut device, &forged(&record, at, bytes));
        assert_eq!(got, Err(RestoreError::Damaged), "{case}");
        assert!(matches!(device.next(), Next::Fetch), "{case}");
    }
    for (case, at, bytes, expected) in [
        (
            "an end in the past",
            EXPIRES_AT,
            &[0; 8][..],
            RestoreError::Expired,
        ),
        (
            "a beginning beyond all times",
            SAVED_AT,
            &[0xff; 8],
            RestoreError::FromFuture,
        ),
    ] {
        let (_, _, reboot) = records()[0];
        assert_eq!(
            restore(&mut reboot(), &forged(&record, at, bytes)),
            Err(expected),
            "{case}"
        );
    }
}

#[test]
fn a_key_that_is_gone_makes_the_token_no_worse() {
    let record = records()[0].1.clone();
    let (_, _, reboot) = records()[0];
    let mut device = reboot();
    assert_eq!(
        restore(&mut device, &forged(&record, KEY_AT, &[200])),
        Ok(())
    );
    assert_eq!(device.token(), Some("access-token"));
    device.pass_until_asked();
    assert_eq!(device.request().jwt(0, "kid"), "key-0");
}

/// The whole visible state of a session.
fn state(device: &Device) -> String {
    let session = &device.session;
    let nexts: Vec<_> = [0, 1, 1_000, 59_999, 60_000, 600_000, 100_000_000]
        .map(|millis| session.next(device.now.instant.saturating_add_millis(millis)))
        .into();
    let tokens: Vec<_> = nexts
        .iter()
        .map(|it| it.token().map(|it| it.expose()))
        .collect();
    let counters = session.counters();
    let time = session.unix_time(device.now);
    format!("{nexts:?} {tokens:?} {counters:?} {time:?} {session:?}")
}

#[test]
fn after_every_refusal_the_session_is_as_it_was() {
    let now = |unix| Now {
        instant: Instant::from_millis(0),
        unix,
    };
    let good = record_of(&with_legacy_token(legacy()));
    let other = legacy().with_legacy_key(LegacyKey::new("legacy-2", "s3cret"));
    let right = Some(START.saturating_add(10));
    type Case = (
        &'static str,
        Vec<u8>,
        Client<'static, FakeSigner>,
        Option<UnixTime>,
    );
    let cases: [Case; 8] = [
        ("damaged", good[1..].to_vec(), legacy(), right),
        ("version", forged(&good, VERSION_AT, &[9]), legacy(), right),
        ("other identity", good.clone(), other, right),
        (
            "from the future",
            good.clone(),
            legacy(),
            Some(START.saturating_sub(10)),
        ),
        (
            "expired",
            good.clone(),
            legacy(),
            Some(START.saturating_add(86_400)),
        ),
        ("time unknown", good.clone(), legacy(), None),
        (
            "policy",
            good.clone(),
            legacy().with_policy(redox_auth_core::Policy::Tefca),
            right,
        ),
        (
            "longer than its life",
            forged(&good, LIFETIME_AT, &[0, 0, 0, 9]),
            legacy(),
            right,
        ),
    ];
    for (case, record, client, unix) in cases {
        let mut device = Device::<1024>::new(client);
        device.now = now(unix);
        let before = state(&device);
        let error = restore(&mut device, &record).expect_err(case);
        assert_eq!(state(&device), before, "{case}");
        assert!(!error.to_string().is_empty(), "{case}");
    }
}

#[test]
fn a_refused_record_takes_no_refresh_token_away() {
    let good = record_of(&with_legacy_token(legacy()));
    let mut device = with_legacy_token(legacy());
    device.pass_secs(86_400);
    assert_eq!(device.token(), None, "dead, but with a refresh token");
    for record in [&good[..], &good[1..], &forged(&good, VERSION_AT, &[9])] {
        assert!(restore(&mut device, record).is_err());
    }
    assert!(device.request().body.contains("refresh-token"));
}
