//! Proofs of possession (RFC 9449): their content, their verification, and their errors.

use std::collections::BTreeSet;

use crate::support::keys::{EcKey, RsaKey};
use crate::support::signers::{Constant, Unreachable};
use crate::support::verifier::{Verifier, parts_of};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use redox_auth_core::{
    Algorithm, DpopKey, DpopNonce, DpopNonceError, DpopProof, JwtId, PublicKey, Signer, SigningKey,
    UnixTime, Url, WriteError, max_dpop_proof_len,
};
use serde_json::{Value, json};

const NOW: UnixTime = UnixTime::from_secs(1_800_000_000);
const URL: &str = "https://api.example/r4/Patient?family=Bixby";
const TOKEN: &str = "access-token";

fn jwt_id() -> JwtId {
    JwtId::from_random([7; 16])
}

fn url(text: &str) -> Url<'_> {
    Url::parse(text).unwrap()
}

fn nonce() -> DpopNonce<32> {
    let mut nonce = DpopNonce::new();
    nonce.remember(b"eyJ7S_zG.eyJH0-Z.HX4w-7v").unwrap();
    nonce
}

/// One key for each algorithm.
fn signers() -> Vec<SigningKey> {
    let key = |algorithm: Algorithm| {
        let form = if algorithm.is_rsa() {
            RsaKey::published().pkcs8()
        } else {
            EcKey::published(algorithm).pkcs8()
        };
        SigningKey::parse_with_algorithm(algorithm, &form).unwrap()
    };
    Algorithm::ALL.map(key).into()
}

/// The point of RFC 9449's examples, on P-256.
fn published() -> (Value, PublicKey) {
    let vector: Value = serde_json::from_str(include_str!("../vectors/rfc9449.json")).unwrap();
    let [header, ..] = parts_of(vector["proof"].as_str().unwrap());
    let header: Value = serde_json::from_slice(&header).unwrap();
    let number = |name: &str| {
        let text = header["jwk"][name].as_str().unwrap();
        URL_SAFE_NO_PAD.decode(text).unwrap()
    };
    let point = [vec![4], number("x"), number("y")].concat();
    let key = PublicKey::from_ec_point(Algorithm::Es256, &point).unwrap();
    (vector, key)
}

fn claims(proof: &DpopProof<'_>) -> Value {
    let mut buffer = [0; 1024];
    serde_json::from_str(proof.write_claims(&mut buffer).unwrap()).unwrap()
}

fn htu(text: &str) -> Value {
    let ((_, key), jwt_id) = (published(), jwt_id());
    claims(&DpopProof::new(
        DpopKey::new(&key),
        "GET",
        url(text),
        &jwt_id,
        NOW,
    ))["htu"]
        .clone()
}

#[test]
fn a_proof_says_what_that_of_the_rfc_says() {
    let (vector, key) = published();
    let text = vector["proof"].as_str().unwrap();
    let [header, expected, _] = parts_of(text);
    let mut expected: Value = serde_json::from_slice(&expected).unwrap();
    // The published value is shorter.
    expected["jti"] = "BwcHBwcHBwcHBwcHBwcHBw".into();

    let (jwt_id, mut buffer) = (jwt_id(), [0; 1024]);
    let url = url("https://server.example.com/token");
    let proof = DpopProof::new(DpopKey::new(&key), "POST", url, &jwt_id, NOW)
        .issued_at(UnixTime::from_secs(1_562_262_616));
    assert_eq!(claims(&proof), expected);

    let written = proof.write(&Constant::ES256, &mut buffer).unwrap();
    let [ours, written_claims, signature] = parts_of(written);
    let read = |json: &[u8]| serde_json::from_slice::<Value>(json).unwrap();
    assert_eq!(read(&ours), read(&header));
    assert_eq!(read(&written_claims), expected);
    assert_eq!(signature, [0x55; 64]);

    assert_eq!(DpopKey::new(&key).thumbprint().as_str(), vector["jkt"]);
    // The verifier of the other tests accepts the RFC's own proof.
    assert_eq!(Verifier::of(&key).claims_of(text)["htm"], "POST");
}

#[test]
fn ath_is_that_of_the_rfc() {
    let ((vector, key), jwt_id) = (published(), jwt_id());
    let url = url("https://resource.example.org/protectedresource");
    let proof = DpopProof::new(DpopKey::new(&key), "GET", url, &jwt_id, NOW);
    let token = vector["access_token"].as_str().unwrap();
    assert_eq!(claims(&proof.access_token(token))["ath"], vector["ath"]);
    assert!(claims(&proof).get("ath").is_none());
}

#[test]
fn the_claims_are_these_in_this_order() {
    let ((_, key), jwt_id, nonce, mut buffer) = (published(), jwt_id(), nonce(), [0; 512]);
    let proof = DpopProof::new(DpopKey::new(&key), "GET", url(URL), &jwt_id, NOW)
        .access_token(TOKEN)
        .nonce(&nonce);
    assert_eq!(
        proof.write_claims(&mut buffer).unwrap(),
        concat!(
            r#"{"jti":"BwcHBwcHBwcHBwcHBwcHBw","htm":"GET","htu":"https://api.example/r4/Patient","#,
            r#""iat":1799999995,"ath":"Pxa-1wifRlPl7yG_0oJNfzqq7MelmOfonFgOFgapzFI","#,
            r#""nonce":"eyJ7S_zG.eyJH0-Z.HX4w-7v"}"#
        )
    );
}

#[test]
fn every_algorithm_is_verified_by_the_key_in_the_proof() {
    let (jwt_id, nonce) = (jwt_id(), nonce());
    for signer in signers() {
        let (key, mut buffer) = (signer.public_key(), [0; 2048]);
        let algorithm = signer.algorithm();
        let proof = DpopProof::new(DpopKey::new(&key), "POST", url(URL), &jwt_id, NOW)
            .access_token(TOKEN)
            .nonce(&nonce);
        let written = proof.write(&signer, &mut buffer).unwrap();
        assert_eq!(Verifier::of(&key).claims_of(written), claims(&proof));

        let [header, ..] = parts_of(written);
        let header: Value = serde_json::from_slice(&header).unwrap();
        assert_eq!(header["typ"], "dpop+jwt");
        assert_eq!(header["alg"], algorithm.as_str());
        let jwk = header["jwk"].as_object().unwrap();
        let names: BTreeSet<_> = jwk.keys().map(String::as_str).collect();
        let expected: &[_] = if algorithm.is_rsa() {
            &["e", "kty", "n"]
        } else {
            &["crv", "kty", "x", "y"]
        };
        let expected = expected.iter().copied().collect();
        assert_eq!(names, expected, "{algorithm}: the public members alone");
        // The proof alone is enough to verify it.
        let found = Verifier::of_jwk(algorithm, json!(jwk));
        assert_eq!(found.claims_of(written), claims(&proof));
    }
}

#[test]
fn a_buffer_too_short_is_refused_with_the_exact_need() {
    let (jwt_id, nonce) = (jwt_id(), nonce());
    for signer in signers() {
        let (key, mut buffer) = (signer.public_key(), [0; 2048]);
        let proof = DpopProof::new(DpopKey::new(&key), "POST", url(URL), &jwt_id, NOW)
            .access_token(TOKEN)
            .nonce(&nonce);
        let needed = proof.write(&signer, &mut buffer).unwrap().len();
        let too_small = WriteError::BufferTooSmall { needed };
        for short in (0..needed).step_by(97).chain([needed - 1]) {
            let got = proof.write(&signer, &mut buffer[..short]);
            assert_eq!(got, Err(too_small), "{} in {short}", signer.algorithm());
        }
        let len = proof.write_claims(&mut buffer).unwrap().len();
        let too_small = WriteError::BufferTooSmall { needed: len };
        let got = proof.write_claims(&mut buffer[..len - 1]);
        assert_eq!(got, Err(too_small));

        let template = DpopKey::new(&key).write_template(&mut buffer);
        let Err(WriteError::BufferTooSmall { needed }) = DpopKey::new(&key).write_template(&mut [])
        else {
            panic!("{template:?}");
        };
        assert!(
            DpopKey::new(&key)
                .write_template(&mut buffer[..needed])
                .is_ok()
        );
        let short = DpopKey::new(&key).write_template(&mut buffer[..needed - 1]);
        assert_eq!(short.err(), Some(WriteError::BufferTooSmall { needed }));
    }
    let (_, key) = published();
    let proof = DpopProof::new(DpopKey::new(&key), "POST", url(URL), &jwt_id, NOW);
    let mut short = [0; 300];
    let got = proof.write(&Unreachable, &mut short);
    assert!(matches!(got, Err(WriteError::BufferTooSmall { .. })));
}

#[test]
fn no_proof_is_longer_than_its_greatest_length() {
    let (jwt_id, nonce) = (jwt_id(), nonce());
    let nonce_len = nonce.as_str().unwrap().len();
    let end = UnixTime::from_secs(u64::MAX);
    for signer in signers() {
        let (key, mut buffer) = (signer.public_key(), [0; 2048]);
        for text in ["https://API.example", "https://api.example:8443/a", URL] {
            let proof = DpopProof::new(DpopKey::new(&key), "PATCH", url(text), &jwt_id, NOW)
                .issued_at(end)
                .access_token(TOKEN)
                .nonce(&nonce);
            let len = proof.write(&signer, &mut buffer).unwrap().len();
            let (algorithm, signature_len) = (signer.algorithm(), signer.signature_len());
            let greatest = max_dpop_proof_len(algorithm, signature_len, "PATCH", text, nonce_len);
            // The exponent of these keys takes four of the eleven characters, and there is a query.
            let slack = if algorithm.is_rsa() { 32 } else { 22 };
            assert!(
                (len..=len + slack).contains(&greatest),
                "{algorithm} {text}: {len} of {greatest}"
            );
        }
    }
}

#[test]
fn the_url_is_written_as_servers_compare_it() {
    for (requested, expected) in [
        ("https://api.example", "https://api.example/"),
        ("https://api.example/", "https://api.example/"),
        ("HTTPS://API.Example/R4", "https://api.example/R4"),
        ("https://api.example:443/a", "https://api.example/a"),
        ("http://127.0.0.1:80/a", "http://127.0.0.1/a"),
        ("http://127.0.0.1:443/a", "http://127.0.0.1:443/a"),
        ("https://api.example:8443/a", "https://api.example:8443/a"),
        ("https://[FE80::1]:8443/a", "https://[fe80::1]:8443/a"),
        ("https://api.example/a?b=c?d", "https://api.example/a"),
        ("https://api.example/?b", "https://api.example/"),
        // As in the request, because not every server normalizes a path.
        (
            "https://api.example/%7euser/%2F/../b/",
            "https://api.example/%7euser/%2F/../b/",
        ),
        ("https://api.example/a\"b", "https://api.example/a\"b"),
    ] {
        assert_eq!(htu(requested), expected, "{requested}");
    }
}

#[test]
fn what_follows_the_path_of_the_url_is_written_behind_it() {
    let ((_, key), jwt_id) = (published(), jwt_id());
    for (base, path, expected) in [
        ("https://api.example", "/a/b?c", "https://api.example/a/b"),
        ("https://api.example/", "/a", "https://api.example/a"),
        ("https://api.example/r4", "/a", "https://api.example/r4/a"),
        ("https://api.example/r4", "", "https://api.example/r4"),
        ("https://api.example/r4?c", "/a", "https://api.example/r4"),
    ] {
        let proof = DpopProof::new(DpopKey::new(&key), "GET", url(base), &jwt_id, NOW).path(path);
        assert_eq!(claims(&proof)["htu"], expected, "{base} {path}");
    }
}

#[test]
fn a_template_writes_the_same() {
    let (jwt_id, nonce) = (jwt_id(), nonce());
    for signer in signers() {
        // A PS256 signature differs each time.
        let signer = Constant {
            algorithm: signer.algorithm(),
            signature_len: signer.signature_len(),
        };
        let (keys, mut text) = (signers(), [0; 2048]);
        let key = keys.iter().find(|key| key.algorithm() == signer.algorithm);
        let key = key.unwrap().public_key();
        let template = DpopKey::new(&key).write_template(&mut text).unwrap();
        let write = |key| {
            let mut buffer = [0; 2048];
            DpopProof::new(key, "PUT", url(URL), &jwt_id, NOW)
                .nonce(&nonce)
                .write(&signer, &mut buffer)
                .unwrap()
                .to_owned()
        };
        assert_eq!(write(template), write(DpopKey::new(&key)));
        assert_eq!(template.thumbprint(), key.thumbprint());
    }
}

#[test]
fn a_signature_from_elsewhere_makes_the_same_proof() {
    let (jwt_id, mut one, mut other) = (jwt_id(), [0; 1024], [0; 1024]);
    let signer = &signers()[0];
    let key = signer.public_key();
    let proof = DpopProof::new(DpopKey::new(&key), "GET", url(URL), &jwt_id, NOW);
    let unsigned = proof.prepare(&mut one).unwrap();
    assert_eq!(unsigned.algorithm(), Algorithm::Es256);
    let mut signature = [0; 64];
    signer
        .sign(unsigned.signing_input(), &mut signature)
        .unwrap();
    let finished = unsigned.finish(&signature);
    // The nonces of RFC 6979 make the same signature twice.
    assert_eq!(finished, proof.write(signer, &mut other));
}

#[test]
fn what_cannot_be_right_is_not_written() {
    let ((_, key), jwt_id, mut buffer) = (published(), jwt_id(), [0; 1024]);
    let key = DpopKey::new(&key);
    let proof = DpopProof::new(key, "", url(URL), &jwt_id, NOW);
    let empty = Err(WriteError::EmptyClaim("htm"));
    assert_eq!(proof.write_claims(&mut buffer), empty);
    let proof = DpopProof::new(key, "GET", url(URL), &jwt_id, NOW);
    let empty = Err(WriteError::EmptyClaim("ath"));
    assert_eq!(proof.access_token("").write_claims(&mut buffer), empty);
    assert_eq!(
        proof.write(&Constant::ES384, &mut buffer),
        Err(WriteError::WrongAlgorithm {
            found: Algorithm::Es384,
            expected: Algorithm::Es256
        })
    );
    let shown = format!("{:?}", proof.access_token(TOKEN));
    assert!(!shown.contains(TOKEN), "{shown}");
}

#[test]
fn the_newest_nonce_counts_and_no_other_text_is_one() {
    let mut nonce = DpopNonce::<8>::new();
    assert_eq!(nonce.as_str(), None);
    for (value, expected) in [
        ("first", Ok(())),
        ("", Err(DpopNonceError::Empty)),
        ("a b", Err(DpopNonceError::Character { at: 1 })),
        ("a\"b", Err(DpopNonceError::Character { at: 1 })),
        ("ab\\", Err(DpopNonceError::Character { at: 2 })),
        ("é", Err(DpopNonceError::Character { at: 0 })),
        ("\u{7f}", Err(DpopNonceError::Character { at: 0 })),
        (
            "123456789",
            Err(DpopNonceError::TooLong {
                found: 9,
                capacity: 8,
            }),
        ),
    ] {
        assert_eq!(nonce.remember(value.as_bytes()), expected, "{value:?}");
        assert_eq!(nonce.as_str(), Some("first"), "{value:?}");
    }
    assert_eq!(nonce.remember(b"!#[]^~12"), Ok(()));
    assert_eq!(nonce.as_str(), Some("!#[]^~12"));
    let error = nonce.remember(b"123456789").unwrap_err();
    assert_eq!(
        error.to_string(),
        "the header DPoP-Nonce has 9 bytes, and there is room for 8"
    );
}
