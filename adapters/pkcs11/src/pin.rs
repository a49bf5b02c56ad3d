use core::fmt;
use std::path::Path;

use redox_auth_reqwest::{FileAccess, FileError, TakenOff, read_secret_file, secret_text};
use zeroize::Zeroizing;

use crate::error::PinProblem;
use crate::uri::PinSource;

/// The PIN of a token's user. It is wiped on drop, and never shown.
#[derive(Clone)]
pub struct Pin(Zeroizing<String>);

impl Pin {
    /// A PIN from the program.
    #[must_use]
    pub fn new(pin: impl Into<String>) -> Self {
        Self(Zeroizing::new(pin.into()))
    }

    /// The content of a file or a named pipe, without a line end and a byte-order mark. It may be in UTF-16.
    ///
    /// # Errors
    /// [`PinProblem`], also for white space around the PIN, and on Unix for a file that other users can read or change. A
    /// group of this process may read a file of another user and a Secret that Kubernetes mounted.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, PinProblem> {
        let path = path.as_ref();
        let content = read(path)?;
        Self::from_bytes(&content, &path.display().to_string())
    }

    /// The content of an environment variable, with the same rules as for a file.
    ///
    /// # Errors
    /// [`PinProblem`].
    pub fn from_variable(name: &str) -> Result<Self, PinProblem> {
        let content = std::env::var_os(name).ok_or_else(|| PinProblem::no_variable(name))?;
        let content = Zeroizing::new(content.into_encoded_bytes());
        Self::from_bytes(&content, name)
    }

    fn from_bytes(content: &[u8], name: &str) -> Result<Self, PinProblem> {
        let name = || name.to_owned();
        let (text, taken_off) =
            secret_text(content).ok_or_else(|| PinProblem::NotText { name: name() })?;
        match taken_off {
            _ if text.is_empty() => Err(PinProblem::Empty { name: name() }),
            // White space may be part of the PIN, and a wrong try counts.
            Some(TakenOff::WhiteSpace) => Err(PinProblem::WhiteSpace { name: name() }),
            _ => Ok(Self(text)),
        }
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin([redacted])")
    }
}

impl PinSource {
    /// Reads it now: the next login uses a changed PIN.
    pub(crate) fn read(&self) -> Result<Pin, PinProblem> {
        match self {
            Self::File(path) => Pin::from_file(path),
            Self::Variable(name) => Pin::from_variable(name),
        }
    }
}

/// Reads a file that no other user can read, like any file with a secret.
fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, PinProblem> {
    if let FileAccess::Exposed(remedy) = FileAccess::of(path) {
        return Err(PinProblem::Exposed {
            path: path.to_owned(),
            remedy,
        });
    }
    read_secret_file(path, MAX_PIN_FILE)
        .map_err(|FileError { problem, .. }| PinProblem::not_read(path, problem))
}

/// In bytes, longer than the PIN of any token.
const MAX_PIN_FILE: usize = 4 * 1024;

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn line_ends_and_marks_are_not_part_of_the_pin_and_blanks_are_refused() {
        for (content, expected) in [
            (&b"1234"[..], "1234"),
            (b"1234\n", "1234"),
            (b"1234\r\n", "1234"),
            (b"12 34\n", "12 34"),
            (b"1234\n\n", "1234"),
            (b"\xef\xbb\xbf1234\r\n", "1234"),
            (b"\xff\xfe1\x002\x003\x004\x00\r\x00\n\x00", "1234"),
        ] {
            let pin = Pin::from_bytes(content, "pin").unwrap();
            assert_eq!(pin.expose(), expected, "{content:?}");
            assert_eq!(format!("{pin:?}"), "Pin([redacted])");
        }
        let name = || "pin".to_owned();
        for (content, expected) in [
            (&b""[..], PinProblem::Empty { name: name() }),
            (b"\r\n", PinProblem::Empty { name: name() }),
            (b"12\xff", PinProblem::NotText { name: name() }),
            (b" 1234", PinProblem::WhiteSpace { name: name() }),
            (b"1234 \n", PinProblem::WhiteSpace { name: name() }),
        ] {
            assert_eq!(Pin::from_bytes(content, "pin").unwrap_err(), expected);
        }
        let missing = Pin::from_variable("REDOX_AUTH_NO_SUCH_VARIABLE").unwrap_err();
        assert!(
            matches!(missing, PinProblem::NoVariable { .. }),
            "{missing}"
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_can_read_is_refused_with_what_to_do() {
        use std::os::unix::fs::PermissionsExt as _;

        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("it's a pin");
        fs::write(&path, "1234\n").unwrap();
        for (mode, is_refused) in [
            (0o600, false),
            (0o400, false),
            (0o640, true),
            (0o604, true),
            (0o622, true),
        ] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            match Pin::from_file(&path) {
                Ok(pin) => assert!(pin.expose() == "1234" && !is_refused, "{mode:o}"),
                Err(problem) => {
                    assert!(is_refused, "{mode:o}: {problem}");
                    let problem = problem.to_string();
                    assert!(problem.contains("chmod 600 -- '"), "{problem}");
                    assert!(problem.ends_with(r"/it'\''s a pin'"), "{problem}");
                    assert!(!problem.contains("1234"), "{problem}");
                }
            }
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_pin_may_come_through_a_pipe() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&path).status();
        assert!(made.unwrap().success());
        let written = path.clone();
        let writer = std::thread::spawn(move || fs::write(written, "1234\n"));
        assert_eq!(Pin::from_file(&path).unwrap().expose(), "1234");
        writer.join().unwrap().unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn what_holds_no_pin_is_refused_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let error = Pin::from_file(folder.path()).unwrap_err();
        assert!(matches!(error, PinProblem::NotRead { .. }), "{error}");
        assert!(error.to_string().ends_with("found a directory"), "{error}");
        for name in ["31415926", "swordfish"] {
            let error = Pin::from_file(name).unwrap_err();
            assert_eq!(error, PinProblem::NoFileOfThisName);
            let error = Pin::from_variable(name).unwrap_err();
            assert_eq!(error, PinProblem::NoVariableOfThisName);
            assert!(!error.to_string().contains(name), "{error}");
        }
        let error = Pin::from_file("./31415926").unwrap_err();
        assert!(
            error.to_string().contains("./31415926: cannot be read: "),
            "{error}"
        );
        let error = Pin::from_file(folder.path().join("gone")).unwrap_err();
        assert!(matches!(error, PinProblem::NotRead { .. }), "{error}");
        let long = folder.path().join("long");
        fs::write(&long, [b'1'; MAX_PIN_FILE + 1]).unwrap();
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        fs::set_permissions(&long, mode).unwrap();
        let error = Pin::from_file(&long).unwrap_err();
        assert!(matches!(error, PinProblem::TooLong { .. }), "{error}");
    }
}
