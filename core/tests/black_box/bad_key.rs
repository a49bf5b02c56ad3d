//! Input that is no private key, or an unsuitable one: each is rejected with the reason, and without a byte of the key.

use crate::support::der::{self, CONTEXT_0, OCTET_STRING, SEQUENCE, element, integer, pem, unpem};
use crate::support::keys::{EcKey, RsaKey, base64url, public_key_info};
use aws_lc_rs::rsa::KeySize;
use redox_auth_core::{Algorithm, Found, KeyError, KeyForm, PrivateKey, SigningKey};
use serde_json::{Value, json};

fn error(form: impl AsRef<[u8]>, case: &str) -> KeyError {
    match SigningKey::parse(form.as_ref()) {
        Err(error) => error,
        Ok(_) => panic!("{case} is taken for a key"),
    }
}

fn jwk_error(key: &Value) -> KeyError {
    error(key.to_string(), &key.to_string())
}

/// The file of this name in `vectors/openssl`.
macro_rules! openssl {
    ($name:literal) => {
        include_bytes!(concat!("../vectors/openssl/", $name)).as_slice()
    };
}

#[test]
fn what_stands_in_place_of_a_private_key_is_named() {
    let der_of = |pem: &[u8]| unpem(str::from_utf8(pem).unwrap());
    let key = EcKey::generate(Algorithm::Es384);
    let rsa = RsaKey::generate(KeySize::Rsa2048);
    let public_jwk = |mut jwk: Value| {
        jwk.as_object_mut().unwrap().remove("d");
        jwk.to_string().into_bytes()
    };
    let rsa_public = element(
        SEQUENCE,
        &[&integer(&rsa.numbers[0]), &integer(&rsa.numbers[1])],
    );
    let base64 = |der: &[u8]| {
        let pem = pem("", der);
        let lines = pem.lines().filter(|line| !line.starts_with('-'));
        lines.collect::<String>().into_bytes()
    };
    let utf16 = |to_bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        let text = str::from_utf8(openssl!("p256.pem")).unwrap();
        text.encode_utf16().flat_map(to_bytes).collect()
    };
    let escaped = str::from_utf8(openssl!("p256.pem"))
        .unwrap()
        .replace('\n', "\\n");
    let cases: [(&str, Vec<u8>, Found, &str); 35] = [
        ("empty", vec![], Found::Nothing, "nothing"),
        (
            "white space",
            b" \r\n\t\n".to_vec(),
            Found::Nothing,
            "nothing",
        ),
        (
            "a byte order mark",
            "\u{feff}".into(),
            Found::Nothing,
            "nothing",
        ),
        ("text", b"not a key".to_vec(), Found::Unknown, "something"),
        ("zeros", vec![0; 100], Found::Unknown, "something"),
        (
            "HTML",
            b"<html></html>".to_vec(),
            Found::Unknown,
            "something",
        ),
        (
            "PEM public",
            openssl!("public.pem").into(),
            Found::PublicKey,
            "a public key",
        ),
        (
            "DER public",
            public_key_info(&key),
            Found::PublicKey,
            "a public key",
        ),
        (
            "RSA public",
            rsa_public.clone(),
            Found::PublicKey,
            "a public key",
        ),
        (
            "PEM RSA public",
            pem("RSA PUBLIC KEY", &rsa_public).into(),
            Found::PublicKey,
            "a public key",
        ),
        (
            "EC JWK",
            public_jwk(key.jwk()),
            Found::PublicJwk,
            "a public JWK",
        ),
        (
            "RSA JWK",
            public_jwk(rsa.jwk()),
            Found::PublicJwk,
            "a public JWK",
        ),
        (
            "JWK Set",
            json!({ "keys": [key.jwk()] }).to_string().into(),
            Found::JwkSet,
            "a JWK Set",
        ),
        (
            "oct",
            json!({ "kty": "oct", "k": "AQAB" }).to_string().into(),
            Found::SymmetricJwk,
            "shared secret",
        ),
        (
            "certificate",
            openssl!("certificate.pem").into(),
            Found::Certificate,
            "a certificate",
        ),
        (
            "DER certificate",
            der_of(openssl!("certificate.pem")),
            Found::Certificate,
            "a certificate",
        ),
        (
            "request",
            openssl!("certificate_request.pem").into(),
            Found::CertificateRequest,
            "a certificate request",
        ),
        (
            "encrypted PKCS#8",
            openssl!("encrypted_pkcs8.pem").into(),
            Found::EncryptedKey,
            "an encrypted private key",
        ),
        (
            "encrypted PKCS#8 DER",
            der_of(openssl!("encrypted_pkcs8.pem")),
            Found::EncryptedKey,
            "an encrypted private key",
        ),
        (
            "encrypted SEC1",
            openssl!("encrypted_sec1.pem").into(),
            Found::EncryptedKey,
            "an encrypted private key",
        ),
        (
            "OpenSSH",
            openssl!("openssh").into(),
            Found::OpenSshKey,
            "OpenSSH",
        ),
        (
            "another label",
            pem("PGP MESSAGE", b"secret").into(),
            Found::OtherPem,
            "PEM",
        ),
        (
            "DER request",
            der_of(openssl!("certificate_request.pem")),
            Found::CertificateRequest,
            "a certificate request",
        ),
        (
            "a certificate and a request",
            [
                openssl!("certificate.pem"),
                openssl!("certificate_request.pem"),
            ]
            .concat(),
            Found::Certificate,
            "a certificate",
        ),
        (
            "PKCS#12",
            openssl!("bundle.p12").into(),
            Found::Pkcs12,
            "a PKCS#12 file",
        ),
        (
            "JKS",
            b"\xfe\xed\xfe\xed\0\0\0\x02".to_vec(),
            Found::JavaKeyStore,
            "a Java key store",
        ),
        (
            "PuTTY",
            b"PuTTY-User-Key-File-3: ecdsa-sha2-nistp256\n".to_vec(),
            Found::PuttyKey,
            "a PuTTY key",
        ),
        (
            "OpenPGP",
            pem("PGP PRIVATE KEY BLOCK", b"key").into(),
            Found::PgpKey,
            "an OpenPGP key",
        ),
        (
            "parameters",
            openssl!("parameters.pem").into(),
            Found::Parameters,
            "parameters",
        ),
        (
            "UTF-16LE",
            utf16(u16::to_le_bytes),
            Found::Utf16Text,
            "text in UTF-16",
        ),
        (
            "UTF-16BE",
            [&b"\xfe\xff"[..], &utf16(u16::to_be_bytes)].concat(),
            Found::Utf16Text,
            "text in UTF-16",
        ),
        (
            "line ends written out",
            escaped.into_bytes(),
            Found::EscapedText,
            r"a PEM with `\n` in it",
        ),
        (
            "base64 of DER",
            base64(&key.sec1()),
            Found::Base64Text,
            "base64",
        ),
        (
            "base64 of PEM",
            base64(openssl!("p256.pem")),
            Found::Base64Text,
            "base64",
        ),
        (
            "words in capitals",
            b"MILLIONS AND MILLIONS OF WORDS".to_vec(),
            Found::Unknown,
            "something",
        ),
    ];
    for (case, form, found, named) in cases {
        let error = error(form, case);
        assert_eq!(error, KeyError::NoPrivateKey(found), "{case}");
        let display = error.to_string();
        let (expected, found) = display.split_once(", found ").unwrap();
        assert!(expected.starts_with("expected a private key"), "{display}");
        assert!(found.contains(named), "{case}: {display}");
    }
}

#[test]
fn other_blocks_around_a_key_do_not_matter_and_two_keys_are_an_error() {
    let key = openssl!("p256.pem");
    let certificate = openssl!("certificate.pem");
    let others = [
        certificate,
        openssl!("public.pem"),
        openssl!("parameters.pem"),
    ]
    .concat();
    let half = &certificate[..certificate.len() / 2];
    let public_key = |form: &[u8]| SigningKey::parse(form).map(|key| key.public_key());
    let expected = public_key(key).unwrap();
    for form in [
        [&others, key].concat(),
        [key, &others].concat(),
        [&others, key, &others].concat(),
        [b"Bag Attributes: <No Attributes>\n", key].concat(),
        [half, b"\n", key].concat(),
        [key, certificate, key].concat(),
        [
            key,
            str::from_utf8(key)
                .unwrap()
                .replace('\n', "\r\n")
                .as_bytes(),
        ]
        .concat(),
    ] {
        assert_eq!(
            public_key(&form),
            Ok(expected.clone()),
            "{}",
            form.escape_ascii()
        );
    }
    let second = openssl!("p256_without_public.pem");
    let error = public_key(&[key, certificate, second].concat()).unwrap_err();
    let lines = |form: &[u8]| form.iter().filter(|&&byte| byte == b'\n').count();
    let second_line = lines(key) + lines(certificate) + 1;
    assert_eq!(
        error,
        KeyError::TwoKeys {
            first_line: 1,
            second_line
        }
    );
    assert_eq!(
        error.to_string(),
        format!("found two private keys, on lines 1 and {second_line}")
    );
}

#[test]
fn a_public_key_of_openssh_is_a_public_key_of_any_kind() {
    for form in [
        openssl!("openssh.pub"),
        b"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA example",
        b"ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQ example",
    ] {
        let expected = KeyError::NoPrivateKey(Found::PublicKey);
        assert_eq!(error(form, "OpenSSH"), expected, "{}", form.escape_ascii());
    }
}

#[test]
fn keys_that_sign_with_something_else_are_named() {
    let curve = |name: &str| json!({ "kty": "EC", "crv": name, "x": "", "y": "", "d": "" });
    let mut three_primes = RsaKey::published().jwk();
    three_primes["oth"] = json!([{ "r": "AQAB", "d": "AQAB", "t": "AQAB" }]);
    let mut only_d = RsaKey::published().jwk();
    only_d
        .as_object_mut()
        .unwrap()
        .retain(|name, _| ["kty", "n", "e", "d"].contains(&name.as_str()));
    let okp = json!({ "kty": "OKP", "crv": "Ed25519", "x": "", "d": "" });
    let future = json!({ "kty": "AKP", "alg": "ML-DSA-44", "priv": "" });
    let jwk = |jwk: Value| jwk.to_string().into_bytes();
    let cases: [(Vec<u8>, &str); 14] = [
        (openssl!("secp256k1.pem").into(), "a key on secp256k1"),
        (
            openssl!("brainpool.pem").into(),
            "a key on a Brainpool curve",
        ),
        (
            openssl!("p256_explicit_parameters.pem").into(),
            "a key with the parameters of its curve",
        ),
        (openssl!("ed25519.pem").into(), "a key on Ed25519"),
        (openssl!("x25519.pem").into(), "a key on X25519"),
        (openssl!("rsa_pss.pem").into(), "a key for RSA-PSS"),
        (
            openssl!("rsa_three_primes.pem").into(),
            "an RSA key of more than two primes",
        ),
        (jwk(curve("secp256k1")), "a key on secp256k1"),
        (jwk(curve("P-192")), "a key on another curve"),
        (jwk(okp), "a key on an Edwards curve"),
        (jwk(future), "a JWK of another kty"),
        (jwk(three_primes), "an RSA key of more than two primes"),
        (jwk(only_d), "an RSA key without its primes"),
        (
            pem("EC PRIVATE KEY", &unpem_sec1(openssl!("secp256k1.pem"))).into(),
            "a key on secp256k1",
        ),
    ];
    for (form, kind) in cases {
        let error = error(form, kind);
        assert_eq!(error, KeyError::Unsupported(kind));
        assert_eq!(
            error.to_string(),
            format!("expected a key on P-256, P-384 or P-521 or an RSA key, found {kind}")
        );
    }
}

/// A SEC1 key from PKCS#8, with the curve that only the outer structure named.
fn unpem_sec1(pem: &[u8]) -> Vec<u8> {
    let pkcs8 = unpem(str::from_utf8(pem).unwrap());
    let (info, _) = der::open(&pkcs8, SEQUENCE);
    let (_, info) = der::open(info, der::INTEGER);
    let (algorithm, info) = der::open(info, SEQUENCE);
    let (_, curve) = der::open(algorithm, der::OBJECT_IDENTIFIER);
    let (sec1, _) = der::open(info, OCTET_STRING);
    let (inside, _) = der::open(sec1, SEQUENCE);
    let (_, rest) = der::open(inside, der::INTEGER);
    let (secret, _) = der::open(rest, OCTET_STRING);
    let secret = element(OCTET_STRING, &[secret]);
    let curve = element(CONTEXT_0, &[curve]);
    element(SEQUENCE, &[&integer(&[1]), &secret, &curve])
}

#[test]
fn a_key_cut_off_anywhere_is_damaged_or_no_key() {
    let ec = EcKey::generate(Algorithm::Es256);
    let rsa = RsaKey::generate(KeySize::Rsa2048);
    let forms: [(&str, Vec<u8>); 10] = [
        ("PKCS#8 of EC", ec.pkcs8()),
        ("SEC1", ec.sec1()),
        ("PKCS#8 of RSA", rsa.pkcs8()),
        ("PKCS#1", rsa.pkcs1()),
        ("PEM of PKCS#8", pem("PRIVATE KEY", &ec.pkcs8()).into()),
        ("PEM of SEC1", pem("EC PRIVATE KEY", &ec.sec1()).into()),
        ("PEM of PKCS#1", pem("RSA PRIVATE KEY", &rsa.pkcs1()).into()),
        (
            "PEM of PKCS#8 of RSA",
            pem("PRIVATE KEY", &rsa.pkcs8()).into(),
        ),
        ("JWK of EC", ec.jwk().to_string().into()),
        ("JWK of RSA", rsa.jwk().to_string().into()),
    ];
    for (name, form) in forms {
        // A PEM block counts up to its last dash.
        let len = form.trim_ascii_end().len();
        for end in (0..len).step_by(if len < 400 { 1 } else { 16 }) {
            let case = format!("{name} after {end} bytes");
            let error = error(&form[..end], &case);
            assert!(
                matches!(
                    error,
                    KeyError::Malformed(_)
                        | KeyError::NoPrivateKey(Found::Nothing | Found::Unknown)
                ),
                "{case}: {error}"
            );
        }
    }
    let error = error(&ec.jwk().to_string()[..20], "JWK");
    assert_eq!(
        error.to_string(),
        "expected a JWK, found a damaged or truncated one"
    );
}

#[test]
fn a_damaged_key_says_which_form_it_has() {
    let ec = EcKey::generate(Algorithm::Es256);
    let base64 = pem("PRIVATE KEY", &ec.pkcs8());
    let cut = base64.replacen("\nM", "\n", 1);
    let other_end = base64.replace("END PRIVATE", "END EC PRIVATE");
    let bad_base64 = base64.replacen('\n', "\n*", 1);
    let pkcs8_of_junk = ec.pkcs8_around(b"junk");
    let without_curve = ec.sec1_of(&[]);
    let trailing = [ec.pkcs8(), vec![0]].concat();
    for (case, form, expected) in [
        ("a character cut out", cut.into_bytes(), KeyForm::Pem),
        ("another end", other_end.into_bytes(), KeyForm::Pem),
        ("no base64", bad_base64.into_bytes(), KeyForm::Pem),
        ("no end", base64[..base64.len() - 30].into(), KeyForm::Pem),
        ("junk inside", pkcs8_of_junk, KeyForm::Sec1),
        ("no curve", without_curve, KeyForm::Sec1),
        ("bytes after the end", trailing, KeyForm::Der),
        ("an endless sequence", vec![0x30, 0x80, 0, 0], KeyForm::Der),
        (
            "a sequence too long",
            vec![0x30, 0x84, 0xff, 0xff, 0xff, 0xff],
            KeyForm::Der,
        ),
        ("only a sequence", vec![0x30], KeyForm::Der),
        (
            "a version and no more",
            vec![0x30, 3, 2, 1, 0],
            KeyForm::Der,
        ),
    ] {
        let error = error(form, case);
        assert_eq!(error, KeyError::Malformed(expected), "{case}");
        let display = format!("expected {expected}, found a damaged or truncated one");
        assert_eq!(error.to_string(), display);
    }
}

#[test]
fn no_error_holds_a_byte_of_the_key() {
    let mut key = RsaKey::published();
    key.numbers[3][7] ^= 1;
    let numbers = key.numbers.clone();
    let mut jwk = key.jwk();
    jwk["alg"] = json!("RS256");
    for error in [
        error(key.pkcs8(), "inconsistent"),
        jwk_error(&jwk),
        PrivateKey::parse(jwk.to_string().as_bytes(), &mut [0; 100]).unwrap_err(),
        error(&jwk.to_string()[..900], "truncated"),
    ] {
        let said = format!("{error} {error:?} {error:#?}");
        // All numbers except the public exponent.
        for number in numbers.iter().filter(|number| number.len() > 4) {
            assert!(!said.contains(&base64url(number)[..8]), "{said}");
            assert!(
                !said.contains(&format!("{}, {}", number[0], number[1])),
                "{said}"
            );
        }
    }
}
