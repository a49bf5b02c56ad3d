use redox_auth_core::{PRIVATE_KEY_SCRATCH_LEN, PrivateKey};

use crate::keys::choice::choose;
use crate::keys::note::KeyNote;
use crate::keys::text::{plain_key, plain_secret};
use crate::keys::unusable::UnusableKey;

/// A file or a variable with a private key or a secret in it, however somebody has wrapped it.
///
/// # Panics
/// If a reason has no words, or a secret keeps white space around it.
pub fn key_file(input: &[u8]) {
    let (plain, _) = plain_key(input);
    match choose(plain.as_slice()) {
        Ok(content) => {
            let len = content.len().saturating_add(PRIVATE_KEY_SCRATCH_LEN);
            let parsed = PrivateKey::parse(content, &mut vec![0; len]).map(|_| ());
            if let Err(error) = parsed {
                check(&UnusableKey::of(error, content));
                check(&UnusableKey::of(error, content).in_base64(input));
            }
            for note in KeyNote::of_jwk(&String::from_utf8_lossy(content)) {
                assert!(!note.to_string().is_empty());
            }
        }
        Err(error) => check(&error),
    }
    if let Some((secret, _)) = plain_secret(input) {
        assert_eq!(secret.trim(), secret.as_str());
    }
}

fn check(error: &UnusableKey) {
    let said = error.to_string();
    assert!(!said.is_empty() && !said.contains("scratch"), "{said}");
    if let Some(command) = error.command() {
        assert!(said.ends_with(&command), "{said}");
    }
}
