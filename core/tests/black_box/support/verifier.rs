//! Checks signatures and assertions with `jsonwebtoken` on aws-lc, which shares no code with core.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{DecodingKey, Validation};
use redox_auth_core::PublicKey;
use serde_json::Value;

/// A public key as a server holds it: read from the JWK that we would register there.
pub(crate) struct Verifier {
    key: DecodingKey,
    algorithm: jsonwebtoken::Algorithm,
}

impl Verifier {
    pub(crate) fn of(key: &PublicKey) -> Self {
        let mut buffer = [0; 1024];
        let jwk = key.write_jwk("verifier", &mut buffer).unwrap();
        let jwk: Jwk = serde_json::from_str(jwk).unwrap();
        Self {
            key: DecodingKey::from_jwk(&jwk).unwrap(),
            algorithm: key.algorithm().as_str().parse().unwrap(),
        }
    }

    pub(crate) fn accepts(&self, message: &[u8], signature: &[u8]) -> bool {
        let signature = URL_SAFE_NO_PAD.encode(signature);
        // A key that aws-lc does not take, as some of Wycheproof's are, accepts nothing.
        jsonwebtoken::crypto::verify(&signature, message, &self.key, self.algorithm)
            .unwrap_or(false)
    }

    /// The claims of an assertion whose signature is right.
    pub(crate) fn claims_of(&self, assertion: &str) -> Value {
        let mut validation = Validation::new(self.algorithm);
        // Time and audience are compared by the tests, which know them.
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        validation.validate_aud = false;
        jsonwebtoken::decode::<Value>(assertion, &self.key, &validation)
            .unwrap()
            .claims
    }
}

/// Header, claims and signature of a compact JWS, decoded.
pub(crate) fn parts_of(assertion: &str) -> [Vec<u8>; 3] {
    let parts: Vec<_> = assertion
        .split('.')
        .map(|part| URL_SAFE_NO_PAD.decode(part).unwrap())
        .collect();
    parts.try_into().unwrap()
}
