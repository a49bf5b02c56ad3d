use core::fmt;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::Value;

/// A JSON object without duplicate members (RFC 7515 §4, RFC 7519 §4).
///
/// `serde_json::Value` would keep the last of two members, and other readers may keep the first.
pub(crate) struct Object(BTreeMap<String, Value>);

impl Object {
    pub(crate) fn parse(json: &[u8]) -> Option<Self> {
        serde_json::from_slice(json).ok()
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// The value at a JSON pointer (RFC 6901).
    pub(crate) fn pointer(&self, pointer: &str) -> Option<&Value> {
        let path = pointer.strip_prefix('/')?;
        match path.split_once('/') {
            Some((name, _)) => {
                let rest = path.get(name.len()..)?;
                self.get(name)?.pointer(rest)
            }
            None => self.get(path),
        }
    }

    /// The whole object.
    pub(crate) fn json(&self) -> Value {
        let members = self.0.iter();
        let members = members.map(|(name, value)| (name.clone(), value.clone()));
        Value::Object(members.collect())
    }

    /// The names of the members.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The only member, if it has this name.
    pub(crate) fn only(&self, name: &str) -> Option<&Value> {
        self.get(name).filter(|_| self.0.len() == 1)
    }

    /// A member that is a string and not empty.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        let text = self.get(name)?.as_str()?;
        (!text.is_empty()).then_some(text)
    }
}

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members).map(Self)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = BTreeMap<String, Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = BTreeMap::new();
        while let Some(name) = map.next_key::<String>()? {
            match members.entry(name) {
                Entry::Vacant(entry) => entry.insert(map.next_value()?),
                Entry::Occupied(_) => return Err(A::Error::custom("a member appears twice")),
            };
        }
        Ok(members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_leads_into_members() {
        let object = Object::parse(br#"{"a":{"b":[1,2]},"c.d":3}"#).unwrap();
        for (pointer, value) in [
            ("/a/b/1", Some(Value::from(2))),
            ("/c.d", Some(Value::from(3))),
            ("/a/c", None),
            ("/b", None),
            ("a", None),
        ] {
            assert_eq!(object.pointer(pointer), value.as_ref(), "{pointer}");
        }
    }

    #[test]
    fn only_an_object_without_twins_is_read() {
        assert!(Object::parse(br#"{"a":1,"b":{"a":1}}"#).is_some());
        for bad in [r#"{"a":1,"a":1}"#, "[]", "1", "", r#"{"a":1} x"#] {
            assert!(Object::parse(bad.as_bytes()).is_none(), "{bad}");
        }
    }
}
