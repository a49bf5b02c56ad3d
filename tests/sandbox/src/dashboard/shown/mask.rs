use core::iter::successors;
use std::borrow::Cow;
use std::collections::HashSet;

use aws_lc_rs::digest::{SHA256, digest};
use http::HeaderValue;
use serde_json::Value;

use crate::Sandbox;
use crate::dashboard::segment;

/// A short name of a token, the same in all places: 12 hexadecimal digits of its SHA-256.
pub(in crate::dashboard) fn token_tag(token: &str) -> String {
    let hash = digest(&SHA256, token.as_bytes());
    let start = hash.as_ref().iter().take(6);
    start.map(|byte| format!("{byte:02x}")).collect()
}

/// The masked token.
pub(super) fn masked(token: &str) -> String {
    format!("[redacted, tag {}]", token_tag(token))
}

/// The masked value of a header.
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

/// Masks secrets in JSON, based on the names of the members.
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

/// Finds secrets of the sandbox in unexpected places, such as a token in a path.
///
/// It has its own copy of the secrets: requests of clients do not wait during a search.
pub(crate) struct Mask {
    /// Sorted; no secret is the start of another.
    secrets: Vec<String>,
    /// The beginnings of the secrets, which exclude almost every text without a search.
    starts: HashSet<[u8; 4]>,
}

impl Mask {
    /// The least length of tokens from other servers' rules.
    pub(crate) const SHORTEST: usize = 16;

    /// Copies the tokens and the secrets.
    pub(crate) fn of(sandbox: &Sandbox) -> Self {
        let legacy = sandbox.directory.legacy.values();
        let legacy = legacy.flat_map(|access| access.refresh_tokens.iter().chain([&access.secret]));
        let tokens = sandbox.tokens.keys().chain(sandbox.revoked.keys());
        let secrets = tokens.chain(legacy).filter(|it| it.len() >= Self::SHORTEST);
        Self::of_secrets(secrets.cloned().collect())
    }

    fn of_secrets(mut secrets: Vec<String>) -> Self {
        secrets.sort_unstable();
        secrets.dedup_by(|next, kept| next.starts_with(kept.as_str()));
        let starts = secrets.iter().filter_map(|it| start(it)).collect();
        Self { secrets, starts }
    }

    /// The text, without each word that contains a token or a secret of the sandbox, or a signed JWT, percent-encoded or
    /// not.
    pub(crate) fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let is_part = |letter: char| letter.is_ascii_alphanumeric() || "-_.%".contains(letter);
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
        if word.len() < Self::SHORTEST {
            return false;
        }
        let mut layers = successors(Some(Cow::Borrowed(word)), |text| {
            let is_encoded = text.contains('%');
            is_encoded.then(|| Cow::Owned(segment::decode(text)))
        })
        .take(LAYERS);
        layers.any(|text| self.has_secret(&text))
    }

    fn has_secret(&self, text: &str) -> bool {
        let mut ends = text.char_indices().filter_map(|(at, _)| text.get(at..));
        has_signed_jwt(text) || ends.any(|end| self.starts_with_secret(end))
    }

    /// Only the last secret that is not after the text can be its start: no secret is the start of another.
    fn starts_with_secret(&self, text: &str) -> bool {
        if start(text).is_none_or(|start| !self.starts.contains(&start)) {
            return false;
        }
        let after = self.secrets.partition_point(|it| it.as_str() <= text);
        let nearest = after.checked_sub(1).and_then(|at| self.secrets.get(at));
        nearest.is_some_and(|secret| text.starts_with(secret.as_str()))
    }
}

fn start(text: &str) -> Option<[u8; 4]> {
    text.as_bytes().first_chunk().copied()
}

/// Three parts of base64url in a row, the first of which begins a JSON object.
fn has_signed_jwt(text: &str) -> bool {
    let parts: Vec<_> = text.split('.').collect();
    parts.windows(3).any(|parts| match parts {
        [header, claims, signature] => {
            header.contains("eyJ") && !claims.is_empty() && !signature.is_empty()
        }
        _ => false,
    })
}

pub(super) const REDACTED: &str = "[redacted]";

/// Lower-case letters only.
const SECRET_NAMES: [&str; 15] = [
    "accesstoken",
    "refreshtoken",
    "subjecttoken",
    "actortoken",
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

/// Searches a word unchanged, decoded once, and decoded twice, because a URL in a URL is encoded twice.
const LAYERS: usize = 3;

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::json;

    use super::*;
    use crate::grant::{Grant, Holder};
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

    const TOKEN: &str = "a-token-that-lives-0123456789";

    /// A sandbox with [`TOKEN`], and the secret of its legacy key.
    fn sandbox() -> (Sandbox, String) {
        let mut sandbox = Sandbox::new("http://sandbox.example", [7; 32]);
        let source = Source::new("Clinic").id("source-1");
        let id = sandbox.add_source(source).unwrap();
        let key = sandbox.register_legacy_key(&id).unwrap();
        let holder = Holder::OAuth {
            client_id: "client-1".to_owned(),
        };
        let grant = Grant {
            environment: Environment::Development,
            holder,
            bound_to: None,
        };
        let now = Timestamp::UNIX_EPOCH;
        sandbox.give_out(now, TOKEN.to_owned(), Timestamp::MAX, grant);
        (sandbox, key.expose_secret().to_owned())
    }

    #[test]
    fn a_secret_of_the_sandbox_is_found_anywhere_in_a_text() {
        let (sandbox, secret) = sandbox();
        let mask = Mask::of(&sandbox);
        let jwt = "eyJhbGciOiJSUzM4NCJ9.e30.AAAA";
        let text = format!("/a/{TOKEN}?b={secret}&c=\"{jwt}\" ä source-1");
        let expected = "/a/[redacted]?b=[redacted]&c=\"[redacted]\" ä source-1";
        assert_eq!(mask.text(&text), expected);
        assert_eq!(mask.text("nothing here"), "nothing here");
    }

    #[test]
    fn a_secret_is_found_between_other_letters_and_percent_encoded() {
        let (sandbox, secret) = sandbox();
        let mask = Mask::of(&sandbox);
        for secret in [TOKEN, &secret, "eyJhbGciOiJSUzM4NCJ9.e30.AAAA"] {
            let (first, rest) = secret.split_at(1);
            let encoded = format!("%{:02X}", first.as_bytes()[0]);
            for word in [
                format!("{secret}."),
                format!("a.{secret}"),
                format!("-_{secret}_-"),
                format!("{encoded}{rest}"),
                format!("{}{rest}", encoded.to_ascii_lowercase()),
                format!("{}{rest}", encoded.replace('%', "%25")),
                format!("%3D{secret}%26"),
                format!("%4{secret}"),
            ] {
                let shown = mask.text(&word);
                assert_eq!(shown, REDACTED, "{word}");
            }
        }
        let all_but_one_letter = TOKEN.get(1..).unwrap();
        for text in [all_but_one_letter, "eyJhbGciOiJub25lIn0.e30.", "%41%ZZ%"] {
            assert_eq!(mask.text(text), text);
        }
    }

    #[test]
    fn a_secret_that_is_the_start_of_another_hides_none() {
        let secrets = ["abcdx", "abce", "abcd"].map(str::to_owned);
        let mask = Mask::of_secrets(secrets.to_vec());
        for (text, expected) in [
            ("abcdz", true),
            ("abcdx", true),
            ("abce", true),
            ("abcc", false),
        ] {
            assert_eq!(mask.starts_with_secret(text), expected, "{text}");
        }
    }

    #[test]
    fn a_mask_needs_no_sandbox_and_knows_tokens_that_were_revoked() {
        let (mut sandbox, _) = sandbox();
        sandbox.revoke_token(TOKEN);
        let mask = Mask::of(&sandbox);
        drop(sandbox);
        assert_eq!(mask.text(TOKEN), REDACTED);
    }
}
