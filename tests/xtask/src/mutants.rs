//! How good the tests are: `cargo-mutants` changes the code in one place after the other, and the tests have to notice.
//! Hours of work, so it is no step of the test command.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use crate::command::{Failure, Run, root};

/// Code whose mutants the tests of its package must notice.
struct Room {
    name: &'static str,
    package: &'static str,
    files: &'static [&'static str],
}

const ROOMS: [Room; 4] = [
    Room {
        name: "core",
        package: "redox-auth-core",
        files: &["core/src/**/*.rs"],
    },
    Room {
        name: "exchange",
        package: "redox-auth-gateway",
        files: &[
            "adapters/gateway/src/exchange.rs",
            "adapters/gateway/src/exchange/*.rs",
        ],
    },
    Room {
        name: "tokens",
        package: "redox-auth-reqwest",
        files: &["adapters/reqwest/src/tokens/*.rs"],
    },
    Room {
        name: "requests",
        package: "redox-auth-reqwest",
        files: &["adapters/reqwest/src/requests/*.rs"],
    },
];

/// Changes every place of one room, or of each, or of the `n`th of `k` parts (`1/8`), and compares the mutants that
/// survive with the table of those that may.
pub(crate) fn mutants(room: Option<&str>, shard: Option<&str>) -> Result<(), Failure> {
    if !Run::cargo("mutants --version").succeeds() {
        return Err(Failure {
            what: String::from("not found: cargo-mutants"),
            by_hand: Some(String::from("cargo install --locked cargo-mutants")),
        });
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
        let output = format!("target/mutants/{}", self.name);
        let mut run = Run::cargo("mutants --all-features --no-shuffle --colors never")
            .args("--package")
            .arg(self.package)
            .args("--output")
            .arg(&output);
        for files in self.files {
            run = run.args("--file").arg(*files);
        }
        if let Some(shard) = shard {
            run = run.args("--shard").arg(shard);
        }
        let outcomes = root().join(&output).join("mutants.out/outcomes.json");
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
#[derive(Debug, Default, Eq, PartialEq)]
struct Found {
    caught: usize,
    /// They do not compile.
    unviable: usize,
    /// Each as the table names it: file, function and change, without the line, which moves.
    missed: BTreeSet<String>,
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
            match summary {
                Some("CaughtMutant" | "Timeout") => found.caught = found.caught.saturating_add(1),
                Some("Unviable") => found.unviable = found.unviable.saturating_add(1),
                Some("MissedMutant") => {
                    let text = |member| mutant.pointer(member).and_then(Value::as_str);
                    let (file, name) = (text("/file"), text("/name"));
                    let name = name.unwrap_or_default();
                    let change = name.splitn(4, ':').nth(3).unwrap_or(name).trim();
                    let file = file.unwrap_or_default();
                    found.missed.insert(format!("{file}: {change}"));
                }
                other => return Err(Failure::new(format!("cargo-mutants says {other:?}"))),
            }
        }
        Ok(found)
    }

    /// In percent of those that compile.
    fn caught_share(&self) -> usize {
        let viable = self.caught.saturating_add(self.missed.len());
        self.caught
            .saturating_mul(100)
            .checked_div(viable)
            .unwrap_or(100)
    }
}

impl core::fmt::Display for Found {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let Self {
            caught,
            unviable,
            missed,
        } = self;
        let share = self.caught_share();
        let missed = missed.len();
        write!(
            f,
            "{caught} mutants noticed, {missed} not: {share} %; {unviable} do not compile"
        )
    }
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
        assert_eq!((found.caught, found.unviable), (2, 1));
        let missed: Vec<_> = found.missed.iter().collect();
        assert_eq!(
            missed,
            ["core/src/a.rs: replace <impl Drop for K>::drop with ()"]
        );
        assert_eq!(found.caught_share(), 66);

        let broken = r#"{ "outcomes": [{ "scenario": "Baseline", "summary": "Failure" }] }"#;
        assert!(Found::parse(broken).is_err());
    }
}
