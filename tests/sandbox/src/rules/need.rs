use serde::Deserialize;
use serde_json::Value;

use super::found::found;
use super::objection::{Objection, ObjectionKind};
use crate::form::Form;
use crate::object::Object;

/// The requirement for a claim or a form field.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Need {
    /// The name of the form field; for a claim, a JSON pointer (RFC 6901).
    at: String,
    #[serde(default)]
    is: Type,
    equals: Option<String>,
    /// A name among those in the text, with spaces between them.
    has: Option<String>,
    ends_with: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
enum Type {
    /// A text that is not empty.
    #[default]
    Text,
    /// A list of texts that is not empty.
    List,
}

impl Need {
    /// The objection to the claim.
    pub(super) fn of_claims(&self, claims: &Object) -> Option<Objection> {
        let name = self.at.trim_start_matches('/');
        let Some(value) = claims.pointer(&self.at) else {
            let text = format!("the claim {name} is missing; {}", self.demand());
            return Some(Objection::new(ObjectionKind::ClaimMissing, name, text));
        };
        if self.takes(value) {
            return None;
        }
        let text = format!("the claim {name} is {}; {}", found(value), self.demand());
        Some(Objection::new(ObjectionKind::ClaimWrong, name, text))
    }

    /// The objection to the form field.
    pub(super) fn of_form(&self, form: &Form) -> Option<Objection> {
        let name = self.at.as_str();
        let Some(value) = form.get(name) else {
            let text = format!("the form field {name} is missing; {}", self.demand());
            return Some(Objection::new(ObjectionKind::FieldMissing, name, text));
        };
        if self.takes_text(value) {
            return None;
        }
        let value = found(&Value::from(value));
        let text = format!("the form field {name} is {value}; {}", self.demand());
        Some(Objection::new(ObjectionKind::FieldWrong, name, text))
    }

    fn takes(&self, value: &Value) -> bool {
        match (self.is, value) {
            (Type::Text, Value::String(text)) => self.takes_text(text),
            (Type::List, Value::Array(values)) => {
                !values.is_empty() && values.iter().all(Value::is_string)
            }
            _ => false,
        }
    }

    fn takes_text(&self, text: &str) -> bool {
        let equals = self.equals.as_deref().is_none_or(|own| own == text);
        let has = self.has.as_deref();
        let has = has.is_none_or(|own| text.split(' ').any(|name| name == own));
        let end = self.ends_with.as_deref();
        !text.is_empty() && equals && has && end.is_none_or(|own| text.ends_with(own))
    }

    fn demand(&self) -> String {
        match (self.is, &self.equals, &self.has, &self.ends_with) {
            (Type::List, ..) => "the server accepts a list of texts".to_owned(),
            (_, Some(own), ..) => format!("the server accepts {own:?}"),
            (_, _, Some(own), _) => format!("the server requires {own:?} among the words"),
            (_, _, _, Some(own)) => format!("the server accepts a text that ends with {own:?}"),
            _ => "the server accepts a text".to_owned(),
        }
    }
}
