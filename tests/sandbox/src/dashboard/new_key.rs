use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING,
    ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm, KeyPair, RsaKeyPair,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use pem_rfc7468::LineEnding;
use serde_json::{Map, Value};

use super::call::Problem;
use crate::public_key::PublicKey;

/// A key pair that the sandbox has made, as Redox's dashboard can.
pub(super) struct NewKey {
    /// The public key, with its thumbprint (RFC 7638) as `kid`, `alg` and `use`.
    pub(super) jwk: Map<String, Value>,
    /// The private key, PKCS#8 in PEM, which the dashboard shows once.
    pub(super) private_key: String,
}

impl NewKey {
    /// Makes a key for one of [`ALGORITHMS`]. An RSA key has 2048 bits and takes a tenth of a second.
    pub(super) fn make(algorithm: &str) -> Result<Self, Problem> {
        let pair = match algorithm {
            "RS384" | "RS256" | "RS512" | "PS256" => rsa(),
            "ES384" => ec(&ECDSA_P384_SHA384_FIXED_SIGNING),
            "ES256" => ec(&ECDSA_P256_SHA256_FIXED_SIGNING),
            "ES512" => ec(&ECDSA_P521_SHA512_FIXED_SIGNING),
            other => {
                let known = ALGORITHMS.join(", ");
                let text = format!("the sandbox makes no key for {other:?}; known: {known}");
                return Err(Problem::bad(text));
            }
        };
        let made = pair.ok().and_then(|(private, public)| {
            let mut jwk = PublicKey::of_spki(&public)?.jwk("");
            jwk.insert("kid".to_owned(), thumbprint(&jwk)?.into());
            jwk.insert("alg".to_owned(), algorithm.into());
            jwk.insert("use".to_owned(), "sig".into());
            let private_key =
                pem_rfc7468::encode_string("PRIVATE KEY", LineEnding::LF, &private).ok()?;
            Some(Self { jwk, private_key })
        });
        made.ok_or_else(|| {
            let text = "cannot make a key: the system's random generator failed";
            Problem::new(http::StatusCode::INTERNAL_SERVER_ERROR, text)
        })
    }

    pub(super) fn key_id(&self) -> &str {
        let id = self.jwk.get("kid").and_then(Value::as_str);
        id.unwrap_or_default()
    }
}

/// The private key in PKCS#8 and the public one in SPKI, both in DER.
type Pair = (Vec<u8>, Vec<u8>);

fn rsa() -> Result<Pair, Unspecified> {
    let pair = RsaKeyPair::generate(KeySize::Rsa2048)?;
    let private = AsDer::<Pkcs8V1Der<'_>>::as_der(&pair)?;
    let public = AsDer::<PublicKeyX509Der<'_>>::as_der(pair.public_key())?;
    Ok((private.as_ref().to_vec(), public.as_ref().to_vec()))
}

fn ec(algorithm: &'static EcdsaSigningAlgorithm) -> Result<Pair, Unspecified> {
    let pair = EcdsaKeyPair::generate(algorithm)?;
    let private = pair.to_pkcs8v1()?;
    let public = AsDer::<PublicKeyX509Der<'_>>::as_der(pair.public_key())?;
    Ok((private.as_ref().to_vec(), public.as_ref().to_vec()))
}

/// RFC 7638 §3: the required members in order, hashed.
fn thumbprint(jwk: &Map<String, Value>) -> Option<String> {
    let names: &[&str] = match jwk.get("kty")?.as_str()? {
        "RSA" => &["e", "kty", "n"],
        _ => &["crv", "kty", "x", "y"],
    };
    let members = names.iter().map(|name| {
        let value = jwk.get(*name)?.as_str()?;
        Some(format!("\"{name}\":\"{value}\""))
    });
    let members: Option<Vec<_>> = members.collect();
    let text = format!("{{{}}}", members?.join(","));
    Some(URL_SAFE_NO_PAD.encode(digest(&SHA256, text.as_bytes())))
}

/// The algorithms of new keys: first Redox's documented ones, then those of secure elements and other servers.
pub(super) const ALGORITHMS: [&str; 7] = [
    "ES384", "RS384", "ES256", "ES512", "RS256", "RS512", "PS256",
];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_thumbprint_is_that_of_the_example_in_rfc_7638() {
        let jwk = json!({
            "kty": "RSA",
            "n": "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tS\
                  oc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGj\
                  QR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bF\
                  TWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw",
            "e": "AQAB",
            "alg": "RS256",
            "kid": "2011-04-29",
        });
        let thumbprint = thumbprint(jwk.as_object().unwrap()).unwrap();
        assert_eq!(thumbprint, "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    }

    #[test]
    fn each_key_can_be_registered_and_is_public() {
        for algorithm in ALGORITHMS {
            let key = NewKey::make(algorithm).unwrap();
            assert_eq!(key.key_id().len(), 43, "{algorithm}");
            assert!(key.private_key.starts_with("-----BEGIN PRIVATE KEY-----\n"));
            let set = json!({ "keys": [key.jwk] }).to_string();
            let set = crate::jwks::KeySet::parse(&set).unwrap();
            assert_eq!(set.keys()[0].algorithm(), Some(algorithm));
        }
        let problem = NewKey::make("HS256").err().unwrap();
        let expected = "the sandbox makes no key for \"HS256\"; known: ES384, RS384, ES256, ES512, RS256, RS512, PS256";
        assert_eq!(problem.to_string(), expected);
    }
}
