use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::Refusal;
use crate::jwks::Key;
use crate::object::Object;

/// A client assertion (RFC 7523 §3) in compact form, parsed but not yet verified.
pub(crate) struct Assertion<'a> {
    signed: &'a str,
    header: Object,
    claims: Object,
    signature: Vec<u8>,
}

/// The expected values of the claims.
pub(crate) struct Expected<'a> {
    pub(crate) client_id: &'a str,
    pub(crate) audience: &'a str,
    pub(crate) jwks_url: Option<&'a str>,
    /// Seconds since 1970.
    pub(crate) now: i64,
}

/// The values of a good assertion that the sandbox must remember.
#[derive(Debug)]
pub(crate) struct Accepted<'a> {
    pub(crate) jti: &'a str,
    /// Seconds since 1970, from which the times of the claims are invalid anyway.
    pub(crate) dead_at: i64,
}

impl<'a> Assertion<'a> {
    pub(crate) fn parse(compact: &'a str) -> Result<Self, Refusal> {
        let parts = compact.rsplit_once('.').and_then(|(signed, signature)| {
            let (header, claims) = signed.split_once('.')?;
            Some(Self {
                signed,
                header: Object::parse(&decode(header)?)?,
                claims: Object::parse(&decode(claims)?)?,
                signature: decode(signature)?,
            })
        });
        parts.ok_or(Refusal::MalformedAssertion)
    }

    pub(crate) const fn header(&self) -> &Object {
        &self.header
    }

    pub(crate) const fn claims(&self) -> &Object {
        &self.claims
    }

    /// The signed text and the signature.
    pub(crate) fn signature(&self) -> (&[u8], &[u8]) {
        (self.signed.as_bytes(), &self.signature)
    }

    pub(crate) fn key_id(&self) -> Result<&str, Refusal> {
        self.header.text("kid").ok_or(Refusal::MissingKeyId)
    }

    /// The client ID: Redox reads it from `iss` to find the key.
    pub(crate) fn client_id(&self) -> Result<&str, Refusal> {
        self.claims.text("iss").ok_or(Refusal::Unexpected("iss"))
    }

    pub(crate) fn verify(&self, key: &Key) -> Result<(), Refusal> {
        if self.header.get("crit").is_some() {
            return Err(Refusal::CriticalHeader);
        }
        let algorithm = self.header.text("alg");
        key.verify(algorithm, self.signed.as_bytes(), &self.signature)
    }

    /// Checks the content of a verified assertion, except that the `jti` is new.
    pub(crate) fn check(&self, expected: &Expected<'_>) -> Result<Accepted<'_>, Refusal> {
        self.check_header(expected)?;
        if self.claims.text("sub") != Some(expected.client_id) {
            return Err(Refusal::Unexpected("sub"));
        }
        if !self.is_for(expected.audience) {
            return Err(Refusal::Unexpected("aud"));
        }
        let dead_at = self.check_times(expected.now)?;
        let jti = self.claims.text("jti");
        let jti = jti.ok_or(Refusal::Unexpected("jti"))?;
        Ok(Accepted { jti, dead_at })
    }

    /// Redox accepts an assertion without `typ`; `jku` must be the registered URL.
    fn check_header(&self, expected: &Expected<'_>) -> Result<(), Refusal> {
        let typ = self.header.get("typ");
        let is_jwt = |typ: &str| typ.eq_ignore_ascii_case("JWT");
        if !typ.is_none_or(|typ| typ.as_str().is_some_and(is_jwt)) {
            return Err(Refusal::Unexpected("typ"));
        }
        let jku = self.header.get("jku");
        if jku.is_some_and(|jku| jku.as_str() != expected.jwks_url) {
            return Err(Refusal::Unexpected("jku"));
        }
        Ok(())
    }

    /// `aud` must have one audience only, because each server could replay an assertion for two servers.
    fn is_for(&self, audience: &str) -> bool {
        match self.claims.get("aud") {
            Some(Value::Array(audiences)) => *audiences == [audience],
            Some(one) => one == audience,
            None => false,
        }
    }

    /// `iat` in [now-310 s, now+10 s]; `exp` not passed, by the same 10 s, and at most 300 s
    /// after `iat`; `nbf` reached, if there is one. Each is a whole number of seconds.
    fn check_times(&self, now: i64) -> Result<i64, Refusal> {
        let time = |name| {
            let seconds = self.claims.get(name).and_then(Value::as_i64);
            seconds.ok_or(Refusal::Unexpected(name))
        };
        let issued_at = time("iat")?;
        let expires_at = time("exp")?;
        let latest = now.saturating_add(SKEW_SECS);
        if issued_at < now.saturating_sub(LIFETIME_SECS + SKEW_SECS) {
            return Err(Refusal::IssuedTooLongAgo);
        }
        if issued_at > latest {
            return Err(Refusal::IssuedInFuture);
        }
        let dead_at = expires_at.saturating_add(SKEW_SECS);
        if dead_at <= now {
            return Err(Refusal::Expired);
        }
        if expires_at > issued_at.saturating_add(LIFETIME_SECS) {
            return Err(Refusal::LivesTooLong);
        }
        if self.claims.get("nbf").is_some() && time("nbf")? > latest {
            return Err(Refusal::NotYetValid);
        }
        Ok(dead_at)
    }
}

/// base64url without padding, and no other form of it (RFC 7515 §2).
fn decode(part: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(part).ok()
}

/// The greatest lifetime of an assertion: `iat` "within the past 5 minutes" (Redox: troubleshoot OAuth
/// API key errors); SMART gives `exp` the same.
const LIFETIME_SECS: i64 = 300;

/// How far two clocks may differ, from the same page.
const SKEW_SECS: i64 = 10;
