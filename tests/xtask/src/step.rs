use core::time::Duration;
use std::process::ExitCode;
use std::time::Instant;

use crate::command::Failure;
use crate::members::Member;
use crate::{bench, c, checks, firmware, fuzz, interop, layers, members};

/// A named part of `cargo xtask test`.
pub(crate) struct Step {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    run: fn(&[Member]) -> Result<(), Failure>,
}

/// Every step, the cheap ones first.
pub(crate) const STEPS: [Step; 12] = [
    Step {
        name: "fmt",
        about: "formatting",
        run: checks::formatting,
    },
    Step {
        name: "layers",
        about: "no module names one beside or above it",
        run: layers::run,
    },
    Step {
        name: "clippy",
        about: "lints of every crate, warnings denied; core and gateway also with each feature alone",
        run: checks::clippy,
    },
    Step {
        name: "tests",
        about: "unit, integration and doc tests of every crate",
        run: checks::tests,
    },
    Step {
        name: "no-std",
        about: "core and gateway compiled for thumbv7em-none-eabihf with no feature, each alone and all together",
        run: checks::no_std,
    },
    Step {
        name: "firmware",
        about: "no panic and no allocator in core; devices, a gateway on the network and an image from C on an emulated board",
        run: firmware::run,
    },
    Step {
        name: "c",
        about: "the library for C: its examples against a sandbox, wrong calls under sanitizers",
        run: c::run,
    },
    Step {
        name: "demo",
        about: "the demonstration of the README, built for release",
        run: checks::demo,
    },
    Step {
        name: "docs",
        about: "documentation of every crate, warnings denied",
        run: checks::docs,
    },
    Step {
        name: "benches",
        about: "every bench for a moment, so that none rots; tables and charts are those of the last full run",
        run: bench::step,
    },
    Step {
        name: "fuzz",
        about: "every fuzz target for 20 s",
        run: fuzz::run,
    },
    Step {
        name: "interop",
        about: "against servers and JOSE libraries of others",
        run: interop::run,
    },
];

/// The steps of these names, or the first name that is none.
pub(crate) fn named<'n>(names: &[&'n str]) -> Result<Vec<&'static Step>, &'n str> {
    const ALL: &[Step] = &STEPS;
    names
        .iter()
        .map(|name| ALL.iter().find(|step| step.name == *name).ok_or(*name))
        .collect()
}

/// Runs these steps up to the first that fails, and prints how it went.
///
/// The last line is `N passed, N failed`, alone, for whoever reads it by machine.
pub(crate) fn run(steps: &[&Step]) -> ExitCode {
    let members = match members::members() {
        Ok(members) => members,
        Err(failure) => {
            report(&failure);
            println!("0 passed, 1 failed");
            return ExitCode::FAILURE;
        }
    };
    let mut times = Vec::new();
    let mut failed = None;
    for step in steps {
        println!("\n=== {}: {}", step.name, step.about);
        let start = Instant::now();
        let result = (step.run)(&members);
        times.push(start.elapsed());
        if let Err(failure) = result {
            failed = Some(failure);
            break;
        }
    }
    println!("\n{}", summary(steps, &times, failed.is_some()));
    if let Some(failure) = &failed {
        report(failure);
    }
    let failures = usize::from(failed.is_some());
    println!(
        "{} passed, {failures} failed",
        times.len().saturating_sub(failures)
    );
    ExitCode::from(u8::from(failed.is_some()))
}

pub(crate) fn report(failure: &Failure) {
    println!("{}", failure.what);
    if let Some(command) = &failure.by_hand {
        println!("to repeat it by hand:\n  {command}\n");
    }
}

/// One line a step; `times` has those that ran, and when one `failed` it is the last of these.
fn summary(steps: &[&Step], times: &[Duration], failed: bool) -> String {
    let mut table = String::new();
    let last = times.len().saturating_sub(1);
    for (index, step) in steps.iter().enumerate() {
        let line = match times.get(index) {
            Some(time) if failed && index == last => {
                format!(
                    "{:<10}{:<10}{:>7.1} s\n",
                    step.name,
                    "FAILED",
                    time.as_secs_f32()
                )
            }
            Some(time) => format!(
                "{:<10}{:<10}{:>7.1} s\n",
                step.name,
                "passed",
                time.as_secs_f32()
            ),
            None => format!("{:<10}not run\n", step.name),
        };
        table.push_str(&line);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_found_by_name_in_the_order_asked() {
        let steps = named(&["docs", "fmt"]).unwrap_or_default();
        let names: Vec<_> = steps.iter().map(|step| step.name).collect();
        assert_eq!(names, ["docs", "fmt"]);
        assert_eq!(named(&["fmt", "fuzzy"]).err(), Some("fuzzy"));
    }

    #[test]
    fn the_summary_names_what_failed_and_what_was_not_run() {
        let steps = named(&["fmt", "clippy", "tests"]).unwrap_or_default();
        let times = [Duration::from_millis(1500), Duration::from_secs(60)];
        assert_eq!(
            summary(&steps, &times, true),
            "fmt       passed        1.5 s\n\
             clippy    FAILED       60.0 s\n\
             tests     not run\n"
        );
        assert!(!summary(&steps, &times, false).contains("FAILED"));
    }
}
