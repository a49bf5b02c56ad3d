//! What the benches share: the same inputs in every run, and keys made at the start of each.

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair,
    EcdsaSigningAlgorithm, RsaKeyPair,
};
use redox_auth_core::{
    Algorithm, Assertion, JwtId, OAuthKey, SignError, Signer, SigningKey, UnixTime,
};

/// The `jti` of every assertion.
#[must_use]
pub fn jwt_id() -> JwtId {
    JwtId::from_random([7; 16])
}

/// An assertion as a client of Redox sends it.
pub fn assertion<'a, S: Signer + ?Sized>(signer: &'a S, jwt_id: &'a JwtId) -> Assertion<'a, S> {
    let now = UnixTime::from_secs(1_800_000_000);
    OAuthKey::new(CLIENT_ID, KEY_ID, signer).assertion(AUDIENCE, jwt_id, now)
}

/// A new key for `algorithm`, of 2048 bits for RS384.
///
/// # Panics
/// When aws-lc makes none, or core does not take it.
#[must_use]
pub fn new_key(algorithm: Algorithm) -> SigningKey {
    let pkcs8 = match algorithm {
        Algorithm::Es256 => ec_key(&ECDSA_P256_SHA256_FIXED_SIGNING),
        Algorithm::Es384 => ec_key(&ECDSA_P384_SHA384_FIXED_SIGNING),
        Algorithm::Rs384 => RsaKeyPair::generate(KeySize::Rsa2048)
            .and_then(|key| key.as_der())
            .map(|der| der.as_ref().to_vec()),
    };
    SigningKey::parse(&pkcs8.expect("a new key")).expect("a key that core takes")
}

fn ec_key(
    algorithm: &'static EcdsaSigningAlgorithm,
) -> Result<Vec<u8>, aws_lc_rs::error::Unspecified> {
    let key = EcdsaKeyPair::generate(algorithm)?;
    key.to_pkcs8v1().map(|der| der.as_ref().to_vec())
}

/// Takes no time to sign: what is left is what an assertion costs beside its signature.
#[derive(Clone, Copy, Debug)]
pub struct NullSigner {
    algorithm: Algorithm,
    signature_len: usize,
}

impl NullSigner {
    /// Signatures of the same length as those of `signer`.
    #[must_use]
    pub fn instead_of(signer: &impl Signer) -> Self {
        Self {
            algorithm: signer.algorithm(),
            signature_len: signer.signature_len(),
        }
    }
}

impl Signer for NullSigner {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    fn signature_len(&self) -> usize {
        self.signature_len
    }

    fn sign(&self, _: &[u8], _: &mut [u8]) -> Result<(), SignError> {
        Ok(())
    }
}

/// A UUID, as Redox gives them out.
pub const CLIENT_ID: &str = "2f1c7a52-7d7b-4a5c-9d6e-0d6f3d6a5b11";

/// As long as a thumbprint.
pub const KEY_ID: &str = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs";

/// Redox's token endpoint.
pub const AUDIENCE: &str = "https://api.redoxengine.com/v2/auth/token";
