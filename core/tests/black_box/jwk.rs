//! Public keys as JWKs for a server, parsed by independent libraries.

use std::collections::BTreeMap;

use crate::support::keys::{EcKey, ON_CURVES, RsaKey, base64url};
use crate::support::random::Random;
use crate::support::verifier::Verifier;
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::{Jwk, JwkSet, KeyAlgorithm};
use redox_auth_core::{
    Algorithm, KeyError, KeyForm, PublicKey, Signer, SigningKey, WriteError, write_jwk_set,
};
use serde_json::{Value, json};

fn jwk(key: &PublicKey, key_id: &str) -> Value {
    let mut buffer = vec![0; 16_384];
    let text = key.write_jwk(key_id, &mut buffer).unwrap();
    let jwk: Jwk = serde_json::from_str(text).unwrap();
    assert_eq!(jwk.common.key_id.as_deref(), Some(key_id));
    serde_json::from_str(text).unwrap()
}

fn ec(algorithm: Algorithm) -> PublicKey {
    PublicKey::from_ec_point(algorithm, &EcKey::published(algorithm).point).unwrap()
}

fn rsa() -> PublicKey {
    let key = RsaKey::published();
    PublicKey::from_rsa(Algorithm::Rs384, &key.numbers[0], &key.numbers[1]).unwrap()
}

fn every_kind() -> [PublicKey; 4] {
    let [p256, p384, p521] = ON_CURVES.map(ec);
    [p256, p384, p521, rsa()]
}

#[test]
fn a_jwk_has_these_members_in_this_order() {
    let mut buffer = [0; 512];
    assert_eq!(
        ec(Algorithm::Es256).write_jwk("key-1", &mut buffer),
        Ok(concat!(
            r#"{"kty":"EC","crv":"P-256","#,
            r#""x":"YP7UuiVanTHJYet0xjVtaMBJuJI7Yfps5mliLmDyn7Y","#,
            r#""y":"eQP-EAi4vJmkGunpVii8ZPLxsgwtfp9Rd6PClNRGIpk","#,
            r#""kid":"key-1","alg":"ES256","use":"sig"}"#
        ))
    );
    let published = RsaKey::published().jwk();
    assert_eq!(
        jwk(&rsa(), "key-2"),
        json!({
            "kty": "RSA",
            "n": published["n"],
            "e": "AQAB",
            "kid": "key-2",
            "alg": "RS384",
            "use": "sig",
        })
    );
    assert_eq!(jwk(&ec(Algorithm::Es384), "key-3")["crv"], "P-384");
    assert_eq!(jwk(&ec(Algorithm::Es512), "key-4")["crv"], "P-521");
}

#[test]
fn a_jwk_holds_the_key_that_verifies() {
    for form in [
        EcKey::generate(Algorithm::Es256).pkcs8(),
        EcKey::generate(Algorithm::Es384).pkcs8(),
        EcKey::generate(Algorithm::Es512).pkcs8(),
        RsaKey::published().pkcs8(),
    ] {
        let key = SigningKey::parse(&form).unwrap();
        let mut signature = vec![0; key.signature_len()];
        key.sign(b"message", &mut signature).unwrap();
        let verifier = Verifier::of(&key.public_key());
        assert!(verifier.accepts(b"message", &signature));
        assert!(!verifier.accepts(b"another", &signature));
    }
}

#[test]
fn zeros_before_a_coordinate_stay_and_zeros_before_an_rsa_number_go() {
    for (algorithm, len) in ON_CURVES.into_iter().zip([32, 48, 66]) {
        let mut point = vec![4];
        point.extend(vec![0; len - 1]);
        point.push(1);
        point.push(0);
        point.extend(vec![7; len - 1]);
        let key = PublicKey::from_ec_point(algorithm, &point).unwrap();
        let jwk = jwk(&key, "key-1");
        assert_eq!(jwk["x"], base64url(&point[1..=len]), "{algorithm}");
        assert_eq!(jwk["y"], base64url(&point[len + 1..]), "{algorithm}");
    }
    let n = &RsaKey::published().numbers[0];
    let key =
        PublicKey::from_rsa(Algorithm::Rs256, &[&[0, 0], &n[..]].concat(), &[0, 0, 0, 3]).unwrap();
    let jwk = jwk(&key, "key-1");
    assert_eq!((&jwk["n"], &jwk["e"]), (&json!(base64url(n)), &json!("Aw")));
    assert_eq!(key, PublicKey::from_rsa(Algorithm::Rs256, n, &[3]).unwrap());
}

#[test]
fn any_key_id_is_read_back_as_it_was() {
    let mut random = Random::from_seed(0x1d);
    let key = ec(Algorithm::Es384);
    for _ in 0..2_000 {
        let key_id = random.text();
        assert_eq!(jwk(&key, &key_id)["kid"], key_id.as_str());
    }
}

#[test]
fn a_jwk_set_holds_all_keys_in_order() {
    let keys = every_kind();
    let named = [
        ("key \"1\"", &keys[0]),
        ("key-2", &keys[1]),
        ("key-3", &keys[2]),
        ("key-4", &keys[3]),
    ];
    let mut buffer = [0; 2048];
    let text = write_jwk_set(&named, &mut buffer).unwrap();
    let set: JwkSet = serde_json::from_str(text).unwrap();
    for ((key_id, key), found) in named.iter().zip(&set.keys) {
        assert_eq!(found.common.key_id.as_deref(), Some(*key_id));
        // `jsonwebtoken` has no ES512.
        let algorithm = key.algorithm().as_str().parse();
        let algorithm = algorithm.unwrap_or(KeyAlgorithm::UNKNOWN_ALGORITHM);
        assert_eq!(found.common.key_algorithm, Some(algorithm));
    }
    let set: Value = serde_json::from_str(text).unwrap();
    let expected: Vec<_> = named.iter().map(|(id, key)| jwk(key, id)).collect();
    assert_eq!(set, json!({ "keys": expected }));
    assert_eq!(write_jwk_set(&[], &mut buffer), Ok(r#"{"keys":[]}"#));
}

#[test]
fn every_shorter_buffer_is_refused_with_the_exact_need() {
    let keys = every_kind();
    let mut buffer = [0; 2048];
    for key in &keys {
        let needed = key.write_jwk("a \"kid\"", &mut buffer).unwrap().len();
        for short in 0..needed {
            let got = key.write_jwk("a \"kid\"", &mut buffer[..short]);
            assert_eq!(got, Err(WriteError::BufferTooSmall { needed }));
        }
        assert!(key.write_jwk("a \"kid\"", &mut buffer[..needed]).is_ok());
    }
    let named = [
        ("a", &keys[0]),
        ("b", &keys[1]),
        ("c", &keys[2]),
        ("d", &keys[3]),
    ];
    let needed = write_jwk_set(&named, &mut buffer).unwrap().len();
    for short in 0..needed {
        let got = write_jwk_set(&named, &mut buffer[..short]);
        assert_eq!(got, Err(WriteError::BufferTooSmall { needed }));
    }
    assert!(write_jwk_set(&named, &mut buffer[..needed]).is_ok());
}

#[test]
fn a_key_id_must_not_be_empty() {
    let (key, mut buffer) = (rsa(), [0; 1024]);
    let expected = Err(WriteError::EmptyClaim("kid"));
    assert_eq!(key.write_jwk("", &mut buffer), expected);
    assert_eq!(
        write_jwk_set(&[("a", &key), ("", &key)], &mut buffer),
        expected
    );
}

#[test]
fn a_thumbprint_is_the_hash_of_the_required_members() {
    for key in every_kind() {
        let mut members = jwk(&key, "key-1");
        let members = members.as_object_mut().unwrap();
        for optional in ["kid", "alg", "use"] {
            members.remove(optional);
        }
        // Sorted by name, as RFC 7638 §3.2 requires.
        let members: BTreeMap<_, _> = members.iter().collect();
        let text = serde_json::to_string(&members).unwrap();
        let expected = URL_SAFE_NO_PAD.encode(digest(&SHA256, text.as_bytes()));
        assert_eq!(key.thumbprint().as_str(), expected);
        assert_eq!(key.thumbprint().to_string(), expected);
    }
    // The largest key: 4096 bits with an exponent of 64.
    let key = PublicKey::from_rsa(Algorithm::Rs384, &[0xff; 512], &[0xff; 8]).unwrap();
    let text = format!(
        r#"{{"e":"{}","kty":"RSA","n":"{}"}}"#,
        base64url(&[0xff; 8]),
        base64url(&[0xff; 512])
    );
    let expected = URL_SAFE_NO_PAD.encode(digest(&SHA256, text.as_bytes()));
    assert_eq!(key.thumbprint().as_str(), expected);
}

#[test]
fn public_keys_of_a_wrong_size_are_refused() {
    let malformed = Err(KeyError::Malformed(KeyForm::Sec1));
    for (algorithm, point) in [
        (Algorithm::Es256, vec![4; 64]),
        (Algorithm::Es256, vec![4; 66]),
        (Algorithm::Es256, vec![4; 97]),
        (Algorithm::Es256, vec![2; 33]),
        (Algorithm::Es256, vec![2; 65]),
        (Algorithm::Es256, vec![]),
        (Algorithm::Es384, vec![4; 65]),
        (Algorithm::Es384, vec![0; 97]),
        (Algorithm::Es512, vec![4; 97]),
        (Algorithm::Es512, vec![4; 131]),
        (Algorithm::Es512, vec![0; 133]),
    ] {
        let got = PublicKey::from_ec_point(algorithm, &point);
        assert_eq!(got, malformed, "{algorithm}, {} bytes", point.len());
    }
    for algorithm in Algorithm::ALL {
        let got = if algorithm.is_rsa() {
            PublicKey::from_ec_point(algorithm, &[4; 65])
        } else {
            PublicKey::from_rsa(algorithm, &[0xff; 256], &[3])
        };
        assert!(
            matches!(got, Err(KeyError::Unsupported(_))),
            "{algorithm}: {got:?}"
        );
    }

    for (n, found) in [
        (vec![], 0),
        (vec![0; 300], 0),
        (vec![0x7f; 256], 2047),
        ([&[1][..], &[0; 512]].concat(), 4097),
    ] {
        let got = PublicKey::from_rsa(Algorithm::Rs384, &n, &[3]);
        assert_eq!(got, Err(KeyError::RsaBits { found }));
    }
    for e in [&[][..], &[0], &[1, 0, 0, 0, 0, 0, 0, 0, 0]] {
        let got = PublicKey::from_rsa(Algorithm::Rs384, &[0xff; 256], e);
        assert_eq!(got, Err(KeyError::RsaExponent));
    }
}
