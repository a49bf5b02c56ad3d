//! Verifies signatures and assertions with `jsonwebtoken` on aws-lc, which shares no code with core. `jsonwebtoken` has
//! no ES512: aws-lc verifies those signatures directly.

use aws_lc_rs::signature::{ECDSA_P521_SHA512_FIXED, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{DecodingKey, Validation};
use redox_auth_core::{Algorithm, PublicKey};
use serde_json::Value;

/// A public key as a server would hold it: parsed from the JWK that a client registers.
pub(crate) enum Verifier {
    Library {
        key: DecodingKey,
        algorithm: jsonwebtoken::Algorithm,
    },
    /// For ES512: an uncompressed point.
    P521(Vec<u8>),
}

impl Verifier {
    pub(crate) fn of(key: &PublicKey) -> Self {
        let mut buffer = [0; 1024];
        let jwk = key.write_jwk("verifier", &mut buffer).unwrap();
        Self::of_jwk(key.algorithm(), serde_json::from_str(jwk).unwrap())
    }

    pub(crate) fn of_jwk(algorithm: Algorithm, jwk: Value) -> Self {
        if algorithm == Algorithm::Es512 {
            let number = |name: &str| URL_SAFE_NO_PAD.decode(jwk[name].as_str().unwrap());
            let numbers = [number("x").unwrap(), number("y").unwrap()];
            return Self::P521([vec![4], numbers.concat()].concat());
        }
        let jwk: Jwk = serde_json::from_value(jwk).unwrap();
        Self::Library {
            key: DecodingKey::from_jwk(&jwk).unwrap(),
            algorithm: algorithm.as_str().parse().unwrap(),
        }
    }

    pub(crate) fn accepts(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::Library { key, algorithm } => {
                let signature = URL_SAFE_NO_PAD.encode(signature);
                // A key that aws-lc rejects, such as some of Wycheproof's, verifies no signature.
                jsonwebtoken::crypto::verify(&signature, message, key, *algorithm).unwrap_or(false)
            }
            Self::P521(point) => UnparsedPublicKey::new(&ECDSA_P521_SHA512_FIXED, point)
                .verify(message, signature)
                .is_ok(),
        }
    }

    /// The claims of an assertion with a valid signature.
    pub(crate) fn claims_of(&self, assertion: &str) -> Value {
        let Self::Library { key, algorithm } = self else {
            let (signing_input, _) = assertion.rsplit_once('.').unwrap();
            let [_, claims, signature] = parts_of(assertion);
            assert!(self.accepts(signing_input.as_bytes(), &signature));
            return serde_json::from_slice(&claims).unwrap();
        };
        let mut validation = Validation::new(*algorithm);
        // The tests compare time and audience themselves.
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        validation.validate_aud = false;
        jsonwebtoken::decode::<Value>(assertion, key, &validation)
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
