use crate::credential::OAuthKey;
use crate::dialect::{Dialect, MaybeDialect};
use crate::jwt::{BACKDATE_SECS, JwtType, MAX_LIFETIME_SECS};
use crate::jwt_id::JwtId;
use crate::out::Out;
use crate::signer::MAX_SIGNATURE_LEN;
use crate::time::UnixTime;
use crate::unsigned::Unsigned;
use crate::write_error::WriteError;

/// The content of an assertion. It has no type parameter for the signer: a program with several signers links it once.
#[derive(Debug)]
pub(super) struct Text<'a, D> {
    pub(super) key: OAuthKey<'a, ()>,
    pub(super) audience: &'a str,
    pub(super) jwt_id: &'a JwtId,
    pub(super) issued_at: UnixTime,
    pub(super) lifetime_secs: u32,
    pub(super) typ: JwtType,
    pub(super) dialect: D,
}

/// The times of an assertion, relative to the time at which it is made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Times {
    pub(super) lifetime_secs: u32,
    pub(super) backdate_secs: u64,
    pub(super) has_not_before: bool,
}

impl<D: MaybeDialect> Text<'_, D> {
    pub(super) fn check(&self) -> Result<(), WriteError> {
        for (name, value) in [
            ("iss", self.key.client_id()),
            ("kid", self.key_id().unwrap_or("none")),
            ("aud", self.audience),
        ] {
            if value.is_empty() {
                return Err(WriteError::EmptyClaim(name));
            }
        }
        match self.lifetime_secs {
            1..=MAX_LIFETIME_SECS => Ok(()),
            found => Err(WriteError::Lifetime { found }),
        }
    }

    /// Writes header and claims after the bytes that `out` already has.
    pub(super) fn prepare<'o>(&self, mut out: Out<'o>) -> Result<Unsigned<'o>, WriteError> {
        self.check()?;
        self.check_signature_len()?;
        let start = out.len();
        self.put_header(&mut out);
        let claims = out.len();
        self.put_claims(&mut out);
        out.base64url_since(claims);
        Unsigned::new(out, start, self.key.algorithm(), self.key.signature_len())
    }

    /// Writes the start that [`prepare`](Self::prepare) gives every assertion of this key, after the bytes that `out`
    /// already has: whole groups of base64url, and the remaining bytes.
    pub(super) fn write_template<'o>(
        &self,
        mut out: Out<'o>,
    ) -> Result<(&'o [u8], &'o [u8]), WriteError> {
        self.check()?;
        self.check_signature_len()?;
        self.put_header(&mut out);
        let claims = out.len();
        self.put_constant_claims(&mut out);
        let rest_len = out.base64url_groups_since(claims);
        let written = out.finish_bytes()?;
        let encoded_len = written.len().saturating_sub(rest_len);
        Ok(written
            .split_at_checked(encoded_len)
            .unwrap_or((written, &[])))
    }

    /// RFC 7518 §3.4 fixes the length for a curve. DER, which many devices and services return, is longer.
    fn check_signature_len(&self) -> Result<(), WriteError> {
        let found = self.key.signature_len();
        match self.key.algorithm().signature_len() {
            Some(expected) if found != expected => {
                Err(WriteError::SignatureLen { found, expected })
            }
            None if found > MAX_SIGNATURE_LEN => Err(WriteError::SignatureTooLong { found }),
            _ => Ok(()),
        }
    }

    fn put_header(&self, out: &mut Out<'_>) {
        let start = out.len();
        out.put(br#"{"alg":""#);
        out.put(self.key.algorithm().name());
        out.put(br#"","typ":""#);
        out.put_str(self.typ.as_str());
        match self.key_id() {
            Some(key_id) => out.put_member(br#"","kid":"#, key_id),
            None => out.put(b"\""),
        }
        if let Some(dialect) = self.dialect.dialect() {
            put_members(dialect.header().as_str(), out);
        }
        out.put(b"}");
        out.base64url_since(start);
        out.put(b".");
    }

    /// The key ID, if the header has one.
    fn key_id(&self) -> Option<&str> {
        let has_none = self.dialect.dialect().is_some_and(|it| !it.has_key_id());
        (!has_none).then_some(self.key.key_id())
    }

    pub(super) fn times(&self) -> Times {
        let dialect = self.dialect.dialect();
        Times {
            lifetime_secs: self.lifetime_secs,
            backdate_secs: dialect.map_or(BACKDATE_SECS, Dialect::backdate_secs),
            has_not_before: dialect.is_some_and(Dialect::has_not_before),
        }
    }

    pub(super) fn put_claims(&self, out: &mut Out<'_>) {
        self.put_constant_claims(out);
        if self.times().has_not_before {
            put_not_before(self.issued_at, out);
        }
        put_changing_claims(self.jwt_id, self.issued_at, self.lifetime_secs, out);
    }

    /// Writes the claims up to the first that differs between the assertions of a key.
    fn put_constant_claims(&self, out: &mut Out<'_>) {
        let dialect = self.dialect.dialect();
        let client_id = self.key.client_id();
        let subject = dialect.and_then(Dialect::subject).unwrap_or(client_id);
        out.put_member(br#"{"iss":"#, client_id);
        out.put_member(br#","sub":"#, subject);
        out.put_member(br#","aud":"#, self.audience);
        if let Some(dialect) = dialect {
            put_members(dialect.claims().as_str(), out);
        }
    }
}

/// Writes members that are already checked, if there are any.
fn put_members(members: &str, out: &mut Out<'_>) {
    if !members.is_empty() {
        out.put(b",");
        out.put_str(members);
    }
}

/// Writes `nbf`, which differs between the assertions of a key.
pub(super) fn put_not_before(issued_at: UnixTime, out: &mut Out<'_>) {
    out.put(br#","nbf":"#);
    out.put_u64(issued_at.as_secs());
}

/// Writes the claims that differ between the assertions of a key, and the end.
pub(super) fn put_changing_claims(
    jwt_id: &JwtId,
    issued_at: UnixTime,
    lifetime_secs: u32,
    out: &mut Out<'_>,
) {
    let issued_at = issued_at.as_secs();
    out.put(br#","iat":"#);
    out.put_u64(issued_at);
    out.put(br#","exp":"#);
    out.put_u64(issued_at.saturating_add(u64::from(lifetime_secs)));
    out.put(br#","jti":""#);
    out.put_str(jwt_id.as_str());
    out.put(br#""}"#);
}
