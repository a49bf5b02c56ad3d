use core::fmt;

use serde::de::IntoDeserializer;
use serde::de::value::{Error, StrDeserializer};
use serde::{Deserialize, Serialize};

use super::objection::{Objection, ObjectionKind};

/// The objections of a refusal: a kind, or a kind about one name, as in `claim-missing:exp`.
#[derive(Clone, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd)]
#[serde(try_from = "String")]
pub(super) struct Case {
    kind: ObjectionKind,
    about: Option<String>,
}

impl Case {
    /// The cases of an objection, the most specific one first.
    pub(super) fn of(objection: &Objection) -> [Self; 2] {
        let case = |about| Self {
            kind: objection.kind(),
            about,
        };
        [case(Some(objection.about().to_owned())), case(None)]
    }
}

/// The text form in a file.
impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.serialize(&mut *f)?;
        match &self.about {
            Some(about) => write!(f, ":{about}"),
            None => Ok(()),
        }
    }
}

impl TryFrom<String> for Case {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        let (kind, about) = match text.split_once(':') {
            Some((kind, about)) => (kind, Some(about.to_owned())),
            None => (text.as_str(), None),
        };
        let kind: StrDeserializer<'_, Error> = kind.into_deserializer();
        Ok(Self {
            kind: ObjectionKind::deserialize(kind)?,
            about,
        })
    }
}
