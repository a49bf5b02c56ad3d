use core::fmt;

use serde_json::{Value, json};

use crate::assertion::Assertion;
use crate::jwks::{JwksError, Key, KeySet};
use crate::public_key::PublicKey;

/// Public keys to check the signature of an assertion with.
pub struct PublicKeys(KeySet);

/// The result of checking a signature.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum SignatureCheck {
    /// One of the keys made it.
    By {
        /// Its `kid`, or without one its position among the keys.
        key: String,
        /// Whether a key of the assertion's `kid` is there.
        named: bool,
    },
    /// No key made it.
    ByNone {
        /// Whether a key of the assertion's `kid` is there.
        named: bool,
    },
    /// The text is no compact JWS of two JSON objects.
    Malformed,
}

impl PublicKeys {
    /// The keys of a JWK Set or one JWK, as JSON. They need no `kid`.
    ///
    /// # Errors
    /// A [`JwksError`].
    pub fn parse(json: &str) -> Result<Self, JwksError> {
        let mut value: Value = serde_json::from_str(json).map_err(|_| JwksError::NotJson)?;
        let keys = match value.get_mut("keys") {
            Some(Value::Array(keys)) => keys.as_mut_slice(),
            Some(_) => return Err(JwksError::NotAKeySet),
            None => core::slice::from_mut(&mut value),
        };
        for (index, key) in keys.iter_mut().enumerate() {
            let key = key.as_object_mut().ok_or(JwksError::NotAKeySet)?;
            key.entry("kid")
                .or_insert_with(|| format!("key {index}").into());
        }
        KeySet::parse(&value.to_string()).map(Self)
    }

    /// The key in a `SubjectPublicKeyInfo` or a certificate (RFC 5280), in DER, under this name.
    ///
    /// # Errors
    /// [`JwksError::NotAPublicKey`], or another [`JwksError`] if the key is wrong.
    pub fn from_der(der: &[u8], name: &str) -> Result<Self, JwksError> {
        let key = PublicKey::of_spki(der).or_else(|| PublicKey::of_certificate(der));
        let key = key.ok_or(JwksError::NotAPublicKey)?;
        KeySet::parse(&json!({ "keys": [key.jwk(name)] }).to_string()).map(Self)
    }

    /// Whether one of the keys made the signature: the key with the assertion's `kid`, or any key if none has it.
    #[must_use]
    pub fn check(&self, compact: &str) -> SignatureCheck {
        let Ok(assertion) = Assertion::parse(compact) else {
            return SignatureCheck::Malformed;
        };
        let algorithm = assertion.header().text("alg").unwrap_or_default();
        let (message, signature) = assertion.signature();
        let key_id = assertion.header().text("kid");
        let named = key_id.is_some_and(|id| self.0.find(id).is_some());
        let mut keys = self.0.keys().iter();
        let signer = keys.find(|key: &&Key| {
            (!named || Some(key.id()) == key_id) && key.has_signed(algorithm, message, signature)
        });
        match signer {
            Some(key) => SignatureCheck::By {
                key: key.id().to_owned(),
                named,
            },
            None => SignatureCheck::ByNone { named },
        }
    }
}

impl fmt::Debug for PublicKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids: Vec<_> = self.0.keys().iter().map(Key::id).collect();
        f.debug_tuple("PublicKeys").field(&ids).finish()
    }
}
