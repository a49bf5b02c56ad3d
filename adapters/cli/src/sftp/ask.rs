//! The questions of `ssh` while it connects: which host keys are known, and the password.
//!
//! `ssh` runs a program for each question and reads the answer from its standard output. That program is this one again. It
//! passes the question on, over a socket in a folder of this user alone. So the password is in no argument, in no variable
//! and in no file but its own.

use std::env;
use std::ffi::OsStr;
use std::fs::Permissions;
use std::io::{self, Read as _, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixStream as Blocking;
use std::path::Path;
use std::process::ExitCode;

use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{UnixListener, UnixStream};

use super::host_key::HostKey;

/// The socket for questions, removed on drop.
#[derive(Debug)]
pub(super) struct Asked {
    listener: UnixListener,
    folder: TempDir,
}

/// A question of `ssh`.
#[derive(Debug)]
pub(super) enum Question {
    /// The trusted keys of this host; after the server has shown a key, only that key.
    HostKey {
        host: String,
        shown: Option<(HostKey, String)>,
    },
    /// The answer to this prompt of the server.
    Password { prompt: String },
}

impl Asked {
    pub(super) fn listen() -> io::Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("redox-auth-")
            .permissions(Permissions::from_mode(0o700))
            .tempdir()?;
        let listener = UnixListener::bind(folder.path().join(SOCKET))?;
        Ok(Self { listener, folder })
    }

    /// The value of [`VARIABLE`] for `ssh`.
    pub(super) fn variable(&self) -> impl AsRef<OsStr> {
        self.folder.path().join(SOCKET)
    }

    /// The next question, and the connection for its answer. Ignores everything else.
    pub(super) async fn next(&self) -> io::Result<(Question, UnixStream)> {
        loop {
            let (mut stream, _) = self.listener.accept().await?;
            let mut text = Vec::new();
            let mut limited = (&mut stream).take(MAX_QUESTION);
            if limited.read_to_end(&mut text).await.is_err() {
                continue;
            }
            if let Some(question) = Question::parse(&text) {
                return Ok((question, stream));
            }
        }
    }
}

/// Answers a question, unless the program that asked has ended.
pub(super) async fn answer(mut stream: UnixStream, text: &str) {
    let _ = stream.write_all(text.as_bytes()).await;
    let _ = stream.shutdown().await;
}

impl Question {
    fn parse(text: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(text);
        let words: Vec<_> = text.split('\0').collect();
        match words.as_slice() {
            [HOST_KEY, reason, host, algorithm, base64] => {
                let is_shown = *reason != "ORDER";
                let shown = is_shown
                    .then(|| HostKey::parse(algorithm, base64))
                    .flatten();
                Some(Self::HostKey {
                    host: (*host).to_owned(),
                    shown: shown.map(|key| (key, (*base64).to_owned())),
                })
            }
            [prompt] => Some(Self::Password {
                prompt: (*prompt).to_owned(),
            }),
            _ => None,
        }
    }
}

/// If `ssh` has started this program for a question, passes the question on and prints the answer. Fails without an
/// answer.
pub(crate) fn answer_ssh() -> Option<ExitCode> {
    let socket = env::var_os(VARIABLE)?;
    let asked = || -> io::Result<()> {
        let mut stream = Blocking::connect(Path::new(&socket))?;
        let words: Vec<_> = env::args_os().skip(1).collect();
        let words: Vec<_> = words.iter().map(|word| word.as_bytes()).collect();
        stream.write_all(&words.join(&0))?;
        stream.shutdown(std::net::Shutdown::Write)?;
        let mut answer = zeroize::Zeroizing::new(Vec::with_capacity(MAX_ANSWER));
        stream.read_to_end(&mut answer)?;
        let mut stdout = io::stdout().lock();
        stdout.write_all(&answer)?;
        stdout.flush()
    };
    Some(match asked() {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    })
}

/// The first word of a question about a host key. A prompt is a question of one word.
pub(super) const HOST_KEY: &str = "host-key";

/// The variable with the socket's path. `ssh` passes it to the program that it runs.
pub(super) const VARIABLE: &str = "REDOX_AUTH_SSH_SOCKET";

const SOCKET: &str = "ssh";

/// In bytes; a host key of 16384 bits has three thousand.
const MAX_QUESTION: u64 = 64 * 1024;

/// In bytes; a password has fewer.
const MAX_ANSWER: usize = 4096;
