use std::borrow::Cow;

use aws_lc_rs::digest::{SHA256, digest};
use http::HeaderValue;
use serde_json::Value;

use crate::Sandbox;

/// A short name of a token, by which two places that show it can be compared: 12 hexadecimal digits of its SHA-256.
pub(in crate::dashboard) fn token_tag(token: &str) -> String {
    let hash = digest(&SHA256, token.as_bytes());
    let start = hash.as_ref().iter().take(6);
    start.map(|byte| format!("{byte:02x}")).collect()
}

/// The token as it is shown.
pub(super) fn masked(token: &str) -> String {
    format!("[redacted, tag {}]", token_tag(token))
}

/// The value of a header as it is shown.
pub(super) fn header(name: &str, value: &HeaderValue) -> String {
    let text = String::from_utf8_lossy(value.as_bytes());
    match name {
        "authorization" => match text.split_once(' ') {
            Some((scheme, token)) if ["Bearer", "DPoP"].contains(&scheme) => {
                format!("{scheme} {}", masked(token.trim()))
            }
            _ => REDACTED.to_owned(),
        },
        "proxy-authorization" | "cookie" | "set-cookie" | "verification-token" | "dpop" => {
            REDACTED.to_owned()
        }
        _ if value.is_sensitive() => REDACTED.to_owned(),
        _ => text.into_owned(),
    }
}

/// Takes what is secret out of JSON, by the names of the members.
pub(super) fn json(value: &mut Value) {
    match value {
        Value::Object(members) => members.iter_mut().for_each(|(name, value)| {
            if !is_secret(name) {
                json(value);
            } else if let Value::String(text) = value {
                *text = match name.as_str() {
                    "access_token" | "accessToken" => masked(text),
                    _ => REDACTED.to_owned(),
                };
            } else {
                *value = REDACTED.into();
            }
        }),
        Value::Array(list) => list.iter_mut().for_each(json),
        _ => {}
    }
}

/// Whether a form field, a parameter or a JSON member of this name holds a secret.
pub(super) fn is_secret(name: &str) -> bool {
    let name: String = name
        .chars()
        .filter(|letter| letter.is_ascii_alphabetic())
        .collect();
    let name = name.to_ascii_lowercase();
    SECRET_NAMES.iter().any(|secret| name == *secret)
}

/// Finds secrets of the sandbox that stand where nobody expects them, such as a token in a path.
pub(in crate::dashboard) struct Mask<'s>(pub(in crate::dashboard) &'s Sandbox);

impl Mask<'_> {
    /// The text, with each word that is a token or a secret of the sandbox, or a signed JWT, taken out.
    pub(in crate::dashboard) fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let is_part = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
        let mut words = text.split(|letter| !is_part(letter));
        if !words.any(|word| self.is_secret(word)) {
            return Cow::Borrowed(text);
        }
        let mut clean = String::with_capacity(text.len());
        let mut rest = text;
        while !rest.is_empty() {
            let end = rest.find(|letter| !is_part(letter)).unwrap_or(rest.len());
            let (word, after) = rest.split_at(end);
            clean.push_str(if self.is_secret(word) { REDACTED } else { word });
            let next = after.find(is_part).unwrap_or(after.len());
            let (between, after) = after.split_at(next);
            clean.push_str(between);
            rest = after;
        }
        Cow::Owned(clean)
    }

    /// The same for every text and member name in a value.
    pub(in crate::dashboard) fn value(&self, value: Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(&text).into_owned()),
            Value::Array(list) => list.into_iter().map(|it| self.value(it)).collect(),
            Value::Object(members) => members
                .into_iter()
                .map(|(name, value)| (self.text(&name).into_owned(), self.value(value)))
                .collect(),
            other => other,
        }
    }

    fn is_secret(&self, word: &str) -> bool {
        if word.len() < SHORTEST {
            return false;
        }
        let sandbox = self.0;
        let mut legacy = sandbox.directory.legacy.values();
        sandbox.tokens.contains(word)
            || sandbox.revoked.contains(word)
            || legacy.any(|it| it.secret == word || it.refresh_tokens.contains(word))
            || is_signed_jwt(word)
    }
}

/// Three parts of base64url, the first of which begins a JSON object.
fn is_signed_jwt(word: &str) -> bool {
    let mut parts = word.split('.');
    let is_part = |part: Option<&str>| part.is_some_and(|part| !part.is_empty());
    word.starts_with("eyJ")
        && is_part(parts.next())
        && is_part(parts.next())
        && is_part(parts.next())
        && parts.next().is_none()
}

pub(super) const REDACTED: &str = "[redacted]";

/// In small letters, without anything between them.
const SECRET_NAMES: [&str; 13] = [
    "accesstoken",
    "refreshtoken",
    "idtoken",
    "token",
    "secret",
    "clientsecret",
    "clientassertion",
    "assertion",
    "password",
    "privatekey",
    "verificationtoken",
    "authorization",
    "apisecret",
];

/// The tokens of servers that the sandbox is like have at least so many letters.
const SHORTEST: usize = 16;

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::json;

    use super::*;
    use crate::{Environment, Source};

    #[test]
    fn members_that_hold_secrets_are_masked_however_deep_and_whatever_their_type() {
        let mut value = json!({
            "access_token": "hush",
            "a": [{ "clientSecret": "hush", "client_secret": ["hush"], "b": "shown" }],
        });
        json(&mut value);
        let text = value.to_string();
        assert!(!text.contains("hush"), "{text}");
        assert!(
            text.contains("shown") && text.contains(&token_tag("hush")),
            "{text}"
        );
    }

    #[test]
    fn headers_that_hold_secrets_are_masked() {
        for (name, value) in [
            ("authorization", "Bearer hush"),
            ("authorization", "Basic hush"),
            ("authorization", "hush"),
            ("cookie", "hush"),
            ("verification-token", "hush"),
        ] {
            let shown = header(name, &HeaderValue::from_static(value));
            assert!(!shown.contains("hush"), "{name}: {shown}");
        }
        let shown = header("accept", &HeaderValue::from_static("text/html"));
        assert_eq!(shown, "text/html");
    }

    #[test]
    fn a_secret_of_the_sandbox_is_found_anywhere_in_a_text() {
        let mut sandbox = Sandbox::new("http://sandbox.example", [7; 32]);
        let id = sandbox.add_source(Source::new("Clinic")).unwrap();
        let key = sandbox.register_legacy_key(&id).unwrap();
        let grant = crate::grant::Grant {
            environment: Environment::Development,
            holder: crate::grant::Holder::OAuth {
                client_id: "client-1".to_owned(),
            },
            bound_to: None,
        };
        let token = "a-token-that-lives-0123456789";
        sandbox.give_out(
            Timestamp::UNIX_EPOCH,
            token.to_owned(),
            Timestamp::MAX,
            grant,
        );
        let mask = Mask(&sandbox);
        let secret = key.expose_secret();
        let jwt = "eyJhbGciOiJSUzM4NCJ9.e30.AAAA";
        let text = format!("/a/{token}?b={secret}&c=\"{jwt}\" ä {id}");
        let expected = format!("/a/[redacted]?b=[redacted]&c=\"[redacted]\" ä {id}");
        assert_eq!(mask.text(&text), expected);
        assert_eq!(mask.text("nothing here"), "nothing here");
    }
}
