use serde::Deserialize;
use serde::de::{Deserializer, Error};
use serde_json::{Map, Value};

/// The values for the placeholders of a template, such as `{token_url}`.
#[derive(Default)]
pub(super) struct Values(Vec<(&'static str, Value)>);

impl Values {
    pub(super) fn set(&mut self, name: &'static str, value: impl Into<Value>) {
        self.0.push((name, value.into()));
    }

    /// The same, if there is a value.
    pub(super) fn set_some(&mut self, name: &'static str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.set(name, value);
        }
    }

    fn get(&self, name: &str) -> Option<&Value> {
        let found = self.0.iter().find(|(own, _)| *own == name);
        found.map(|(_, value)| value)
    }

    /// The text with its placeholders filled in; `None` if one of them has no value.
    pub(super) fn fill(&self, template: &str) -> Option<String> {
        let mut filled = String::new();
        let mut rest = template;
        while let Some((before, name, after)) = next(rest) {
            filled.push_str(before);
            match self.get(name)? {
                Value::String(text) => filled.push_str(text),
                other => filled.push_str(&other.to_string()),
            }
            rest = after;
        }
        filled.push_str(rest);
        Some(filled)
    }

    /// The JSON with the placeholders in its texts filled in.
    ///
    /// Leaves out a member with a placeholder without a value. A text that is one placeholder becomes its value, of any
    /// type.
    fn fill_json(&self, template: &Value) -> Option<Value> {
        match template {
            Value::String(text) => match next(text) {
                Some(("", name, "")) => self.get(name).cloned(),
                _ => self.fill(text).map(Value::String),
            },
            Value::Array(values) => {
                let filled = values.iter().filter_map(|value| self.fill_json(value));
                Some(Value::Array(filled.collect()))
            }
            Value::Object(members) => Some(Value::Object(self.fill_object(members))),
            other => Some(other.clone()),
        }
    }

    /// The same for an object, which always remains.
    pub(super) fn fill_object(&self, template: &Map<String, Value>) -> Map<String, Value> {
        let members = template.iter();
        let filled =
            members.filter_map(|(name, value)| Some((name.clone(), self.fill_json(value)?)));
        filled.collect()
    }
}

/// The first placeholder in a text that is not one of these.
pub(super) fn placeholder_besides<'t>(text: &'t str, names: &[&str]) -> Option<&'t str> {
    let mut rest = text;
    while let Some((_, name, after)) = next(rest) {
        if !names.contains(&name) {
            return Some(name);
        }
        rest = after;
    }
    None
}

/// The text before the next placeholder, its name, and the text after it. Other braces are no placeholders.
fn next(text: &str) -> Option<(&str, &str, &str)> {
    for (start, _) in text.match_indices('{') {
        let (before, from) = text.split_at(start);
        let inner = from.strip_prefix('{')?;
        let (name, after) = inner.split_once('}')?;
        let is_name = |byte: u8| byte.is_ascii_lowercase() || byte == b'_';
        if !name.is_empty() && name.bytes().all(is_name) {
            return Some((before, name, after));
        }
    }
    None
}

/// JSON as a text in a file, because TOML has no null.
#[derive(Clone, Debug)]
pub(super) struct JsonText(pub(super) Value);

impl<'de> Deserialize<'de> for JsonText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let value = serde_json::from_str(&text);
        value
            .map(Self)
            .map_err(|error| D::Error::custom(format_args!("expected JSON, found {error}: {text}")))
    }
}

/// A JSON object as a text in a file, with placeholders in its texts.
#[derive(Clone, Debug)]
pub(super) struct JsonTemplate(pub(super) Map<String, Value>);

impl<'de> Deserialize<'de> for JsonTemplate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match JsonText::deserialize(deserializer)?.0 {
            Value::Object(members) => Ok(Self(members)),
            other => Err(D::Error::custom(format_args!(
                "expected a JSON object, found {other}"
            ))),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn values() -> Values {
        let mut values = Values::default();
        values.set("token", "abc");
        values.set("lifetime", 300);
        values.set_some("scope", None::<String>);
        values
    }

    #[test]
    fn placeholders_are_filled_and_other_braces_stay() {
        for (template, filled) in [
            ("", Some("")),
            ("{token}-{lifetime}", Some("abc-300")),
            ("{\"a\":{}} {Token} {", Some("{\"a\":{}} {Token} {")),
            ("{{token}", Some("{abc")),
            ("{scope}", None),
        ] {
            assert_eq!(values().fill(template).as_deref(), filled, "{template}");
        }
    }

    #[test]
    fn a_number_stays_one_and_what_has_no_value_is_left_out() {
        let template = json!({
            "a": "{token}", "b": "{lifetime}", "c": "{lifetime} s", "d": "{scope}", "e": null,
            "f": [{ "g": "{token}", "h": "{scope}" }],
        });
        let filled = json!({
            "a": "abc", "b": 300, "c": "300 s", "e": null, "f": [{ "g": "abc" }],
        });
        let filled = Some(filled);
        assert_eq!(values().fill_json(&template), filled);
    }

    #[test]
    fn a_placeholder_besides_the_known_ones_is_found() {
        let names = ["token", "words"];
        assert_eq!(placeholder_besides("{token} {words}", &names), None);
        assert_eq!(placeholder_besides("{token} {tokn}", &names), Some("tokn"));
    }
}
