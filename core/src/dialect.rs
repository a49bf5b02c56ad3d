mod error;
mod fields;
mod members;

pub use error::DialectError;
pub use fields::FormFields;
pub use members::{Claims, HeaderMembers};

use core::fmt;

use crate::jwt::{BACKDATE_SECS, MAX_LIFETIME_SECS};
use crate::out::form_value_len;

/// What one authorization server wants of assertions and token requests that SMART and Redox do not: other claims, other
/// times, another grant.
///
/// Constant for a credential, and borrowed: texts are checked once, when they are read, and then written as they are.
/// [`Identity::dialect`](crate::Identity::dialect) gives a session one; who has none pays no byte for it.
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

/// What the assertion is in a token request (RFC 7523 §2).
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum Grant {
    /// It authenticates the client, which asks for itself (§2.2, with RFC 6749 §4.4): what SMART and Redox do.
    #[default]
    ClientCredentials,
    /// It is the grant itself (§2.1), for the subject that it names: Google, Salesforce, Maskinporten, PRODA.
    JwtBearer,
}

impl Grant {
    /// Tells it from the usual one.
    pub(crate) const fn tag(self) -> &'static str {
        match self {
            Self::ClientCredentials => "",
            Self::JwtBearer => "jwt-bearer",
        }
    }
}

impl<'a> Dialect<'a> {
    /// What SMART and Redox want.
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

    /// What the assertion is: it authenticates the client unless said otherwise.
    pub const fn with_grant(mut self, grant: Grant) -> Self {
        self.grant = grant;
        self
    }

    /// The `sub` of assertions, instead of the client ID: for [`Grant::JwtBearer`], a user or a device. `""` is none.
    pub const fn with_subject(mut self, subject: &'a str) -> Self {
        self.subject = if subject.is_empty() {
            None
        } else {
            Some(subject)
        };
        self
    }

    /// Further claims.
    pub const fn with_claims(mut self, claims: Claims<'a>) -> Self {
        self.claims = claims;
        self
    }

    /// Further members of the assertion's header.
    pub const fn with_header(mut self, header: HeaderMembers<'a>) -> Self {
        self.header = header;
        self
    }

    /// Further fields of the token request's form.
    pub const fn with_fields(mut self, fields: FormFields<'a>) -> Self {
        self.fields = fields;
        self
    }

    /// How long an assertion may be used, in seconds from `iat`: 1 to [`MAX_LIFETIME_SECS`], which it is unless said
    /// otherwise. Maskinporten and Singpass take 120, Salesforce 180.
    pub const fn with_lifetime_secs(mut self, lifetime_secs: u32) -> Self {
        self.lifetime_secs = lifetime_secs;
        self
    }

    /// How far `iat` lies before the time, in seconds: [`BACKDATE_SECS`] unless said otherwise.
    pub const fn with_backdate_secs(mut self, backdate_secs: u64) -> Self {
        self.backdate_secs = backdate_secs;
        self
    }

    /// Adds `nbf`, the same time as `iat`.
    pub const fn with_not_before(mut self) -> Self {
        self.has_not_before = true;
        self
    }

    /// Leaves `kid` out of the header: for servers that find the key by a certificate, or by a key in the header.
    pub const fn without_key_id(mut self) -> Self {
        self.has_key_id = false;
        self
    }

    /// Adds the form field `client_id`, which some servers ask for although the assertion names the client.
    pub const fn with_client_id(mut self) -> Self {
        self.sends_client_id = true;
        self
    }

    /// What the assertion is.
    #[must_use]
    pub const fn grant(&self) -> Grant {
        self.grant
    }

    /// The `sub` of assertions, where that is not the client ID.
    #[must_use]
    pub const fn subject(&self) -> Option<&'a str> {
        self.subject
    }

    /// Further claims.
    #[must_use]
    pub const fn claims(&self) -> Claims<'a> {
        self.claims
    }

    /// Further members of the header.
    #[must_use]
    pub const fn header(&self) -> HeaderMembers<'a> {
        self.header
    }

    /// Further fields of the form.
    #[must_use]
    pub const fn fields(&self) -> FormFields<'a> {
        self.fields
    }

    /// How long an assertion may be used, in seconds.
    #[must_use]
    pub const fn lifetime_secs(&self) -> u32 {
        self.lifetime_secs
    }

    /// How far `iat` lies before the time, in seconds.
    #[must_use]
    pub const fn backdate_secs(&self) -> u64 {
        self.backdate_secs
    }

    /// Whether there is an `nbf`.
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

    /// What makes the server give another token than the client gets without it: each part under a number of its own, and
    /// none that is empty. Times, `kid` and the header change the assertion only.
    ///
    /// For someone who keeps tokens apart, in a cache or a store: tokens are alike where all of this is.
    pub fn asks_for(&self) -> impl Iterator<Item = (u8, &'a str)> {
        let parts = [
            (1, self.subject.unwrap_or("")),
            (2, self.claims.as_str()),
            (3, self.fields.as_str()),
            (4, self.grant.tag()),
        ];
        parts.into_iter().filter(|(_, part)| !part.is_empty())
    }

    /// How many bytes of JSON it adds to the claims, with an `nbf` of 20 digits; another `sub` apart.
    pub(crate) const fn added_claims_len(&self) -> usize {
        let not_before = if self.has_not_before {
            br#","nbf":"#.len().saturating_add(20)
        } else {
            0
        };
        self.claims.len_with_comma().saturating_add(not_before)
    }

    /// How many bytes it adds to the form.
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

/// The texts may be about a person.
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

/// The field in which the form names the client.
pub(crate) const CLIENT_ID: &str = "&client_id=";

/// A dialect, or none: what is written for `()` has no code for any.
pub trait MaybeDialect: sealed::Sealed {
    /// The dialect.
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
