use bytes::Bytes;
use indexmap::IndexMap;
use redox_auth_core::Identity as _;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::{RawValue, to_raw_value};

use super::MessageError;
use crate::tokens::identity::Identity;

/// The source that a message comes from.
#[derive(Debug)]
pub(super) enum Source {
    /// The caller's choice: the message must not name another.
    Given(String),
    /// Used if the message names none.
    Default(String),
}

impl Source {
    /// The source of a client's messages. A legacy API key belongs to a source and has its ID; an OAuth API key with it has
    /// to name that source.
    pub(super) fn of(identity: &Identity) -> Option<Self> {
        let given = identity.source_id().map(|id| Self::Given(id.to_owned()));
        given.or_else(|| {
            let legacy_key = identity.legacy_key()?;
            let _beside = identity.oauth_key(0)?;
            Some(Self::Default(legacy_key.api_key().to_owned()))
        })
    }

    /// Puts the source into a message that names none, after the check of its `Meta`. A message that needs no change keeps
    /// its bytes. Any other keeps each member outside the path to `Meta.Source.ID`.
    pub(super) fn name_in(&self, json: Bytes) -> Result<Bytes, MessageError> {
        let (Self::Given(source_id) | Self::Default(source_id)) = self;
        let mut message: Members = serde_json::from_slice(&json).map_err(MessageError::Json)?;
        let mut meta: Members = read(&message, "Meta")?.unwrap_or_default();
        let mut source: Members = read(&meta, "Source")?.unwrap_or_default();
        match (read::<String>(&source, "ID")?, self) {
            (None, _) => {
                write(&mut source, "ID", source_id)?;
                write(&mut meta, "Source", &source)?;
                write(&mut message, "Meta", &meta)?;
                let json = serde_json::to_vec(&message).map_err(MessageError::Json)?;
                Ok(json.into())
            }
            (Some(found), Self::Given(expected)) if found != *expected => {
                Err(MessageError::OtherSource {
                    expected: expected.clone(),
                    found,
                })
            }
            _ => Ok(json),
        }
    }
}

/// An object in its order, with its values as they were written.
type Members = IndexMap<String, Box<RawValue>>;

/// A member; nothing when it is absent or `null`.
fn read<T: DeserializeOwned>(members: &Members, name: &str) -> Result<Option<T>, MessageError> {
    match members.get(name) {
        Some(value) => serde_json::from_str(value.get()).map_err(MessageError::Json),
        None => Ok(None),
    }
}

/// Sets a member, in its place or at the end.
fn write(
    members: &mut Members,
    name: &str,
    value: &(impl Serialize + ?Sized),
) -> Result<(), MessageError> {
    let value = to_raw_value(value).map_err(MessageError::Json)?;
    members.insert(name.to_owned(), value);
    Ok(())
}

#[cfg(test)]
mod tests {
    use redox_auth_core::{Meta, Sources};

    use super::*;

    fn name_in(json: &str, source: &Source) -> Result<String, MessageError> {
        Meta::check_message(json.as_bytes(), Sources::One).map_err(MessageError::Meta)?;
        let named = source.name_in(Bytes::copy_from_slice(json.as_bytes()))?;
        Ok(String::from_utf8(named.into()).unwrap())
    }

    fn given(id: &str) -> Source {
        Source::Given(id.to_owned())
    }

    fn default(id: &str) -> Source {
        Source::Default(id.to_owned())
    }

    fn message(source: &str) -> String {
        format!(
            r#"{{"Meta":{{"DataModel":"A","EventType":"B","Destinations":[{{"ID": "d"}}],"X":1.10{source}}},"N":12345678901234567890123,"É":[ "\u00e9" ]}}"#
        )
    }

    #[test]
    fn a_message_is_changed_only_where_its_source_is_missing() {
        let named = message(r#","Source":{"ID":"s"}"#);
        // With white space that a change would remove.
        let spaced = named.replace(":{", ": {");
        for source in [given("s"), default("t")] {
            assert_eq!(name_in(&spaced, &source).unwrap(), spaced);
        }
        for source in [given("s"), default("s")] {
            for without in [
                "",
                r#","Source":null"#,
                r#","Source":{}"#,
                r#","Source":{"ID":null}"#,
            ] {
                assert_eq!(name_in(&message(without), &source).unwrap(), named);
            }
        }
        let kept = name_in(&message(r#","Source":{"Name":"Ward 3"}"#), &given("s\"")).unwrap();
        let expected = message(r#","Source":{"Name":"Ward 3","ID":"s\""}"#);
        assert_eq!(kept, expected);
    }

    #[test]
    fn a_message_of_another_source_is_refused_and_named() {
        let error = name_in(&message(r#","Source":{"ID":"s"}"#), &given("t")).unwrap_err();
        let shown = error.to_string();
        assert!(matches!(error, MessageError::OtherSource { .. }), "{shown}");
        assert!(
            shown.contains("\"t\"") && shown.contains("\"s\""),
            "{shown}"
        );
        for wrong in [
            r#","Source":1"#,
            r#","Source":{"ID":1}"#,
            r#","Source":{"ID":""}"#,
            r#","Source":{},"Source":{}"#,
        ] {
            for source in [given("s"), default("s")] {
                let error = name_in(&message(wrong), &source).unwrap_err();
                assert!(matches!(error, MessageError::Meta(_)), "{wrong}: {error}");
            }
        }
    }
}
