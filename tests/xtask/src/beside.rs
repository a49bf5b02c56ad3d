//! Steps that run beside the others, in a process of their own. What they print is shown at their end, in one piece.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Child, Command, ExitCode, Stdio};
use std::{env, io};

use crate::command::{Failure, target_dir};
use crate::project::Scope;
use crate::step::{self, Results, Step};

/// The process.
#[derive(Debug)]
pub(crate) struct Beside(Child);

impl Beside {
    /// Starts to run these steps.
    pub(crate) fn start(steps: &[&Step], scope: Scope) -> Result<Self, Failure> {
        let names: Vec<_> = steps.iter().map(|step| step.name).collect();
        fs::create_dir_all(target_dir().join("xtask"))?;
        let printed = File::create(printed())?;
        println!(
            "beside the steps below: {}; what they print goes to {} and follows at the end",
            names.join(", "),
            self::printed().display()
        );
        let child = Command::new(env::current_exe()?)
            .arg(COMMAND)
            .arg(scope.name())
            .args(names)
            .stdin(Stdio::null())
            .stdout(printed.try_clone()?)
            .stderr(printed)
            .spawn()?;
        Ok(Self(child))
    }

    /// Waits for them, and shows what they printed.
    pub(crate) fn end(mut self) -> Result<Results, Failure> {
        let status = self.0.wait()?;
        io::copy(&mut File::open(printed())?, &mut io::stdout().lock())?;
        if !status.success() {
            return Err(Failure::new(format!(
                "the steps beside the others: {status}"
            )));
        }
        serde_json::from_slice(&fs::read(results())?)
            .map_err(|error| Failure::new(format!("{}: {error}", results().display())))
    }
}

/// What that process does: runs these steps and writes down the results.
pub(crate) fn run(steps: &[&Step], scope: Scope) -> ExitCode {
    let found = step::run_row(steps, scope);
    let written = serde_json::to_vec(&found)
        .map_err(io::Error::from)
        .and_then(|found| fs::write(results(), found));
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("{}: {error}", results().display());
            ExitCode::FAILURE
        }
    }
}

fn printed() -> PathBuf {
    target_dir().join("xtask/beside.log")
}

fn results() -> PathBuf {
    target_dir().join("xtask/beside.json")
}

/// The word on the command line that starts it; people have no use for it.
pub(crate) const COMMAND: &str = "beside";
