use core::fmt;
use std::sync::Arc;

use aws_lc_rs::error::Unspecified;
use aws_lc_rs::pkcs8::Document;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair as RsaKeyPair;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING,
    ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm, RSA_PKCS1_SHA256,
    RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256, RsaSignatureEncoding,
};
use pkcs1::RsaPrivateKey;
use pkcs1::der::asn1::UintRef;
use pkcs1::der::oid::ObjectIdentifier;
use pkcs1::der::{self, Encode};
use redox_auth_core::{
    Algorithm, EcKeyMaterial, KeyError, KeyMaterial, PrivateKey, RsaKeyMaterial, SignError, Signer,
};
use sec1::{EcParameters, EcPrivateKey};
use zeroize::Zeroizing;

/// A private key that signs with `aws-lc-rs`: on a server several times as fast as pure Rust.
pub(crate) enum AwsLcKey {
    Ec {
        pair: EcdsaKeyPair,
        curve: &'static Curve,
    },
    Rsa {
        pair: Arc<RsaKeyPair>,
        scheme: &'static Scheme,
    },
}

/// The differences between curves.
pub(crate) struct Curve {
    algorithm: Algorithm,
    signing: &'static EcdsaSigningAlgorithm,
    oid: ObjectIdentifier,
    signature_len: usize,
}

/// The differences between algorithms of RSA.
pub(crate) struct Scheme {
    algorithm: Algorithm,
    encoding: &'static RsaSignatureEncoding,
}

impl AwsLcKey {
    /// From a key that core has checked.
    pub(crate) fn new(key: &PrivateKey<'_>) -> Result<Self, KeyError> {
        match key.material() {
            KeyMaterial::Ec(material) => Self::ec(material),
            KeyMaterial::Rsa(material) => Self::rsa(key.algorithm(), material),
            _ => return Err(KeyError::Disabled(key.algorithm())),
        }
        .ok_or(KeyError::Inconsistent)
    }

    fn ec(material: EcKeyMaterial<'_>) -> Option<Self> {
        let curve = CURVES
            .iter()
            .find(|curve| curve.algorithm == material.algorithm)?;
        let der = ec_der(material, curve.oid).ok()?;
        let pair = EcdsaKeyPair::from_private_key_der(curve.signing, &der).ok()?;
        Some(Self::Ec { pair, curve })
    }

    fn rsa(algorithm: Algorithm, material: RsaKeyMaterial<'_>) -> Option<Self> {
        let der = rsa_der(material).ok()?;
        let pair = Arc::new(RsaKeyPair::from_der(&der).ok()?);
        let scheme = Scheme::of(algorithm)?;
        Some(Self::Rsa { pair, scheme })
    }

    /// Generates a key on P-256 in PKCS#8, which is wiped on drop.
    pub(crate) fn generate() -> Result<Document, Unspecified> {
        EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)?.to_pkcs8v1()
    }

    /// The same key with another algorithm of RSA; `None` for an algorithm that it does not support.
    pub(crate) fn with_algorithm(&self, algorithm: Algorithm) -> Option<Self> {
        let Self::Rsa { pair, .. } = self else {
            return None;
        };
        let (pair, scheme) = (Arc::clone(pair), Scheme::of(algorithm)?);
        Some(Self::Rsa { pair, scheme })
    }
}

impl Scheme {
    fn of(algorithm: Algorithm) -> Option<&'static Self> {
        SCHEMES.iter().find(|scheme| scheme.algorithm == algorithm)
    }
}

impl Signer for AwsLcKey {
    fn algorithm(&self) -> Algorithm {
        match self {
            Self::Ec { curve, .. } => curve.algorithm,
            Self::Rsa { scheme, .. } => scheme.algorithm,
        }
    }

    fn signature_len(&self) -> usize {
        match self {
            Self::Ec { curve, .. } => curve.signature_len,
            Self::Rsa { pair, .. } => pair.public_modulus_len(),
        }
    }

    fn sign(&self, message: &[u8], signature: &mut [u8]) -> Result<(), SignError> {
        let (found, expected) = (signature.len(), self.signature_len());
        if found != expected {
            return Err(SignError::SignatureLen { found, expected });
        }
        let random = SystemRandom::new();
        // Not with `sign_digest`, which takes 1 % less time but which aws-lc's FIPS mode does not allow.
        match self {
            Self::Ec { pair, .. } => pair
                .sign(&random, message)
                .map(|signed| signature.copy_from_slice(signed.as_ref())),
            Self::Rsa { pair, scheme } => pair.sign(scheme.encoding, &random, message, signature),
        }
        .map_err(|_| SignError::Backend)
    }
}

impl fmt::Debug for AwsLcKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AwsLcKey({}, [redacted])", self.algorithm())
    }
}

fn ec_der(material: EcKeyMaterial<'_>, curve: ObjectIdentifier) -> der::Result<Zeroizing<Vec<u8>>> {
    EcPrivateKey {
        private_key: material.secret,
        parameters: Some(EcParameters::NamedCurve(curve)),
        // aws-lc derives it; core has compared it.
        public_key: None,
    }
    .to_der()
    .map(Zeroizing::new)
}

fn rsa_der(material: RsaKeyMaterial<'_>) -> der::Result<Zeroizing<Vec<u8>>> {
    RsaPrivateKey {
        modulus: UintRef::new(material.n)?,
        public_exponent: UintRef::new(material.e)?,
        private_exponent: UintRef::new(material.d)?,
        prime1: UintRef::new(material.p)?,
        prime2: UintRef::new(material.q)?,
        exponent1: UintRef::new(material.dp)?,
        exponent2: UintRef::new(material.dq)?,
        coefficient: UintRef::new(material.q_inv)?,
        other_prime_infos: None,
    }
    .to_der()
    .map(Zeroizing::new)
}

static CURVES: [Curve; 3] = [
    Curve {
        algorithm: Algorithm::Es256,
        signing: &ECDSA_P256_SHA256_FIXED_SIGNING,
        oid: ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7"),
        signature_len: 64,
    },
    Curve {
        algorithm: Algorithm::Es384,
        signing: &ECDSA_P384_SHA384_FIXED_SIGNING,
        oid: ObjectIdentifier::new_unwrap("1.3.132.0.34"),
        signature_len: 96,
    },
    Curve {
        algorithm: Algorithm::Es512,
        signing: &ECDSA_P521_SHA512_FIXED_SIGNING,
        oid: ObjectIdentifier::new_unwrap("1.3.132.0.35"),
        signature_len: 132,
    },
];

static SCHEMES: [Scheme; 4] = [
    Scheme {
        algorithm: Algorithm::Rs256,
        encoding: &RSA_PKCS1_SHA256,
    },
    Scheme {
        algorithm: Algorithm::Rs384,
        encoding: &RSA_PKCS1_SHA384,
    },
    Scheme {
        algorithm: Algorithm::Rs512,
        encoding: &RSA_PKCS1_SHA512,
    },
    // With a random salt as long as the hash.
    Scheme {
        algorithm: Algorithm::Ps256,
        encoding: &RSA_PSS_SHA256,
    },
];
