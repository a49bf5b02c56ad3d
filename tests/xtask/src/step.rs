use std::path::Path;
use std::process::ExitCode;

use crate::beside::{self, Beside};
use crate::command::Failure;
use crate::journal::Stopwatch;
use crate::members::Member;
use crate::project::{Project, Scope};
use crate::summary::{Outcome, Row};
use crate::{
    bench, c, checks, dashboard, firmware, fuzz, interop, journal, layers, packages, stacks, suite,
    summary, wasm,
};

/// A named part of `cargo xtask test`.
pub(crate) struct Step {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    work: Work,
}

/// What a step does.
enum Work {
    /// A check that takes no time and always runs.
    Short(fn(&[Member]) -> Result<(), Failure>),
    /// One check of the crates in these folders.
    Whole(
        &'static [&'static str],
        fn(&[Member]) -> Result<(), Failure>,
    ),
    /// It says itself what has to be done.
    Own(fn(&Project) -> Result<Outcome, Failure>),
}

/// Every step, the cheap ones first.
pub(crate) const STEPS: [Step; 16] = [
    Step {
        name: "fmt",
        about: "formatting",
        work: Work::Short(checks::formatting),
    },
    Step {
        name: "layers",
        about: "no module names one beside or above it",
        work: Work::Short(layers::run),
    },
    Step {
        name: "clippy",
        about: "lints of every crate, warnings denied; libraries for services also alone",
        work: Work::Own(checks::clippy),
    },
    Step {
        name: "tests",
        about: "unit, integration and doc tests of every crate",
        work: Work::Own(suite::run),
    },
    Step {
        name: "no-std",
        about: "lints of what devices link, for thumbv7em-none-eabihf, with no feature, each alone and all together",
        work: Work::Own(checks::no_std),
    },
    Step {
        name: "firmware",
        about: "no panic and no allocator in core; devices, a gateway on the network and an image from C on an emulated board",
        work: Work::Whole(
            &["tests/firmware", "adapters/c", "tests/sandbox"],
            firmware::run,
        ),
    },
    Step {
        name: "stacks",
        about: "the gateway over network stacks of others, a modem and embedded-io 0.6, against the sandbox",
        work: Work::Whole(&["tests/stacks", "adapters/cli"], stacks::run),
    },
    Step {
        name: "c",
        about: "the library for C: its examples against a sandbox, wrong calls under sanitizers",
        work: Work::Whole(&["adapters/c"], c::run),
    },
    Step {
        name: "wasm",
        about: "the library for C as a module of WebAssembly: token requests signed in Node.js and in Chromium",
        work: Work::Whole(&["adapters/c"], wasm::run),
    },
    Step {
        name: "dashboard",
        about: "every page and action of the sandbox's dashboard in Chromium, by mouse and by keyboard; pictures in target/dashboard",
        work: Work::Whole(&["adapters/cli"], dashboard::run),
    },
    Step {
        name: "demo",
        about: "the demonstration of the README, its command built alone",
        work: Work::Whole(&["adapters/cli"], checks::demo),
    },
    Step {
        name: "docs",
        about: "documentation of every crate, warnings denied",
        work: Work::Own(checks::docs),
    },
    Step {
        name: "packages",
        about: "a package of every crate that is published, and a program built against the packages",
        work: Work::Whole(
            &[
                "adapters/cli",
                "adapters/c",
                "adapters/gateway",
                "adapters/redis",
                "adapters/tower",
            ],
            packages::run,
        ),
    },
    Step {
        name: "benches",
        about: "every bench for a moment, so that none rots; tables and charts are those of the last full run",
        work: Work::Whole(&["benches"], bench::step),
    },
    Step {
        name: "fuzz",
        about: "every fuzz target for 6 s",
        work: Work::Whole(&["tests/fuzz"], fuzz::run),
    },
    Step {
        name: "interop",
        about: "against servers and JOSE libraries of others",
        work: Work::Whole(&["tests/interop", "adapters/cli"], interop::run),
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
/// The last line is `N passed, N failed` or `N passed, N failed, N skipped`, alone, for programs that read it.
pub(crate) fn run(steps: &[&Step], scope: Scope) -> ExitCode {
    let project = match Project::new(scope) {
        Ok(project) => project,
        Err(failure) => {
            report(&failure);
            println!("0 passed, 1 failed");
            return ExitCode::FAILURE;
        }
    };
    let stopwatch = Stopwatch::start();
    // Only where everything runs: what has not changed takes no time.
    let beside = match scope {
        Scope::Everything if steps.len() == STEPS.len() => Beside::start().map(Some),
        _ => Ok(None),
    };
    let (beside, mut failed) = match beside {
        Ok(beside) => (beside, None),
        Err(failure) => (None, Some(failure)),
    };
    let mut rows = Vec::new();
    for step in steps {
        if beside.is_some() && beside::STEPS.contains(&step.name) {
            continue;
        }
        let mut row = Row::of(step.name);
        if failed.is_none() {
            println!("\n=== {}: {}", step.name, step.about);
            let stopwatch = Stopwatch::start();
            let result = step.run(&project);
            row.time = stopwatch.read();
            row.commands = journal::take();
            row.outcome = *result.as_ref().unwrap_or(&Outcome::Failed);
            failed = result.err();
        }
        rows.push(row);
    }
    if let Some(beside) = beside {
        match beside.end() {
            Ok(row) => {
                if row.outcome == Outcome::Failed {
                    failed
                        .get_or_insert_with(|| Failure::new("a step of devices failed, see above"));
                }
                rows.push(row);
            }
            Err(failure) => failed = failed.or(Some(failure)),
        }
    }
    println!("\n{}", summary::table(&rows, stopwatch.read()));
    if let Some(failure) = &failed {
        report(failure);
    }
    println!("{}", summary::verdict(&rows));
    ExitCode::from(u8::from(failed.is_some()))
}

impl Step {
    fn run(&self, project: &Project) -> Result<Outcome, Failure> {
        let result = match self.work {
            Work::Short(run) => run(&project.members).map(|()| Outcome::Passed),
            Work::Own(run) => run(project),
            Work::Whole(folders, run) => {
                let folders: Vec<_> = folders.iter().map(Path::new).collect();
                project.check(self.name, &folders, || run(&project.members))
            }
        };
        project.remember()?;
        result
    }
}

pub(crate) fn report(failure: &Failure) {
    println!("{}", failure.what);
    if let Some(command) = &failure.by_hand {
        println!("to repeat it by hand:\n  {command}\n");
    }
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
    fn every_step_depends_on_crates_that_are_there() {
        let project = Project::new(Scope::Changed).unwrap();
        for step in &STEPS {
            if let Work::Whole(folders, _) = step.work {
                let folders: Vec<_> = folders.iter().map(Path::new).collect();
                project.check(step.name, &folders, || Ok(())).unwrap();
            }
        }
    }
}
