//! Signers that answer as services do: in DER, in text, over the wrong thing, with another key.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use p384::ecdsa::signature::hazmat::PrehashSigner;
use redox_auth_core::{KeyMaterial, PRIVATE_KEY_SCRATCH_LEN, PrivateKey, write_signature_der};
use redox_auth_reqwest::{
    Algorithm, Digest, Error, Key, KeyError, PublicKey, Redox, RemoteSigner, SignatureFuture,
    Signer, WrongSignature,
};

use crate::support::keys;
use crate::support::{Sandbox, everything};

type Answer = Box<dyn Fn(&[u8]) -> Vec<u8> + Send + Sync>;

/// A service that answers so to what it is to sign.
struct Service {
    algorithm: Algorithm,
    signature_len: usize,
    answer: Answer,
}

impl Service {
    fn new(
        algorithm: Algorithm,
        signature_len: usize,
        answer: impl Fn(&[u8]) -> Vec<u8> + Send + Sync + 'static,
    ) -> Self {
        Self {
            algorithm,
            signature_len,
            answer: Box::new(answer),
        }
    }

    /// One that holds this key and changes its signatures so.
    fn of(key: Key, change: impl Fn(Vec<u8>) -> Vec<u8> + Send + Sync + 'static) -> Self {
        Self::new(key.algorithm(), key.signature_len(), move |message| {
            change(sign(&key, message))
        })
    }

    fn key(self, public_key: &PublicKey) -> Key {
        let key = Key::from_remote_signer("kms-1", self);
        key.with_public_key(public_key.clone()).unwrap()
    }
}

impl RemoteSigner for Service {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    fn signature_len(&self) -> usize {
        self.signature_len
    }

    fn sign<'s>(&'s self, message: &'s [u8]) -> SignatureFuture<'s> {
        Box::pin(async move { Ok((self.answer)(message)) })
    }
}

fn sign(key: &Key, message: &[u8]) -> Vec<u8> {
    let mut signature = vec![0; key.signature_len()];
    key.sign(message, &mut signature).unwrap();
    signature
}

fn in_der(algorithm: Algorithm, signature: &[u8]) -> Vec<u8> {
    let mut out = [0; 139];
    write_signature_der(algorithm, signature, &mut out)
        .unwrap()
        .to_vec()
}

#[tokio::test]
async fn a_service_that_gives_der_gets_a_token() {
    let sandbox = Sandbox::start().await;
    for algorithm in [Algorithm::Es256, Algorithm::Es384, Algorithm::Es512] {
        let own = keys::key_called("kms-1", algorithm);
        let public_key = own.public_key().unwrap().clone();
        let client_id = sandbox.register(&own);
        let service = Service::of(own, move |signature| in_der(algorithm, &signature));
        let key = service.key(&public_key);
        key.check().await.unwrap();
        let redox = Redox::builder()
            .base_url(sandbox.server.base_url())
            .oauth_key(client_id, key)
            .build()
            .unwrap();
        assert!(redox.token().await.is_ok(), "{algorithm}");
    }
}

/// The signature that `key` on P-384 makes of a SHA-256 digest.
fn with_sha256(pkcs8: &[u8], message: &[u8]) -> Vec<u8> {
    let mut scratch = [0; PRIVATE_KEY_SCRATCH_LEN];
    let KeyMaterial::Ec(key) = PrivateKey::parse(pkcs8, &mut scratch).unwrap().material() else {
        panic!("no key on a curve");
    };
    let key = p384::ecdsa::SigningKey::from_slice(key.secret).unwrap();
    let digest = Digest::of(Algorithm::Es256, message);
    let signature: p384::ecdsa::Signature = key.sign_prehash(digest.as_bytes()).unwrap();
    signature.to_bytes().to_vec()
}

#[tokio::test]
async fn a_wrong_signature_is_named_before_anything_is_sent() {
    let es384 = keys::pkcs8(Algorithm::Es384);
    let own = |algorithm| match algorithm {
        Algorithm::Es384 => Key::parse(&es384).unwrap(),
        other => keys::key(other),
    };
    let es384_copy = es384.clone();
    let hashed_twice = |algorithm| {
        let key = own(algorithm);
        Service::new(algorithm, key.signature_len(), move |message| {
            sign(&key, Digest::of(algorithm, message).as_bytes())
        })
    };
    let rs256 = own(Algorithm::Rs256);
    for (service, expected) in [
        (hashed_twice(Algorithm::Es384), WrongSignature::HashedTwice),
        (hashed_twice(Algorithm::Rs384), WrongSignature::HashedTwice),
        (
            Service::new(Algorithm::Es384, 96, move |message| {
                with_sha256(&es384_copy, message)
            }),
            WrongSignature::OtherScheme("ECDSA with SHA-256"),
        ),
        (
            Service::new(Algorithm::Ps256, 256, move |message| sign(&rs256, message)),
            WrongSignature::OtherScheme("RS256"),
        ),
        (
            Service::of(keys::key(Algorithm::Es384), |signature| signature),
            WrongSignature::OtherKey(Algorithm::Es384),
        ),
        (
            Service::new(Algorithm::Rs256, 256, |_| vec![0x81; 256]),
            WrongSignature::OtherKey(Algorithm::Rs256),
        ),
        (
            Service::new(Algorithm::Es384, 96, |_| vec![0; 96]),
            WrongSignature::OtherKey(Algorithm::Es384),
        ),
    ] {
        let public_key = own(service.algorithm).public_key().unwrap().clone();
        let error = service.key(&public_key).check().await.unwrap_err();
        assert!(
            matches!(&error, Error::WrongSignature(found) if *found == expected),
            "expected {expected:?}, found {error:?}"
        );
    }
}

#[tokio::test]
async fn a_salt_of_another_length_is_named() {
    let der = STANDARD.decode(OPENSSL_KEY).unwrap();
    let public_key = PublicKey::from_spki(&der).unwrap();
    let public_key = public_key.with_algorithm(Algorithm::Ps256).unwrap();
    let service = Service::new(Algorithm::Ps256, 256, |_| {
        STANDARD.decode(LONGEST_SALT).unwrap()
    });
    let error = service.key(&public_key).check().await.unwrap_err();
    let expected = WrongSignature::Salt {
        found: 222,
        expected: 32,
    };
    assert!(matches!(&error, Error::WrongSignature(found) if *found == expected));
    assert!(everything(&error).contains("its salt has 222 bytes"));
}

#[tokio::test]
async fn what_is_no_signature_is_refused_by_name() {
    let key = || keys::key(Algorithm::Es256);
    for (service, expected) in [
        (
            Service::of(key(), |signature| STANDARD.encode(signature).into_bytes()),
            "found text: decode its base64",
        ),
        (
            Service::of(key(), |signature| signature[1..].to_vec()),
            "signature of 63 bytes, expected 64",
        ),
        (
            Service::new(Algorithm::Es256, 64, |_| vec![0x30, 3, 2, 1, 1]),
            "expected the DER of two positive numbers",
        ),
    ] {
        let key = Key::from_remote_signer("kms-1", service);
        let error = key.check().await.unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[test]
fn a_public_key_that_cannot_be_the_signers_is_refused() {
    let signer = |algorithm, len| {
        let service = Service::new(algorithm, len, |_| Vec::new());
        Key::from_remote_signer("kms-1", service)
    };
    let es256 = keys::es256().public_key().unwrap().clone();
    let wrong = signer(Algorithm::Es384, 96).with_public_key(es256);
    assert!(matches!(wrong, Err(KeyError::WrongAlgorithm { .. })));

    let of_2048_bits = keys::key(Algorithm::Rs384).public_key().unwrap().clone();
    let wrong = signer(Algorithm::Rs384, 512).with_public_key(of_2048_bits);
    assert!(matches!(wrong, Err(KeyError::Inconsistent)));

    let mut point = [7; 65];
    point[0] = 4;
    let elsewhere = PublicKey::from_ec_point(Algorithm::Es256, &point).unwrap();
    let wrong = signer(Algorithm::Es256, 64).with_public_key(elsewhere);
    assert!(matches!(wrong, Err(KeyError::Inconsistent)));
}

#[tokio::test]
async fn a_refusal_says_how_the_signature_was_checked() {
    let sandbox = Sandbox::start().await;
    // Registered under this ID is another key.
    let client_id = sandbox.register(&keys::key_called("kms-1", Algorithm::Es256));
    let own = keys::es256();
    let public_key = own.public_key().unwrap().clone();
    let pass = |signature| signature;
    let unchecked = Key::from_remote_signer("kms-1", Service::of(keys::es256(), pass));
    for (key, expected) in [
        (
            Service::of(own, pass).key(&public_key),
            format!("public key of the thumbprint {}", public_key.thumbprint()),
        ),
        (
            unchecked,
            "nobody has checked the signer's signature".into(),
        ),
    ] {
        let redox = Redox::builder()
            .base_url(sandbox.server.base_url())
            .oauth_key(&client_id, key)
            .build()
            .unwrap();
        let error = redox.token().await.unwrap_err();
        assert!(error.refused().is_some(), "{error}");
        assert!(error.to_string().contains(&expected), "{error}");
    }
    let wrong = Service::of(keys::es256(), pass).key(&public_key);
    let before = sandbox.token_requests();
    let redox = Redox::builder()
        .base_url(sandbox.server.base_url())
        .oauth_key(&client_id, wrong)
        .build()
        .unwrap();
    let error = redox.token().await.unwrap_err();
    assert!(matches!(error.cause(), Error::WrongSignature(_)), "{error}");
    assert_eq!(sandbox.token_requests(), before);
}

/// A public key in DER, and its signature of what `Key::check` signs with a salt of 222 bytes, by
/// `openssl dgst -sha256 -sign key.pem -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:max`.
const OPENSSL_KEY: &str = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA01DkqpGynkYCqr59dMiAe17bvCA0ODvdsi4hlFZiAjkcPNEAgjawdG/pFOwwDtDvjTJ4YhKEOalO2pC+MIesPtVIMDdJfocrnepldgvhvZb7phG8nVhpXmSSRgb5lONdFc4TkIp5+REDJVkwpIWe6oRGVN8Tj8MhyFvIBWh2DkEO7Rf1FESeWZdK+7o2zm37k3tM3L1ZJpSJY+GggoFGQ+Sv7ANHEGpIVYEQHqnA8N73ZqU+tDVcLNJOL3Pa7Xw7pepVWX1KhiCWTX+eqDtxjcdvPd25nACBZZqGGi8Z+IXE7lw+SMIgWPZgOiguzEHcrbMRPryIpeamIwPAwNCvPwIDAQAB";
const LONGEST_SALT: &str = "t173mxHk7aqmyMnH5XVJyrGnCN+mlJ540+30dQrPkNAgCBkgNkyLbAksWqb3/UoqYbvNz9eHwSfyDa44sn7lsoODU/ZdbY/igsVOH4780ArdqBNrZL8kMmXissgE1HZ876pEnsFNY5oijQhVRGcidifbbNzp+t9wAF4h2+J0Ar1cRrZRqMCfzOK+n8EJ8KTJCm3qLfBXvZxlJhY1Ro8ZrWVfwgIgKABDmOHXfsE2czRN/CarZyS6HbGm3s7oqHtN6Hk2zg69EuSvBwRjWdCcUd8mxr1NuLFs7w1u0uXxtXiu7TpgwRNhQ2znhT8YF3FQW+cVgCAqppiY+6qO3MZCQg==";
