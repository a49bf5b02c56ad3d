use serde::{Serialize, Serializer};

use super::Party;

/// [`Meta`](super::Meta) as `serde` serializes it. Private: [`Extensions`] works only with `serde-json-core`, and this
/// type checks nothing.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Wire<'a> {
    pub(super) data_model: &'a str,
    pub(super) event_type: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) event_date_time: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) test: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) source: Option<Party<'a>>,
    pub(super) destinations: &'a [Party<'a>],
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) facility_code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) extensions: Option<Extensions<'a>>,
}

impl<'a> Wire<'a> {
    pub(super) const fn new(
        data_model: &'a str,
        event_type: &'a str,
        destinations: &'a [Party<'a>],
    ) -> Self {
        Self {
            data_model,
            event_type,
            event_date_time: None,
            test: None,
            source: None,
            destinations,
            facility_code: None,
            extensions: None,
        }
    }

    /// Writes the text into a `room` of [`Wire::len`] bytes. Only a shorter room makes it fail.
    pub(super) fn write<'o>(&self, room: &'o mut [u8]) -> Option<&'o str> {
        let len = serde_json_core::to_slice(self, room).ok()?;
        core::str::from_utf8(room.get(..len)?).ok()
    }

    /// The exact length of the text. `serde-json-core` only reports that a buffer is too short, not by how much.
    pub(super) const fn len(&self) -> usize {
        let mut len = object_len(&[
            ("DataModel", Some(self.data_model)),
            ("EventType", Some(self.event_type)),
            ("EventDateTime", self.event_date_time),
            ("FacilityCode", self.facility_code),
        ]);
        if let Some(test) = self.test {
            let value = if test { "true" } else { "false" };
            len = len.saturating_add(member_len("Test", value.len()));
        }
        if let Some(source) = &self.source {
            len = len.saturating_add(member_len("Source", source.len()));
        }
        if let Some(Extensions(text)) = self.extensions {
            len = len.saturating_add(member_len("Extensions", text.len()));
        }
        // Two brackets, and a comma before each element except the first.
        let mut destinations = 1_usize;
        let mut rest = self.destinations;
        while let Some((first, tail)) = rest.split_first() {
            destinations = destinations.saturating_add(first.len()).saturating_add(1);
            rest = tail;
        }
        len.saturating_add(member_len("Destinations", destinations))
    }
}

impl Party<'_> {
    const fn len(&self) -> usize {
        object_len(&[("ID", Some(self.id)), ("Name", self.name)])
    }
}

/// Checked JSON, written unchanged: `serde-json-core` writes bytes as they are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Extensions<'a>(pub(super) &'a str);

impl Serialize for Extensions<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0.as_bytes())
    }
}

/// The length of an object with these texts.
const fn object_len(texts: &[(&str, Option<&str>)]) -> usize {
    // Two braces, less the comma that the first member does not have.
    let mut len = 1_usize;
    let mut rest = texts;
    while let Some((first, tail)) = rest.split_first() {
        if let (name, Some(text)) = first {
            len = len.saturating_add(member_len(name, text_len(text)));
        }
        rest = tail;
    }
    len
}

/// A comma, the name in quotes, a colon and the value.
const fn member_len(name: &str, value: usize) -> usize {
    name.len().saturating_add(value).saturating_add(4)
}

/// A string with its quotes, escaped like `serde-json-core`.
const fn text_len(text: &str) -> usize {
    let mut len = 2_usize;
    let mut rest = text.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        len = len.saturating_add(match byte {
            b'"' | b'\\' | 0x08 | b'\t' | b'\n' | 0x0c | b'\r' => 2,
            0..0x20 => 6,
            _ => 1,
        });
        rest = tail;
    }
    len
}
