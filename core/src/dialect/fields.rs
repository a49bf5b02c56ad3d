use core::fmt;

use super::DialectError;
use crate::form::Decoded;

/// Form fields that every token request has after `grant_type`. Checked, and written unchanged.
#[derive(Clone, Copy, Default, Eq, PartialEq)]
pub struct FormFields<'a>(&'a str);

impl<'a> FormFields<'a> {
    /// No fields.
    pub const NONE: Self = Self("");

    /// Parses encoded form fields, `name=value` joined by `&`: `audience=https%3A%2F%2Fapi.example`.
    ///
    /// # Errors
    /// [`DialectError::Form`]; [`DialectError::Reserved`] for the fields that every token request has, and for
    /// `client_id`, which [`Dialect::with_client_id`](super::Dialect::with_client_id) adds;
    /// [`DialectError::Duplicate`], except for `resource`, which may repeat (RFC 8707 §2).
    pub fn parse(fields: &'a str) -> Result<Self, DialectError> {
        for (at, name) in names(fields) {
            let name = name?;
            let is = |other: &str| Decoded::of(name).eq(other.bytes());
            if let Some(reserved) = RESERVED.iter().find(|reserved| is(reserved)) {
                return Err(DialectError::Reserved(reserved));
            }
            let before = names(fields).take_while(|(before, _)| *before < at);
            let mut before = before.filter_map(|(_, name)| name.ok());
            if !is("resource") && before.any(|it| Decoded::of(it).eq(Decoded::of(name))) {
                return Err(DialectError::Duplicate { at });
            }
        }
        Ok(Self(fields))
    }

    /// The fields from [`as_str`](Self::as_str), not checked again, for a program that stores the text. With any other
    /// text, servers refuse the requests.
    #[must_use]
    pub const fn from_checked(fields: &'a str) -> Self {
        Self(fields)
    }

    /// The encoded form fields; `""` without any.
    #[must_use]
    pub const fn as_str(&self) -> &'a str {
        self.0
    }
}

/// Shows only the length, because the fields may be about a person.
impl fmt::Debug for FormFields<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FormFields({} bytes)", self.0.len())
    }
}

/// The encoded names of the fields, and the start of each. An empty form has no fields.
fn names(fields: &str) -> impl Iterator<Item = (usize, Result<&[u8], DialectError>)> {
    let mut at = 0_usize;
    let pairs = fields.as_bytes().split(|&byte| byte == b'&');
    pairs.filter(|_| !fields.is_empty()).map(move |pair| {
        let start = at;
        at = at.saturating_add(pair.len()).saturating_add(1);
        (start, name(pair).ok_or(DialectError::Form { at: start }))
    })
}

/// The name of an encoded pair.
fn name(pair: &[u8]) -> Option<&[u8]> {
    let equals = pair.iter().position(|&byte| byte == b'=')?;
    let (name, value) = pair.split_at_checked(equals)?;
    let value = value.get(1..)?;
    (!name.is_empty() && is_encoded(name) && is_encoded(value)).then_some(name)
}

fn is_encoded(text: &[u8]) -> bool {
    let mut rest = text;
    while let Some((&byte, tail)) = rest.split_first() {
        rest = match (byte, tail) {
            (b'%', [high, low, tail @ ..])
                if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() =>
            {
                tail
            }
            (b'*' | b'-' | b'.' | b'_' | b'+', _) => tail,
            _ if byte.is_ascii_alphanumeric() => tail,
            _ => return false,
        };
    }
    true
}

const RESERVED: [&str; 6] = [
    "grant_type",
    "scope",
    "client_assertion_type",
    "client_assertion",
    "assertion",
    "client_id",
];
