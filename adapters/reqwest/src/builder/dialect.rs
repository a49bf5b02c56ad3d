use core::fmt;

use redox_auth_core::{BACKDATE_SECS, Grant, MAX_LIFETIME_SECS};

use super::Builder;
use super::additions::{Additions, Given};
use crate::error::build::BuildError;
use crate::tokens::dialect::DialectParts;

/// Requirements of servers other than Redox. Set them before [`Builder::build`], which checks them.
impl Builder {
    /// Adds a claim to every assertion: its name, and its value as JSON. A text needs double quotes.
    ///
    /// The value is sent as it is. UDAP requires `extensions`, Italy's PDND `purposeId`, HelseID `authorization_details`.
    pub fn claim(mut self, name: impl Into<String>, json: impl Into<String>) -> Self {
        let given = Given::Pair(name.into(), json.into());
        self.dialect.additions.claims.push(given);
        self
    }

    /// Adds claims from a text in the form of the command and the environment: `name=JSON`, or a JSON object.
    pub fn claims(mut self, text: impl Into<String>) -> Self {
        self.dialect.additions.claims.push(Given::Text(text.into()));
        self
    }

    /// Adds a member such as `jku`, `jwk` or `x5c` to the header of every assertion: its name, and its value as JSON.
    pub fn header(mut self, name: impl Into<String>, json: impl Into<String>) -> Self {
        let given = Given::Pair(name.into(), json.into());
        self.dialect.additions.header.push(given);
        self
    }

    /// Adds header members from a text in the form of the command and the environment: `name=JSON`, or a JSON object.
    pub fn headers(mut self, text: impl Into<String>) -> Self {
        self.dialect.additions.header.push(Given::Text(text.into()));
        self
    }

    /// Adds a field to the form of every token request: its name and its value, not encoded yet.
    ///
    /// Auth0 requires `audience`, UDAP `udap`, and servers of RFC 8707 `resource`, which may come several times.
    pub fn field(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let given = Given::Pair(name.into(), value.into());
        self.dialect.additions.fields.push(given);
        self
    }

    /// Adds form fields from a text in the form of the command and the environment: `name=value`, or a JSON object of texts.
    pub fn fields(mut self, text: impl Into<String>) -> Self {
        self.dialect.additions.fields.push(Given::Text(text.into()));
        self
    }

    /// Adds the form field `client_id`, which some servers require although the assertion names the client: Spring's, Entra,
    /// HelseID, PDND.
    pub fn send_client_id(mut self) -> Self {
        self.dialect.sends_client_id = true;
        self
    }

    /// Sets the lifetime of assertions, in seconds from `iat`: 1 to 300. The default is 300.
    ///
    /// HelseID accepts 60, Maskinporten and Singpass 120, Salesforce 180.
    pub fn lifetime_secs(mut self, lifetime_secs: u32) -> Self {
        self.dialect.lifetime_secs = lifetime_secs;
        self
    }

    /// Sets how far `iat` lies before the time, in seconds, for a server whose clock is a little behind. The default is 5,
    /// and it must be less than the lifetime.
    pub fn backdate_secs(mut self, backdate_secs: u64) -> Self {
        self.dialect.backdate_secs = backdate_secs;
        self
    }

    /// Adds the claim `nbf` to every assertion, with the time of `iat`. HelseID and Entra list it.
    pub fn not_before(mut self) -> Self {
        self.dialect.has_not_before = true;
        self
    }

    /// Leaves `kid` out of the header, for servers that find the key by a certificate or by a key in the header.
    pub fn without_key_id(mut self) -> Self {
        self.dialect.has_key_id = false;
        self
    }

    /// Sets the role of the assertion in the request: [`Grant::JwtBearer`] makes it the grant itself (RFC 7523 §2.1), which
    /// Google, Salesforce, DocuSign, Maskinporten and PRODA require.
    pub fn grant(mut self, grant: Grant) -> Self {
        self.dialect.grant = grant;
        self
    }

    /// Sets the `sub` of the assertions, instead of the client ID: a user or a device, with [`Grant::JwtBearer`].
    pub fn subject(mut self, subject: impl Into<String>) -> Self {
        self.dialect.subject = subject.into();
        self
    }
}

/// These settings of a [`Builder`].
pub(super) struct DialectSettings {
    grant: Grant,
    subject: String,
    additions: Additions,
    lifetime_secs: u32,
    backdate_secs: u64,
    has_not_before: bool,
    has_key_id: bool,
    sends_client_id: bool,
}

impl DialectSettings {
    pub(super) fn sends_client_id(&self) -> bool {
        self.sends_client_id
    }

    /// The dialect; `None` for SMART and Redox, which need none.
    pub(super) fn check(self) -> Result<Option<DialectParts>, BuildError> {
        if !(1..=MAX_LIFETIME_SECS).contains(&self.lifetime_secs) {
            return Err(BuildError::Lifetime {
                found: self.lifetime_secs,
            });
        }
        if self.backdate_secs >= u64::from(self.lifetime_secs) {
            return Err(BuildError::Backdate {
                found: self.backdate_secs,
                lifetime_secs: self.lifetime_secs,
            });
        }
        let parts = DialectParts {
            claims: self.additions.claims()?,
            header: self.additions.header()?,
            fields: self.additions.fields()?,
            grant: self.grant,
            subject: self.subject,
            lifetime_secs: self.lifetime_secs,
            backdate_secs: self.backdate_secs,
            has_not_before: self.has_not_before,
            has_key_id: self.has_key_id,
            sends_client_id: self.sends_client_id,
        };
        let is_usual = parts.get() == redox_auth_core::Dialect::USUAL;
        Ok((!is_usual).then_some(parts))
    }
}

impl Default for DialectSettings {
    fn default() -> Self {
        Self {
            grant: Grant::default(),
            subject: String::new(),
            additions: Additions::default(),
            lifetime_secs: MAX_LIFETIME_SECS,
            backdate_secs: BACKDATE_SECS,
            has_not_before: false,
            has_key_id: true,
            sends_client_id: false,
        }
    }
}

/// The texts may be about a person.
impl fmt::Debug for DialectSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dialect")
            .field("grant", &self.grant)
            .field("has_subject", &!self.subject.is_empty())
            .field("claims", &self.additions.claims.len())
            .field("header", &self.additions.header.len())
            .field("fields", &self.additions.fields.len())
            .field("lifetime_secs", &self.lifetime_secs)
            .field("backdate_secs", &self.backdate_secs)
            .field("has_not_before", &self.has_not_before)
            .field("has_key_id", &self.has_key_id)
            .field("sends_client_id", &self.sends_client_id)
            .finish_non_exhaustive()
    }
}
