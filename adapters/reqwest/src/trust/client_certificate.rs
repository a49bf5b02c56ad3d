use core::fmt;
use std::sync::Arc;

use base64ct::{Base64, Encoding as _};
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::pem::{self, PemObject as _, SectionKind};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{Error, InconsistentKeys};
use zeroize::Zeroizing;

use super::form;
use crate::error::client_certificate::ClientCertificateError;

/// A certificate that the client shows to servers that ask for one, with its private key (mutual TLS, RFC 8705).
///
/// ```no_run
/// use redox_auth_reqwest::{ClientCertificate, Redox};
///
/// # fn run() -> Result<(), Box<dyn core::error::Error>> {
/// let certificate = ClientCertificate::from_pem(&std::fs::read("client.pem")?)?;
/// let builder = Redox::builder().client_certificate(certificate);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct ClientCertificate(Arc<Parts>);

struct Parts {
    certified: Arc<CertifiedKey>,
    /// The same chain and key, for reqwest.
    pem: Zeroizing<String>,
}

impl ClientCertificate {
    /// Reads a certificate, those of its issuers, and its private key, all in PEM, in any order.
    ///
    /// It does not read PKCS#12, which would need a dozen crates of old algorithms, and a password in the configuration. The
    /// error has the command that converts it.
    ///
    /// # Errors
    /// [`ClientCertificateError`].
    pub fn from_pem(input: &[u8]) -> Result<Self, ClientCertificateError> {
        if form::is_pkcs12(input) {
            return Err(ClientCertificateError::Pkcs12);
        }
        let (chain, key) = blocks(input)?;
        if chain.is_empty() {
            return Err(ClientCertificateError::NoCertificate);
        }
        let provider = default_provider();
        // Some programs write the issuers first.
        for own in 0..chain.len() {
            let mut chain = chain.clone();
            chain.rotate_left(own);
            match CertifiedKey::from_der(chain, key.clone_key(), &provider) {
                Ok(certified) => {
                    return Ok(Self(Arc::new(Parts {
                        pem: pem(&certified.cert, &key),
                        certified: Arc::new(certified),
                    })));
                }
                Err(Error::InconsistentKeys(InconsistentKeys::KeyMismatch)) => {}
                Err(error) => return Err(ClientCertificateError::Unusable(error.to_string())),
            }
        }
        Err(ClientCertificateError::OtherKey)
    }

    /// For rustls.
    pub(crate) fn resolver(&self) -> Arc<SingleCertAndKey> {
        Arc::new(Arc::clone(&self.0.certified).into())
    }

    /// The client's own certificate, those of its issuers, and the private key of the first, for reqwest, which keeps the
    /// order and uses the last key.
    pub(crate) fn pem(&self) -> &[u8] {
        self.0.pem.as_bytes()
    }
}

/// A certificate stands for its key.
impl PartialEq for ClientCertificate {
    fn eq(&self, other: &Self) -> bool {
        self.0.certified.cert == other.0.certified.cert
    }
}

impl Eq for ClientCertificate {}

impl fmt::Debug for ClientCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientCertificate([redacted])")
    }
}

/// The certificates and the first private key.
fn blocks(
    input: &[u8],
) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), ClientCertificateError> {
    let (mut chain, mut key) = (Vec::new(), None);
    for block in <(SectionKind, Vec<u8>)>::pem_slice_iter(input) {
        match block {
            Ok((SectionKind::Certificate, der)) => chain.push(der.into()),
            Ok((kind, der)) if key.is_none() => key = PrivateKeyDer::from_pem(kind, der),
            Ok(_) => {}
            Err(pem::Error::NoItemsFound) => break,
            Err(_) => return Err(ClientCertificateError::Damaged),
        }
    }
    let is_encrypted = |label: &[u8]| input.windows(label.len()).any(|it| it == label);
    match key {
        Some(key) => Ok((chain, key)),
        None if is_encrypted(b"ENCRYPTED PRIVATE KEY") => Err(ClientCertificateError::EncryptedKey),
        None => Err(ClientCertificateError::NoKey),
    }
}

fn pem(chain: &[CertificateDer<'_>], key: &PrivateKeyDer<'_>) -> Zeroizing<String> {
    let label = match key {
        PrivateKeyDer::Pkcs1(_) => "RSA PRIVATE KEY",
        PrivateKeyDer::Sec1(_) => "EC PRIVATE KEY",
        _ => "PRIVATE KEY",
    };
    let certificates = chain.iter().map(|it| ("CERTIFICATE", it.as_ref()));
    // None of these strings grows, therefore no copy of the key escapes the wiping.
    let blocks: Vec<_> = certificates
        .chain([(label, key.secret_der())])
        .map(|(label, der)| {
            let content = Zeroizing::new(Base64::encode_string(der));
            let parts = [
                "-----BEGIN ",
                label,
                "-----\n",
                &content,
                "\n-----END ",
                label,
                "-----\n",
            ];
            Zeroizing::new(parts.concat())
        })
        .collect();
    let blocks: Vec<_> = blocks.iter().map(|it| it.as_str()).collect();
    Zeroizing::new(blocks.concat())
}
