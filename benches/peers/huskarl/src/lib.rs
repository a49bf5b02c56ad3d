//! `huskarl`'s client authentication by `private_key_jwt`, as both of its programs use it.

use core::time::Duration;

use huskarl::core::client_auth::{Audience, JwtBearer};
use huskarl_crypto_native::asymmetric::signer::{AsymmetricAlgorithm, PrivateKey, pkcs8_pem};
use redox_auth_contender::{ASSERTION_LIFETIME_SECS, KeyName};

/// Parses a key of this kind, as PEM of PKCS#8. None on P-521, which `huskarl` has not.
///
/// # Panics
/// If it is not a private key.
#[must_use]
pub fn parsed(pem: &str, name: KeyName, key_id: &str) -> Option<PrivateKey> {
    let algorithm = match name {
        KeyName::Es256 => AsymmetricAlgorithm::Es256,
        KeyName::Es384 => AsymmetricAlgorithm::Es384,
        KeyName::Es512 => return None,
        KeyName::Rs256Of2048 => AsymmetricAlgorithm::Rs256,
        KeyName::Rs384Of2048 | KeyName::Rs384Of4096 => AsymmetricAlgorithm::Rs384,
    };
    let key = pkcs8_pem(pem, algorithm, Some(key_id)).and_then(PrivateKey::from_jwk);
    Some(key.expect("a private key"))
}

/// Assertions for the token endpoint that say what everyone's say.
#[must_use]
pub fn jwt_bearer(key: PrivateKey) -> JwtBearer {
    JwtBearer::builder()
        .signer(key)
        .audience(Audience::TargetEndpoint)
        .explicit_typ(false)
        .expires_after(Duration::from_secs(ASSERTION_LIFETIME_SECS))
        .build()
}
