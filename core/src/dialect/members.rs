use core::fmt;

use super::DialectError;
use crate::json;

/// Claims that every assertion has after `iss`, `sub` and `aud`. Checked, and written unchanged.
#[derive(Clone, Copy, Default, Eq, PartialEq)]
pub struct Claims<'a>(&'a str);

/// Members that every assertion's header has after `alg`, `typ` and `kid`. Checked, and written unchanged.
#[derive(Clone, Copy, Default, Eq, PartialEq)]
pub struct HeaderMembers<'a>(&'a str);

impl<'a> Claims<'a> {
    /// No claims.
    pub const NONE: Self = Self("");

    /// Parses a JSON object whose members are the claims, of any type.
    ///
    /// # Errors
    /// [`DialectError`]; [`DialectError::Reserved`] for `iss`, `sub`, `aud`, `iat`, `nbf`, `exp` and `jti`, which the
    /// credential and the [`Dialect`](super::Dialect) set.
    pub fn parse(object: &'a str) -> Result<Self, DialectError> {
        members(object, &["iss", "sub", "aud", "iat", "nbf", "exp", "jti"]).map(Self)
    }

    /// The members from [`as_str`](Self::as_str), not checked again, for a program that stores the text. With any other
    /// text, servers refuse the assertions.
    #[must_use]
    pub const fn from_checked(members: &'a str) -> Self {
        Self(members)
    }

    /// The members without the braces around them; `""` without any.
    #[must_use]
    pub const fn as_str(&self) -> &'a str {
        self.0
    }

    pub(crate) const fn len_with_comma(&self) -> usize {
        len_with_comma(self.0)
    }
}

impl<'a> HeaderMembers<'a> {
    /// No members.
    pub const NONE: Self = Self("");

    /// Parses a JSON object whose members go into the header, of any type: `x5c`, `jku`, `jwk` and the like.
    ///
    /// # Errors
    /// [`DialectError`]; [`DialectError::Reserved`] for `alg`, `typ` and `kid`, which the key sets, and for `crit` and
    /// `b64`, which change the bytes to sign (RFC 7515 §4.1.11, RFC 7797).
    pub fn parse(object: &'a str) -> Result<Self, DialectError> {
        members(object, &["alg", "typ", "kid", "crit", "b64"]).map(Self)
    }

    /// The members from [`as_str`](Self::as_str), not checked again, for a program that stores the text. With any other
    /// text, servers refuse the assertions.
    #[must_use]
    pub const fn from_checked(members: &'a str) -> Self {
        Self(members)
    }

    /// The members without the braces around them; `""` without any.
    #[must_use]
    pub const fn as_str(&self) -> &'a str {
        self.0
    }

    pub(crate) const fn len_with_comma(&self) -> usize {
        len_with_comma(self.0)
    }
}

/// Shows only the length, because the members may be about a person.
impl fmt::Debug for Claims<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Claims({} bytes)", self.0.len())
    }
}

/// As [`Claims`].
impl fmt::Debug for HeaderMembers<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HeaderMembers({} bytes)", self.0.len())
    }
}

const fn len_with_comma(members: &str) -> usize {
    match members.len() {
        0 => 0,
        len => len.saturating_add(1),
    }
}

/// The text between the braces of a JSON object with none of these names and no duplicate name.
fn members<'a>(object: &'a str, reserved: &[&'static str]) -> Result<&'a str, DialectError> {
    let body = object.as_bytes();
    for name in json::names(body) {
        let name = name.map_err(DialectError::Json)?;
        let at = name.at();
        let Some(text) = name.plain(body).filter(|text| !text.is_empty()) else {
            return Err(DialectError::Name { at });
        };
        if let Some(reserved) = reserved.iter().find(|reserved| **reserved == text) {
            return Err(DialectError::Reserved(reserved));
        }
        let before = json::names(body).map_while(Result::ok);
        let mut before = before.take_while(|before| before.at() < at);
        if before.any(|before| before.plain(body) == Some(text)) {
            return Err(DialectError::Duplicate { at });
        }
    }
    let inner = object.trim_matches([' ', '\t', '\n', '\r']);
    let inner = inner.strip_prefix('{').and_then(|it| it.strip_suffix('}'));
    // The text was parsed as an object, and therefore has both braces.
    Ok(inner.unwrap_or("").trim_matches([' ', '\t', '\n', '\r']))
}
