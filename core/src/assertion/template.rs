use core::fmt;

use super::text::{Times, put_changing_claims, put_not_before};
use crate::algorithm::Algorithm;
use crate::jwt_id::JwtId;
use crate::out::Out;
use crate::signer::Signer;
use crate::time::UnixTime;
use crate::unsigned::Unsigned;
use crate::write_error::WriteError;

/// The part that all assertions of one key for one audience share, or all token requests with them. It is written once,
/// for programs that sign many.
///
/// Only `iat`, `exp` and `jti` change, a quarter of the text. The rest is already encoded. The assertions are byte for
/// byte those of [`Assertion::write`](crate::Assertion::write).
#[cfg_attr(
    feature = "es256",
    doc = r##"
```
use redox_auth_core::{Es256Key, JwtId, OAuthKey, UnixTime};

# // The key of RFC 7515, appendix A.3.
# const KEY: &[u8] = br#"{"kty":"EC","crv":"P-256",
#     "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
#     "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
#     "d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}"#;
let signer = Es256Key::parse(KEY)?;
let key = OAuthKey::new("2f1c7a52-7d7b-4a5c-9d6e-0d6f3d6a5b11", "key-1", &signer);
let (any_id, any_time) = (JwtId::from_random([0; 16]), UnixTime::from_secs(0));
let mut text = [0; 512];
let template = key
    .assertion("https://api.redoxengine.com/v2/auth/token", &any_id, any_time)
    .write_template(&mut text)?;

let mut buffer = [0; 1024];
# let random = || [7; 16];
for now in [1_800_000_000, 1_800_000_240].map(UnixTime::from_secs) {
    let jwt_id = JwtId::from_random(random());
    let assertion = template.write(&jwt_id, now, &mut buffer)?;
    assert_eq!(assertion.matches('.').count(), 2);
}
# Ok::<(), Box<dyn core::error::Error>>(())
```
"##
)]
#[must_use = "a template does nothing until something is written by it"]
pub struct AssertionTemplate<'t, S: ?Sized> {
    /// The final text, up to the last whole group of base64url before `iat`.
    encoded: &'t [u8],
    /// The one or two bytes of claims that follow, if any.
    rest: &'t [u8],
    /// The start of the signing input in `encoded`.
    start: usize,
    times: Times,
    algorithm: Algorithm,
    signature_len: usize,
    signer: &'t S,
}

impl<'t, S: ?Sized> AssertionTemplate<'t, S> {
    /// `encoded` and `rest` are the start of the text that `unsigned` would have.
    pub(super) const fn new(
        (encoded, rest): (&'t [u8], &'t [u8]),
        start: usize,
        times: Times,
        (algorithm, signature_len): (Algorithm, usize),
        signer: &'t S,
    ) -> Self {
        Self {
            encoded,
            rest,
            start,
            times,
            algorithm,
            signature_len,
            signer,
        }
    }

    /// Writes everything except the signature, for a key in another place or a slow signer. `iat` lies
    /// [`BACKDATE_SECS`](crate::BACKDATE_SECS) before `now`, unless the [`Dialect`](crate::Dialect) sets another
    /// difference.
    ///
    /// # Errors
    /// [`WriteError::BufferTooSmall`] gives the exact length needed, signature included. `out` then holds only names,
    /// which are not secret.
    pub fn prepare<'o>(
        &self,
        jwt_id: &JwtId,
        now: UnixTime,
        out: &'o mut [u8],
    ) -> Result<Unsigned<'o>, WriteError> {
        let mut out = Out::new(out);
        out.put(self.encoded);
        let changing = out.len();
        out.put(self.rest);
        let issued_at = now.saturating_sub(self.times.backdate_secs);
        if self.times.has_not_before {
            put_not_before(issued_at, &mut out);
        }
        put_changing_claims(jwt_id, issued_at, self.times.lifetime_secs, &mut out);
        out.base64url_since(changing);
        Unsigned::new(out, self.start, self.algorithm, self.signature_len)
    }
}

impl<S: Signer + ?Sized> AssertionTemplate<'_, S> {
    /// Writes a signed assertion, or a token request with one, depending on the template.
    ///
    /// # Errors
    /// As [`AssertionTemplate::prepare`] and [`Unsigned::sign`]. `out` then holds no signature, only names, which are
    /// not secret.
    pub fn write<'o>(
        &self,
        jwt_id: &JwtId,
        now: UnixTime,
        out: &'o mut [u8],
    ) -> Result<&'o str, WriteError> {
        self.prepare(jwt_id, now, out)?.sign(self.signer)
    }
}

impl<S: ?Sized> fmt::Debug for AssertionTemplate<'_, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AssertionTemplate")
            .field("algorithm", &self.algorithm)
            .field("times", &self.times)
            .finish_non_exhaustive()
    }
}
