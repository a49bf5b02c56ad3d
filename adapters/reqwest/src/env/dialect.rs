use core::str::FromStr;
use std::ffi::OsString;

use redox_auth_core::Grant;

use super::{EnvError, Set, Variables};
use crate::builder::Builder;

impl<F: Fn(&str) -> Option<OsString>> Variables<F> {
    /// Requirements of servers other than Redox.
    pub(super) fn with_dialect(&self, mut builder: Builder) -> Result<Builder, EnvError> {
        let texts: [(_, Set); 4] = [
            (CLAIMS, Builder::claims),
            (HEADER, Builder::headers),
            (FIELDS, Builder::fields),
            (SUBJECT, Builder::subject),
        ];
        for (variable, set) in texts {
            if let Some(text) = self.text(variable)? {
                builder = set(builder, text);
            }
        }
        let switches: [(_, Switch); 3] = [
            (NBF, Builder::not_before),
            (NO_KID, Builder::without_key_id),
            (SEND_CLIENT_ID, Builder::send_client_id),
        ];
        for (variable, switch) in switches {
            if self.one_of(variable, [("true", true), ("false", false)])? == Some(true) {
                builder = switch(builder);
            }
        }
        let grants = [
            ("client-credentials", Grant::ClientCredentials),
            ("jwt-bearer", Grant::JwtBearer),
        ];
        if let Some(grant) = self.one_of(GRANT, grants)? {
            builder = builder.grant(grant);
        }
        if let Some(secs) = self.number(LIFETIME)? {
            builder = builder.lifetime_secs(secs);
        }
        if let Some(secs) = self.number(BACKDATE)? {
            builder = builder.backdate_secs(secs);
        }
        Ok(builder)
    }

    pub(super) fn number<T: FromStr>(&self, variable: &'static str) -> Result<Option<T>, EnvError> {
        let Some(found) = self.text(variable)? else {
            return Ok(None);
        };
        match found.parse() {
            Ok(number) => Ok(Some(number)),
            Err(_) => Err(EnvError::Value {
                variable,
                expected: vec!["a whole number"],
                found,
            }),
        }
    }
}

/// A setting of a builder that is on or off.
type Switch = fn(Builder) -> Builder;

pub(super) const CLAIMS: &str = "REDOX_CLAIMS";
pub(super) const HEADER: &str = "REDOX_HEADER";
pub(super) const FIELDS: &str = "REDOX_FIELDS";
pub(super) const SUBJECT: &str = "REDOX_SUBJECT";
pub(super) const GRANT: &str = "REDOX_GRANT";
pub(super) const LIFETIME: &str = "REDOX_LIFETIME";
pub(super) const BACKDATE: &str = "REDOX_BACKDATE";
pub(super) const NBF: &str = "REDOX_NBF";
pub(super) const NO_KID: &str = "REDOX_NO_KID";
pub(super) const SEND_CLIENT_ID: &str = "REDOX_SEND_CLIENT_ID";
