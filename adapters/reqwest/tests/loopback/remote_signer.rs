//! Signers that answer as services do: in DER, in text, over the wrong thing, with another key.

use core::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use p384::ecdsa::signature::hazmat::PrehashSigner;
use redox_auth_core::{KeyMaterial, PRIVATE_KEY_SCRATCH_LEN, PrivateKey, write_signature_der};
use redox_auth_reqwest::{
    Algorithm, Digest, Error, Key, KeyError, PublicKey, Redox, RemoteSigner, SignatureFuture,
    Signer, WrongSignature,
};

use crate::support::Sandbox;
use crate::support::keys;

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

    /// A signer with this key that changes its signatures in this way.
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

#[tokio::test]
async fn a_wrong_signature_is_named_before_anything_is_sent() {
    let es384 = keys::pkcs8(Algorithm::Es384);
    let own = |algorithm| match algorithm {
        Algorithm::Es384 => Key::parse(&es384).unwrap(),
        other => keys::key(other),
    };
    // Signs with `algorithm` where the signer announces the other one.
    let by_rsa = |announced, algorithm, digested: Option<Algorithm>| {
        let key = own(algorithm);
        Service::new(announced, 256, move |message| match digested {
            Some(other) => sign(&key, &hash(other, message)),
            None => sign(&key, message),
        })
    };
    let by_p384 = |digest: fn(&[u8]) -> Vec<u8>| {
        let pkcs8 = es384.clone();
        Service::new(Algorithm::Es384, 96, move |message| {
            of_digest(&pkcs8, &digest(message))
        })
    };
    let other_key = WrongSignature::OtherKey;
    for (service, expected) in [
        (
            by_p384(|message| hash(Algorithm::Es384, &hash(Algorithm::Es384, message))),
            WrongSignature::HashedTwice,
        ),
        (
            // Hashed for ES384, and then by a service that takes SHA-256 unless told otherwise.
            by_p384(|message| hash(Algorithm::Es256, &hash(Algorithm::Es384, message))),
            WrongSignature::HashedTwice,
        ),
        (
            by_p384(|message| message[..48].to_vec()),
            WrongSignature::NotHashed,
        ),
        (
            by_p384(|message| hash(Algorithm::Es256, message)),
            WrongSignature::OtherScheme("ECDSA with SHA-256"),
        ),
        (
            by_rsa(Algorithm::Rs384, Algorithm::Rs384, Some(Algorithm::Rs384)),
            WrongSignature::HashedTwice,
        ),
        (
            by_rsa(Algorithm::Rs384, Algorithm::Ps256, Some(Algorithm::Rs384)),
            WrongSignature::HashedTwice,
        ),
        (
            by_rsa(Algorithm::Ps256, Algorithm::Rs256, None),
            WrongSignature::OtherScheme("RS256"),
        ),
        (
            by_rsa(Algorithm::Rs384, Algorithm::Ps256, None),
            WrongSignature::OtherScheme("PS256"),
        ),
        (
            Service::of(keys::key(Algorithm::Es384), |signature| signature),
            other_key(Algorithm::Es384),
        ),
        (
            Service::new(Algorithm::Rs256, 256, |_| vec![0x81; 256]),
            other_key(Algorithm::Rs256),
        ),
        (
            Service::new(Algorithm::Ps256, 256, |_| vec![0xff; 256]),
            other_key(Algorithm::Ps256),
        ),
        (
            Service::new(Algorithm::Es384, 96, |_| vec![0; 96]),
            other_key(Algorithm::Es384),
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

fn hash(algorithm: Algorithm, message: &[u8]) -> Vec<u8> {
    Digest::of(algorithm, message).as_bytes().to_vec()
}

/// The signature that a key on P-384 makes of a digest of any length.
fn of_digest(pkcs8: &[u8], digest: &[u8]) -> Vec<u8> {
    let mut scratch = [0; PRIVATE_KEY_SCRATCH_LEN];
    let KeyMaterial::Ec(key) = PrivateKey::parse(pkcs8, &mut scratch).unwrap().material() else {
        panic!("no key on a curve");
    };
    let key = p384::ecdsa::SigningKey::from_slice(key.secret).unwrap();
    let signature: p384::ecdsa::Signature = key.sign_prehash(digest).unwrap();
    signature.to_bytes().to_vec()
}

#[tokio::test]
async fn hash_and_salt_of_a_wrong_pss_signature_are_named() {
    let der = STANDARD.decode(OPENSSL_KEY).unwrap();
    let public_key = PublicKey::from_spki(&der).unwrap();
    let salt = WrongSignature::Salt {
        found: 222,
        expected: 32,
    };
    let pss = WrongSignature::OtherScheme;
    for (algorithm, signature, expected) in [
        (Algorithm::Ps256, LONGEST_SALT, salt),
        // Vault's signature with an RSA key and default settings.
        (
            Algorithm::Rs384,
            LONGEST_SALT,
            pss("RSASSA-PSS with SHA-256"),
        ),
        (Algorithm::Ps256, OF_PS384, pss("PS384")),
    ] {
        let public_key = public_key.clone().with_algorithm(algorithm).unwrap();
        let service = Service::new(algorithm, 256, move |_| STANDARD.decode(signature).unwrap());
        let error = service.key(&public_key).check().await.unwrap_err();
        assert!(
            matches!(&error, Error::WrongSignature(found) if *found == expected),
            "{algorithm}: {error}"
        );
    }
    assert!(salt.to_string().contains("its salt has 222 bytes"));
}

#[tokio::test]
async fn other_content_than_a_signature_is_named() {
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
        (
            // It announces the length of its DER.
            Service::new(Algorithm::Es256, 72, |_| vec![0xd5; 72]),
            "signature of 72 bytes, expected 64",
        ),
    ] {
        let key = Key::from_remote_signer("kms-1", service);
        let error = key.check().await.unwrap_err();
        assert!(matches!(error, Error::WrongSignature(_)), "{error:?}");
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
async fn a_key_that_changes_in_the_service_is_named_with_the_next_request() {
    let sandbox = Sandbox::start().await;
    let [own, other] = [keys::es256(), keys::es256()];
    let public_key = own.public_key().unwrap().clone();
    let client_id = sandbox.register(&own);
    let has_changed = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&has_changed);
    let service = Service::new(Algorithm::Es256, 64, move |message| {
        let key = if seen.load(Ordering::Relaxed) {
            &other
        } else {
            &own
        };
        sign(key, message)
    });
    let key = service.key(&public_key);
    key.check().await.unwrap();
    has_changed.store(true, Ordering::Relaxed);
    let redox = Redox::builder()
        .base_url(sandbox.server.base_url())
        .oauth_key(client_id, key)
        .build()
        .unwrap();
    let error = redox.token().await.unwrap_err();
    let expected = WrongSignature::OtherKey(Algorithm::Es256);
    assert!(
        matches!(error.cause(), Error::WrongSignature(found) if *found == expected),
        "{error}"
    );
    assert_eq!(sandbox.token_requests(), 0);
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
            format!("public key whose thumbprint is {}", public_key.thumbprint()),
        ),
        (unchecked, "the signer's signature was not verified".into()),
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

/// A public key in DER, and its signatures of what `Key::check` signs, by `openssl dgst -sha256 -sign key.pem -sigopt
/// rsa_padding_mode:pss -sigopt rsa_pss_saltlen:max`, and by the same with `-sha384` and `rsa_pss_saltlen:digest`.
const OPENSSL_KEY: &str = "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA4HiSCN8aZfNaVpwX/Aq5H3UvGoICF+nt6rAqoeAkoPutW3jiHM111ZK0VbZwEMlpPYJ/A2xFr2zudMSoXfTdQMXviZGEUi+G+Rzl59PO3rYQ7jVDcf4nurfskxnLIHzz1jSg/HuXyyuLuFXPJDSkZsP9GEnuZCbn+EQ8ysMW6/ncgxZQUpvxHGD+YQgFAZCK8pinQURwsqSEkwRTRG9THYRj2NjoR7BGpmgN+GkK1Rusb9g0e9L0NvVoEzsgONHuxZigR3KcuyBhL1MJTWhIYR5I7VhNy3AFRK5lBzugeCEp/U7fR1omukwiYc3NOMMEPWH0qWtdB08XD58z4DdiewIDAQAB";
const LONGEST_SALT: &str = "jD+JS5JgzUAWxQw02DA5hMSHLXd9W6SBZR1WsGC7NfSjgCFjOGW7MMpzVv6XnYUj+f0/EN+MEiRR0mOv3FGKlzszG6QDFrpBs4aJorSw6xZbm+T6TyBWFJg2tiJcJkSSaYuFQD+nL4wZnpGrbcA3LNwE+2VZynHv9a9TOMb0byjFbunvk6+vwaDZLHWgQz9TxPUfcGpEtFUl7S2XD/yuu7e6K2Z+82srGp/yW8cxVBlZe4m3TDoEdopJnsaRpXJCSts8xFX4kPbGkzMUkpsG87X2vXxqUqro6dxBRi5uRKDZm8qfBGFP9AN+wmsmM9CbKrJWh8wGL7m/SWlG7kZtVg==";
const OF_PS384: &str = "3wckYu21WOsr7QvNZiFKNT6XhEFXjSqWgNGv3R2LORcq0sEdZ+lyB3iMEkFtK7J7VsBhYIcTIPFedUDec+g/pxOKXfnJrnaPZd3p7xHp+tQGP58wCyj9ESkDBuaIdqAdW62QgS7qpuve2bZQbFm+0hlyWHIz7Y5pVNCjZYHUmPIw50lZ/wt42uzSLimHwxbpnm7mn7QfNxPG3C5SdbBgRtHQomxRVYGrNJi8LEcgg3TqaYiSsb7WHAXX1L1m79NlV8e6JZkneb55QVP8mp4qKfXkTpkikYBsO/ozurtOXrsV2wqxoXl9bZbpUg0uxf1aGlFbtVeIsx+pdgbOBBOd4A==";
