use core::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::RegisterError;

/// Why a state file is unusable or not writable. An existing file is unchanged.
#[derive(Debug)]
pub struct StateError {
    file: PathBuf,
    problem: Problem,
}

/// The problem with a state file.
#[derive(Debug)]
pub(crate) enum Problem {
    /// Another sandbox uses it.
    InUse,
    Read(io::Error),
    Write(io::Error),
    TooLong,
    Empty,
    /// Its end is missing.
    Torn,
    /// A mistake in this line.
    NotJson(usize),
    /// Not a state file.
    NotOurs,
    Version(u64),
    /// A member is missing, unknown or wrong.
    Member(String),
    /// A part of it cannot be registered.
    Register {
        kind: &'static str,
        id: String,
        error: RegisterError,
    },
}

impl StateError {
    pub(crate) fn new(file: &Path, problem: Problem) -> Self {
        Self {
            file: file.to_owned(),
            problem,
        }
    }
}

impl Problem {
    /// Names the member without its value, which could be a secret.
    pub(super) fn member(error: &serde_json::Error) -> Self {
        let text = error.to_string();
        let names_a_field = ["missing field", "unknown field", "duplicate field"];
        let is_about_a_name = names_a_field.iter().any(|start| text.starts_with(start));
        let name = text.split(',').next().filter(|_| is_about_a_name);
        Self::Member(
            name.unwrap_or("a member has a wrong type or value")
                .to_owned(),
        )
    }

    pub(super) fn registering(kind: &'static str, id: &str) -> impl FnOnce(RegisterError) -> Self {
        let id = id.to_owned();
        move |error| Self::Register { kind, id, error }
    }
}

impl fmt::Display for StateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the state file {} {}", self.file.display(), self.problem)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InUse => write!(f, "is in use by another sandbox: stop it, or {ANOTHER}"),
            Self::Read(error) => write!(f, "cannot be read: {error}"),
            Self::Write(error) => write!(f, "cannot be written: {error}"),
            Self::TooLong => write!(f, "is longer than 16 MiB: {ANOTHER}"),
            Self::Empty => write!(f, "is empty: restore a copy, or delete it to begin anew"),
            Self::Torn => write!(
                f,
                "ends in the middle: restore a copy, or move it away to begin anew"
            ),
            Self::NotJson(line) => write!(
                f,
                "is not JSON from line {line} on: correct it, or move it away to begin anew"
            ),
            Self::NotOurs => write!(f, "is not a state file of a sandbox: {ANOTHER}"),
            Self::Version(version) => write!(
                f,
                "has version {version}, and this sandbox reads version {}: \
                 use the release that wrote it, or {ANOTHER}",
                super::VERSION
            ),
            Self::Member(problem) => write!(
                f,
                "has a mistake, {problem}: correct it, or move it away to begin anew"
            ),
            Self::Register { kind, id, error } => write!(
                f,
                "has a mistake in the {kind} {id:?}, {error}: correct it, or move it away to begin anew"
            ),
        }
    }
}

impl core::error::Error for StateError {}

const ANOTHER: &str = "give the name of another file";
