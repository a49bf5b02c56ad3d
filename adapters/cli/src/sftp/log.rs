use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, BufReader};

use crate::terminal::shown;

/// The log of `ssh` about its connection. Its words are the same in every language.
#[derive(Clone, Debug, Default)]
pub(super) struct Log(Arc<Mutex<Known>>);

#[derive(Debug, Default)]
struct Known {
    server: Option<String>,
    methods: Option<String>,
    authenticated_with: Option<String>,
    was_refused: bool,
    failed_at_host_key: bool,
    /// The latest lines for people.
    words: VecDeque<String>,
}

impl Log {
    /// Reads it to its end.
    pub(super) async fn read(self, source: impl AsyncRead + Unpin) {
        let mut source = BufReader::new(source);
        let mut line = Vec::new();
        loop {
            line.clear();
            let mut limited = (&mut source).take(MAX_LINE);
            match limited.read_until(b'\n', &mut line).await {
                Ok(0) | Err(_) => return,
                Ok(_) => self.known().take(&String::from_utf8_lossy(&line)),
            }
        }
    }

    /// The software of the server.
    pub(super) fn server(&self) -> Option<String> {
        self.known().server.clone()
    }

    /// The methods of authentication that it offers.
    pub(super) fn methods(&self) -> Option<String> {
        self.known().methods.clone()
    }

    /// The method with which it accepted the password.
    pub(super) fn authenticated_with(&self) -> Option<String> {
        self.known().authenticated_with.clone()
    }

    /// Whether it refused every method.
    pub(super) fn was_refused(&self) -> bool {
        self.known().was_refused
    }

    /// Whether `ssh` knew no host key of the server.
    pub(super) fn failed_at_host_key(&self) -> bool {
        self.known().failed_at_host_key
    }

    /// The latest lines for people, as one text.
    pub(super) fn words(&self) -> Option<String> {
        let words = self.known().words.clone();
        let words = Vec::from(words).join("; ");
        (!words.is_empty()).then(|| shown(&words))
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn take(&mut self, line: &str) {
        let line = line.trim_end();
        let text = line.strip_prefix("debug1: ");
        if let Some(server) = text
            .and_then(|it| it.strip_prefix("Remote protocol version "))
            .and_then(|it| it.split_once("remote software version "))
        {
            self.server = Some(shown(server.1));
        } else if let Some(methods) =
            text.and_then(|it| it.strip_prefix("Authentications that can continue: "))
        {
            self.methods.get_or_insert_with(|| shown(methods));
        } else if line.starts_with("Authenticated to ") {
            let method = line
                .rsplit_once("using \"")
                .map(|it| it.1.trim_end_matches(['"', '.']));
            self.authenticated_with = method.map(shown);
        } else if line.contains(": Permission denied (") {
            self.was_refused = true;
        } else if line == "Host key verification failed." {
            self.failed_at_host_key = true;
        } else if text.is_none() && !is_of_no_use(line) {
            self.words.push_back(line.to_owned());
            if self.words.len() > MOST_WORDS {
                self.words.pop_front();
            }
        }
    }
}

/// Lines of `ssh` about itself, at its start and at its end.
fn is_of_no_use(line: &str) -> bool {
    line.is_empty()
        || ["OpenSSH_", "Transferred: ", "Bytes per second: ", "debug"]
            .iter()
            .any(|it| line.starts_with(it))
}

/// The longest line, in bytes.
const MAX_LINE: u64 = 16 * 1024;

/// The number of lines that are kept.
const MOST_WORDS: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_ssh_says_is_understood() {
        let log = Log::default();
        let text = "OpenSSH_9.2p1 Debian, OpenSSL 3.0.19\r\n\
                    debug1: Remote protocol version 2.0, remote software version mod_sftp\r\n\
                    debug1: Authentications that can continue: publickey,password\r\n\
                    debug1: Authentications that can continue: publickey\r\n\
                    Authenticated to 127.0.0.1 ([127.0.0.1]:2222) using \"password\".\r\n\
                    one\r\n\r\ntwo\r\n";
        log.clone().read(text.as_bytes()).await;
        assert_eq!(log.server().as_deref(), Some("mod_sftp"));
        assert_eq!(log.methods().as_deref(), Some("publickey,password"));
        assert_eq!(log.authenticated_with().as_deref(), Some("password"));
        assert_eq!(log.words().as_deref(), Some("one; two"));
        assert!(!log.was_refused());
        log.clone()
            .read(&b"u@h: Permission denied (publickey).\r\n"[..])
            .await;
        assert!(log.was_refused());
    }
}
