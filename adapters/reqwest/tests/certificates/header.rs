//! The header members with a certificate, and servers that use them.

use std::fs;

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ECDSA_P521_SHA512_FIXED,
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512,
    RSA_PSS_2048_8192_SHA256, UnparsedPublicKey, VerificationAlgorithm,
};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use redox_auth_reqwest::{
    Algorithm, BuildError, Builder, CertificateMember, FileProblem, Key, KeyFile, Redox, Signer,
    UnixTime,
};
use serde_json::Value;
use x509_cert::Certificate;
use x509_cert::der::Decode;

use crate::canned::{Answer, Canned};
use crate::keys;
use crate::support::{chain, pem, self_signed, three};

const AT: UnixTime = UnixTime::from_secs(1_800_000_000);

fn client(key: Key) -> Builder {
    Redox::builder().oauth_key("client-1", key)
}

fn assertion(builder: Builder) -> String {
    builder.build().unwrap().assertion(AT).unwrap().to_string()
}

fn header(assertion: &str) -> Value {
    let (header, _) = assertion.split_once('.').unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).unwrap()).unwrap()
}

#[test]
fn the_first_certificate_verifies_the_assertion() {
    for algorithm in Algorithm::ALL {
        let pkcs8 = keys::pkcs8(algorithm);
        let certificates = three(&pkcs8);
        let key = Key::parse(&pkcs8).unwrap();
        let key = key.with_algorithm(algorithm).unwrap();
        let key = key
            .with_certificate(&chain(&certificates), &[CertificateMember::X5c])
            .unwrap();
        let assertion = assertion(client(key).without_key_id());
        let header = header(&assertion);
        assert_eq!(header["alg"], algorithm.as_str());
        assert_eq!(header.get("kid"), None);
        let x5c = header["x5c"].as_array().unwrap();
        let found: Vec<_> = x5c
            .iter()
            .map(|it| STANDARD.decode(it.as_str().unwrap()).unwrap())
            .collect();
        assert_eq!(found, certificates, "{algorithm}");

        let certificate = Certificate::from_der(&found[0]).unwrap();
        let key = certificate.tbs_certificate().subject_public_key_info();
        let key = UnparsedPublicKey::new(verifier(algorithm), key.subject_public_key.raw_bytes());
        let (signed, signature) = assertion.rsplit_once('.').unwrap();
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        key.verify(signed.as_bytes(), &signature)
            .unwrap_or_else(|_| panic!("{algorithm}"));
    }
}

fn verifier(algorithm: Algorithm) -> &'static dyn VerificationAlgorithm {
    match algorithm {
        Algorithm::Es256 => &ECDSA_P256_SHA256_FIXED,
        Algorithm::Es384 => &ECDSA_P384_SHA384_FIXED,
        Algorithm::Es512 => &ECDSA_P521_SHA512_FIXED,
        Algorithm::Rs256 => &RSA_PKCS1_2048_8192_SHA256,
        Algorithm::Rs384 => &RSA_PKCS1_2048_8192_SHA384,
        Algorithm::Rs512 => &RSA_PKCS1_2048_8192_SHA512,
        Algorithm::Ps256 => &RSA_PSS_2048_8192_SHA256,
        other => panic!("an algorithm without a test: {other}"),
    }
}

#[test]
fn a_long_key_with_a_long_chain_signs_as_well() {
    let pkcs8 = keys::rsa()[2];
    let key = Key::parse(pkcs8).unwrap();
    let key = key
        .with_certificate(&chain(&three(pkcs8)), &CertificateMember::ALL)
        .unwrap();
    assert_eq!(key.signature_len(), 512);
    let header = header(&assertion(client(key)));
    assert_eq!(header["x5c"].as_array().unwrap().len(), 3);
}

#[test]
fn thumbprints_are_those_of_the_first_certificate() {
    let pkcs8 = keys::pkcs8(Algorithm::Es256);
    let certificates = three(&pkcs8);
    let [_, x5t, x5t_s256] = CertificateMember::ALL;
    let key = Key::parse(&pkcs8).unwrap();
    let key = key
        .with_certificate(&chain(&certificates), &[x5t, x5t_s256])
        .unwrap();
    let header = header(&assertion(client(key)));
    assert_eq!(header.get("x5c"), None);
    for (member, algorithm) in [("x5t", &SHA1_FOR_LEGACY_USE_ONLY), ("x5t#S256", &SHA256)] {
        let expected = URL_SAFE_NO_PAD.encode(digest(algorithm, &certificates[0]));
        assert_eq!(header[member], expected, "{member}");
    }
}

#[test]
fn a_certificate_follows_the_members_of_the_caller() {
    let pkcs8 = keys::pkcs8(Algorithm::Es256);
    let certified = || {
        let chain = chain(&[self_signed(&pkcs8)]);
        let key = Key::parse(&pkcs8).unwrap();
        key.with_certificate(&chain, &[CertificateMember::X5t])
            .unwrap()
    };
    let assertion = assertion(client(certified()).header("jku", r#""https://jwks.example""#));
    let header = header(&assertion);
    let members: Vec<_> = header.as_object().unwrap().keys().collect();
    assert_eq!(members.len(), 5, "{members:?}");
    assert_eq!(header["jku"], "https://jwks.example");
    assert!(header["x5t"].is_string());

    let twice = client(certified()).header("x5t", r#""mine""#).build();
    let error = twice.unwrap_err();
    assert!(
        matches!(&error, BuildError::Addition { name, .. } if name == "x5t"),
        "{error}"
    );
}

/// The headers of the assertions in requests for a token.
fn headers_sent(server: &Canned) -> Vec<Value> {
    let requests = server.requests();
    let assertions = requests.iter().map(|request| {
        let (_, assertion) = request.split_once("&client_assertion=").unwrap();
        header(assertion)
    });
    assertions.collect()
}

#[tokio::test]
async fn during_a_rotation_each_key_has_its_own_certificate() {
    let refusal = Answer::json("401 Unauthorized", r#"{"error":"invalid_client"}"#);
    let server = Canned::always(refusal);
    let [one, other, bare] = [0; 3].map(|_| keys::pkcs8(Algorithm::Es256));
    let certified = |pkcs8: &[u8]| {
        let chain = chain(&[self_signed(pkcs8)]);
        let key = Key::parse(pkcs8).unwrap();
        let thumbprint = URL_SAFE_NO_PAD.encode(chain.sha1());
        let key = key.with_certificate(&chain, &[CertificateMember::X5t]);
        (key.unwrap(), thumbprint)
    };
    let ((one, of_one), (other, of_other)) = (certified(&one), certified(&other));
    let redox = client(one)
        .base_url(server.url())
        .also_key(Key::parse(&bare).unwrap())
        .also_key(other)
        .build()
        .unwrap();
    redox.token().await.unwrap_err();
    let sent = headers_sent(&server);
    let x5t: Vec<_> = sent.iter().map(|header| header["x5t"].as_str()).collect();
    assert_eq!(x5t, [Some(&*of_one), None, Some(&*of_other)]);
}

#[tokio::test]
async fn a_key_that_replaces_another_brings_its_certificate() {
    let token = r#"{"access_token":"granted","token_type":"Bearer","expires_in":300}"#;
    let server = Canned::always(Answer::json("200 OK", token));
    let redox = client(keys::es256())
        .base_url(server.url())
        .build()
        .unwrap();
    let pkcs8 = keys::pkcs8(Algorithm::Es384);
    let chain = chain(&[self_signed(&pkcs8)]);
    let key = Key::parse(&pkcs8).unwrap();
    let key = key.with_certificate(&chain, &[CertificateMember::X5c]);
    redox.replace_keys([key.unwrap()]).unwrap();
    redox.token().await.unwrap();
    let [header] = &headers_sent(&server)[..] else {
        panic!("one request");
    };
    assert_eq!(header["x5c"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_key_and_its_certificate_in_files_are_replaced_together() {
    let folder = tempfile::tempdir().unwrap();
    let (key, certificate) = (folder.path().join("key"), folder.path().join("certificate"));
    let first = keys::pkcs8(Algorithm::Es256);
    fs::write(&key, &first).unwrap();
    fs::write(&certificate, self_signed(&first)).unwrap();
    let file = KeyFile::new(&key).certificate(&certificate, &[CertificateMember::X5tS256]);
    let redox = Redox::builder().key_file("client-1", file).build().unwrap();
    let sent = || header(&redox.assertion(AT).unwrap());
    let mut before = sent();
    for (is_key_first, changes) in [(true, 1), (false, 2)] {
        let next = keys::pkcs8(Algorithm::Es256);
        let chain = three(&next);
        let mut writes = [
            (&key, next.clone()),
            (&certificate, pem(&chain).into_bytes()),
        ];
        if !is_key_first {
            writes.reverse();
        }
        let [(one, content), (other, other_content)] = writes;
        fs::write(one, content).unwrap();
        let files = redox.read_files_again().await;
        let problem = files[0].problem.as_ref().unwrap();
        assert_eq!(problem.path, certificate);
        assert!(
            matches!(problem.problem, FileProblem::Certificate(_)),
            "{problem}"
        );
        assert_eq!(sent()["kid"], before["kid"]);
        assert_eq!(sent()["x5t#S256"], before["x5t#S256"]);
        fs::write(other, other_content).unwrap();
        assert_eq!(redox.read_files_again().await[0].changes, changes);
        assert_ne!(sent()["kid"], before["kid"]);
        let thumbprint = URL_SAFE_NO_PAD.encode(digest(&SHA256, &chain[0]));
        assert_eq!(sent()["x5t#S256"], thumbprint);
        before = sent();
    }
    // A new certificate of the same key.
    let pkcs8 = fs::read(&key).unwrap();
    fs::write(&certificate, self_signed(&pkcs8)).unwrap();
    assert_eq!(redox.read_files_again().await[0].changes, 3);
    assert_eq!(sent()["kid"], before["kid"]);
    assert_ne!(sent()["x5t#S256"], before["x5t#S256"]);
}
