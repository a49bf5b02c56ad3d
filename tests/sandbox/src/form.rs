use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use url::form_urlencoded;

/// A parsed `application/x-www-form-urlencoded` body.
pub(crate) struct Form(BTreeMap<String, String>);

/// The form has the parameter of this name twice, which RFC 6749 §3.2 forbids.
pub(crate) struct Duplicate(pub(crate) String);

impl Form {
    pub(crate) fn parse(body: &[u8]) -> Result<Self, Duplicate> {
        let mut fields = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(body) {
            match fields.entry(name.into_owned()) {
                Entry::Vacant(entry) => entry.insert(value.into_owned()),
                Entry::Occupied(entry) => return Err(Duplicate(entry.key().clone())),
            };
        }
        Ok(Self(fields))
    }

    /// A parameter sent without a value counts as not sent (RFC 6749 §3.2).
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let value = self.0.get(name)?.as_str();
        (!value.is_empty()).then_some(value)
    }
}
