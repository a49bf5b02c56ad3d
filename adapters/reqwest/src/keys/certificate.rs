//! The certificate of a key, and the certificates from it to an authority.

mod issuers;
mod parse;
mod public_key;
mod validity;

pub use validity::CertificateValidity;

use core::fmt;

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use base64ct::{Base64, Base64UrlUnpadded, Encoding as _};
use redox_auth_core::UnixTime;

use super::key::Key;
use crate::error::certificate::CertificateError;
use parse::Certificate;

/// The X.509 certificate of a key, followed by the certificates of its issuers. Servers without a JWK Set find the key by
/// its certificate. [`Key::with_certificate`] puts it into the header of assertions.
///
/// ```no_run
/// use redox_auth_reqwest::{CertificateChain, CertificateMember, Key};
///
/// # fn run() -> Result<(), Box<dyn core::error::Error>> {
/// let chain = CertificateChain::from_file("certificate.pem")?;
/// let key = Key::from_file("private-key.pem")?.with_certificate(&chain, &[CertificateMember::X5c])?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Eq, PartialEq)]
pub struct CertificateChain {
    /// At least one; each is issued by the next.
    certificates: Vec<Certificate>,
}

/// The header member of an assertion that names a certificate.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum CertificateMember {
    /// `x5c`: the certificates themselves (RFC 7515 §4.1.6). UDAP requires it.
    X5c,
    /// `x5t`: the SHA-1 of the key's certificate (RFC 7515 §4.1.7). Oracle's identity domains take it as a key ID.
    X5t,
    /// `x5t#S256`: the SHA-256 of the key's certificate (RFC 7515 §4.1.8). Microsoft Entra requires it.
    X5tS256,
}

impl CertificateChain {
    /// Reads certificates from PEM or DER: the key's own certificate, then each issuer after the certificate that it issued.
    ///
    /// In PEM, text around the blocks does not matter, and the function skips a private key in the same file; anything else
    /// is an error. DER holds one certificate after the other.
    ///
    /// A certificate may be expired, or not valid yet, because the server decides whether to accept it. See
    /// [`validity`](Self::validity).
    ///
    /// # Errors
    /// [`CertificateError`], also for more than 10 certificates or 64 KiB. Each certificate must be issued by the next one.
    /// The signature is verified if the algorithm is ECDSA, RSA with PKCS#1 v1.5, or Ed25519, and if an issuer's RSA key has
    /// at least 1024 bits (2048 with SHA-384).
    pub fn parse(input: &[u8]) -> Result<Self, CertificateError> {
        let certificates = parse::certificates(input)?;
        issuers::check(&certificates)?;
        Ok(Self { certificates })
    }

    /// The subject of the key's certificate, in the form of RFC 4514.
    #[must_use]
    pub fn subject(&self) -> String {
        self.own().subject()
    }

    /// How many certificates there are, at least one.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.certificates.len()
    }

    /// When the key's certificate begins to be valid.
    #[must_use]
    pub fn not_before(&self) -> UnixTime {
        self.own().not_before()
    }

    /// The last second in which the key's certificate is valid.
    #[must_use]
    pub fn not_after(&self) -> UnixTime {
        self.own().not_after()
    }

    /// Whether the key's certificate is valid at this time. A server may refuse a certificate that is not.
    #[must_use]
    pub fn validity(&self, now: UnixTime) -> CertificateValidity {
        CertificateValidity::between(self.not_before(), self.not_after(), now)
    }

    /// The SHA-1 of the key's certificate, which many servers show as its fingerprint or thumbprint.
    #[must_use]
    pub fn sha1(&self) -> [u8; 20] {
        hash(digest(&SHA1_FOR_LEGACY_USE_ONLY, self.own().der()).as_ref())
    }

    /// The SHA-256 of the key's certificate.
    #[must_use]
    pub fn sha256(&self) -> [u8; 32] {
        hash(digest(&SHA256, self.own().der()).as_ref())
    }

    /// Checks that the first certificate belongs to `key`.
    ///
    /// Of a key behind a signer only the kind and the length are known, therefore this compares nothing else.
    ///
    /// # Errors
    /// [`CertificateError::WrongKey`], which names both.
    pub fn expect_key(&self, key: &Key) -> Result<(), CertificateError> {
        public_key::expect(key, self.own())
    }

    /// The content of these members of a header, as a JSON object: each once, in the order of [`CertificateMember::ALL`].
    ///
    /// [`Key::with_certificate`] uses it. Use it alone if core writes the assertions, with
    /// [`HeaderMembers`](redox_auth_core::HeaderMembers).
    #[must_use]
    pub fn header(&self, members: &[CertificateMember]) -> String {
        format!("{{{}}}", self.members(members))
    }

    fn members(&self, asked_for: &[CertificateMember]) -> String {
        let all = CertificateMember::ALL.iter();
        let members = all.filter(|member| asked_for.contains(member));
        let members: Vec<_> = members.map(|member| self.member(*member)).collect();
        members.join(",")
    }

    fn member(&self, member: CertificateMember) -> String {
        let value = match member {
            CertificateMember::X5c => {
                // The only member of a header in base64 with `+`, `/` and `=` (RFC 7515 §4.1.6).
                let all = self.certificates.iter();
                let all: Vec<_> = all.map(|it| Base64::encode_string(it.der())).collect();
                format!(r#"["{}"]"#, all.join(r#"",""#))
            }
            CertificateMember::X5t => quoted(&self.sha1()),
            CertificateMember::X5tS256 => quoted(&self.sha256()),
        };
        format!(r#""{member}":{value}"#)
    }

    /// The certificate of the key.
    fn own(&self) -> &Certificate {
        self.certificates
            .first()
            .expect("`parse` returns no chain without a certificate")
    }
}

impl fmt::Debug for CertificateChain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CertificateChain")
            .field("subject", &self.subject())
            .field("count", &self.count())
            .finish_non_exhaustive()
    }
}

impl Key {
    /// Returns the same key, whose assertions name its certificate in these members of their header. Without members nothing
    /// changes.
    ///
    /// Each key has its own certificate: a key that the client tries during a rotation
    /// ([`Builder::also_key`](crate::Builder::also_key)) does not use that of another key. Servers that find the key by its
    /// certificate often reject a key ID, see [`Builder::without_key_id`](crate::Builder::without_key_id).
    ///
    /// # Errors
    /// [`CertificateError::WrongKey`] unless the first certificate belongs to the key, as far as
    /// [`CertificateChain::expect_key`] can tell.
    pub fn with_certificate(
        self,
        chain: &CertificateChain,
        members: &[CertificateMember],
    ) -> Result<Self, CertificateError> {
        chain.expect_key(&self)?;
        let valid = (chain.not_before(), chain.not_after());
        Ok(self.with_header(chain.members(members), valid))
    }
}

impl CertificateMember {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::X5c, Self::X5t, Self::X5tS256];

    /// The name of the member.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::X5c => "x5c",
            Self::X5t => "x5t",
            Self::X5tS256 => "x5t#S256",
        }
    }
}

impl fmt::Display for CertificateMember {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

fn quoted(hash: &[u8]) -> String {
    format!(r#""{}""#, Base64UrlUnpadded::encode_string(hash))
}

fn hash<const LEN: usize>(hash: &[u8]) -> [u8; LEN] {
    hash.try_into().expect("a hash has the length of its kind")
}
