use std::path::Path;

use url::form_urlencoded;
use zeroize::Zeroizing;

use crate::failure::Failure;
use crate::input;

/// The input to inspect.
pub(super) enum Given {
    /// An assertion.
    Assertion(Zeroizing<String>),
    /// The whole form of a token request, as sent.
    Form(Zeroizing<String>),
    /// An access token.
    Token(Zeroizing<String>),
}

impl Given {
    /// Reads the argument, the file of this name, or standard input.
    pub(super) fn read(argument: &str) -> Result<Self, Failure> {
        let is_file = argument == "-" || Path::new(argument).is_file();
        let text = match is_file {
            true => input::read_text(argument.as_ref(), "assertion", MAX_INPUT)?,
            false => argument.trim().to_owned().into(),
        };
        let given = Self::of(text);
        match &given {
            Self::Assertion(text) if text.split('.').count() != 3 => {
                let found = other(argument, is_file, text);
                Err(Failure::usage(format!(
                    "expected an assertion (three parts with dots between them), the form of a token request, or `Bearer` and a token; found {found}"
                )))
            }
            _ => Ok(given),
        }
    }

    fn of(text: Zeroizing<String>) -> Self {
        let value = after(&text, "authorization:").unwrap_or(&text);
        let mut tokens = ["bearer ", "dpop "].iter();
        if let Some(token) = tokens.find_map(|scheme| after(value, scheme)) {
            return Self::Token(token.to_owned().into());
        }
        let is_form = fields(&text).any(|(name, _)| FORM_FIELDS.contains(&&*name));
        match is_form {
            true => Self::Form(text),
            false => Self::Assertion(text),
        }
    }
}

/// A description of other input. The input may be a secret, therefore the description names only its kind.
fn other(argument: &str, is_file: bool, text: &str) -> &'static str {
    if text.is_empty() {
        "nothing"
    } else if text.contains("-----BEGIN") {
        "a PEM file"
    } else if text.starts_with('{') {
        "JSON"
    } else if Path::new(argument).is_dir() {
        "a folder"
    } else if is_file {
        "another text"
    } else {
        "another text, and no file has this name"
    }
}

/// The fields of a form, decoded.
pub(super) fn fields(form: &str) -> impl Iterator<Item = (String, String)> + '_ {
    let fields = form_urlencoded::parse(form.as_bytes());
    fields.map(|(name, value)| (name.into_owned(), value.into_owned()))
}

/// The assertion in a form.
pub(super) fn assertion_in(form: &str) -> Result<String, Failure> {
    let mut fields = fields(form).filter(|(name, _)| ASSERTION_FIELDS.contains(&&**name));
    let found = fields.next().filter(|(_, value)| !value.is_empty());
    found.map(|(_, value)| value).ok_or_else(|| {
        Failure::usage(
            "expected a form with the field client_assertion or assertion, found neither",
        )
    })
}

/// The rest after this prefix, which is in lower case.
fn after<'t>(text: &'t str, beginning: &str) -> Option<&'t str> {
    let (start, rest) = text.split_at_checked(beginning.len())?;
    start.eq_ignore_ascii_case(beginning).then(|| rest.trim())
}

/// Fields that hold an assertion (RFC 7523 §2).
pub(super) const ASSERTION_FIELDS: [&str; 2] = ["client_assertion", "assertion"];

/// Fields that identify a form.
const FORM_FIELDS: [&str; 4] = [
    "grant_type",
    "client_assertion",
    "client_assertion_type",
    "assertion",
];

/// The longest input, in bytes.
const MAX_INPUT: u64 = 1 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_a_form_and_an_assertion_are_told_apart() {
        for (text, expected) in [
            ("a.b.c", "assertion"),
            ("a=.b.c", "assertion"),
            ("", "assertion"),
            ("grant_type=x&client_assertion=a.b.c", "form"),
            ("client%5Fassertion=a.b.c", "form"),
            ("assertion=a.b.c", "form"),
            ("Bearer a.b.c", "token"),
            ("bearer  opaque", "token"),
            ("Authorization: Bearer a=", "token"),
            ("DPoP a.b.c", "token"),
        ] {
            let found = match Given::of(text.to_owned().into()) {
                Given::Assertion(_) => "assertion",
                Given::Form(_) => "form",
                Given::Token(_) => "token",
            };
            assert_eq!(found, expected, "{text}");
        }
    }
}
