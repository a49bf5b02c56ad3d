mod error;
mod fields;
mod members;

pub use error::DialectError;
pub use fields::FormFields;
pub use members::{Claims, HeaderMembers};

use core::fmt;

use crate::jwt::{BACKDATE_SECS, MAX_LIFETIME_SECS};
use crate::out::form_value_len;

/// The requirements of one authorization server that go beyond SMART and Redox: other claims, other times, another
/// grant.
///
/// A dialect is constant for a credential, and borrowed. Texts are checked once, when they are parsed, and then written
/// unchanged. [`Identity::dialect`](crate::Identity::dialect) gives a session its dialect. A program without a dialect
/// takes no byte for it.
///
/// ```
/// use redox_auth_core::{Claims, Dialect, DialectError, FormFields};
///
/// let udap = Dialect::USUAL
///     .with_claims(Claims::parse(r#"{"extensions":{"hl7-b2b":{"version":"1"}}}"#)?)
///     .with_fields(FormFields::parse("udap=1")?);
/// # assert_eq!(udap.fields().as_str(), "udap=1");
/// # Ok::<(), DialectError>(())
/// ```
#[derive(Clone, Copy, Eq, PartialEq)]
#[must_use = "a dialect is only described here"]
pub struct Dialect<'a> {
    grant: Grant,
    subject: Option<&'a str>,
    claims: Claims<'a>,
    header: HeaderMembers<'a>,
    fields: FormFields<'a>,
    lifetime_secs: u32,
    backdate_secs: u64,
    has_not_before: bool,
    has_key_id: bool,
    sends_client_id: bool,
}

/// The role of the assertion in a token request (RFC 7523 §2).
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum Grant {
    /// The assertion authenticates the client, which asks for a token of its own (§2.2, with RFC 6749 §4.4). SMART and
    /// Redox use this grant.
    #[default]
    ClientCredentials,
    /// The assertion is the grant (§2.1), for the subject that it names. Google, Salesforce, Maskinporten and PRODA use
    /// this grant.
    JwtBearer,
}

impl Grant {
    /// The name that distinguishes the grant from the usual one.
    pub(crate) const fn tag(self) -> &'static str {
        match self {
            Self::ClientCredentials => "",
            Self::JwtBearer => "jwt-bearer",
        }
    }
}

impl<'a> Dialect<'a> {
    /// The requirements of SMART and Redox.
    pub const USUAL: Self = Self {
        grant: Grant::ClientCredentials,
        subject: None,
        claims: Claims::NONE,
        header: HeaderMembers::NONE,
        fields: FormFields::NONE,
        lifetime_secs: MAX_LIFETIME_SECS,
        backdate_secs: BACKDATE_SECS,
        has_not_before: false,
        has_key_id: true,
        sends_client_id: false,
    };

    /// The role of the assertion. By default the assertion authenticates the client.
    pub const fn with_grant(mut self, grant: Grant) -> Self {
        self.grant = grant;
        self
    }

    /// The `sub` of assertions, if it differs from the client ID: a user or a device, for [`Grant::JwtBearer`]. `""`
    /// means the client ID.
    pub const fn with_subject(mut self, subject: &'a str) -> Self {
        self.subject = if subject.is_empty() {
            None
        } else {
            Some(subject)
        };
        self
    }

    /// Additional claims.
    pub const fn with_claims(mut self, claims: Claims<'a>) -> Self {
        self.claims = claims;
        self
    }

    /// Additional members of the assertion's header.
    pub const fn with_header(mut self, header: HeaderMembers<'a>) -> Self {
        self.header = header;
        self
    }

    /// Additional fields of the token request's form.
    pub const fn with_fields(mut self, fields: FormFields<'a>) -> Self {
        self.fields = fields;
        self
    }

    /// The validity of an assertion, in seconds from `iat`: 1 to [`MAX_LIFETIME_SECS`], which is the default.
    /// Maskinporten and Singpass accept at most 120, Salesforce 180.
    pub const fn with_lifetime_secs(mut self, lifetime_secs: u32) -> Self {
        self.lifetime_secs = lifetime_secs;
        self
    }

    /// How far `iat` lies before the current time, in seconds. The default is [`BACKDATE_SECS`].
    pub const fn with_backdate_secs(mut self, backdate_secs: u64) -> Self {
        self.backdate_secs = backdate_secs;
        self
    }

    /// Adds `nbf`, with the same time as `iat`.
    pub const fn with_not_before(mut self) -> Self {
        self.has_not_before = true;
        self
    }

    /// Omits `kid` from the header, for servers that find the key through a certificate or a key in the header.
    pub const fn without_key_id(mut self) -> Self {
        self.has_key_id = false;
        self
    }

    /// Adds the form field `client_id`. Some servers require it although the assertion names the client.
    pub const fn with_client_id(mut self) -> Self {
        self.sends_client_id = true;
        self
    }

    /// The role of the assertion.
    #[must_use]
    pub const fn grant(&self) -> Grant {
        self.grant
    }

    /// The `sub` of assertions, if it differs from the client ID.
    #[must_use]
    pub const fn subject(&self) -> Option<&'a str> {
        self.subject
    }

    /// Additional claims.
    #[must_use]
    pub const fn claims(&self) -> Claims<'a> {
        self.claims
    }

    /// Additional members of the header.
    #[must_use]
    pub const fn header(&self) -> HeaderMembers<'a> {
        self.header
    }

    /// Additional fields of the form.
    #[must_use]
    pub const fn fields(&self) -> FormFields<'a> {
        self.fields
    }

    /// The validity of an assertion, in seconds.
    #[must_use]
    pub const fn lifetime_secs(&self) -> u32 {
        self.lifetime_secs
    }

    /// How far `iat` lies before the current time, in seconds.
    #[must_use]
    pub const fn backdate_secs(&self) -> u64 {
        self.backdate_secs
    }

    /// Whether assertions have an `nbf`.
    #[must_use]
    pub const fn has_not_before(&self) -> bool {
        self.has_not_before
    }

    /// Whether the header has a `kid`.
    #[must_use]
    pub const fn has_key_id(&self) -> bool {
        self.has_key_id
    }

    /// Whether the form has a `client_id`.
    #[must_use]
    pub const fn sends_client_id(&self) -> bool {
        self.sends_client_id
    }

    /// The parts of the dialect that can change the token: each under a number of its own, empty parts left out. Times,
    /// `kid` and the header change only the assertion.
    ///
    /// A program that keeps tokens in a cache or a store compares these parts: two tokens are interchangeable only if
    /// all parts are equal.
    pub fn asks_for(&self) -> impl Iterator<Item = (u8, &'a str)> {
        let parts = [
            (1, self.subject.unwrap_or("")),
            (2, self.claims.as_str()),
            (3, self.fields.as_str()),
            (4, self.grant.tag()),
        ];
        parts.into_iter().filter(|(_, part)| !part.is_empty())
    }

    /// The number of bytes of JSON that the dialect adds to the claims, with an `nbf` of 20 digits and without another
    /// `sub`.
    pub(crate) const fn added_claims_len(&self) -> usize {
        let not_before = if self.has_not_before {
            br#","nbf":"#.len().saturating_add(20)
        } else {
            0
        };
        self.claims.len_with_comma().saturating_add(not_before)
    }

    /// The number of bytes that the dialect adds to the form.
    pub(crate) const fn added_form_len(&self, client_id: &str) -> usize {
        let client_id = if self.sends_client_id {
            CLIENT_ID.len().saturating_add(form_value_len(client_id))
        } else {
            0
        };
        let fields = match self.fields.as_str().len() {
            0 => 0,
            len => len.saturating_add(1),
        };
        client_id.saturating_add(fields)
    }
}

/// Redacted, because the texts may be about a person.
impl fmt::Debug for Dialect<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dialect")
            .field("grant", &self.grant)
            .field("has_subject", &self.subject.is_some())
            .field("claims", &self.claims)
            .field("header", &self.header)
            .field("fields", &self.fields)
            .field("lifetime_secs", &self.lifetime_secs)
            .field("backdate_secs", &self.backdate_secs)
            .field("has_not_before", &self.has_not_before)
            .field("has_key_id", &self.has_key_id)
            .field("sends_client_id", &self.sends_client_id)
            .finish()
    }
}

impl Default for Dialect<'_> {
    fn default() -> Self {
        Self::USUAL
    }
}

/// The form field that names the client.
pub(crate) const CLIENT_ID: &str = "&client_id=";

/// A dialect or none. `()` is none, and the code for it writes no dialect.
pub trait MaybeDialect: sealed::Sealed {
    /// The dialect, if there is one.
    fn dialect(&self) -> Option<&Dialect<'_>>;
}

impl MaybeDialect for () {
    #[inline(always)]
    fn dialect(&self) -> Option<&Dialect<'_>> {
        None
    }
}

impl MaybeDialect for &Dialect<'_> {
    #[inline(always)]
    fn dialect(&self) -> Option<&Dialect<'_>> {
        Some(self)
    }
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for () {}
    impl Sealed for &super::Dialect<'_> {}
}
