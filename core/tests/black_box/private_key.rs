//! Private keys in every supported form: the same key in each.

use crate::support::der::{
    self, CONTEXT_0, NULL, OBJECT_IDENTIFIER, SEQUENCE, element, integer, pem, unpem,
};
use crate::support::keys::{self, EcKey, ON_CURVES, RsaKey};
use crate::support::verifier::Verifier;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING,
    ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaKeyPair, RsaKeyPair,
};
use redox_auth_core::{
    Algorithm, Es256Key, Es384Key, Es512Key, KeyError, KeyMaterial, PRIVATE_KEY_SCRATCH_LEN,
    PrivateKey, PublicKey, RsaKey2048, RsaKey3072, RsaKey4096, Signer, SigningKey,
};
use serde_json::json;

const MESSAGE: &[u8] = b"message";
const P256: &[u8] = include_bytes!("../vectors/openssl/p256.pem");

fn sign(key: &impl Signer) -> Vec<u8> {
    let mut signature = vec![0; key.signature_len()];
    key.sign(MESSAGE, &mut signature).unwrap();
    signature
}

/// The public key and a signature of a key in this form.
fn outcome(form: &[u8], case: &str) -> (PublicKey, Vec<u8>) {
    let key = SigningKey::parse(form).unwrap_or_else(|error| panic!("{case}: {error}"));
    (key.public_key(), sign(&key))
}

/// The named forms of one key, in the three containers.
fn forms(pkcs8: &[u8], own: &[u8], own_label: &str, jwk: &str) -> Vec<(String, Vec<u8>)> {
    let pkcs8_pem = pem("PRIVATE KEY", pkcs8);
    let own_pem = pem(own_label, own);
    let text = |name: &str, text: String| (name.to_owned(), text.into_bytes());
    vec![
        ("PKCS#8 DER".into(), pkcs8.to_vec()),
        (format!("{own_label} DER"), own.to_vec()),
        text("PKCS#8 PEM", pkcs8_pem.clone()),
        text(own_label, own_pem.clone()),
        text("JWK", jwk.to_owned()),
        text("JWK after space", format!(" \r\n\t{jwk}\n\n")),
        text("JWK after a byte order mark", format!("\u{feff}{jwk}")),
        text("PEM with CRLF", own_pem.replace('\n', "\r\n")),
        text("PEM without a last newline", own_pem.trim_end().into()),
        text("PEM with more newlines", format!("\n\n{pkcs8_pem}\n\n")),
        text(
            "PEM after text",
            format!("Bag Attributes\n    localKeyID: 01\nKey:\n{pkcs8_pem}"),
        ),
        text("PEM before text", format!("{own_pem}This was a key.\n")),
        text(
            "PEM after a byte order mark",
            format!("\u{feff}{pkcs8_pem}"),
        ),
        text(
            "PEM before another block",
            format!("{own_pem}{}", pem("CERTIFICATE", &[0x30, 0])),
        ),
    ]
}

fn check(algorithm: Algorithm, forms: &[(String, Vec<u8>)], public: &PublicKey, signature: &[u8]) {
    for (name, form) in forms {
        let case = format!("{algorithm} as {name}");
        let (found, signed) = outcome(form, &case);
        assert_eq!((&found, signed.as_slice()), (public, signature), "{case}");
        let mut scratch = [0; PRIVATE_KEY_SCRATCH_LEN];
        let parsed = PrivateKey::parse(form, &mut scratch).unwrap();
        assert_eq!(
            (parsed.algorithm(), parsed.key_id()),
            (algorithm, None),
            "{case}"
        );
    }
}

#[test]
fn the_forms_made_for_these_tests_are_right_by_aws_lc() {
    for (algorithm, curve) in [
        (Algorithm::Es256, &ECDSA_P256_SHA256_FIXED_SIGNING),
        (Algorithm::Es384, &ECDSA_P384_SHA384_FIXED_SIGNING),
        (Algorithm::Es512, &ECDSA_P521_SHA512_FIXED_SIGNING),
    ] {
        let key = EcKey::generate(algorithm);
        assert!(EcdsaKeyPair::from_pkcs8(curve, &key.pkcs8()).is_ok());
        assert!(EcdsaKeyPair::from_private_key_der(curve, &key.sec1()).is_ok());
    }
    let key = RsaKey::generate(KeySize::Rsa2048);
    assert!(RsaKeyPair::from_pkcs8(&key.pkcs8()).is_ok());
    assert!(RsaKeyPair::from_der(&key.pkcs1()).is_ok());
}

#[test]
fn an_ec_key_is_the_same_in_every_form() {
    for algorithm in ON_CURVES {
        let key = EcKey::generate(algorithm);
        let public = PublicKey::from_ec_point(algorithm, &key.point).unwrap();
        let (_, signature) = outcome(&key.pkcs8(), "PKCS#8");
        assert!(Verifier::of(&public).accepts(MESSAGE, &signature));

        let mut forms = forms(
            &key.pkcs8(),
            &key.sec1(),
            "EC PRIVATE KEY",
            &key.jwk().to_string(),
        );
        let parameters = pem("EC PARAMETERS", key.curve());
        let sec1 = pem("EC PRIVATE KEY", &key.sec1());
        forms.push((
            "PEM after parameters".into(),
            (parameters + &sec1).into_bytes(),
        ));
        let curve = element(CONTEXT_0, &[key.curve()]);
        let bare = key.sec1_of(&[]);
        forms.push(("SEC1 without a public key".into(), key.sec1_of(&[&curve])));
        forms.push((
            "PKCS#8 without a public key".into(),
            key.pkcs8_around(&bare),
        ));
        forms.push((
            "PKCS#8 with the curve twice".into(),
            key.pkcs8_around(&key.sec1()),
        ));
        let mut jwk = key.jwk();
        jwk["x"].take();
        jwk["y"].take();
        forms.push((
            "JWK without a public key".into(),
            jwk.to_string().into_bytes(),
        ));
        check(algorithm, &forms, &public, &signature);
    }
}

#[test]
fn an_rsa_key_is_the_same_in_every_form_and_signs_as_in_aws_lc() {
    for size in [KeySize::Rsa2048, KeySize::Rsa3072, KeySize::Rsa4096] {
        let key = RsaKey::generate(size);
        let public =
            PublicKey::from_rsa(Algorithm::Rs384, &key.numbers[0], &key.numbers[1]).unwrap();
        let signature = key.signer(Algorithm::Rs384)(MESSAGE);
        let forms = forms(
            &key.pkcs8(),
            &key.pkcs1(),
            "RSA PRIVATE KEY",
            &key.jwk().to_string(),
        );
        check(Algorithm::Rs384, &forms, &public, &signature);
    }
}

#[test]
fn keys_that_openssl_wrote_are_read() {
    let p256 = Es256Key::parse(P256).unwrap();
    let without_public = include_bytes!("../vectors/openssl/p256_without_public.pem");
    let (public, signature) = outcome(without_public, "without its public key");
    assert_eq!((public, signature), (p256.public_key(), sign(&p256)));
    let parameters = include_bytes!("../vectors/openssl/p256_after_parameters.pem");
    assert!(Es256Key::parse(parameters).is_ok());
    assert!(Es512Key::parse(include_bytes!("../vectors/openssl/p521.pem")).is_ok());
    for rsa in [
        include_str!("../vectors/openssl/rsa_2050.pem"),
        include_str!("../vectors/openssl/rsa_exponent_3.pem"),
    ] {
        let (_, signature) = outcome(rsa.as_bytes(), "RSA");
        let theirs = RsaKey::from_pkcs8(&unpem(rsa)).signer(Algorithm::Rs384);
        assert_eq!(signature, theirs(MESSAGE));
    }
}

#[test]
fn a_public_key_may_come_compressed() {
    let p256 = Es256Key::parse(P256).unwrap();
    let compressed = include_bytes!("../vectors/openssl/p256_compressed.pem");
    let (public, signature) = outcome(compressed, "compressed");
    assert_eq!((public, signature), (p256.public_key(), sign(&p256)));
}

#[test]
fn zeros_before_a_private_number_may_be_cut_off_or_added() {
    for algorithm in ON_CURVES {
        let mut key = EcKey::generate(algorithm);
        // Without the public key, because the scalar is changed here.
        key.secret[0] = 0;
        key.secret[1] = 0;
        let form = |secret: &[u8]| {
            let key = EcKey {
                secret: secret.to_vec(),
                ..key.clone()
            };
            key.pkcs8_around(&key.sec1_of(&[]))
        };
        let expected = outcome(&form(&key.secret), "padded");
        for secret in [
            key.secret[1..].to_vec(),
            key.secret[2..].to_vec(),
            [&[0][..], &key.secret].concat(),
        ] {
            assert_eq!(outcome(&form(&secret), "not padded"), expected);
            let mut jwk = key.jwk();
            jwk["x"].take();
            jwk["y"].take();
            jwk["d"] = json!(keys::base64url(&secret));
            assert_eq!(outcome(jwk.to_string().as_bytes(), "JWK"), expected);
        }
    }
}

#[test]
fn each_type_takes_its_algorithm_and_names_the_other() {
    let p256 = EcKey::generate(Algorithm::Es256);
    let p384 = EcKey::generate(Algorithm::Es384);
    let p521 = EcKey::generate(Algorithm::Es512);
    let rsa = RsaKey::generate(KeySize::Rsa2048);
    type Forms = (Algorithm, [Vec<u8>; 3]);
    let keys: [Forms; 4] = [
        (
            Algorithm::Es256,
            [
                p256.pkcs8(),
                pem("PRIVATE KEY", &p256.pkcs8()).into_bytes(),
                p256.jwk().to_string().into_bytes(),
            ],
        ),
        (
            Algorithm::Es384,
            [
                p384.pkcs8(),
                pem("PRIVATE KEY", &p384.pkcs8()).into_bytes(),
                p384.jwk().to_string().into_bytes(),
            ],
        ),
        (
            Algorithm::Es512,
            [
                p521.pkcs8(),
                pem("PRIVATE KEY", &p521.pkcs8()).into_bytes(),
                p521.jwk().to_string().into_bytes(),
            ],
        ),
        (
            Algorithm::Rs384,
            [
                rsa.pkcs8(),
                pem("PRIVATE KEY", &rsa.pkcs8()).into_bytes(),
                rsa.jwk().to_string().into_bytes(),
            ],
        ),
    ];
    type Parse = fn(&[u8]) -> Result<(), KeyError>;
    let types: [(Algorithm, Parse); 5] = [
        (Algorithm::Es256, |form| Es256Key::parse(form).map(|_| ())),
        (Algorithm::Es384, |form| Es384Key::parse(form).map(|_| ())),
        (Algorithm::Es512, |form| Es512Key::parse(form).map(|_| ())),
        (Algorithm::Rs384, |form| RsaKey2048::parse(form).map(|_| ())),
        (Algorithm::Rs384, |form| RsaKey4096::parse(form).map(|_| ())),
    ];
    for (found, forms) in &keys {
        for (name, form) in ["DER", "PEM", "JWK"].iter().zip(forms) {
            assert_eq!(SigningKey::parse(form).unwrap().algorithm(), *found);
            for (expected, parse) in types {
                let error = KeyError::WrongAlgorithm {
                    found: *found,
                    expected,
                };
                let outcome = if *found == expected {
                    Ok(())
                } else {
                    Err(error)
                };
                assert_eq!(parse(form), outcome, "{found} in {name} for {expected}");
            }
        }
    }
    let error = Es256Key::parse(&p384.pkcs8()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "expected a key for ES256, found one for ES384"
    );
}

#[test]
fn a_shorter_rsa_key_fits_in_a_longer_type_and_not_the_other_way() {
    let short = RsaKey::generate(KeySize::Rsa2048);
    let long = RsaKey::generate(KeySize::Rsa4096);
    let expected = short.signer(Algorithm::Rs384)(MESSAGE);
    assert_eq!(sign(&RsaKey2048::parse(&short.pkcs8()).unwrap()), expected);
    assert_eq!(sign(&RsaKey3072::parse(&short.pkcs8()).unwrap()), expected);
    assert_eq!(sign(&RsaKey4096::parse(&short.pkcs8()).unwrap()), expected);
    for (error, max_bits) in [
        (RsaKey2048::parse(&long.pkcs8()).unwrap_err(), 2048),
        (RsaKey3072::parse(&long.pkcs8()).unwrap_err(), 3072),
    ] {
        assert_eq!(error, KeyError::TooLong { max_bits });
        assert_eq!(
            error.to_string(),
            format!("expected an RSA key of at most {max_bits} bits; the file is longer")
        );
    }
}

#[test]
fn a_scratch_that_is_too_short_is_told_a_length_that_does() {
    let key = RsaKey::generate(KeySize::Rsa2048);
    for form in [
        pem("RSA PRIVATE KEY", &key.pkcs1()),
        pem("PRIVATE KEY", &key.pkcs8()),
        key.jwk().to_string(),
    ] {
        let mut scratch = [0; PRIVATE_KEY_SCRATCH_LEN];
        let error = PrivateKey::parse(form.as_bytes(), &mut scratch[..16]).unwrap_err();
        let KeyError::ScratchTooSmall { needed } = error else {
            panic!("{error}");
        };
        assert!(PrivateKey::parse(form.as_bytes(), &mut scratch[..needed]).is_ok());
        assert_eq!(
            error.to_string(),
            format!("scratch buffer too small for this key: need {needed} bytes")
        );
    }
    // DER needs no scratch buffer.
    assert!(PrivateKey::parse(&key.pkcs8(), &mut []).is_ok());
}

#[test]
fn the_numbers_are_those_of_the_key() {
    let rsa = RsaKey::generate(KeySize::Rsa2048);
    let ec = EcKey::generate(Algorithm::Es384);
    for form in [rsa.pkcs8(), rsa.jwk().to_string().into_bytes()] {
        let mut scratch = [0; PRIVATE_KEY_SCRATCH_LEN];
        let parsed = PrivateKey::parse(&form, &mut scratch).unwrap();
        let KeyMaterial::Rsa(it) = parsed.material() else {
            panic!("no RSA");
        };
        let found = [it.n, it.e, it.d, it.p, it.q, it.dp, it.dq, it.q_inv];
        assert_eq!(found.map(<[u8]>::to_vec), rsa.numbers);
    }
    for form in [ec.sec1(), ec.jwk().to_string().into_bytes()] {
        let mut scratch = [0; PRIVATE_KEY_SCRATCH_LEN];
        let parsed = PrivateKey::parse(&form, &mut scratch).unwrap();
        let KeyMaterial::Ec(it) = parsed.material() else {
            panic!("no EC");
        };
        assert_eq!(
            (it.secret, it.public),
            (&ec.secret[..], Some(&ec.point[..]))
        );
    }
}

#[test]
fn a_pkcs8_key_may_carry_more_than_it_must() {
    // Attributes and, in version 2, a public key (RFC 5958 §2).
    let key = EcKey::generate(Algorithm::Es256);
    let plain = key.pkcs8();
    let (inside, _) = der::open(&plain, SEQUENCE);
    let attribute = element(OBJECT_IDENTIFIER, &[&[0x55, 0x1d, 0x0f]]);
    let values = element(0x31, &[&element(NULL, &[])]);
    let attributes = element(CONTEXT_0, &[&element(SEQUENCE, &[&attribute, &values])]);
    let with_attributes = element(SEQUENCE, &[inside, &attributes]);
    let public = element(0x81, &[&[0], &key.point]);
    let version_2 = element(SEQUENCE, &[&integer(&[1]), &inside[3..], &public]);
    let expected = outcome(&plain, "plain");
    assert_eq!(outcome(&with_attributes, "with attributes"), expected);
    assert_eq!(outcome(&version_2, "version 2"), expected);
}
