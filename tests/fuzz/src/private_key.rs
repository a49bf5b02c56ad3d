use redox_auth_core::{
    KeyError, PRIVATE_KEY_SCRATCH_LEN, PrivateKey, SignError, Signer, SigningKey,
};

/// A private key in any form; when it is one, it signs.
///
/// # Panics
/// When the length of the scratch changes more than whether there is enough of it, or when a key that was accepted
/// cannot be used.
pub fn private_key(input: &[u8]) {
    let mut scratch = [0; PRIVATE_KEY_SCRATCH_LEN];
    let parsed = PrivateKey::parse(input, &mut scratch);
    let mut small = [0; 100];
    match PrivateKey::parse(input, &mut small) {
        Err(KeyError::ScratchTooSmall { needed }) => assert!(needed > small.len()),
        other => assert_eq!(other.map(|_| ()), parsed.map(|_| ())),
    }
    let key = match parsed.and_then(|key| SigningKey::from_private_key(&key)) {
        Ok(key) => key,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return;
        }
    };
    let mut jwk = [0; 1024];
    let jwk = key.public_key().write_jwk("key-1", &mut jwk);
    assert!(jwk.is_ok_and(|jwk| serde_json::from_str::<serde_json::Value>(jwk).is_ok()));
    let mut signature = vec![0; key.signature_len()];
    match key.sign(b"message", &mut signature) {
        // Whether its factors are prime is not known before.
        Ok(()) | Err(SignError::Faulty) => {}
        Err(error) => panic!("{error}"),
    }
}
