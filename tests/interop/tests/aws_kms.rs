//! The example for AWS KMS, against PyPI's moto and the sandbox.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test: a panic is a failure with a place"
)]

#[expect(dead_code, reason = "only the example reads the environment")]
#[path = "../../../adapters/reqwest/examples/aws_kms/kms.rs"]
mod kms;

use std::process::{Command, Output};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use kms::{Kms, KmsKey};
use redox_auth_interop::{MotoKms, aws_kms_example};
use redox_auth_reqwest::{
    Algorithm, Digest, Error, Key, PublicKey, RemoteSigner, SignatureError, SignatureFuture,
    WrongSignature,
};
use redox_auth_sandbox::{OAuthKey, Server, ServerOptions};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn each_kind_of_key_gets_a_token() {
    let (moto, sandbox) = start().await;
    for (spec, algorithm, bits_or_curve) in [
        ("ECC_NIST_P256", None, "P-256"),
        ("ECC_NIST_P384", None, "P-384"),
        ("ECC_NIST_P521", None, "P-521"),
        ("RSA_2048", Some("RS256"), "RSA"),
        ("RSA_2048", None, "RSA"),
        ("RSA_3072", Some("RS512"), "RSA"),
        ("RSA_4096", Some("RS384"), "RSA"),
    ] {
        let key_id = new_key(&moto, spec).await;
        let mut example = Example::new(&moto, &sandbox, &key_id);
        if let Some(algorithm) = algorithm {
            example = example.with("REDOX_ALG", algorithm);
        }
        let jwks = succeeds(&example.run("jwks").await);
        let jwk: Value = serde_json::from_str(&jwks).unwrap();
        let jwk = &jwk["keys"][0];
        let kind = jwk["crv"].as_str().or(jwk["kty"].as_str());
        assert_eq!(kind, Some(bits_or_curve), "{spec}");
        if let Some(algorithm) = algorithm {
            assert_eq!(jwk["alg"], algorithm);
        }
        let example = example.registered_with(&sandbox, &jwks);
        assert_eq!(succeeds(&example.run("token").await), "a token for 300 s\n");
    }
    assert_eq!(sandbox.counters().token_requests, 7);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_salt_that_moto_takes_is_named_before_anything_is_sent() {
    let (moto, sandbox) = start().await;
    let key_id = new_key(&moto, "RSA_2048").await;
    let example = Example::new(&moto, &sandbox, &key_id).with("REDOX_ALG", "PS256");
    let jwks = succeeds(&example.run("jwks").await);
    let example = example.registered_with(&sandbox, &jwks);
    let said = fails(&example.run("token").await);
    assert!(
        said.contains("its salt has 222 bytes, and PS256 has 32"),
        "{said}"
    );
    assert_eq!(sandbox.counters().token_requests, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_kms_refuses_is_shown_in_its_words_and_without_secrets() {
    let (moto, sandbox) = start().await;
    let key_id = new_key(&moto, "ECC_NIST_P256").await;
    let example = |key_id: &str| Example::new(&moto, &sandbox, key_id);
    for (example, expected) in [
        (
            example("alias/nobody"),
            "AWS KMS, GetPublicKey: 400 Bad Request NotFoundException: ",
        ),
        (
            example(&key_id).with("AWS_SECRET_ACCESS_KEY", SECRET),
            // The reason is in XML here, and in JSON at AWS.
            "AWS KMS, GetPublicKey: 403 Forbidden",
        ),
        (
            example(&key_id).with("AWS_ENDPOINT_URL_KMS", "http://127.0.0.1:1/"),
            "error sending request for url (http://127.0.0.1:1/)",
        ),
        (example(&key_id).with("REDOX_ALG", "none"), "REDOX_ALG"),
        (
            example(&key_id).with("REDOX_ALG", "ES384"),
            "expected a key for ES384, found one for ES256",
        ),
    ] {
        let said = fails(&example.run("token").await);
        assert!(said.contains(expected), "no {expected:?} in {said}");
        for secret in [SECRET, &moto.secret_access_key()] {
            assert!(!said.contains(secret), "{said}");
        }
    }
    let mut without = example(&key_id);
    without.variables.retain(|(name, _)| *name != "AWS_REGION");
    let said = fails(&without.run("jwks").await);
    assert_eq!(said, "set the variable AWS_REGION\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_way_to_use_kms_is_named() {
    let (moto, _sandbox) = start().await;
    let kms = kms_of(&moto);
    for spec in ["ECC_NIST_P256", "ECC_NIST_P384", "RSA_2048"] {
        let key_id = new_key(&moto, spec).await;
        let public_key = kms.public_key(&key_id).await.unwrap();
        let algorithm = public_key.algorithm();
        let key = || KmsKey::new(kms.clone(), key_id.clone(), &public_key);
        let other = new_key(&moto, spec).await;
        for (what, signer, expected) in [
            (
                "another key",
                Changed::new(KmsKey::new(kms.clone(), other, &public_key)),
                WrongSignature::OtherKey(algorithm),
            ),
            (
                "a digest as RAW",
                Changed {
                    input: |algorithm, message| Digest::of(algorithm, message).as_bytes().to_vec(),
                    ..Changed::new(key())
                },
                WrongSignature::HashedTwice,
            ),
            (
                "base64",
                Changed {
                    output: |signature| STANDARD.encode(signature).into_bytes(),
                    ..Changed::new(key())
                },
                WrongSignature::Form(SignatureError::Text),
            ),
        ] {
            let error = checked(signer, &public_key).await.unwrap_err();
            assert!(
                matches!(&error, Error::WrongSignature(found) if *found == expected),
                "{spec}, {what}: {error}"
            );
        }
        checked(Changed::new(key()), &public_key).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alias_that_leads_to_another_key_by_now_is_named() {
    let (moto, _sandbox) = start().await;
    let kms = kms_of(&moto);
    let [old, new] = [
        new_key(&moto, "ECC_NIST_P384").await,
        new_key(&moto, "ECC_NIST_P384").await,
    ];
    let alias = |key: &str| json!({"AliasName": "alias/redox", "TargetKeyId": key});
    kms.call("CreateAlias", &alias(&old)).await.unwrap();
    let public_key = kms.public_key("alias/redox").await.unwrap();
    let signer = KmsKey::new(kms.clone(), "alias/redox".to_owned(), &public_key);
    let key = Key::from_remote_signer("kms-1", signer);
    let key = key.with_public_key(public_key).unwrap();
    key.check().await.unwrap();
    kms.call("UpdateAlias", &alias(&new)).await.unwrap();
    let error = key.check().await.unwrap_err();
    let expected = WrongSignature::OtherKey(Algorithm::Es384);
    assert!(
        matches!(&error, Error::WrongSignature(found) if *found == expected),
        "{error}"
    );
}

async fn start() -> (MotoKms, Server) {
    let moto = tokio::task::spawn_blocking(MotoKms::start);
    let sandbox = Server::start(ServerOptions::new()).await.unwrap();
    (moto.await.unwrap(), sandbox)
}

fn kms_of(moto: &MotoKms) -> Kms {
    let (id, secret) = (moto.access_key_id(), moto.secret_access_key());
    Kms::new(moto.url(), REGION, &id, &secret, None).unwrap()
}

/// The ID of a key that is made for this.
async fn new_key(moto: &MotoKms, spec: &str) -> String {
    let input = json!({"KeySpec": spec, "KeyUsage": "SIGN_VERIFY"});
    let answer = kms_of(moto).call("CreateKey", &input).await.unwrap();
    answer["KeyMetadata"]["KeyId"].as_str().unwrap().to_owned()
}

async fn checked(signer: Changed, public_key: &PublicKey) -> Result<(), Error> {
    let key = Key::from_remote_signer("kms-1", signer);
    let key = key.with_public_key(public_key.clone()).unwrap();
    key.check().await
}

/// A key in KMS, whose input or output a program treats wrongly.
struct Changed {
    key: KmsKey,
    input: fn(Algorithm, &[u8]) -> Vec<u8>,
    output: fn(Vec<u8>) -> Vec<u8>,
}

impl Changed {
    fn new(key: KmsKey) -> Self {
        Self {
            key,
            input: |_, message| message.to_owned(),
            output: |signature| signature,
        }
    }
}

impl RemoteSigner for Changed {
    fn algorithm(&self) -> Algorithm {
        self.key.algorithm()
    }

    fn signature_len(&self) -> usize {
        self.key.signature_len()
    }

    fn sign<'s>(&'s self, message: &'s [u8]) -> SignatureFuture<'s> {
        Box::pin(async move {
            let input = (self.input)(self.algorithm(), message);
            self.key.sign(&input).await.map(self.output)
        })
    }
}

/// The program, and its environment.
struct Example {
    variables: Vec<(&'static str, String)>,
}

impl Example {
    fn new(moto: &MotoKms, sandbox: &Server, key_id: &str) -> Self {
        let variables = [
            ("AWS_ACCESS_KEY_ID", moto.access_key_id()),
            ("AWS_SECRET_ACCESS_KEY", moto.secret_access_key()),
            ("AWS_REGION", REGION.to_owned()),
            ("AWS_ENDPOINT_URL_KMS", moto.url().to_owned()),
            ("KMS_KEY_ID", key_id.to_owned()),
            ("REDOX_BASE_URL", sandbox.base_url().to_owned()),
        ];
        Self {
            variables: variables.into(),
        }
    }

    fn with(mut self, name: &'static str, value: &str) -> Self {
        self.variables.retain(|(other, _)| *other != name);
        self.variables.push((name, value.to_owned()));
        self
    }

    fn registered_with(self, sandbox: &Server, jwks: &str) -> Self {
        let key = OAuthKey::new().jwks(jwks);
        let client_id = sandbox.sandbox().register_oauth_key(key).unwrap();
        self.with("REDOX_CLIENT_ID", &client_id)
    }

    /// Runs it, while the servers here answer.
    async fn run(&self, argument: &str) -> Output {
        let mut command = Command::new(aws_kms_example());
        command.arg(argument).env_clear();
        command.envs(self.variables.iter().cloned());
        let running = tokio::task::spawn_blocking(move || command.output());
        running.await.unwrap().unwrap()
    }
}

/// Its output.
#[track_caller]
fn succeeds(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// Its error.
#[track_caller]
fn fails(output: &Output) -> String {
    assert!(!output.status.success() && output.stdout.is_empty());
    String::from_utf8(output.stderr.clone()).unwrap()
}

const REGION: &str = "us-east-1";

/// No user's.
const SECRET: &str = "wJalrXUtnFEMI-of-nobody-at-all-0123456789";
