use std::io::{self, BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use redox_auth_contender::{Offer, Task};
use serde_json::Value;

/// A contender that runs, with what it offers.
pub(super) struct Process {
    program: String,
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    pub(super) offers: Vec<Offer>,
}

impl Process {
    /// Starts a program, whose words are separated by spaces, and gives it its task.
    pub(super) fn start(program: &str, task: &Task) -> io::Result<Self> {
        let mut words = program.split(' ');
        let mut child = Command::new(words.next().unwrap_or_default())
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| io::Error::new(error.kind(), format!("{program}: {error}")))?;
        let pipe = "a pipe was asked for";
        let to = child.stdin.take().expect(pipe);
        let from = BufReader::new(child.stdout.take().expect(pipe));
        let mut process = Self {
            program: program.to_owned(),
            child,
            to,
            from,
            offers: Vec::new(),
        };
        process.tell(&serde_json::to_string(task)?)?;
        process.offers = serde_json::from_str(&process.hear()?)?;
        Ok(process)
    }

    /// What the offer of this index makes.
    pub(super) fn sample(&mut self, index: usize) -> io::Result<String> {
        self.ask(&format!("sample {index}"))
    }

    /// Other facts about it.
    pub(super) fn facts(&mut self, index: usize) -> io::Result<Value> {
        Ok(serde_json::from_str(
            &self.ask(&format!("measure {index}"))?,
        )?)
    }

    /// The nanoseconds that it takes to do it `count` times.
    pub(super) fn run(&mut self, index: usize, count: u64) -> io::Result<u64> {
        self.begin(index, count)?;
        self.end()
    }

    /// Has it begin with a run.
    pub(super) fn begin(&mut self, index: usize, count: u64) -> io::Result<()> {
        self.tell(&format!("run {index} {count}"))
    }

    /// Waits for the end of the run, and returns the nanoseconds that it took.
    pub(super) fn end(&mut self) -> io::Result<u64> {
        let said = self.hear()?;
        said.parse().map_err(|_| self.nonsense(&said))
    }

    fn ask(&mut self, line: &str) -> io::Result<String> {
        self.tell(line)?;
        self.hear()
    }

    fn tell(&mut self, line: &str) -> io::Result<()> {
        writeln!(self.to, "{line}")?;
        self.to.flush()
    }

    fn hear(&mut self) -> io::Result<String> {
        let mut line = String::new();
        self.from.read_line(&mut line)?;
        match line.strip_suffix('\n') {
            Some(line) => Ok(line.to_owned()),
            None => Err(self.nonsense(&line)),
        }
    }

    fn nonsense(&self, said: &str) -> io::Error {
        let what = format!("{}: expected an answer, found `{said}`", self.program);
        io::Error::new(io::ErrorKind::InvalidData, what)
    }
}

impl Drop for Process {
    /// A contender whose input ends has nothing left to do, but a server of its own may keep it.
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
