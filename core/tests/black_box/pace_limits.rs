//! Simulations of the pace with server limits: the use of a limit, the number of refusals, and the shares of several
//! clients.
//!
//! The limit is that of nginx. Transit times and timers vary at random, with ten seeds for each case.

use redox_auth_core::Pace;

use crate::support::limited::{Limit, Limited, Program};

/// A limit, the least use of it and the most refusals that are allowed, in thousandths.
struct Case {
    per_sec: u64,
    burst: u64,
    retry_after: Option<&'static str>,
    messages: usize,
    /// From this moment on, in milliseconds, the limit has this rate.
    change: Option<(u64, u64)>,
    used: u64,
    refused: u64,
}

const REDOX: Case = Case {
    per_sec: 25,
    burst: 500,
    retry_after: None,
    messages: 3_000,
    change: None,
    used: 950,
    refused: 20,
};

#[test]
fn one_program_uses_a_limit_and_is_hardly_ever_refused() {
    check(&REDOX);
    check(&Case {
        retry_after: Some("1"),
        ..REDOX
    });
    check(&Case {
        messages: 30_000,
        refused: 10,
        ..REDOX
    });
    // Ten times as fast, for tests that use real time.
    check(&Case {
        per_sec: 250,
        ..REDOX
    });
    check(&Case {
        per_sec: 250,
        messages: 30_000,
        retry_after: Some("1"),
        ..REDOX
    });
}

#[test]
fn a_limit_that_changes_is_followed() {
    for retry_after in [None, Some("1")] {
        check(&Case {
            change: Some((50_000, 50)),
            retry_after,
            ..REDOX
        });
        check(&Case {
            change: Some((50_000, 12)),
            retry_after,
            ..REDOX
        });
    }
}

#[test]
fn a_garbled_retry_after_is_as_good_as_none() {
    for retry_after in ["soon", "-30", "0", "Sun, 06 Nov 1994 08:49:37 GMT", "1.5"] {
        check(&Case {
            retry_after: Some(retry_after),
            ..REDOX
        });
    }
}

#[test]
fn ten_programs_come_to_shares_within_twice_of_each_other() {
    for (per_sec, retry_after, secs) in [
        (25, None, 1_000),
        (25, Some("1"), 1_000),
        (250, None, 300),
        (250, Some("1"), 300),
    ] {
        let (mut most, mut refused) = (0, 0);
        for seed in 0..10 {
            let programs = (0..10).map(|index| Program::new(Pace::new(index), 32, 300_000));
            let mut limit = Limit::new(per_sec, 500);
            limit.retry_after = retry_after;
            let mut world = Limited::new(limit, programs.collect(), seed);
            world.run(secs * 1_000);
            let sent: Vec<u64> = world.programs.iter().map(|it| it.sent).collect();
            let ratio = sent.iter().max().unwrap() * 100 / sent.iter().min().unwrap();
            most = most.max(ratio);
            refused = refused.max(world.refused());
            assert!(world.used() >= 950, "seed {seed}: {}", world.used());
            assert!(ratio <= 200, "{per_sec} a second, seed {seed}: {sent:?}");
        }
        println!("{per_sec} a second, {retry_after:?}: {most} %, {refused} refused of 1,000");
    }
}

fn check(case: &Case) {
    let (mut used, mut refused) = (u64::MAX, 0);
    for seed in 0..10 {
        let program = Program::new(Pace::new(7), 32, case.messages);
        let mut limit = Limit::new(case.per_sec, case.burst);
        limit.retry_after = case.retry_after;
        let mut world = Limited::new(limit, vec![program], seed);
        world.change = case.change;
        world.run(u64::MAX);
        let sent = u64::try_from(case.messages).unwrap();
        assert_eq!(world.programs[0].sent, sent, "seed {seed}: nothing is lost");
        used = used.min(world.used());
        refused = refused.max(world.refused());
    }
    let shown = format!(
        "{} a second, burst {}, Retry-After {:?}, change {:?}, {} messages: {used} used, {refused} refused of 1,000",
        case.per_sec, case.burst, case.retry_after, case.change, case.messages
    );
    println!("{shown}");
    assert!(used >= case.used && refused <= case.refused, "{shown}");
}
