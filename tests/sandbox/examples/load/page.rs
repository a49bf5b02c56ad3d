use core::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdout, Command, Stdio};

/// The dashboard in a browser, whose user does one thing after the other.
pub(crate) struct Page {
    /// Its standard input is open until it is waited for.
    child: Child,
    output: BufReader<ChildStdout>,
}

impl Page {
    pub(crate) fn open(node: &str, script: &str, url: &str) -> Result<Self, Box<dyn Error>> {
        let mut child = Command::new(node)
            .args([script, url])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let output = child.stdout.take().ok_or("the browser has no output")?;
        let mut page = Self {
            child,
            output: BufReader::new(output),
        };
        match page.line()?.as_str() {
            "ready" => Ok(page),
            other => Err(format!("expected ready, found {other:?}").into()),
        }
    }

    /// Stops the user, and tells how long the actions took. The page stays open.
    pub(crate) fn actions(&mut self) -> Result<String, Box<dyn Error>> {
        let input = self.child.stdin.as_mut();
        writeln!(input.ok_or("the browser has no input")?, "stop")?;
        self.line()
    }

    fn line(&mut self) -> Result<String, Box<dyn Error>> {
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        Ok(line.trim_end().to_owned())
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        // Closes its input, and the script ends when its input does.
        let _ended = self.child.wait();
    }
}
