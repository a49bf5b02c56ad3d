use crate::credential::OAuthKey;
use crate::jwt::{JwtType, MAX_LIFETIME_SECS};
use crate::jwt_id::JwtId;
use crate::out::Out;
use crate::signer::MAX_SIGNATURE_LEN;
use crate::time::UnixTime;
use crate::unsigned::Unsigned;
use crate::write_error::WriteError;

/// What an assertion says. It knows no type of signer, so a program that has several links this once.
#[derive(Debug)]
pub(super) struct Text<'a> {
    pub(super) key: OAuthKey<'a, ()>,
    pub(super) audience: &'a str,
    pub(super) jwt_id: &'a JwtId,
    pub(super) issued_at: UnixTime,
    pub(super) lifetime_secs: u32,
    pub(super) scope: Option<&'a str>,
    pub(super) typ: JwtType,
}

impl Text<'_> {
    pub(super) fn check(&self) -> Result<(), WriteError> {
        for (name, value) in [
            ("iss", self.key.client_id()),
            ("kid", self.key.key_id()),
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

    /// Writes header and claims behind what `out` has already.
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

    /// Writes what [`prepare`](Self::prepare) begins with in every assertion of this key, behind what `out` has already:
    /// whole groups of base64url, and the bytes that are left.
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

    /// RFC 7518 §3.4 fixes the length on a curve; DER, which many devices and services answer with, is longer.
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
        out.put_member(br#"","kid":"#, self.key.key_id());
        out.put(b"}");
        out.base64url_since(start);
        out.put(b".");
    }

    pub(super) fn put_claims(&self, out: &mut Out<'_>) {
        self.put_constant_claims(out);
        put_changing_claims(self.jwt_id, self.issued_at, self.lifetime_secs, out);
    }

    /// Up to the first claim that is another in each assertion of a key.
    fn put_constant_claims(&self, out: &mut Out<'_>) {
        out.put_member(br#"{"iss":"#, self.key.client_id());
        out.put_member(br#","sub":"#, self.key.client_id());
        out.put_member(br#","aud":"#, self.audience);
        if let Some(scope) = self.scope {
            out.put_member(br#","scope":"#, scope);
        }
    }
}

/// The claims that are others in each assertion of a key, and the end.
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
