use core::fmt;

use sha2::{Digest as _, Sha256};

use super::key::DpopKey;
use super::nonce::DpopNonce;
use crate::algorithm::Algorithm;
use crate::base64url;
use crate::jwt::BACKDATE_SECS;
use crate::jwt_id::JwtId;
use crate::out::{Out, json_str_len};
use crate::server::Url;
use crate::signer::Signer;
use crate::time::UnixTime;
use crate::unsigned::Unsigned;
use crate::write_error::WriteError;

/// A proof for one request (RFC 9449 §4.2), borrowed until it is written: the value of the header `DPoP`.
///
/// The header has `typ`, `alg` and `jwk`, the public key. The claims are `jti`, `htm`, `htu` and `iat`, and optionally
/// `ath` and `nonce`. Every attempt to send a request needs a new proof with a new `jti`.
///
/// `htu` is the URL without its query, in the normal form that servers compare (RFC 9449 §4.3, RFC 3986 §6.2.2 and
/// §6.2.3): scheme and host in lower case, no port if it is that of the scheme, `/` for an empty path. The path is
/// written as in the request, its escapes and dots included, because not every server normalizes it.
#[cfg_attr(
    feature = "es256",
    doc = r##"
```
use redox_auth_core::{DpopKey, DpopNonce, DpopProof, Es256Key, JwtId, UnixTime, Url};

# // The key of RFC 7515, appendix A.3.
# const KEY: &[u8] = br#"{"kty":"EC","crv":"P-256",
#     "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
#     "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
#     "d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}"#;
# let (random, now) = ([7; 16], UnixTime::from_secs(1_800_000_000));
let signer = Es256Key::parse(KEY)?;
let public_key = signer.public_key();
let key = DpopKey::new(&public_key);

let mut nonce = DpopNonce::<64>::new();
nonce.remember(b"eyJ7S_zG.eyJH0-Z.HX4w-7v")?;
let (jwt_id, url) = (JwtId::from_random(random), Url::parse("https://api.example/Patient?id=1")?);
let mut buffer = [0; 1024];
let header = DpopProof::new(key, "GET", url, &jwt_id, now)
    .access_token("secret")
    .nonce(&nonce)
    .write(&signer, &mut buffer)?;
# assert_eq!(header.matches('.').count(), 2);
# Ok::<(), Box<dyn core::error::Error>>(())
```
"##
)]
#[derive(Clone, Copy)]
#[must_use = "a proof does nothing until it is written"]
pub struct DpopProof<'a> {
    key: DpopKey<'a>,
    method: &'a str,
    url: Url<'a>,
    path: &'a str,
    jwt_id: &'a JwtId,
    issued_at: UnixTime,
    access_token: Option<&'a str>,
    nonce: Option<&'a str>,
}

impl<'a> DpopProof<'a> {
    /// A new proof for one request with the HTTP `method`, in upper case, to the request's `url`.
    ///
    /// `iat` lies [`BACKDATE_SECS`] before `now`, because servers refuse a client whose clock runs ahead.
    pub const fn new(
        key: DpopKey<'a>,
        method: &'a str,
        url: Url<'a>,
        jwt_id: &'a JwtId,
        now: UnixTime,
    ) -> Self {
        Self {
            key,
            method,
            url,
            path: "",
            jwt_id,
            issued_at: now.saturating_sub(BACKDATE_SECS),
            access_token: None,
            nonce: None,
        }
    }

    /// Adds the rest of the path after the URL's own, as [`Request::path`](crate::Request::path) gives it, for a caller
    /// that has the two apart.
    pub const fn path(mut self, path: &'a str) -> Self {
        self.path = path;
        self
    }

    /// Adds `ath`, the hash of the request's access token. Use it for a request to an API, not for a token request.
    pub const fn access_token(mut self, token: &'a str) -> Self {
        self.access_token = Some(token);
        self
    }

    /// Adds the nonce of the request's server, if there is one.
    pub fn nonce<const N: usize>(mut self, nonce: &'a DpopNonce<N>) -> Self {
        self.nonce = nonce.as_str();
        self
    }

    /// The time in `iat`. Without this setting it is the time given less [`BACKDATE_SECS`].
    pub const fn issued_at(mut self, issued_at: UnixTime) -> Self {
        self.issued_at = issued_at;
        self
    }

    /// Writes only the claims, as JSON, for inspection.
    ///
    /// # Errors
    /// As [`DpopProof::prepare`], which also requires room for the header and the signature.
    pub fn write_claims<'o>(&self, out: &'o mut [u8]) -> Result<&'o str, WriteError> {
        self.check()?;
        let mut out = Out::new(out);
        self.put_claims(&mut out);
        out.finish()
    }

    /// Writes everything except the signature, for a key in another place or a slow signer.
    ///
    /// # Errors
    /// [`WriteError::EmptyClaim`] for an empty method or access token. [`WriteError::BufferTooSmall`] gives the exact
    /// length needed, signature included. `out` then holds nothing secret.
    pub fn prepare<'o>(&self, out: &'o mut [u8]) -> Result<Unsigned<'o>, WriteError> {
        self.check()?;
        let mut out = Out::new(out);
        self.key.put_header(&mut out);
        let claims = out.len();
        self.put_claims(&mut out);
        out.base64url_since(claims);
        let public_key = self.key.public_key();
        Unsigned::new(out, 0, public_key.algorithm(), public_key.signature_len())
    }

    /// Writes the signed proof as a compact JWS. The key signs only after the whole proof is known to fit.
    ///
    /// # Errors
    /// As [`DpopProof::prepare`] and [`Unsigned::sign`], also for a signer with another algorithm or length. `out` then
    /// holds no signature.
    pub fn write<'o, S: Signer + ?Sized>(
        &self,
        signer: &S,
        out: &'o mut [u8],
    ) -> Result<&'o str, WriteError> {
        self.prepare(out)?.sign(signer)
    }

    fn check(&self) -> Result<(), WriteError> {
        if self.method.is_empty() {
            return Err(WriteError::EmptyClaim("htm"));
        }
        match self.access_token {
            Some("") => Err(WriteError::EmptyClaim("ath")),
            _ => Ok(()),
        }
    }

    fn put_claims(&self, out: &mut Out<'_>) {
        out.put(br#"{"jti":""#);
        out.put_str(self.jwt_id.as_str());
        out.put_member(br#"","htm":"#, self.method);
        out.put(br#","htu":""#);
        put_without_query(self.url, self.path, out);
        out.put(br#"","iat":"#);
        out.put_u64(self.issued_at.as_secs());
        if let Some(token) = self.access_token {
            out.put(br#","ath":""#);
            out.put_base64url(&Sha256::digest(token));
            out.put(b"\"");
        }
        if let Some(nonce) = self.nonce {
            out.put_member(br#","nonce":"#, nonce);
        }
        out.put(b"}");
    }
}

impl fmt::Debug for DpopProof<'_> {
    /// Omits the token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DpopProof")
            .field("key", &self.key)
            .field("method", &self.method)
            .field("url", &self.url)
            .field("issued_at", &self.issued_at)
            .field("has_access_token", &self.access_token.is_some())
            .field("nonce", &self.nonce)
            .finish_non_exhaustive()
    }
}

/// Writes the URL as `htu`, followed by the rest of its path.
fn put_without_query(url: Url<'_>, rest: &str, out: &mut Out<'_>) {
    out.put_str(url.scheme());
    out.put(b"://");
    for byte in url.host().bytes() {
        out.put(&[byte.to_ascii_lowercase()]);
    }
    if !url.has_default_port() {
        out.put(b":");
        out.put_u64(url.port().into());
    }
    let path = match url.path() {
        // The rest of the path replaces the slash.
        "/" if !rest.is_empty() => "",
        path => path,
    };
    for part in [path, rest] {
        let len = part.find('?').unwrap_or(part.len());
        out.put_json_text(part.get(..len).unwrap_or(part));
        if len < part.len() {
            break;
        }
    }
}

/// The greatest length of a proof in bytes, for a buffer whose size is known at compile time: for a key with this
/// algorithm and signatures of this length, a request with this method to this URL, and a nonce of up to `nonce_len`
/// bytes, 0 for none.
///
/// It allows for an access token, 20 digits of time, the query of the URL, and an exponent of 8 bytes for an RSA key.
///
/// ```
/// use redox_auth_core::{Algorithm, max_dpop_proof_len};
///
/// const LEN: usize = max_dpop_proof_len(Algorithm::Es256, 64, "GET", "https://api.example/Patient", 64);
/// let buffer = [0; LEN];
/// # assert_eq!(buffer.len(), 622);
/// ```
#[must_use]
pub const fn max_dpop_proof_len(
    algorithm: Algorithm,
    signature_len: usize,
    method: &str,
    url: &str,
    nonce_len: usize,
) -> usize {
    let key = if algorithm.is_rsa() {
        // The modulus has the length of a signature.
        br#"{"kty":"RSA","n":"","e":""}"#
            .len()
            .saturating_add(base64url::encoded_len(signature_len))
            .saturating_add(base64url::encoded_len(8))
    } else {
        // Both coordinates together have the length of a signature.
        br#"{"kty":"EC","crv":"P-256","x":"","y":""}"#
            .len()
            .saturating_add(base64url::encoded_len(signature_len / 2).saturating_mul(2))
    };
    let header = br#"{"typ":"dpop+jwt","alg":"ES256","jwk":}"#
        .len()
        .saturating_add(key);
    let nonce = match nonce_len {
        0 => 0,
        len => br#","nonce":"""#.len().saturating_add(len),
    };
    let claims = br#"{"jti":"","htm":,"htu":/,"iat":,"ath":""}"#
        .len()
        .saturating_add(JwtId::LEN + 20 + 43)
        .saturating_add(json_str_len(method))
        .saturating_add(json_str_len(url))
        .saturating_add(nonce);
    base64url::encoded_len(header)
        .saturating_add(base64url::encoded_len(claims))
        .saturating_add(base64url::encoded_len(signature_len))
        .saturating_add(2)
}
