use base64ct::{Base64UrlUnpadded, Encoding as _};
use rcgen::{
    Error, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_ECDSA_P521_SHA512, PKCS_RSA_SHA256,
    PKCS_RSA_SHA384, PKCS_RSA_SHA512, PublicKeyData, SignatureAlgorithm, SigningKey,
};
use redox_auth_core::{Algorithm, Signer as _};
use redox_auth_reqwest::Key;
use serde_json::Value;
use x509_cert::der::asn1::{AnyRef, UintRef};
use x509_cert::der::{self, Encode as _, Tag};

use super::not_made;
use crate::failure::Failure;
use crate::key::jwk_set;

/// A key that signs a certificate.
pub(super) struct CertificateSigner<'k> {
    key: &'k Key,
    algorithm: &'static SignatureAlgorithm,
    /// The content of `subjectPublicKey`: a point, or the numbers of an RSA key (RFC 5480 section 2.2, RFC 3279 section
    /// 2.3.1).
    public_key: Vec<u8>,
}

impl<'k> CertificateSigner<'k> {
    pub(super) fn new(key: &'k Key) -> Result<Self, Failure> {
        let algorithm = match key.algorithm() {
            Algorithm::Es256 => &PKCS_ECDSA_P256_SHA256,
            Algorithm::Es384 => &PKCS_ECDSA_P384_SHA384,
            Algorithm::Es512 => &PKCS_ECDSA_P521_SHA512,
            Algorithm::Rs256 => &PKCS_RSA_SHA256,
            Algorithm::Rs384 => &PKCS_RSA_SHA384,
            Algorithm::Rs512 => &PKCS_RSA_SHA512,
            Algorithm::Ps256 => {
                return Err(not_made(
                    "expected a key for RS256, RS384 or RS512, found a JWK for PS256; remove `alg` from a copy of the JWK: the certificate of the copy is valid for PS256 as well",
                ));
            }
            _ => {
                return Err(not_made(
                    "expected a key for ES256, ES384, ES512, RS256, RS384 or RS512, found one for another algorithm",
                ));
            }
        };
        Ok(Self {
            key,
            algorithm,
            public_key: public_key(key)?,
        })
    }
}

impl PublicKeyData for CertificateSigner<'_> {
    fn der_bytes(&self) -> &[u8] {
        &self.public_key
    }

    fn algorithm(&self) -> &'static SignatureAlgorithm {
        self.algorithm
    }
}

impl SigningKey for CertificateSigner<'_> {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        let mut signature = vec![0; self.key.signature_len()];
        let signed = self.key.sign(message, &mut signature);
        signed.map_err(|_| Error::RemoteKeyError)?;
        if self.key.algorithm().is_rsa() {
            return Ok(signature);
        }
        // A JWT concatenates r and s; a certificate has two integers (RFC 3279 section 2.2.3).
        let (r, s) = signature.split_at(signature.len() / 2);
        two_numbers(r, s).map_err(|_| Error::RemoteKeyError)
    }
}

fn public_key(key: &Key) -> Result<Vec<u8>, Failure> {
    let set = jwk_set(core::slice::from_ref(key))?;
    let set: Value = serde_json::from_str(&set).map_err(not_made)?;
    let number = |name: &str| {
        let text = set
            .pointer(&format!("/keys/0/{name}"))
            .and_then(Value::as_str);
        let text = text.unwrap_or("");
        Base64UrlUnpadded::decode_vec(text).map_err(not_made)
    };
    if key.algorithm().is_rsa() {
        return two_numbers(&number("n")?, &number("e")?).map_err(not_made);
    }
    Ok([vec![UNCOMPRESSED], number("x")?, number("y")?].concat())
}

/// A SEQUENCE of two positive INTEGERs.
fn two_numbers(one: &[u8], other: &[u8]) -> der::Result<Vec<u8>> {
    let one = UintRef::new(one)?.to_der()?;
    let other = UintRef::new(other)?.to_der()?;
    AnyRef::new(Tag::Sequence, &[one, other].concat())?.to_der()
}

/// The first byte of a point with both coordinates (SEC 1 section 2.3.3).
const UNCOMPRESSED: u8 = 4;
