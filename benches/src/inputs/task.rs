use std::collections::BTreeMap;

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING,
    ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm, RsaKeyPair,
};
use pem_rfc7468::LineEnding;
use redox_auth_contender::{KeyName, Task};
use redox_auth_core::{Algorithm, JwtId, SigningKey, UnixTime};

/// A task with keys that were made a moment ago, for this run and no other.
///
/// # Panics
/// When aws-lc makes none.
#[must_use]
pub fn new_task() -> Task {
    let keys = KeyName::ALL.map(|name| (name, new_key(name)));
    Task {
        client_id: CLIENT_ID.to_owned(),
        key_id: KEY_ID.to_owned(),
        audience: AUDIENCE.to_owned(),
        keys: BTreeMap::from(keys),
    }
}

fn new_key(name: KeyName) -> String {
    let der = new_key_der(name);
    pem_rfc7468::encode_string("PRIVATE KEY", LineEnding::LF, &der).expect("a key fits in a text")
}

/// A new key, as PKCS#8 in DER.
pub(crate) fn new_key_der(name: KeyName) -> Vec<u8> {
    let der = match name {
        KeyName::Es256 => ec_key(&ECDSA_P256_SHA256_FIXED_SIGNING),
        KeyName::Es384 => ec_key(&ECDSA_P384_SHA384_FIXED_SIGNING),
        KeyName::Es512 => ec_key(&ECDSA_P521_SHA512_FIXED_SIGNING),
        KeyName::Rs256Of2048 | KeyName::Rs384Of2048 => rsa_key(KeySize::Rsa2048),
        KeyName::Rs384Of4096 => rsa_key(KeySize::Rsa4096),
    };
    der.expect("aws-lc makes a key")
}

fn ec_key(algorithm: &'static EcdsaSigningAlgorithm) -> Result<Vec<u8>, Unspecified> {
    let key = EcdsaKeyPair::generate(algorithm)?;
    Ok(key.to_pkcs8v1()?.as_ref().to_vec())
}

fn rsa_key(size: KeySize) -> Result<Vec<u8>, Unspecified> {
    let key = RsaKeyPair::generate(size)?;
    Ok(key.as_der()?.as_ref().to_vec())
}

/// The key of this algorithm, for as long as the program runs.
///
/// # Panics
/// If core does not accept it.
pub(crate) fn signing_key(task: &Task, name: KeyName) -> &'static SigningKey {
    let key = SigningKey::parse_with_algorithm(algorithm(name), task.key(name).as_bytes());
    Box::leak(Box::new(key.expect("core takes these keys")))
}

/// What the key of this name signs with.
///
/// # Panics
/// When core has no such algorithm.
pub(crate) fn algorithm(name: KeyName) -> Algorithm {
    Algorithm::parse(name.algorithm()).expect("core has these algorithms")
}

/// The names of a task, for as long as the program runs.
pub(crate) fn names(task: &Task) -> &'static Task {
    Box::leak(Box::new(task.clone()))
}

/// The `jti` of number `index`.
pub(crate) fn jwt_id(index: u64) -> JwtId {
    JwtId::from_random(u128::from(index).to_be_bytes())
}

/// The answer of a token endpoint with a token of this length, as Redox gives it.
pub(crate) fn token_answer(token_len: usize) -> Vec<u8> {
    // Characters of base64url, as in tokens.
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".iter();
    let token: Vec<u8> = alphabet.copied().cycle().take(token_len).collect();
    let token = String::from_utf8_lossy(&token).into_owned();
    format!(r#"{{"access_token":"{token}","scope":"","token_type":"Bearer","expires_in":300}}"#)
        .into_bytes()
}

/// Of tokens that name a session at the server, as Redox's do, and of those that carry claims of their own, in bytes.
pub(crate) const TOKEN_LENGTHS: [usize; 2] = [36, 800];

/// The algorithms, each with the key that stands for it.
pub(crate) const ALGORITHMS: [(Algorithm, KeyName); 3] = [
    (Algorithm::Es256, KeyName::Es256),
    (Algorithm::Es384, KeyName::Es384),
    (Algorithm::Rs384, KeyName::Rs384Of2048),
];

/// A UUID, as Redox gives them out.
pub(crate) const CLIENT_ID: &str = "2f1c7a52-7d7b-4a5c-9d6e-0d6f3d6a5b11";

/// As long as a thumbprint.
pub(crate) const KEY_ID: &str = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs";

/// Redox's token endpoint.
pub(crate) const AUDIENCE: &str = "https://api.redoxengine.com/v2/auth/token";

/// When everything happens.
pub(crate) const NOW: UnixTime = UnixTime::from_secs(redox_auth_contender::ISSUED_AT + 5);
