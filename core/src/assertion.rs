mod template;
mod text;

pub use template::AssertionTemplate;

use core::fmt;

use crate::base64url;
use crate::credential::OAuthKey;
use crate::dialect::{Dialect, MaybeDialect};
use crate::jwt::{BACKDATE_SECS, JwtType, MAX_LIFETIME_SECS};
use crate::jwt_id::JwtId;
use crate::out::{Out, json_str_len};
use crate::signer::Signer;
use crate::time::UnixTime;
use crate::unsigned::Unsigned;
use crate::write_error::WriteError;
use text::Text;

/// A client assertion (RFC 7523 §3, SMART App Launch "Asymmetric Authentication"), borrowed until it is written.
///
/// The header has `alg`, `kid` and `typ`. The claims are `iss` and `sub` (both the client ID), `aud`, `iat`, `exp` and
/// `jti`. `iat` lies [`BACKDATE_SECS`] before the time given, because servers refuse a client whose clock runs ahead by
/// less than a second. `exp` counts from `iat`. A [`Dialect`] changes these values and adds others.
#[must_use = "an assertion does nothing until it is written"]
pub struct Assertion<'a, S: ?Sized, D = ()> {
    text: Text<'a, D>,
    signer: &'a S,
}

impl<'a, S: ?Sized> OAuthKey<'a, S> {
    /// A new assertion for the server that identifies itself as `audience`. Nothing is written yet.
    ///
    /// Redox and SMART require the URL of the token endpoint as `audience`. A server that follows the draft rfc7523bis
    /// requires its issuer identifier and [`JwtType::ClientAuthentication`].
    pub const fn assertion(
        &self,
        audience: &'a str,
        jwt_id: &'a JwtId,
        now: UnixTime,
    ) -> Assertion<'a, S> {
        Assertion {
            text: Text {
                key: self.forget_signer(),
                audience,
                jwt_id,
                issued_at: now.saturating_sub(BACKDATE_SECS),
                lifetime_secs: MAX_LIFETIME_SECS,
                typ: JwtType::Jwt,
                dialect: (),
            },
            signer: self.signer(),
        }
    }

    /// As [`assertion`](Self::assertion), for a server whose requirements differ from those of SMART and Redox.
    pub const fn assertion_in(
        &self,
        dialect: &'a Dialect<'a>,
        audience: &'a str,
        jwt_id: &'a JwtId,
        now: UnixTime,
    ) -> Assertion<'a, S, &'a Dialect<'a>> {
        Assertion {
            text: Text {
                key: self.forget_signer(),
                audience,
                jwt_id,
                issued_at: now.saturating_sub(dialect.backdate_secs()),
                lifetime_secs: dialect.lifetime_secs(),
                typ: JwtType::Jwt,
                dialect,
            },
            signer: self.signer(),
        }
    }
}

impl<'a, S: ?Sized, D: MaybeDialect> Assertion<'a, S, D> {
    /// The validity of the assertion, in seconds from `iat`: 1 to [`MAX_LIFETIME_SECS`], which is the default.
    pub const fn lifetime_secs(mut self, lifetime_secs: u32) -> Self {
        self.text.lifetime_secs = lifetime_secs;
        self
    }

    /// The time in `iat`. Without this setting it is the time given less [`BACKDATE_SECS`].
    pub const fn issued_at(mut self, issued_at: UnixTime) -> Self {
        self.text.issued_at = issued_at;
        self
    }

    /// The `typ` of the header: `JWT` by default.
    pub const fn typ(mut self, typ: JwtType) -> Self {
        self.text.typ = typ;
        self
    }

    /// Writes only the claims, as JSON, for inspection.
    ///
    /// # Errors
    /// As [`Assertion::prepare`], which also requires room for a signature.
    pub fn write_claims<'o>(&self, out: &'o mut [u8]) -> Result<&'o str, WriteError> {
        self.text.check()?;
        let mut out = Out::new(out);
        self.text.put_claims(&mut out);
        out.finish()
    }

    /// Writes everything except the signature, for a key in another place or a slow signer.
    ///
    /// # Errors
    /// [`WriteError::EmptyClaim`], [`WriteError::Lifetime`], and [`WriteError::SignatureLen`] or
    /// [`WriteError::SignatureTooLong`] for a length that no signature of this algorithm has.
    /// [`WriteError::BufferTooSmall`] gives the exact length needed, signature included. `out` then holds only names,
    /// which are not secret.
    pub fn prepare<'o>(&self, out: &'o mut [u8]) -> Result<Unsigned<'o>, WriteError> {
        self.prepare_behind(Out::new(out))
    }

    /// Writes the part that all assertions of this key share: everything except `iat`, `exp` and `jti`. The values of
    /// these three in `self` do not matter.
    ///
    /// The template is never longer than the assertion.
    ///
    /// # Errors
    /// As [`Assertion::prepare`], but the buffer needs room for the template only.
    pub fn write_template<'t>(
        &self,
        out: &'t mut [u8],
    ) -> Result<AssertionTemplate<'t, S>, WriteError>
    where
        'a: 't,
    {
        self.write_template_behind(Out::new(out))
    }

    /// As [`Assertion::write_template`], after the bytes that `out` already has.
    pub(crate) fn write_template_behind<'t>(
        &self,
        out: Out<'t>,
    ) -> Result<AssertionTemplate<'t, S>, WriteError>
    where
        'a: 't,
    {
        let start = out.len();
        Ok(AssertionTemplate::new(
            self.text.write_template(out)?,
            start,
            self.text.times(),
            (self.text.key.algorithm(), self.text.key.signature_len()),
            self.signer,
        ))
    }

    /// As [`Assertion::prepare`], after the bytes that `out` already has.
    pub(crate) fn prepare_behind<'o>(&self, out: Out<'o>) -> Result<Unsigned<'o>, WriteError> {
        self.text.prepare(out)
    }

    pub(crate) const fn signer(&self) -> &'a S {
        self.signer
    }

    pub(crate) const fn client_id(&self) -> &'a str {
        self.text.key.client_id()
    }

    pub(crate) fn dialect(&self) -> Option<&Dialect<'_>> {
        self.text.dialect.dialect()
    }
}

impl<S: Signer + ?Sized, D: MaybeDialect> Assertion<'_, S, D> {
    /// Writes the signed assertion as a compact JWS (RFC 7515 §7.1): three parts of base64url joined by dots.
    ///
    /// The key signs only after the whole assertion is known to fit, because a discarded signature costs a device a
    /// second.
    ///
    /// # Errors
    /// As [`Assertion::prepare`] and [`Unsigned::sign`]. `out` then holds no signature, only names, which are not
    /// secret.
    pub fn write<'o>(&self, out: &'o mut [u8]) -> Result<&'o str, WriteError> {
        self.prepare(out)?.sign(self.signer)
    }
}

impl<S: ?Sized, D: fmt::Debug> fmt::Debug for Assertion<'_, S, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text.fmt(f)
    }
}

/// The greatest length in bytes of an assertion with these parts, for a buffer whose size is known at compile time.
///
/// Exact, except that it allows 20 digits for each time and the longest `typ`.
///
/// ```
/// const CLIENT_ID: &str = "2f1c7a52-7d7b-4a5c-9d6e-0d6f3d6a5b11";
/// const AUDIENCE: &str = "https://api.redoxengine.com/v2/auth/token";
/// const LEN: usize = redox_auth_core::max_assertion_len(CLIENT_ID, "key-1", AUDIENCE, 96);
/// let buffer = [0; LEN];
/// # assert_eq!(buffer.len(), 516);
/// ```
#[must_use]
pub const fn max_assertion_len(
    client_id: &str,
    key_id: &str,
    audience: &str,
    signature_len: usize,
) -> usize {
    max_assertion_len_in(&Dialect::USUAL, client_id, key_id, audience, signature_len)
}

/// As [`max_assertion_len`], in a dialect.
#[must_use]
pub const fn max_assertion_len_in(
    dialect: &Dialect<'_>,
    client_id: &str,
    key_id: &str,
    audience: &str,
    signature_len: usize,
) -> usize {
    let key_id = if dialect.has_key_id() {
        br#","kid":"#.len().saturating_add(json_str_len(key_id))
    } else {
        0
    };
    let header = br#"{"alg":"ES256","typ":""}"#
        .len()
        .saturating_add(JwtType::ClientAuthentication.as_str().len())
        .saturating_add(key_id)
        .saturating_add(dialect.header().len_with_comma());
    let subject = match dialect.subject() {
        Some(subject) => subject,
        None => client_id,
    };
    let claims = br#"{"iss":,"sub":,"aud":,"iat":,"exp":,"jti":""}"#
        .len()
        .saturating_add(json_str_len(client_id))
        .saturating_add(json_str_len(subject))
        .saturating_add(json_str_len(audience))
        .saturating_add(2 * 20 + JwtId::LEN)
        .saturating_add(dialect.added_claims_len());
    base64url::encoded_len(header)
        .saturating_add(base64url::encoded_len(claims))
        .saturating_add(base64url::encoded_len(signature_len))
        .saturating_add(2)
}
