use core::fmt;
use core::time::Duration;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::{env, thread};

use crate::journal::{self, Stopwatch};

/// Why a step failed, and what to type to see it again.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) what: String,
    pub(crate) by_hand: Option<String>,
}

impl Failure {
    pub(crate) fn new(what: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            by_hand: None,
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::new(error.to_string())
    }
}

/// One command of a step, run in the root of the workspace unless told otherwise.
///
/// It prints as the line that a person would type there.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    program: String,
    arguments: Vec<String>,
    set: Vec<(&'static str, String)>,
    directory: PathBuf,
    quiet: bool,
}

impl Run {
    pub(crate) fn new(program: impl Into<String>) -> Self {
        Self {
            program: program.into(),
            arguments: Vec::new(),
            set: Vec::new(),
            directory: PathBuf::new(),
            quiet: false,
        }
    }

    /// A call of cargo, its arguments separated by spaces.
    pub(crate) fn cargo(arguments: &str) -> Self {
        Self::new("cargo").args(arguments)
    }

    /// Adds arguments separated by spaces.
    pub(crate) fn args(mut self, arguments: &str) -> Self {
        self.arguments
            .extend(arguments.split_whitespace().map(str::to_owned));
        self
    }

    /// Adds one argument as it is.
    pub(crate) fn arg(mut self, argument: impl Into<String>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// Adds a path as one argument.
    pub(crate) fn path(self, path: &Path) -> Self {
        self.arg(path.display().to_string())
    }

    pub(crate) fn env(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.set.push((name, value.into()));
        self
    }

    /// Runs in this directory, named from the root of the workspace.
    pub(crate) fn within(mut self, directory: impl Into<PathBuf>) -> Self {
        self.directory = directory.into();
        self
    }

    /// [`Run::output_within`] then shows nothing, unless the command fails.
    pub(crate) fn quiet(mut self) -> Self {
        self.quiet = true;
        self
    }

    /// Runs to the end, its output passing through.
    pub(crate) fn run(&self) -> Result<(), Failure> {
        self.announce();
        let stopwatch = Stopwatch::start();
        let status = self.command().status();
        journal::add(self.to_string(), stopwatch.read());
        self.judge(status)
    }

    /// Runs to the end and shows then what it printed, in one piece. Until then that is in the file `buffer`: a pipe would
    /// stay open for a process that outlives the command.
    pub(crate) fn run_buffered(&self, buffer: &Path) -> Result<(), Failure> {
        let file = File::create(buffer)?;
        let mut command = self.command();
        command.stdout(file.try_clone()?).stderr(file);
        let stopwatch = Stopwatch::start();
        let status = command.status();
        journal::add(self.to_string(), stopwatch.read().of_one_of_several());
        let printed = fs::read(buffer)?;
        let mut output = io::stdout().lock();
        writeln!(output, "$ {self}")?;
        output.write_all(&printed)?;
        self.judge(status)
    }

    /// Runs to the end and gives back what it printed.
    pub(crate) fn output(&self) -> Result<String, Failure> {
        let stopwatch = Stopwatch::start();
        let output = self.command().stderr(Stdio::inherit()).output();
        journal::add(self.to_string(), stopwatch.read());
        match output {
            Ok(output) => {
                self.judge(Ok(output.status))?;
                Ok(String::from_utf8_lossy(&output.stdout).into_owned())
            }
            Err(error) => Err(self.failure(&error.to_string())),
        }
    }

    /// Runs for at most `limit`, its output passing through, and gives back what it printed.
    pub(crate) fn output_within(&self, limit: Duration) -> Result<String, Failure> {
        if !self.quiet {
            self.announce();
        }
        let stopwatch = Stopwatch::start();
        let mut child = match self.command().stdout(Stdio::piped()).spawn() {
            Ok(child) => child,
            Err(error) => return Err(self.failure(&error.to_string())),
        };
        let Some(pipe) = child.stdout.take() else {
            return Err(self.failure("its output could not be read"));
        };
        let (sender, printed) = mpsc::channel();
        let quiet = self.quiet;
        let reader = thread::spawn(move || {
            let mut text = String::new();
            for line in BufReader::new(pipe).lines().map_while(Result::ok) {
                if !quiet {
                    println!("{line}");
                }
                text.push_str(&line);
                text.push('\n');
            }
            // Nobody listens any more after the limit.
            let _ = sender.send(text);
        });
        let Ok(text) = printed.recv_timeout(limit) else {
            child.kill()?;
            child.wait()?;
            return Err(self.failure(&format!("still running after {} s", limit.as_secs())));
        };
        let _ = reader.join();
        let judged = self.judge(child.wait());
        journal::add(self.to_string(), stopwatch.read());
        if self.quiet && judged.is_err() {
            print!("{text}");
        }
        judged.map(|()| text)
    }

    /// Whether it runs and succeeds, in silence.
    pub(crate) fn succeeds(&self) -> bool {
        self.command()
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    }

    /// A failure of this command.
    pub(crate) fn failure(&self, what: &str) -> Failure {
        Failure {
            what: format!("{}: {what}", self.program),
            by_hand: Some(self.to_string()),
        }
    }

    /// Shows the command, where its output is not shown.
    pub(crate) fn announce(&self) {
        println!("$ {self}");
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(&self.arguments)
            .envs(self.set.iter().map(|(name, value)| (name, value)))
            .current_dir(root().join(&self.directory))
            .stdin(Stdio::null());
        // Cargo set it for us; another toolchain's compiler must not find the libraries of ours there.
        command.env_remove("LD_LIBRARY_PATH");
        if env::var_os("CI").is_some() {
            // It takes time now, and only a second build would be quicker.
            command.env("CARGO_INCREMENTAL", "0");
        }
        command
    }

    fn judge(&self, status: io::Result<ExitStatus>) -> Result<(), Failure> {
        match status {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(self.failure(&status.to_string())),
            Err(error) => Err(self.failure(&error.to_string())),
        }
    }
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inside = self.directory != Path::new("");
        if inside {
            write!(f, "(cd {} && ", quoted(&self.directory.to_string_lossy()))?;
        }
        for (name, value) in &self.set {
            write!(f, "{name}={} ", quoted(value))?;
        }
        f.write_str(&self.program)?;
        for argument in &self.arguments {
            write!(f, " {}", quoted(argument))?;
        }
        if inside {
            f.write_str(")")?;
        }
        Ok(())
    }
}

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_path_buf()
}

/// A path as seen from there.
pub(crate) fn from_root(path: &Path) -> PathBuf {
    path.strip_prefix(root()).unwrap_or(path).to_path_buf()
}

/// Where builds for this machine go, wherever the user keeps that directory.
pub(crate) fn target_dir() -> PathBuf {
    // This program is at <target directory>/<profile>/<name>, and its tests are at <target directory>/<profile>/deps/<name>.
    let own = env::current_exe().unwrap_or_default();
    let profile = own
        .ancestors()
        .skip(1)
        .find(|folder| !folder.ends_with("deps"));
    let target = profile
        .and_then(Path::parent)
        .unwrap_or(Path::new("target"));
    target.to_path_buf()
}

/// Whether a program of this name is on the PATH.
pub(crate) fn on_path(program: impl AsRef<OsStr>) -> bool {
    let program = Path::new(program.as_ref());
    env::var_os("PATH")
        .is_some_and(|path| env::split_paths(&path).any(|folder| folder.join(program).is_file()))
}

fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_=./,:+@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_prints_as_a_shell_would_take_it() {
        let run = Run::cargo("doc -p core")
            .env("RUSTDOCFLAGS", "-D warnings")
            .within("tests/firmware")
            .path(Path::new("it's"));
        assert_eq!(
            run.to_string(),
            r"(cd tests/firmware && RUSTDOCFLAGS='-D warnings' cargo doc -p core 'it'\''s')"
        );
    }

    #[test]
    fn a_command_that_fails_says_how_to_repeat_it() {
        let failure = Run::new("false").run().unwrap_err();
        assert_eq!(failure.by_hand.as_deref(), Some("false"));
        let failure = Run::new("no-such-program").args("-x").run().unwrap_err();
        assert_eq!(failure.by_hand.as_deref(), Some("no-such-program -x"));
    }

    #[test]
    fn a_command_that_outlives_its_limit_is_ended() {
        // Reads a pipe that nobody writes to, so it never ends by itself.
        let endless = Run::new("tail").args("-f /dev/null");
        let failure = endless.output_within(Duration::ZERO).unwrap_err();
        assert!(failure.what.contains("still running"), "{}", failure.what);
    }

    #[test]
    fn what_a_command_printed_comes_back() {
        let run = Run::new("echo").args("one two");
        assert_eq!(run.output().unwrap(), "one two\n");
        let limit = Duration::from_secs(60);
        assert_eq!(run.output_within(limit).unwrap(), "one two\n");
    }

    #[test]
    fn only_what_is_on_the_path_is_found() {
        assert!(on_path("cargo"));
        assert!(!on_path("no-such-program"));
    }
}
