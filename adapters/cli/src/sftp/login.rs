use core::fmt;
use core::pin::pin;
use core::time::Duration;
use std::io;

use tokio::process::{Child, ChildStdin};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use zeroize::Zeroizing;

use super::address::Address;
use super::ask::{Asked, Question, answer};
use super::command::{SSH, ssh};
use super::host_key::{HostKey, Trust};
use super::log::Log;
use super::session::Session;
use super::trouble::Trouble;
use crate::args::SftpArgs;
use crate::dial::dial;
use crate::failure::Failure;
use crate::secrets::read_sftp_password;

/// Everything that a connection needs.
pub(crate) struct Link {
    pub(crate) address: Address,
    pub(crate) trust: Trust,
    pub(crate) password: Zeroizing<String>,
    /// The longest wait for an answer over SFTP.
    pub(crate) patience: Duration,
}

/// A session, and the known properties of the server. Dropping it ends the connection.
pub(crate) struct Login {
    pub(crate) session: Session,
    pub(crate) facts: Facts,
    child: Child,
    reading: JoinHandle<()>,
}

/// The known properties of a server.
#[derive(Clone, Debug, Default)]
pub(crate) struct Facts {
    /// Its software.
    pub(crate) software: Option<String>,
    /// The host keys that it showed; the last one is trusted, if any is.
    pub(crate) host_keys: Vec<HostKey>,
    /// The methods of authentication that it offers.
    pub(crate) methods: Option<String>,
    /// The method that accepted the password.
    pub(crate) authenticated_with: Option<String>,
}

/// Why there is no session, and the step that failed.
#[derive(Debug)]
pub(crate) struct LoginError {
    pub(crate) problem: Problem,
    pub(crate) facts: Facts,
}

#[derive(Debug)]
pub(crate) enum Problem {
    /// There is no usable `ssh`.
    Start(io::Error),
    /// There is no connection.
    Unreachable(String),
    /// The options trust no host key of the server.
    HostKey(String),
    /// The server did not accept the password.
    Password(String),
    /// The server accepted the password, but did not start SFTP.
    NoSftp(String),
}

impl Link {
    /// The access in the options, with the password from its file.
    pub(crate) fn of(args: &SftpArgs) -> Result<Self, Failure> {
        let (Some(address), Some(password)) = (&args.sftp, &args.sftp_password_file) else {
            return Err(Failure::usage(
                "expected --sftp and --sftp-password-file, found none",
            ));
        };
        // Clap does not parse the address, because its errors show the value, which may hold a password.
        let address = address.parse::<Address>();
        Ok(Self {
            address: address.map_err(|error| Failure::usage(format!("--sftp: {error}")))?,
            trust: Trust::of(args)?,
            password: read_sftp_password(password)?,
            patience: Duration::from_secs(args.sftp_timeout.into()),
        })
    }

    /// Connects, checks the host key, sends the password once and starts SFTP.
    pub(crate) async fn connect(&self) -> Result<Login, LoginError> {
        let mut facts = Facts::default();
        loop {
            let without = facts.host_keys.iter().map(|key| patterns(&key.algorithm));
            let without = without.collect::<Vec<_>>().join(",");
            let before = facts.host_keys.len();
            let problem = match self.attempt(&without, &mut facts).await {
                Ok((session, child, reading)) => {
                    return Ok(Login {
                        session,
                        facts,
                        child,
                        reading,
                    });
                }
                Err(problem) => problem,
            };
            // A server with several keys shows one at a time.
            let is_about_key = match &problem {
                Problem::HostKey(_) => true,
                // The server has no other key.
                Problem::Unreachable(_) => before > 0,
                _ => false,
            };
            let has_shown_another = facts.host_keys.len() > before;
            if is_about_key && has_shown_another && self.trust.may_be_another() {
                continue;
            }
            let problem = if is_about_key && !self.is_trusted(&facts) {
                Problem::HostKey(self.trust.objection(&facts.host_keys))
            } else {
                problem
            };
            return Err(LoginError { problem, facts });
        }
    }

    fn is_trusted(&self, facts: &Facts) -> bool {
        match &self.trust {
            Trust::Pinned(pins) => facts
                .host_keys
                .iter()
                .any(|key| pins.contains(&key.fingerprint)),
            Trust::Known(_) => false,
        }
    }

    /// Starts `ssh` and answers its questions until SFTP begins.
    async fn attempt(
        &self,
        without: &str,
        facts: &mut Facts,
    ) -> Result<(Session, Child, JoinHandle<()>), Problem> {
        let asked = Asked::listen().map_err(Problem::Start)?;
        let mut command = ssh(&self.address, &asked, without).map_err(Problem::Start)?;
        let mut child = command.spawn().map_err(Problem::Start)?;
        let (Some(stdin), Some(stdout), Some(stderr)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(Problem::Start(io::ErrorKind::BrokenPipe.into()));
        };
        widen(&stdin);
        let log = Log::default();
        let reading = tokio::spawn(log.clone().read(stderr));
        let mut prompts = Vec::new();
        let opened = {
            let mut opening = pin!(Session::open(stdin, stdout, self.patience));
            let mut late = pin!(sleep(LOGIN));
            loop {
                let (question, stream) = tokio::select! {
                    biased;
                    opened = &mut opening => break Some(opened),
                    () = &mut late => break None,
                    question = asked.next() => question.map_err(Problem::Start)?,
                };
                match question {
                    Question::HostKey { host, shown } => {
                        let known = shown.as_ref().map(|(key, base64)| (key, base64.as_str()));
                        answer(stream, &self.trust.lines(&host, known)).await;
                        let shown = shown.map(|(key, _)| key);
                        facts
                            .host_keys
                            .extend(shown.filter(|key| !facts.host_keys.contains(key)));
                    }
                    Question::Password { prompt } => {
                        prompts.push(crate::terminal::shown(prompt.trim()));
                        // Another prompt means that the server did not accept the password, or wants something else.
                        if prompts.len() > 1 {
                            break None;
                        }
                        answer(stream, &self.password).await;
                    }
                }
            }
        };
        let trouble = match opened {
            Some(Ok(session)) => {
                facts.learn(&log);
                return Ok((session, child, reading));
            }
            Some(Err(trouble)) => Some(trouble),
            None => {
                let _ = child.start_kill();
                None
            }
        };
        // `ssh` ends with its output, whose last lines are the reason.
        let _ = timeout(LAST_WORDS, child.wait()).await;
        let _ = timeout(LAST_WORDS, reading).await;
        facts.learn(&log);
        Err(self.problem(&log, &prompts, trouble).await)
    }

    /// Why `ssh` ended, or why this program ended it.
    async fn problem(&self, log: &Log, prompts: &[String], trouble: Option<Trouble>) -> Problem {
        let words = log
            .words()
            .map_or_else(String::new, |words| format!(" ssh says: {words}"));
        if log.authenticated_with().is_some() {
            let chatter = match trouble {
                Some(Trouble::Ended(why)) if log.words().is_none() => format!(" ({why})"),
                _ => String::new(),
            };
            return Problem::NoSftp(format!(
                "the password was accepted, then the server ended the session before SFTP began{chatter}. The user's chroot, \
                 shell or subsystem is wrong on the server; only the server's log has the reason.{words}"
            ));
        }
        if let [_, second, ..] = prompts {
            return Problem::Password(format!(
                "the server did not accept the password of {}: it asks again, with the prompt {second:?}. The command made one attempt",
                self.address
            ));
        }
        let methods = log.methods().unwrap_or_else(|| "none".to_owned());
        if log.was_refused() {
            return Problem::Password(if prompts.is_empty() {
                format!(
                    "the server accepts no password from {}: it offers {methods}",
                    self.address
                )
            } else {
                format!(
                    "the server did not accept the password of {} at the only attempt; it offers {methods}",
                    self.address
                )
            });
        }
        if log.failed_at_host_key() {
            return Problem::HostKey(String::new());
        }
        if let [_] = prompts {
            return Problem::Password(format!(
                "the server ended the connection after one attempt with the password of {}.{words}",
                self.address
            ));
        }
        if words.contains("Bad configuration option") {
            return Problem::Start(io::Error::other(
                "it is too old; the command needs OpenSSH 8.5 or newer",
            ));
        }
        // A connection of our own finds the reason more precisely.
        match dial(&self.address.host_and_port(), None).await {
            Err(error) => Problem::Unreachable(error.to_string()),
            Ok(_) => Problem::Unreachable(format!(
                "no SSH connection to {}.{words}",
                self.address.host_and_port()
            )),
        }
    }
}

/// Lets the pipe to `ssh` hold several pieces of a file. The system may refuse.
fn widen(stdin: &ChildStdin) {
    #[cfg(target_os = "linux")]
    let _ = rustix::pipe::fcntl_setpipe_size(stdin, PIPE);
    #[cfg(not(target_os = "linux"))]
    let _ = stdin;
}

impl Login {
    /// Ends the connection, and waits until `ssh` is gone.
    pub(crate) async fn end(self) {
        let Self {
            session,
            mut child,
            reading,
            ..
        } = self;
        drop(session);
        if timeout(LAST_WORDS, child.wait()).await.is_err() {
            let _ = child.start_kill();
        }
        reading.abort();
    }
}

impl Facts {
    fn learn(&mut self, log: &Log) {
        self.software = log.server();
        self.methods = log.methods();
        self.authenticated_with = log.authenticated_with();
    }
}

impl fmt::Display for LoginError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.problem {
            Problem::Start(error) if error.kind() == io::ErrorKind::NotFound => write!(
                f,
                "cannot start `{SSH}`: {error}; install the OpenSSH client, version 8.5 or newer"
            ),
            Problem::Start(error) => write!(f, "cannot start `{SSH}`: {error}"),
            Problem::Unreachable(why)
            | Problem::HostKey(why)
            | Problem::Password(why)
            | Problem::NoSftp(why) => f.write_str(why),
        }
    }
}

impl From<&LoginError> for Failure {
    fn from(error: &LoginError) -> Self {
        let message = error.to_string();
        match error.problem {
            Problem::Start(_) | Problem::HostKey(_) => Self::usage(message),
            Problem::Password(_) => Self::refused(message),
            Problem::Unreachable(_) | Problem::NoSftp(_) => Self::no_answer(message),
        }
    }
}

/// The signature algorithms of a kind of host key.
fn patterns(algorithm: &str) -> &str {
    match algorithm {
        "ssh-rsa" => "rsa-sha2-*,ssh-rsa*",
        "ssh-ed25519" => "ssh-ed25519*",
        algorithm if algorithm.starts_with("ecdsa-sha2-") => "ecdsa-sha2-*",
        algorithm => algorithm,
    }
}

/// The longest wait for a login. A server may take seconds to refuse a password.
const LOGIN: Duration = Duration::from_secs(60);

/// The longest wait for the end of an idle `ssh`.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// The length of the pipe to `ssh`, in bytes: the most that Linux gives without privileges.
#[cfg(target_os = "linux")]
const PIPE: usize = 1 << 20;
