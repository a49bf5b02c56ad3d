use core::fmt;
use core::str::FromStr;
use std::collections::BTreeMap;

use http::StatusCode;
use serde_json::{Map, Value, json};

use crate::{Environment, RegisterError};

/// The input of an operation: the parts of its path, the query, and the members of its JSON body.
#[derive(Default)]
pub(super) struct Call {
    pub(super) path: BTreeMap<&'static str, String>,
    pub(super) query: BTreeMap<String, String>,
    pub(super) body: Map<String, Value>,
}

/// The answer of an operation.
pub(super) enum Answer {
    /// The operation is done, or this is the requested data.
    Json(Value),
    /// The operation has created something.
    Created(Value),
    /// Text to copy.
    Text(String),
    /// The events, as long as the client stays.
    Events,
}

/// Why an operation failed: a status, and a sentence with the found value and the remedy.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Problem {
    pub(super) status: StatusCode,
    pub(super) text: String,
}

impl Call {
    /// A part of the path, which the route defines.
    pub(super) fn path(&self, name: &str) -> &str {
        self.path.get(name).map_or("", String::as_str)
    }

    /// A member of the body with a text that is not empty.
    pub(super) fn text(&self, name: &str) -> Result<Option<&str>, Problem> {
        match self.body.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) if text.trim().is_empty() => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.trim())),
            Some(_) => Err(Problem::bad(format!("{name} must be a text"))),
        }
    }

    /// The same for a required member.
    pub(super) fn needed(&self, name: &str) -> Result<&str, Problem> {
        let text = self.text(name)?;
        text.ok_or_else(|| Problem::bad(format!("{name} is missing")))
    }

    /// A member that is a JSON object, or a pasted text.
    pub(super) fn json_text(&self, name: &str) -> Result<Option<String>, Problem> {
        match self.body.get(name) {
            Some(Value::Object(object)) => Ok(Some(json!(object).to_string())),
            _ => Ok(self.text(name)?.map(ToOwned::to_owned)),
        }
    }

    /// A member that is a whole number, or a text with a number, because forms have only texts.
    pub(super) fn number(&self, name: &str) -> Result<Option<i64>, Problem> {
        let number = match self.body.get(name) {
            Some(Value::Number(number)) => number.as_i64(),
            _ => match self.text(name)? {
                Some(text) => text.parse().ok(),
                None => return Ok(None),
            },
        };
        let number = number.ok_or_else(|| Problem::bad(format!("{name} must be a whole number")));
        number.map(Some)
    }

    /// A member that is `true` or `false`, or a text with one of them.
    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>, Problem> {
        match self.body.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(Value::String(text)) if text == "true" => Ok(Some(true)),
            Some(Value::String(text)) if text == "false" || text.is_empty() => Ok(Some(false)),
            Some(_) => Err(Problem::bad(format!("{name} must be true or false"))),
        }
    }

    /// The environment in the body; Development by default.
    pub(super) fn environment(&self) -> Result<Environment, Problem> {
        let Some(name) = self.text("environment")? else {
            return Ok(Environment::default());
        };
        let mut known = ENVIRONMENTS.into_iter();
        known.find(|it| it.as_str() == name).ok_or_else(|| {
            Problem::bad("environment must be Development, Staging or Production".to_owned())
        })
    }

    /// A parameter of the query, if it is there.
    pub(super) fn parameter<T: FromStr>(&self, name: &str) -> Result<Option<T>, Problem> {
        let Some(text) = self.query.get(name).filter(|text| !text.is_empty()) else {
            return Ok(None);
        };
        let value = text.parse();
        let problem = || Problem::bad(format!("the parameter {name} must be a whole number"));
        value.map(Some).map_err(|_| problem())
    }

    /// Rejects members and parameters that the operation does not have.
    pub(super) fn check(&self, members: &[&str], parameters: &[&str]) -> Result<(), Problem> {
        let unknown = |known: &[&str], name: &str| !known.contains(&name);
        if let Some(name) = self.body.keys().find(|name| unknown(members, name)) {
            let known = listed(members);
            let text = format!("the body has {name:?}, which is unknown here; known: {known}");
            return Err(Problem::bad(text));
        }
        if let Some(name) = self.query.keys().find(|name| unknown(parameters, name)) {
            let known = listed(parameters);
            let text = format!("the query has {name:?}, which is unknown here; known: {known}");
            return Err(Problem::bad(text));
        }
        Ok(())
    }
}

fn listed(names: &[&str]) -> String {
    match names {
        [] => "none".to_owned(),
        names => names.join(", "),
    }
}

impl Problem {
    pub(super) fn bad(text: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, text)
    }

    pub(super) fn not_found(text: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, text)
    }

    pub(super) fn new(status: StatusCode, text: impl Into<String>) -> Self {
        Self {
            status,
            text: text.into(),
        }
    }

    pub(super) fn json(&self) -> Value {
        json!({ "error": self.text })
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl From<RegisterError> for Problem {
    fn from(error: RegisterError) -> Self {
        use crate::JwksError;
        let status = match error {
            RegisterError::Taken | RegisterError::KeysByUrl => StatusCode::CONFLICT,
            RegisterError::UnknownSource
            | RegisterError::UnknownClient
            | RegisterError::UnknownKey
            | RegisterError::UnknownLegacyKey => StatusCode::NOT_FOUND,
            _ => StatusCode::BAD_REQUEST,
        };
        let text = match error {
            RegisterError::Jwks(JwksError::PrivateMember { key, member }) => format!(
                "key {key} is a private key: it has the member {member:?}. The sandbox did not keep it; \
                 paste the public JWK Set instead, for example that of `redox-auth key jwks`"
            ),
            RegisterError::NoKeys => {
                "paste a JWK Set, give a JWK Set URL, or make a key".to_owned()
            }
            error => error.to_string(),
        };
        Self { status, text }
    }
}

pub(super) const ENVIRONMENTS: [Environment; 3] = [
    Environment::Development,
    Environment::Staging,
    Environment::Production,
];

#[cfg(test)]
mod tests {
    use super::*;

    fn call(body: Value) -> Call {
        let Value::Object(body) = body else {
            panic!("no object")
        };
        Call {
            body,
            ..Call::default()
        }
    }

    #[test]
    fn forms_say_in_text_what_programs_say_in_json() {
        let typed = call(json!({ "n": 3, "yes": true, "jwks": { "keys": [] } }));
        let texts = call(json!({ "n": " 3 ", "yes": "true", "jwks": "{\"keys\":[]}" }));
        for call in [typed, texts] {
            assert_eq!(call.number("n").unwrap(), Some(3));
            assert_eq!(call.flag("yes").unwrap(), Some(true));
            assert_eq!(call.json_text("jwks").unwrap().unwrap(), r#"{"keys":[]}"#);
        }
        let nothing = call(json!({ "n": "", "yes": "" }));
        assert_eq!(nothing.number("n").unwrap(), None);
        assert_eq!(nothing.flag("yes").unwrap(), Some(false));
    }

    #[test]
    fn a_member_of_another_type_or_name_is_named() {
        let call = call(json!({ "a": [], "environment": "Test" }));
        for (problem, text) in [
            (call.text("a").unwrap_err(), "a must be a text"),
            (call.number("a").unwrap_err(), "a must be a text"),
            (call.flag("a").unwrap_err(), "a must be true or false"),
            (call.needed("b").unwrap_err(), "b is missing"),
            (
                call.environment().unwrap_err(),
                "environment must be Development, Staging or Production",
            ),
            (
                call.check(&["environment"], &[]).unwrap_err(),
                "the body has \"a\", which is unknown here; known: environment",
            ),
        ] {
            assert_eq!(problem.to_string(), text);
        }
    }
}
