use core::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// Why root certificates cannot be used. It names the file, the variable that named the file, and the command that converts
/// it.
#[derive(Debug)]
#[non_exhaustive]
pub struct AuthoritiesError {
    /// The place of the certificates.
    pub place: AuthoritiesPlace,
    /// The fault.
    pub problem: AuthoritiesProblem,
}

/// Where root certificates come from.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum AuthoritiesPlace {
    /// A file that the program named: [`Builder::ca_file`](crate::Builder::ca_file), `--ca-file`.
    CaFile(PathBuf),
    /// The file that the variable `SSL_CERT_FILE` names.
    Variable(PathBuf),
    /// The operating system.
    System,
}

/// The fault of root certificates.
#[derive(Debug)]
#[non_exhaustive]
pub enum AuthoritiesProblem {
    /// The file cannot be read.
    Read(io::Error),
    /// It is a directory.
    Directory,
    /// It is a pipe that did not end in time.
    Pipe,
    /// The place holds the text of a certificate where the name of a file is required.
    Text,
    /// The file is empty.
    Empty,
    /// The file is longer than any collection of certificates.
    TooLong {
        /// The longest that the client reads, in bytes.
        limit: usize,
    },
    /// The file holds something other than certificates in PEM.
    Other {
        /// Its content.
        found: &'static str,
        /// The command that converts the file, in which `FILE` stands for it, if there is one.
        command: Option<&'static str>,
    },
    /// None of the certificates in the file can be read.
    Broken(BrokenCertificates),
    /// The operating system has no root certificates.
    None,
}

/// Certificates of a file that cannot be read. The client uses the others.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct BrokenCertificates {
    /// How many.
    pub count: usize,
    /// The line on which the first of them begins, counted from 1.
    pub line: usize,
    /// The fault of the first.
    pub(crate) why: &'static str,
}

impl fmt::Display for BrokenCertificates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { count, line, why } = self;
        match count {
            1 => write!(f, "the certificate on line {line} {why}"),
            _ => write!(
                f,
                "{count} certificates cannot be read; the first is on line {line} and {why}"
            ),
        }
    }
}

impl AuthoritiesPlace {
    fn path(&self) -> Option<&Path> {
        match self {
            Self::CaFile(path) | Self::Variable(path) => Some(path),
            Self::System => None,
        }
    }
}

impl fmt::Display for AuthoritiesPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CaFile(path) => write!(f, "{} (CA file)", path.display()),
            Self::Variable(path) => write!(f, "{} (SSL_CERT_FILE)", path.display()),
            Self::System => f.write_str("the operating system"),
        }
    }
}

impl fmt::Display for AuthoritiesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { place, problem } = self;
        match (place, problem) {
            // The error does not show the text, which may hold a key.
            (AuthoritiesPlace::Variable(_), AuthoritiesProblem::Text) => {
                write!(f, "SSL_CERT_FILE: {problem}")
            }
            (_, AuthoritiesProblem::Text) => write!(f, "CA file: {problem}"),
            (AuthoritiesPlace::System, _) => problem.fmt(f),
            _ => write!(f, "{place}: {problem}"),
        }?;
        match (problem, place.path()) {
            (
                AuthoritiesProblem::Other {
                    command: Some(command),
                    ..
                },
                Some(path),
            ) => write!(f, ": {}", command.replace("FILE", &quoted(path))),
            _ => Ok(()),
        }
    }
}

impl fmt::Display for AuthoritiesProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read(error) if error.kind() == io::ErrorKind::NotFound => {
                f.write_str("there is no such file; correct the name")
            }
            Self::Read(error) => write!(f, "cannot be read: {error}"),
            Self::Directory => {
                f.write_str("expected a file, found a directory; SSL_CERT_DIR names directories")
            }
            Self::Pipe => f.write_str("nothing finished writing to this pipe in time"),
            Self::Text => f.write_str(
                "expected the name of a file, found the text of a certificate; write it to a file, and give its name",
            ),
            Self::Empty => write!(
                f,
                "{EXPECTED}, found an empty file; put the authority's certificate into it"
            ),
            Self::TooLong { limit } => {
                write!(f, "{EXPECTED} of at most {limit} bytes, found more")
            }
            Self::Other { found, command } => {
                write!(f, "{EXPECTED}, found {found}; ")?;
                f.write_str(match command {
                    Some(_) => "convert it",
                    None => "put the authority's certificate into it",
                })
            }
            Self::Broken(broken) => write!(
                f,
                "{EXPECTED}, found none that can be read: {broken}; copy the whole file again"
            ),
            Self::None => f.write_str(NO_ROOTS),
        }
    }
}

impl core::error::Error for AuthoritiesError {}

/// A path as a shell takes it.
fn quoted(path: &Path) -> String {
    format!("'{}'", path.display().to_string().replace('\'', r"'\''"))
}

const EXPECTED: &str = "expected root certificates in PEM";

/// The package has the same name everywhere.
const NO_ROOTS: &str = "this machine has no root certificates; install them (Debian and Ubuntu: `apt-get install ca-certificates`, Alpine: `apk add ca-certificates`, Fedora: `dnf install ca-certificates`), or name a file with them (`Builder::ca_file`, --ca-file, SSL_CERT_FILE)";
