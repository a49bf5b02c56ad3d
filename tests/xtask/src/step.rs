use std::path::Path;
use std::process::ExitCode;

use serde::{Deserialize, Serialize};

use crate::beside::Beside;
use crate::command::Failure;
use crate::journal::{Stopwatch, Time};
use crate::members::Member;
use crate::project::{Project, Scope};
use crate::summary::{Outcome, Row};
use crate::{bench, c, checks, firmware, fuzz, interop, journal, layers, suite, summary};

/// A named part of `cargo xtask test`.
pub(crate) struct Step {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    place: Place,
    work: Work,
}

/// Where a step runs when all of them do.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Place {
    /// In one row with those before it. They build for debugging on this machine, into one folder.
    Row,
    /// Beside that row, in another, since it builds into other folders: one row alone leaves processors without work.
    Beside,
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

/// Every step, the cheap ones first in each row.
pub(crate) const STEPS: [Step; 12] = [
    Step {
        name: "fmt",
        about: "formatting",
        place: Place::Row,
        work: Work::Short(checks::formatting),
    },
    Step {
        name: "layers",
        about: "no module names one beside or above it",
        place: Place::Row,
        work: Work::Short(layers::run),
    },
    Step {
        name: "clippy",
        about: "lints of every crate, warnings denied; those for users also alone, core and gateway with each feature",
        place: Place::Row,
        work: Work::Own(checks::clippy),
    },
    Step {
        name: "tests",
        about: "unit, integration and doc tests of every crate",
        place: Place::Row,
        work: Work::Own(suite::run),
    },
    Step {
        name: "no-std",
        about: "core and gateway compiled for thumbv7em-none-eabihf with no feature, each alone and all together",
        place: Place::Beside,
        work: Work::Own(checks::no_std),
    },
    Step {
        name: "firmware",
        about: "no panic and no allocator in core; devices, a gateway on the network and an image from C on an emulated board",
        place: Place::Beside,
        work: Work::Whole(
            &["tests/firmware", "adapters/c", "tests/sandbox"],
            firmware::run,
        ),
    },
    Step {
        name: "c",
        about: "the library for C: its examples against a sandbox, wrong calls under sanitizers",
        place: Place::Beside,
        work: Work::Whole(&["adapters/c"], c::run),
    },
    Step {
        name: "demo",
        about: "the demonstration of the README, built for release",
        place: Place::Beside,
        work: Work::Whole(&["adapters/cli"], checks::demo),
    },
    Step {
        name: "docs",
        about: "documentation of every crate, warnings denied",
        place: Place::Row,
        work: Work::Own(checks::docs),
    },
    Step {
        name: "benches",
        about: "every bench for a moment, so that none rots; tables and charts are those of the last full run",
        place: Place::Row,
        work: Work::Whole(&["benches"], bench::step),
    },
    Step {
        name: "fuzz",
        about: "every fuzz target for 20 s",
        place: Place::Beside,
        work: Work::Whole(&["tests/fuzz"], fuzz::run),
    },
    Step {
        name: "interop",
        about: "against servers and JOSE libraries of others",
        place: Place::Row,
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

/// What came of some steps.
#[derive(Debug, Default, Deserialize, Serialize)]
pub(crate) struct Results {
    pub(crate) rows: Vec<Row>,
    pub(crate) failures: Vec<Failure>,
}

/// Runs every step, in two rows beside each other, and prints how it went.
pub(crate) fn run_all(scope: Scope) -> ExitCode {
    let stopwatch = Stopwatch::start();
    let steps: Vec<_> = STEPS.iter().collect();
    let (row, beside): (Vec<_>, Vec<_>) = steps.iter().partition(|it| it.place == Place::Row);
    let beside = Beside::start(&beside, scope);
    let mut results = run_row(&row, scope);
    match beside.and_then(Beside::end) {
        Ok(others) => {
            results.rows.extend(others.rows);
            results.failures.extend(others.failures);
        }
        Err(failure) => results.failures.push(failure),
    }
    let place = |row: &Row| steps.iter().position(|step| step.name == row.step);
    results.rows.sort_by_key(place);
    results.print(stopwatch.read())
}

/// Runs these steps and prints how it went.
pub(crate) fn run(steps: &[&Step], scope: Scope) -> ExitCode {
    let stopwatch = Stopwatch::start();
    run_row(steps, scope).print(stopwatch.read())
}

/// Runs these steps up to the first that fails.
pub(crate) fn run_row(steps: &[&Step], scope: Scope) -> Results {
    let mut results = Results::default();
    let project = match Project::new(scope) {
        Ok(project) => project,
        Err(failure) => {
            results.failures.push(failure);
            return results;
        }
    };
    for step in steps {
        let mut row = Row::of(step.name);
        if results.failures.is_empty() {
            println!("\n=== {}: {}", step.name, step.about);
            let stopwatch = Stopwatch::start();
            let result = step.run(&project);
            row.time = stopwatch.read();
            row.commands = journal::take();
            row.outcome = *result.as_ref().unwrap_or(&Outcome::Failed);
            results.failures.extend(result.err());
        }
        results.rows.push(row);
    }
    results
}

impl Results {
    /// The last line is `N passed, N failed` or `N passed, N failed, N skipped`, alone, for programs that read it.
    fn print(&self, all: Time) -> ExitCode {
        println!("\n{}", summary::table(&self.rows, all));
        self.failures.iter().for_each(report);
        println!("{}", summary::verdict(&self.rows));
        ExitCode::from(u8::from(!self.failures.is_empty()))
    }
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
