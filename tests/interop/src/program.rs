use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;

/// A program that ends with the test.
#[derive(Debug)]
pub struct Program(Child);

impl Program {
    /// Starts this command of the shell, and waits until it prints a line with these words.
    ///
    /// # Panics
    /// Where the command ends without this line.
    #[must_use]
    pub fn start(command: &str, listens: &str) -> Self {
        let mut shell = Command::new("sh");
        let mut child = shell
            .args(["-c", &format!("exec {command} 2>&1")])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            // With the processes that the program starts itself.
            .process_group(0)
            .spawn()
            .expect("a shell starts");
        let stdout = BufReader::new(child.stdout.take().expect("its output is a pipe"));
        let program = Self(child);
        let mut lines = stdout.lines().map_while(Result::ok);
        let mut said = Vec::new();
        let is_there = lines.any(|line| {
            said.push(line);
            said.last().is_some_and(|line| line.contains(listens))
        });
        assert!(is_there, "{command}: {said:#?}");
        // Its later output is read too: a full pipe would stop it.
        thread::spawn(move || lines.for_each(drop));
        program
    }

    /// Sends this signal to the program, such as `HUP`.
    ///
    /// # Panics
    /// Where the program has ended.
    pub fn signal(&self, name: &str) {
        let sent = self.kill(name, "");
        assert!(sent, "the program has ended");
    }

    fn kill(&self, signal: &str, group: &str) -> bool {
        let mut kill = Command::new("kill");
        kill.args([format!("-{signal}"), "--".to_owned()]);
        let kill = kill.arg(format!("{group}{}", self.0.id())).status();
        kill.is_ok_and(|status| status.success())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.kill("KILL", "-");
        let _ = self.0.wait();
    }
}

/// A port of 127.0.0.1 that nothing listens on.
///
/// # Panics
/// If there is none.
#[must_use]
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("a bound socket").port()
}

/// Runs a command of the shell in this folder.
///
/// # Panics
/// If it fails.
pub fn shell(folder: &Path, command: &str) {
    let mut shell = Command::new("sh");
    let output = shell.args(["-c", command]).current_dir(folder).output();
    let output = output.expect("a shell starts");
    assert!(output.status.success(), "{command}: {output:?}");
}
