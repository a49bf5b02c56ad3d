use std::io::{self, BufRead, IsTerminal, Write};

use crate::failure::Failure;
use crate::key_text;
use crate::terminal::say;

/// Asks until the answer is a client ID.
pub(super) fn client_id() -> Result<String, Failure> {
    if !io::stdin().is_terminal() {
        return Err(Failure::usage(
            "expected the client ID (--client-id), because standard input is not a terminal. The key is kept: run the same command \
             again with --client-id",
        ));
    }
    let mut lines = io::stdin().lock().lines();
    loop {
        let mut stderr = io::stderr();
        // A closed standard error is no failure: the input then ends without an answer.
        let _ = write!(stderr, "Client ID: ").and_then(|()| stderr.flush());
        let answer = lines.next().and_then(Result::ok).ok_or_else(|| {
            Failure::usage(
                "stopped without a client ID; the key is kept: run the same command again when you have the ID",
            )
        })?;
        match problem(answer.trim()) {
            None => return Ok(answer.trim().to_owned()),
            Some(problem) => say(problem),
        }
    }
}

/// Why an answer is no client ID. The message does not repeat the answer, because it may be a secret.
fn problem(answer: &str) -> Option<&'static str> {
    if key_text::is_in(answer) || answer.starts_with("-----") {
        return Some(
            "this is the text of a key; enter the client ID, which the server shows next to the registered key",
        );
    }
    let is_id = |letter: char| !letter.is_whitespace() && !letter.is_control();
    match answer.chars().all(is_id) {
        true if answer.is_empty() => Some("a client ID is needed; Ctrl-C stops, and keeps the key"),
        true => None,
        false => Some("a client ID has no spaces and no control characters"),
    }
}

#[cfg(test)]
mod tests {
    use super::problem;

    #[test]
    fn only_what_can_be_a_client_id_is_one() {
        for good in [
            "2f1c7a52-7d7b-4a5c-9d6e-0d6f3d6a5b11",
            "client",
            "https://a.example/b",
        ] {
            assert_eq!(problem(good), None, "{good}");
        }
        for bad in ["", "a b", "a\u{1b}[2J", "-----BEGIN PRIVATE KEY-----"] {
            assert!(problem(bad).is_some(), "{bad}");
        }
    }
}
