use core::fmt;

use serde::{Deserialize, Serialize};

/// One objection of a server to an assertion or a form.
///
/// `Display` gives the found value and the accepted ones. The server's own answer may say less, or nothing.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Objection {
    kind: ObjectionKind,
    about: String,
    text: String,
}

impl Objection {
    /// `about` is the name of the claim, header member or form field, or empty.
    pub(crate) fn new(
        kind: ObjectionKind,
        about: impl Into<String>,
        text: impl Into<String>,
    ) -> Self {
        Self {
            kind,
            about: about.into(),
            text: text.into(),
        }
    }

    /// Which rule was broken.
    #[must_use]
    pub const fn kind(&self) -> ObjectionKind {
        self.kind
    }

    /// The name of the claim, header member or form field, if the rule is about one.
    #[must_use]
    pub fn about(&self) -> &str {
        &self.about
    }
}

impl fmt::Display for Objection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The kinds of objections. Files of servers use the same names.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ObjectionKind {
    /// Too many requests came in a short time.
    TooMany,
    /// The body is not `application/x-www-form-urlencoded`.
    ContentType,
    /// A form field appears twice (RFC 6749 §3.2).
    DuplicateField,
    /// `grant_type` is missing or not the server's.
    GrantType,
    /// `client_assertion_type` is missing or not that of RFC 7523 §2.2.
    AssertionType,
    /// The form has no assertion.
    AssertionMissing,
    /// The client also authenticates in a second way (RFC 6749 §2.3), or the form names another client (RFC 7521 §4.2).
    SecondAuthentication,
    /// A form field is missing.
    FieldMissing,
    /// A form field has another value than the server accepts.
    FieldWrong,
    /// The assertion is no compact JWS of two JSON objects.
    Malformed,
    /// the server does not accept this `alg`.
    Alg,
    /// The header does not name a key in an accepted way.
    KeyUnnamed,
    /// `kid` is no UUID, where the server gives keys UUIDs.
    KidForm,
    /// the server does not accept this `typ`.
    Typ,
    /// The header asks for an extension (`crit`, RFC 7515 §4.1.11).
    Crit,
    /// The certificate in the header is unreadable, belongs to another key, or does not match the hash.
    Certificate,
    /// `iss` is no registered client.
    ClientUnknown,
    /// The client has no such key.
    KeyUnknown,
    /// The RSA key is too short for the server.
    KeyWeak,
    /// The signature does not verify.
    Signature,
    /// `iss` is missing.
    Iss,
    /// `sub` is not what the server accepts.
    Sub,
    /// `aud` is missing or another audience.
    Aud,
    /// `aud` is a list although the server requires a text, or has more than one entry.
    AudList,
    /// A claim is missing.
    ClaimMissing,
    /// A claim has another value or type than the server accepts.
    ClaimWrong,
    /// The server rejects claims that it does not know, such as this one.
    ClaimUnknown,
    /// A time is no whole number.
    TimeForm,
    /// `exp` has passed.
    Expired,
    /// `exp` is too far ahead of now.
    ExpAhead,
    /// `exp` is too long after `iat` or `nbf`.
    Lifetime,
    /// `iat` is too far ahead of now.
    IatAhead,
    /// `iat` is too long ago.
    IatOld,
    /// `nbf` is ahead of now.
    NbfAhead,
    /// `jti` is too long.
    JtiLong,
    /// The `jti` was used before.
    JtiUsed,
    /// The request has no `DPoP` proof (RFC 9449 §4.2).
    DpopMissing,
    /// The `DPoP` proof is invalid (RFC 9449 §4.3).
    DpopWrong,
    /// The `DPoP` proof lacks the server's nonce (RFC 9449 §8).
    DpopNonce,
    /// The server knows the client, but never gives it a token.
    Closed,
}
