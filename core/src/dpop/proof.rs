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
/// The header has `typ`, `alg` and `jwk`, the public key; the claims are `jti`, `htm`, `htu` and
/// `iat`, and where given `ath` and `nonce`. Each time that a request is sent takes a new proof with a new `jti`.
///
/// `htu` is the URL without its query, written in the way that servers compare (RFC 9449 §4.3, RFC 3986 §6.2.2 and §6.2.3):
/// scheme and host in lower case, no port where it is that of the scheme, `/` where there is no path. The path is as it is
/// requested, its escapes and dots included, because not every server normalizes it.
///
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
    /// A new proof for one request: by the HTTP `method`, in upper case, to `url`, which is the one requested.
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

    /// Adds what follows the URL's own path, as [`Request::path`](crate::Request::path) does: for those who have the two apart.
    pub const fn path(mut self, path: &'a str) -> Self {
        self.path = path;
        self
    }

    /// Adds `ath`, the hash of the access token that the request has: for a request to an API, not for one to the token
    /// endpoint.
    pub const fn access_token(mut self, token: &'a str) -> Self {
        self.access_token = Some(token);
        self
    }

    /// Adds the nonce of the server that the request goes to, if there is one.
    pub fn nonce<const N: usize>(mut self, nonce: &'a DpopNonce<N>) -> Self {
        self.nonce = nonce.as_str();
        self
    }

    /// The time in `iat`, instead of the one given less [`BACKDATE_SECS`].
    pub const fn issued_at(mut self, issued_at: UnixTime) -> Self {
        self.issued_at = issued_at;
        self
    }

    /// Writes the claims alone, as JSON: what the proof will say, to look at.
    ///
    /// # Errors
    /// As [`DpopProof::prepare`], which wants room for header and signature, too.
    pub fn write_claims<'o>(&self, out: &'o mut [u8]) -> Result<&'o str, WriteError> {
        self.check()?;
        let mut out = Out::new(out);
        self.put_claims(&mut out);
        out.finish()
    }

    /// Writes all but the signature, for a key that is elsewhere or takes its time.
    ///
    /// # Errors
    /// [`WriteError::EmptyClaim`] for an empty method or access token, and [`WriteError::BufferTooSmall`] with the exact
    /// length that would do, signature included. `out` then holds nothing secret.
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

    /// Writes the signed proof as a compact JWS. Nothing is signed unless the whole fits.
    ///
    /// # Errors
    /// As [`DpopProof::prepare`] and [`Unsigned::sign`]: of a signer of another algorithm or length, too. `out` then holds no
    /// signature.
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
    /// Without the token.
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

/// The URL as the text of `htu`, with what follows its path.
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
        // What follows it takes the place of the slash.
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

/// The greatest length of a proof in bytes, for a buffer whose size is known at compile time: of a key of this algorithm with
/// signatures of this length, a request by this method to this URL, and a nonce of up to `nonce_len` bytes, 0 for none.
///
/// It allows for an access token, 20 digits of time, the query of the URL, and for an RSA key an exponent of 8 bytes.
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
        // The modulus is as long as a signature.
        br#"{"kty":"RSA","n":"","e":""}"#
            .len()
            .saturating_add(base64url::encoded_len(signature_len))
            .saturating_add(base64url::encoded_len(8))
    } else {
        // So are both coordinates.
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
