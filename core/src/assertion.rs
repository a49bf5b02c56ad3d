use core::fmt;

use crate::out::{Out, base64url_len, json_str_len};
use crate::{JwtId, OAuthKey, SignError, Signer, UnixTime};

/// A client assertion (RFC 7523 §3, SMART App Launch "Asymmetric Authentication"), borrowed until it is written.
///
/// The header has `alg`, `kid` and `typ`; the claims are `iss` and `sub` (both the client ID), `aud`, `iat`, `exp`,
/// `jti`, and `scope` if asked for. `iat` lies [`BACKDATE_SECS`] before the time given, because servers
/// refuse a client whose clock runs ahead by less than a second; `exp` counts from there.
#[derive(Debug)]
#[must_use = "an assertion does nothing until it is written"]
pub struct Assertion<'a, S: ?Sized> {
    key: OAuthKey<'a, S>,
    audience: &'a str,
    jwt_id: &'a JwtId,
    issued_at: UnixTime,
    lifetime_secs: u32,
    scope: Option<&'a str>,
    typ: JwtType,
}

impl<'a, S: Signer + ?Sized> Assertion<'a, S> {
    pub(crate) const fn new(
        key: OAuthKey<'a, S>,
        audience: &'a str,
        jwt_id: &'a JwtId,
        now: UnixTime,
    ) -> Self {
        Self {
            key,
            audience,
            jwt_id,
            issued_at: now.saturating_sub(BACKDATE_SECS),
            lifetime_secs: MAX_LIFETIME_SECS,
            scope: None,
            typ: JwtType::Jwt,
        }
    }

    /// How long the assertion may be used, in seconds from `iat`: 1 to [`MAX_LIFETIME_SECS`], which is the default.
    pub const fn lifetime_secs(mut self, lifetime_secs: u32) -> Self {
        self.lifetime_secs = lifetime_secs;
        self
    }

    /// The time in `iat`, instead of the one given less [`BACKDATE_SECS`].
    pub const fn issued_at(mut self, issued_at: UnixTime) -> Self {
        self.issued_at = issued_at;
        self
    }

    /// Adds a `scope` claim. Only samples from Redox of 2023 have one; the standard place is
    /// [`TokenRequest::scope`](crate::TokenRequest::scope). `""` is none.
    pub const fn scope(mut self, scope: &'a str) -> Self {
        self.scope = if scope.is_empty() { None } else { Some(scope) };
        self
    }

    /// The `typ` of the header: `JWT` by default.
    pub const fn typ(mut self, typ: JwtType) -> Self {
        self.typ = typ;
        self
    }

    /// Writes the claims alone, as JSON: what the assertion will say, to look at.
    ///
    /// # Errors
    /// As [`Assertion::write`], which signs them.
    pub fn write_claims<'o>(&self, out: &'o mut [u8]) -> Result<&'o str, WriteError> {
        self.check()?;
        let mut out = Out::new(out);
        self.put_claims(&mut out);
        out.finish()
    }

    /// Writes the signed assertion as a compact JWS (RFC 7515 §7.1): three parts of base64url joined by dots.
    ///
    /// # Errors
    /// [`WriteError::EmptyClaim`], [`WriteError::Lifetime`], [`WriteError::BufferTooSmall`] with the exact length that
    /// would do, and [`WriteError::Sign`]. `out` then holds no signature; only names, which are not secret.
    pub fn write<'o>(&self, out: &'o mut [u8]) -> Result<&'o str, WriteError> {
        self.check()?;
        let mut out = Out::new(out);
        self.put(&mut out)?;
        out.finish()
    }

    pub(crate) fn check(&self) -> Result<(), WriteError> {
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

    /// The signature goes in last, and only when the whole fits: a signature that is thrown away costs a device a second.
    pub(crate) fn put(&self, out: &mut Out<'_>) -> Result<(), WriteError> {
        let start = out.len();
        self.put_header(out);
        out.base64url_since(start);
        out.put(b".");
        let claims = out.len();
        self.put_claims(out);
        out.base64url_since(claims);

        let signature_len = self.key.signer().signature_len();
        let mut signature = [0; MAX_SIGNATURE_LEN];
        let signature = signature
            .get_mut(..signature_len)
            .ok_or(WriteError::SignatureTooLong {
                found: signature_len,
            })?;
        let room = base64url_len(signature_len).saturating_add(1);
        let signing_input = out.since_with_room(start, room)?;
        self.key
            .signer()
            .sign(signing_input, signature)
            .map_err(WriteError::Sign)?;
        out.put(b".");
        out.put_base64url(signature);
        Ok(())
    }

    fn put_header(&self, out: &mut Out<'_>) {
        out.put(br#"{"alg":""#);
        out.put_str(self.key.signer().algorithm().as_str());
        out.put(br#"","typ":""#);
        out.put_str(self.typ.as_str());
        out.put(br#"","kid":"#);
        out.put_json_str(self.key.key_id());
        out.put(b"}");
    }

    fn put_claims(&self, out: &mut Out<'_>) {
        let issued_at = self.issued_at.as_secs();
        out.put(br#"{"iss":"#);
        out.put_json_str(self.key.client_id());
        out.put(br#","sub":"#);
        out.put_json_str(self.key.client_id());
        out.put(br#","aud":"#);
        out.put_json_str(self.audience);
        out.put(br#","iat":"#);
        out.put_u64(issued_at);
        out.put(br#","exp":"#);
        out.put_u64(issued_at.saturating_add(u64::from(self.lifetime_secs)));
        out.put(br#","jti":""#);
        out.put_str(self.jwt_id.as_str());
        out.put(b"\"");
        if let Some(scope) = self.scope {
            out.put(br#","scope":"#);
            out.put_json_str(scope);
        }
        out.put(b"}");
    }
}

/// The `typ` of an assertion's header.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum JwtType {
    /// `JWT`: what Redox and SMART write.
    #[default]
    Jwt,
    /// `client-authentication+jwt`: what draft-ietf-oauth-rfc7523bis asks for.
    ClientAuthentication,
}

impl JwtType {
    /// The text on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Jwt => "JWT",
            Self::ClientAuthentication => "client-authentication+jwt",
        }
    }
}

/// Why something could not be written. Every case is the caller's to fix.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum WriteError {
    /// The buffer is too short.
    BufferTooSmall {
        /// The exact length, in bytes, that would do.
        needed: usize,
    },
    /// The claim or header of this name must not be empty.
    EmptyClaim(&'static str),
    /// The assertion may live from 1 to [`MAX_LIFETIME_SECS`] seconds.
    Lifetime {
        /// The lifetime asked for, in seconds.
        found: u32,
    },
    /// The signer announces signatures longer than any RSA key of 4096 bits makes.
    SignatureTooLong {
        /// The length announced, in bytes.
        found: usize,
    },
    /// The signer gave no signature.
    Sign(SignError),
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BufferTooSmall { needed } => write!(f, "buffer too small: need {needed} bytes"),
            Self::EmptyClaim(name) => write!(f, "`{name}` is empty"),
            Self::Lifetime { found } => write!(
                f,
                "lifetime of {found} s, expected 1 to {MAX_LIFETIME_SECS} s"
            ),
            Self::SignatureTooLong { found } => write!(
                f,
                "signer announces signatures of {found} bytes, expected at most {MAX_SIGNATURE_LEN}"
            ),
            Self::Sign(error) => write!(f, "not signed: {error}"),
        }
    }
}

impl core::error::Error for WriteError {
    fn source(&self) -> Option<&(dyn core::error::Error + 'static)> {
        match self {
            Self::Sign(error) => Some(error),
            _ => None,
        }
    }
}

/// The greatest length of an assertion of these parts in bytes, for a buffer whose size is known at compile time.
///
/// Exact but for the times, for which it allows 20 digits each, and `typ`, for which it allows the longest. `scope` is
/// the claim's; without one, give `""`.
///
/// ```
/// const CLIENT_ID: &str = "2f1c7a52-7d7b-4a5c-9d6e-0d6f3d6a5b11";
/// const AUDIENCE: &str = "https://api.redoxengine.com/v2/auth/token";
/// const LEN: usize = redox_auth_core::max_assertion_len(CLIENT_ID, "key-1", AUDIENCE, "", 96);
/// let buffer = [0; LEN];
/// # assert_eq!(buffer.len(), 516);
/// ```
#[must_use]
pub const fn max_assertion_len(
    client_id: &str,
    key_id: &str,
    audience: &str,
    scope: &str,
    signature_len: usize,
) -> usize {
    let header = br#"{"alg":"ES256","typ":"","kid":}"#
        .len()
        .saturating_add(JwtType::ClientAuthentication.as_str().len())
        .saturating_add(json_str_len(key_id));
    let scope = if scope.is_empty() {
        0
    } else {
        br#","scope":"#.len().saturating_add(json_str_len(scope))
    };
    let claims = br#"{"iss":,"sub":,"aud":,"iat":,"exp":,"jti":""}"#
        .len()
        .saturating_add(json_str_len(client_id).saturating_mul(2))
        .saturating_add(json_str_len(audience))
        .saturating_add(2 * 20 + JwtId::LEN)
        .saturating_add(scope);
    base64url_len(header)
        .saturating_add(base64url_len(claims))
        .saturating_add(base64url_len(signature_len))
        .saturating_add(2)
}

/// The longest an assertion may live, in seconds: 5 minutes, by SMART and by Redox's rule for `iat`.
pub const MAX_LIFETIME_SECS: u32 = 300;

/// How far `iat` lies before the time given, in seconds. Redox refuses an `iat` more than 10 s ahead of its own clock.
pub const BACKDATE_SECS: u64 = 5;

/// The longest signature, in bytes: that of an RSA key of 4096 bits.
pub const MAX_SIGNATURE_LEN: usize = 512;
