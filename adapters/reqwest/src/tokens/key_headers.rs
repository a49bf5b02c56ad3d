use core::fmt;
use std::sync::Arc;

use redox_auth_core::{DialectError, HeaderMembers};

use super::dialect::DialectParts;
use crate::error::build::{Addition, AdditionProblem, BuildError};
use crate::keys::key::Key;

/// The headers of keys that have more members than the dialect, for each key in turn.
#[derive(Clone)]
pub(super) struct KeyHeaders(Arc<[Option<String>]>);

/// The headers may be long, or about a person.
impl fmt::Debug for KeyHeaders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyHeaders({})", self.0.iter().flatten().count())
    }
}

impl KeyHeaders {
    /// # Errors
    /// [`BuildError::Addition`] if key and dialect have the same member.
    pub(super) fn new(
        dialect: Option<&DialectParts>,
        keys: &[Arc<Key>],
    ) -> Result<Self, BuildError> {
        let of_all = dialect.map_or("", |dialect| &dialect.header);
        let headers = keys.iter().map(|key| joined(of_all, key.header()));
        Ok(Self(headers.collect::<Result<_, _>>()?))
    }

    /// The header of the key with this number, if it differs from that of the dialect.
    pub(super) fn of(&self, key: usize) -> Option<HeaderMembers<'_>> {
        let header = self.0.get(key)?.as_ref()?;
        Some(HeaderMembers::from_checked(header))
    }
}

/// The members of the dialect, followed by those of the key.
fn joined(of_all: &str, of_key: &str) -> Result<Option<String>, BuildError> {
    let comma = match (of_all, of_key) {
        (_, "") => return Ok(None),
        ("", _) => "",
        _ => ",",
    };
    let object = format!("{{{of_all}{comma}{of_key}}}");
    let members = HeaderMembers::parse(&object).map_err(|error| not_joined(&object, error))?;
    Ok(Some(members.as_str().to_owned()))
}

fn not_joined(object: &str, error: DialectError) -> BuildError {
    let (at, problem) = match error {
        DialectError::Duplicate { at } => (at, AdditionProblem::Twice),
        other => (object.len(), AdditionProblem::NotAllowed(other)),
    };
    let from_name = object.get(at..).unwrap_or("");
    let name = from_name.trim_start_matches('"').split('"').next();
    BuildError::Addition {
        kind: Addition::Header,
        name: name.unwrap_or("").to_owned(),
        problem,
    }
}
