use std::io::{self, Write};

use redox_auth_simulation::{Report, simulate};

const SEED: u64 = 1;
const STEPS: usize = 1_000_000;

#[test]
fn every_rule_holds_in_each_of_a_million_steps() {
    say(format_args!("seed {SEED}, {STEPS} steps"));
    // Panics with the seed, the step and the end of the trace if a rule is broken.
    let report = simulate(SEED, STEPS);
    say(format_args!("{report}"));
    assert!(report.steps >= STEPS);
    check_mix(&report);
}

/// Past the test harness, which shows nothing of a test that passes.
fn say(what: core::fmt::Arguments<'_>) {
    // Nobody may be listening.
    let _ = writeln!(io::stderr(), "{what}");
}

/// A rule that holds because nothing happens is no rule: all of this has to have happened, and not once or twice.
fn check_mix(report: &Report) {
    for (what, least) in [
        ("401s to another token", 500),
        ("401s to the token in use", 5_000),
        ("401s too soon after another", 500),
        ("API calls", 50_000),
        ("answers lost on their way back", 200),
        ("answers that nobody waited for", 100),
        ("answers: a refusal", 5_000),
        ("answers: a token", 5_000),
        ("answers: junk", 400),
        ("answers: no time", 100),
        ("answers: the time", 500),
        ("assertions held to the window", 5_000),
        ("assertions refused for their time", 1_000),
        ("changes of the registered keys", 5_000),
        ("clients disabled or enabled", 2_000),
        ("clocks corrected", 2_000),
        ("credentials replaced", 2_000),
        ("cut-overs", 500),
        ("damaged records refused", 500),
        ("faults injected", 10_000),
        ("outages begun or ended", 2_000),
        ("reboots", 2_000),
        ("records refused", 1_000),
        ("records restored", 1_000),
        ("recoveries", 5_000),
        ("requests abandoned", 1_000),
        ("requests for the time", 1_000),
        ("requests forgotten", 1_000),
        ("requests lost on their way there", 5_000),
        ("requests pushed for", 2_000),
        ("requests that failed", 4_000),
        ("requests with a refresh token", 1_000),
        ("requests with a secret", 2_000),
        ("requests with an assertion", 20_000),
        ("revocations", 5_000),
        ("scenarios", 500),
        ("secrets rotated", 2_000),
        ("tokens for a legacy key", 1_000),
        ("tokens for an assertion", 5_000),
        ("wall clocks set", 5_000),
    ] {
        let often = report.tally.of(what);
        assert!(often >= least, "{what}: {often} times, expected {least}");
    }
}
