use core::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// The dashboard in a browser, whose user does one thing after the other.
pub(crate) struct Page {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Page {
    pub(crate) fn open(node: &str, script: &str, url: &str) -> Result<Self, Box<dyn Error>> {
        let mut child = Command::new(node)
            .args([script, url])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err("the browser cannot be spoken to".into());
        };
        let mut page = Self {
            child,
            input,
            output: BufReader::new(output),
        };
        match page.line()?.as_str() {
            "ready" => Ok(page),
            other => Err(format!("expected ready, found {other:?}").into()),
        }
    }

    /// Stops the user, and tells how long the actions took. The page stays open.
    pub(crate) fn actions(&mut self) -> Result<String, Box<dyn Error>> {
        writeln!(self.input, "stop")?;
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
        // The script ends when its input does; a broken pipe says that it has.
        let _told = writeln!(self.input, "end");
        let _ended = self.child.wait();
    }
}
