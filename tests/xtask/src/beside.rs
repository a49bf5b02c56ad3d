//! The steps of devices, at the same time as the others. Their compiler and their folder of builds are their own, and the
//! emulators use one processor.

use std::env;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::SystemTime;

use crate::command::{Failure, root, target_dir};
use crate::journal::{Stopwatch, Time};
use crate::summary::{Outcome, Row};

/// The names of the steps.
pub(crate) const STEPS: [&str; 3] = ["no-std", "firmware", "stacks"];

/// A second `cargo xtask test`, which runs [`STEPS`].
#[derive(Debug)]
pub(crate) struct Beside {
    child: Child,
    /// The file that keeps its output until the end.
    output: PathBuf,
    start: SystemTime,
}

impl Beside {
    /// Starts it.
    pub(crate) fn start() -> Result<Self, Failure> {
        let folder = target_dir().join("xtask");
        fs::create_dir_all(&folder)?;
        let output = folder.join("devices");
        let file = File::create(&output)?;
        let mut command = Command::new(env::current_exe()?);
        command
            .arg("test")
            .args(STEPS)
            .current_dir(root())
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file);
        Ok(Self {
            start: SystemTime::now(),
            child: command.spawn()?,
            output,
        })
    }

    /// Waits for its end, shows its output, and returns the row of its steps.
    pub(crate) fn end(mut self) -> Result<Row, Failure> {
        let mut row = Row::of("devices");
        let wait = Stopwatch::start();
        let status = self.child.wait()?;
        let ended = fs::metadata(&self.output)?.modified()?;
        row.time = Time {
            // Up to the last line of its output.
            clock: ended.duration_since(self.start).unwrap_or_default(),
            // Nothing else ends meanwhile.
            processors: wait.read().processors,
        };
        println!("\n=== devices: the steps {}", STEPS.join(", "));
        io::stdout().lock().write_all(&fs::read(&self.output)?)?;
        row.outcome = match status.success() {
            true => Outcome::Passed,
            false => Outcome::Failed,
        };
        Ok(row)
    }
}
