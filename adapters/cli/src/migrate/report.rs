use std::collections::BTreeMap;
use std::io::Write;

use serde_json::{Map, Value};

use crate::failure::Failure;

/// The findings, one line for each change.
pub(super) struct Report<W> {
    out: W,
    format: Format,
    /// The last lines, by event.
    last: BTreeMap<&'static str, String>,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Format {
    Text,
    Json,
}

impl<W: Write> Report<W> {
    pub(super) const fn new(out: W, format: Format) -> Self {
        Self {
            out,
            format,
            last: BTreeMap::new(),
        }
    }

    /// Prints a line about this event, unless it equals the last line about the event.
    pub(super) fn say(&mut self, event: &'static str, line: Line) -> Result<(), Failure> {
        if self.last.get(event) == Some(&line.text) {
            return Ok(());
        }
        let printed = match self.format {
            Format::Text => line.text.clone(),
            Format::Json => line.json(event),
        };
        self.last.insert(event, line.text);
        writeln!(self.out, "{printed}")
            .and_then(|()| self.out.flush())
            .map_err(|error| Failure::usage(format!("standard output: {error}")))
    }
}

/// A line for people, and its JSON object for programs.
pub(super) struct Line {
    text: String,
    members: Map<String, Value>,
}

impl Line {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            members: Map::new(),
        }
    }

    /// Adds a member to the JSON object.
    pub(super) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.members.insert(name.to_owned(), value.into());
        self
    }

    fn json(&self, event: &str) -> String {
        let mut object = Map::new();
        object.insert("event".to_owned(), event.into());
        object.extend(self.members.clone());
        object.insert("text".to_owned(), self.text.as_str().into());
        Value::Object(object).to_string()
    }
}
