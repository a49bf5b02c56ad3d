use super::known::Known;
use super::names;

/// A text without the secrets in it: known ones, those that follow their name, and those that look like one.
pub(super) fn redacted(text: &str, known: &Known) -> String {
    let mut shown = String::with_capacity(text.len());
    let secrets = known.secrets();
    let (mut rest, mut word) = (text, Word::default());
    while let Some(letter) = rest.chars().next() {
        let secret = secrets
            .at_start(rest)
            .or_else(|| private_key(rest))
            .or_else(|| word.value(rest))
            .or_else(|| (!word.is_within).then(|| token(rest)).flatten());
        if let Some(len) = secret {
            shown.push_str(REDACTED);
            rest = rest.get(len..).unwrap_or_default();
            word = Word::default();
            continue;
        }
        if !word.is_within && is_of_token(letter) {
            word.begin(rest);
        }
        word.pass(letter);
        shown.push(letter);
        rest = rest.get(letter.len_utf8()..).unwrap_or_default();
    }
    shown
}

/// The context before a value.
#[derive(Default)]
struct Word {
    /// The text is within a word.
    is_within: bool,
    /// The last word names a secret.
    is_name: bool,
    /// The last word is a scheme of `Authorization`.
    is_scheme: bool,
    /// Between the name and here are the characters that assign a value to a name.
    has_sign: bool,
}

impl Word {
    fn begin(&mut self, rest: &str) {
        let word = rest.split(|letter| !is_of_token(letter)).next();
        let word = word.unwrap_or_default();
        let is_scheme = is_scheme(word);
        // In `Authorization: Basic x` the second word is neither a name nor a value.
        let is_after_name = is_scheme && self.is_name && self.has_sign;
        *self = Self {
            is_name: is_after_name || names::is_secret(word),
            has_sign: is_after_name,
            is_scheme,
            ..Self::default()
        };
    }

    fn pass(&mut self, letter: char) {
        self.is_within = is_of_token(letter);
        match letter {
            ':' | '=' => self.has_sign = true,
            '"' | '\'' | '\\' => {}
            _ if self.is_within || letter.is_ascii_whitespace() => {}
            _ => *self = Self::default(),
        }
    }

    /// The length in bytes of the value that begins here, if it is secret.
    fn value(&self, rest: &str) -> Option<usize> {
        if self.is_within {
            return None;
        }
        let len = rest.find(ends_value).unwrap_or(rest.len());
        let value = rest.get(..len).unwrap_or_default();
        let is_of_scheme = self.is_scheme && value.len() >= 8 && value.chars().any(is_no_word);
        let is_of_name = self.is_name && self.has_sign && !value.is_empty() && !is_scheme(value);
        (is_of_scheme || is_of_name).then_some(len)
    }
}

fn is_scheme(word: &str) -> bool {
    SCHEMES.iter().any(|it| it.eq_ignore_ascii_case(word))
}

/// The length in bytes of a private key in PEM, if the text begins with one, whole or cut off.
fn private_key(text: &str) -> Option<usize> {
    let label = text.strip_prefix("-----BEGIN ")?;
    let label = label.get(..label.find("-----")?)?;
    if !label.ends_with("PRIVATE KEY") {
        return None;
    }
    let end = format!("-----END {label}-----");
    let found = text.find(&end).map(|at| at.saturating_add(end.len()));
    Some(found.unwrap_or(text.len()))
}

/// The length in bytes of a token, if the text begins with one: a JWT (RFC 7519), whole or cut off, or base64url with a
/// digit that is longer than any word and any UUID.
fn token(text: &str) -> Option<usize> {
    let len = text
        .find(|letter| !is_of_token(letter))
        .unwrap_or(text.len());
    let word = text.get(..len)?;
    let is_jwt = word.starts_with("eyJ") && len >= JWT_MIN;
    let is_long =
        |part: &str| part.len() >= PART_MIN && part.bytes().any(|byte| byte.is_ascii_digit());
    (is_jwt || word.split('.').any(is_long)).then_some(len)
}

/// Base64url, and the dot between the parts of a JWT.
const fn is_of_token(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.')
}

/// Characters that words of a sentence do not have.
const fn is_no_word(letter: char) -> bool {
    letter.is_ascii_digit() || letter.is_ascii_uppercase() || matches!(letter, '=' | '+' | '/')
}

const fn ends_value(letter: char) -> bool {
    matches!(
        letter,
        '"' | '\'' | '\\' | '&' | ',' | ';' | '<' | '>' | '(' | ')' | '{' | '}' | '[' | ']'
    ) || letter.is_ascii_whitespace()
}

const SCHEMES: [&str; 3] = ["Basic", "Bearer", "DPoP"];

/// The fewest characters that count as the beginning of a JWT.
const JWT_MIN: usize = 16;

/// The fewest characters without a dot that count as a secret. A UUID has 36.
const PART_MIN: usize = 40;

pub(super) const REDACTED: &str = "[redacted]";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_in_a_text_is_hidden_and_the_rest_is_not() {
        let known = Known::default();
        known.add("correct horse");
        for (text, expected) in [
            (
                "no secret: 5 tokens left",
                "no secret: [redacted] tokens left",
            ),
            ("the key was not found", "the key was not found"),
            ("it was Correct Horse again", "it was [redacted] again"),
            (
                "client_secret=s3cret&scope=a",
                "client_secret=[redacted]&scope=a",
            ),
            (r#"{"access_token":"abc"#, r#"{"access_token":"[redacted]"#),
            (
                r#"{\"accessToken\" : \"abc\"}"#,
                r#"{\"accessToken\" : \"[redacted]\"}"#,
            ),
            ("sent eyJhbGciOiJFUzM4NCJ9.e30", "sent [redacted]"),
            (
                "Authorization: Bearer abcdef123",
                "Authorization: Bearer [redacted]",
            ),
            (
                "Authorization: Basic word",
                "Authorization: Basic [redacted]",
            ),
            ("by Bearer abcdef123.", "by Bearer [redacted]"),
            ("the bearer token is expired", "the bearer token is expired"),
            (
                "ID 9b2d7c1e-8a55-4d6b-9f0c-1a2b3c4d5e6f",
                "ID 9b2d7c1e-8a55-4d6b-9f0c-1a2b3c4d5e6f",
            ),
            ("0123456789012345678901234567890123456789", "[redacted]"),
            (
                "a -----BEGIN PRIVATE KEY-----\nMIG\n-----END PRIVATE KEY-----\nb",
                "a [redacted]\nb",
            ),
            ("-----BEGIN EC PRIVATE KEY-----\nMIG", "[redacted]"),
            ("-----BEGIN PUBLIC KEY-----", "-----BEGIN PUBLIC KEY-----"),
        ] {
            assert_eq!(redacted(text, &known), expected);
        }
    }
}
