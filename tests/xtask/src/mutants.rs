//! How good the tests are: `cargo-mutants` changes the code in one place after the other, and the tests have to notice.
//! Hours of work, so it is no step of the test command.

use std::fs;

use serde_json::Value;

use crate::command::{Failure, Run, root, target_dir};

/// Code whose mutants the tests of its package must notice.
struct Room {
    name: &'static str,
    package: &'static str,
    files: &'static [&'static str],
    /// The tests of the package that run, as options of cargo.
    tests: &'static str,
    /// Parts of the names of tests that are left out: slow, and about something else than these files.
    left_out: &'static [&'static str],
}

const ROOMS: [Room; 4] = [
    Room {
        name: "core",
        package: "redox-auth-core",
        files: &["core/src/**/*.rs"],
        tests: "--tests",
        left_out: &["random_claims::", "a_flipped_bit_never_makes_another_key"],
    },
    Room {
        name: "exchange",
        package: "redox-auth-gateway",
        files: &[
            "adapters/gateway/src/exchange.rs",
            "adapters/gateway/src/exchange/*.rs",
        ],
        tests: "--tests",
        left_out: &[],
    },
    Room {
        name: "tokens",
        package: "redox-auth-reqwest",
        files: &["adapters/reqwest/src/tokens/*.rs"],
        tests: REQWEST_TESTS,
        left_out: &REQWEST_LEFT_OUT,
    },
    Room {
        name: "requests",
        package: "redox-auth-reqwest",
        files: &["adapters/reqwest/src/requests/*.rs"],
        tests: REQWEST_TESTS,
        left_out: &REQWEST_LEFT_OUT,
    },
];

const REQWEST_TESTS: &str = "--lib --test loopback";

const REQWEST_LEFT_OUT: [&str; 4] = [
    // The examples are not built.
    "examples::",
    "batch::",
    "in_mixes_the_client_is_as_good_as_before_when_they_are_over",
    "no_line_shows_a_secret",
];

/// Changes every place of one room, or of each, or every `n`th place from the `k`th on (`0/8` to `7/8`), and compares
/// the mutants that survive with the table of those that may.
pub(crate) fn mutants(room: Option<&str>, shard: Option<&str>) -> Result<(), Failure> {
    for tool in ["mutants", "nextest"] {
        if !Run::cargo(tool).args("--version").succeeds() {
            return Err(Failure {
                what: format!("not found: cargo-{tool}"),
                by_hand: Some(format!("cargo install --locked cargo-{tool}")),
            });
        }
    }
    let rooms: Vec<_> = ROOMS
        .iter()
        .filter(|it| room.is_none_or(|name| name == it.name))
        .collect();
    if rooms.is_empty() {
        let names = ROOMS.map(|it| it.name).join(", ");
        return Err(Failure::new(format!("expected one of {names}")));
    }
    let reasons = fs::read_to_string(root().join(TABLE))?;
    let mut failed = Vec::new();
    for room in rooms {
        let found = room.run(shard)?;
        println!("{}: {found}", room.name);
        for mutant in &found.timed_out {
            println!("  noticed only by the time that the tests took: {mutant}");
        }
        let unexplained: Vec<_> = found
            .missed
            .iter()
            .filter(|it| !reasons.contains(&format!("`{it}`")))
            .collect();
        for mutant in &unexplained {
            println!("  without a test or a reason: {mutant}");
        }
        if !unexplained.is_empty() || found.caught_share() < GOOD_SHARE {
            failed.push(room.name);
        }
    }
    if failed.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "{}: fewer than {GOOD_SHARE} % of the mutants are noticed, or one that survives is not in {TABLE}",
        failed.join(", ")
    )))
}

impl Room {
    fn run(&self, shard: Option<&str>) -> Result<Found, Failure> {
        // A copy of the sources is changed, without what git ignores. What it builds goes to a place of its own, where no
        // other build takes it for that of the sources; dependencies are built once for each package.
        let builds = target_dir().join("mutants").join(self.package);
        let output = builds.join(self.name);
        fs::create_dir_all(&output)?;
        let mut run = Run::cargo("mutants --no-config --no-shuffle --colors never")
            .args("--profile mutants --all-features --package")
            .arg(self.package)
            .args("--test-tool nextest --output")
            .path(&output)
            .env("CARGO_TARGET_DIR", builds.display().to_string());
        for option in self.tests.split_whitespace() {
            run = run.arg(format!("--cargo-arg={option}"));
        }
        for files in self.files {
            run = run.args("--file").arg(*files);
        }
        if let Some(shard) = shard {
            run = run.args("--sharding round-robin --shard").arg(shard);
        }
        // What follows the first goes to nextest, and what follows the second to the programs of tests.
        run = run.args("-- --");
        for name in self.left_out {
            run = run.args("--skip").arg(*name);
        }
        let outcomes = output.join("mutants.out/outcomes.json");
        // One of an earlier run would pass for this one's.
        let _ = fs::remove_file(&outcomes);
        // It ends with a failure whenever a mutant survives; what it found tells more.
        let ended = run.run();
        let found = fs::read_to_string(&outcomes).map_err(|error| match ended {
            Err(failure) => failure,
            Ok(()) => Failure::from(error),
        })?;
        Found::parse(&found)
    }
}

/// What became of the mutants of a room.
#[derive(Debug, Default, PartialEq)]
struct Found {
    caught: usize,
    /// The tests took too long. That counts as noticed, but a busy machine can be the reason.
    timed_out: Vec<String>,
    /// They do not compile.
    unviable: usize,
    missed: Vec<String>,
    /// Of building and testing them all.
    seconds: f64,
}

impl Found {
    fn parse(outcomes: &str) -> Result<Self, Failure> {
        let outcomes: Value = serde_json::from_str(outcomes)
            .map_err(|error| Failure::new(format!("outcomes of cargo-mutants: {error}")))?;
        let mut found = Self::default();
        let outcomes = outcomes.pointer("/outcomes").and_then(Value::as_array);
        for outcome in outcomes.into_iter().flatten() {
            let summary = outcome.pointer("/summary").and_then(Value::as_str);
            let Some(mutant) = outcome.pointer("/scenario/Mutant") else {
                if summary != Some("Success") {
                    return Err(Failure::new("the tests fail without any mutant"));
                }
                continue;
            };
            let phases = outcome.pointer("/phase_results").and_then(Value::as_array);
            let durations = phases
                .into_iter()
                .flatten()
                .filter_map(|it| it["duration"].as_f64());
            found.seconds += durations.sum::<f64>();
            match summary {
                Some("CaughtMutant") => found.caught = found.caught.saturating_add(1),
                Some("Timeout") => found.timed_out.push(named(mutant)),
                Some("Unviable") => found.unviable = found.unviable.saturating_add(1),
                Some("MissedMutant") => found.missed.push(named(mutant)),
                other => return Err(Failure::new(format!("cargo-mutants says {other:?}"))),
            }
        }
        Ok(found)
    }

    fn noticed(&self) -> usize {
        self.caught.saturating_add(self.timed_out.len())
    }

    /// In percent of those that compile.
    fn caught_share(&self) -> usize {
        let noticed = self.noticed();
        let viable = noticed.saturating_add(self.missed.len());
        noticed
            .saturating_mul(100)
            .checked_div(viable)
            .unwrap_or(100)
    }
}

impl core::fmt::Display for Found {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let Self {
            unviable, seconds, ..
        } = self;
        let (noticed, missed, share) = (self.noticed(), self.missed.len(), self.caught_share());
        write!(
            f,
            "{noticed} mutants noticed, {missed} not: {share} %; {unviable} do not compile; {seconds:.0} s"
        )
    }
}

/// As the table names it: file, function and change, without the line, which moves.
fn named(mutant: &Value) -> String {
    let text = |member| mutant.pointer(member).and_then(Value::as_str);
    let file = text("/file").unwrap_or_default();
    let name = text("/name").unwrap_or_default();
    let change = name.splitn(4, ':').nth(3).unwrap_or(name).trim();
    format!("{file}: {change}")
}

/// The mutants that may survive, each with its reason.
const TABLE: &str = "tests/mutants.md";

/// In percent.
const GOOD_SHARE: usize = 97;

#[cfg(test)]
mod tests {
    use super::Found;

    #[test]
    fn what_became_of_each_mutant_is_counted() {
        let mutant = |name: &str, summary: &str| {
            serde_json::json!({
                "scenario": { "Mutant": { "name": name, "file": "core/src/a.rs" } },
                "summary": summary,
                "phase_results": [
                    { "phase": "Build", "duration": 2.5, "process_status": "Success" },
                    { "phase": "Test", "duration": 0.5, "process_status": { "Failure": 100 } },
                ],
            })
        };
        let outcomes = serde_json::json!({ "outcomes": [
            { "scenario": "Baseline", "summary": "Success" },
            mutant("core/src/a.rs:1:2: replace < with <= in f", "CaughtMutant"),
            mutant("core/src/a.rs:2:2: replace f -> u8 with 0", "Timeout"),
            mutant("core/src/a.rs:3:2: replace g -> T with Default::default()", "Unviable"),
            mutant("core/src/a.rs:4:2: replace <impl Drop for K>::drop with ()", "MissedMutant"),
        ]});
        let found = Found::parse(&outcomes.to_string()).unwrap();
        assert_eq!((found.caught, found.unviable), (1, 1));
        assert_eq!(found.timed_out, ["core/src/a.rs: replace f -> u8 with 0"]);
        assert_eq!(
            found.missed,
            ["core/src/a.rs: replace <impl Drop for K>::drop with ()"]
        );
        assert_eq!(
            found.to_string(),
            "2 mutants noticed, 1 not: 66 %; 1 do not compile; 12 s"
        );

        let broken = r#"{ "outcomes": [{ "scenario": "Baseline", "summary": "Failure" }] }"#;
        assert!(Found::parse(broken).is_err());
    }
}
