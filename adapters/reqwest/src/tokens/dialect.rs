use core::fmt;

use redox_auth_core::{Claims, Dialect, FormFields, Grant, HeaderMembers};

/// The texts that a [`Dialect`] borrows from, all of them checked, and its switches.
pub(crate) struct DialectParts {
    pub(crate) grant: Grant,
    pub(crate) subject: String,
    /// As [`Claims::as_str`] gave them.
    pub(crate) claims: String,
    /// As [`HeaderMembers::as_str`] gave them.
    pub(crate) header: String,
    /// As [`FormFields::as_str`] gave them.
    pub(crate) fields: String,
    pub(crate) lifetime_secs: u32,
    pub(crate) backdate_secs: u64,
    pub(crate) has_not_before: bool,
    pub(crate) has_key_id: bool,
    pub(crate) sends_client_id: bool,
}

impl DialectParts {
    pub(crate) fn get(&self) -> Dialect<'_> {
        let mut dialect = Dialect::USUAL
            .with_grant(self.grant)
            .with_subject(&self.subject)
            .with_claims(Claims::from_checked(&self.claims))
            .with_header(HeaderMembers::from_checked(&self.header))
            .with_fields(FormFields::from_checked(&self.fields))
            .with_lifetime_secs(self.lifetime_secs)
            .with_backdate_secs(self.backdate_secs);
        if self.has_not_before {
            dialect = dialect.with_not_before();
        }
        if !self.has_key_id {
            dialect = dialect.without_key_id();
        }
        if self.sends_client_id {
            dialect = dialect.with_client_id();
        }
        dialect
    }
}

/// The texts may be about a person.
impl fmt::Debug for DialectParts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dialect")
            .field("grant", &self.grant)
            .field("lifetime_secs", &self.lifetime_secs)
            .finish_non_exhaustive()
    }
}
