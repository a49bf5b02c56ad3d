//! DER that a lenient parser would accept as a key: rejected, because two parsers could read different keys.

use crate::support::der::{
    BIT_STRING, CONTEXT_0, CONTEXT_1, INTEGER, NULL, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE,
    element, integer, open,
};
use crate::support::keys::{EcKey, RsaKey};
use redox_auth_core::{Algorithm, KeyError, KeyForm, SigningKey};

fn check(case: &str, der: &[u8], expected: KeyError) {
    let error = SigningKey::parse(der).map(|_| ()).unwrap_err();
    assert_eq!(error, expected, "{case}");
}

#[test]
fn pkcs1_is_nine_numbers_that_are_not_negative() {
    let key = RsaKey::published();
    let numbers: Vec<_> = key.numbers.iter().map(|number| integer(number)).collect();
    let pkcs1 = |version: &[u8], numbers: &[Vec<u8>]| {
        element(
            SEQUENCE,
            &[&element(INTEGER, &[version]), &numbers.concat()],
        )
    };
    let with = |at: usize, contents: &[&[u8]]| {
        let mut altered = numbers.clone();
        altered[at] = element(INTEGER, contents);
        pkcs1(&[0], &altered)
    };
    assert!(SigningKey::parse(&pkcs1(&[0], &numbers)).is_ok());

    let malformed = KeyError::Malformed(KeyForm::Pkcs1);
    let [n, e, ..] = &key.numbers;
    assert!(n[0] >= 0x80 && e[0] < 0x80);
    check("n is negative", &with(0, &[n]), malformed);
    check(
        "a zero too many before n",
        &with(0, &[&[0, 0], n]),
        malformed,
    );
    check("a zero before e", &with(1, &[&[0], e]), malformed);
    check("e is empty", &with(1, &[]), malformed);
    check("qi is missing", &pkcs1(&[0], &numbers[..7]), malformed);
    let more = [&numbers[..], &numbers[7..]].concat();
    check("a number too many", &pkcs1(&[0], &more), malformed);
    check("version 2", &pkcs1(&[2], &numbers), malformed);
    let multi_prime = KeyError::Unsupported("an RSA key of more than two primes");
    check("version 1", &pkcs1(&[1], &numbers), multi_prime);
    let mut swapped = numbers.clone();
    swapped[3] = element(OCTET_STRING, &[&key.numbers[3]]);
    check("p is a string", &pkcs1(&[0], &swapped), malformed);
}

#[test]
fn sec1_is_version_one_with_at_most_a_curve_and_a_public_key() {
    let key = EcKey::published(Algorithm::Es256);
    let curve = element(CONTEXT_0, &[key.curve()]);
    let version_1 = integer(&[1]);
    let secret = element(OCTET_STRING, &[&key.secret]);
    let sec1 = |parts: &[&[u8]]| element(SEQUENCE, parts);
    assert!(SigningKey::parse(&sec1(&[&version_1, &secret, &curve])).is_ok());

    let malformed = KeyError::Malformed(KeyForm::Sec1);
    for version in [0, 2, 0x7f] {
        let der = sec1(&[&integer(&[version]), &secret, &curve]);
        check("another version", &der, malformed);
    }
    let public = key.public();
    for (case, parts) in [
        ("order", [&public[..], &curve].concat()),
        ("curve twice", [&curve[..], &curve].concat()),
        ("something more", [&curve[..], &element(NULL, &[])].concat()),
        ("an empty curve", element(CONTEXT_0, &[])),
        (
            "two curves",
            element(CONTEXT_0, &[key.curve(), key.curve()]),
        ),
        (
            "unused bits",
            [
                &curve[..],
                &element(CONTEXT_1, &[&element(BIT_STRING, &[&[1], &key.point])]),
            ]
            .concat(),
        ),
        (
            "an empty public key",
            [
                &curve[..],
                &element(CONTEXT_1, &[&element(BIT_STRING, &[])]),
            ]
            .concat(),
        ),
    ] {
        check(case, &sec1(&[&version_1, &secret, &parts]), malformed);
    }
}

#[test]
fn pkcs8_is_version_one_or_two_with_the_parameters_of_its_algorithm() {
    let malformed = KeyError::Malformed(KeyForm::Pkcs8);
    let (ec, rsa) = (EcKey::published(Algorithm::Es384), RsaKey::published());
    for key in [ec.pkcs8(), rsa.pkcs8()] {
        let (version, after) = open(&key, SEQUENCE).0.split_at(3);
        let (algorithm, private) = open(after, SEQUENCE);
        let (oid, _) = open(algorithm, OBJECT_IDENTIFIER);
        let oid = element(OBJECT_IDENTIFIER, &[oid]);
        let with = |version: &[u8], algorithm: &[&[u8]], rest: &[u8]| {
            let algorithm = element(SEQUENCE, algorithm);
            element(SEQUENCE, &[version, &algorithm, private, rest])
        };
        assert!(SigningKey::parse(&with(version, &[algorithm], &[])).is_ok());
        let version_3 = integer(&[2]);
        check("version 3", &with(&version_3, &[algorithm], &[]), malformed);
        let text = element(OCTET_STRING, &[b"text"]);
        check(
            "other parameters",
            &with(version, &[&oid, &text], &[]),
            malformed,
        );
        check(
            "cut off",
            &with(version, &[algorithm], &text[..3]),
            malformed,
        );
        let string_missing = element(SEQUENCE, &[version, &element(SEQUENCE, &[algorithm])]);
        check("no key", &string_missing, malformed);
    }
}

#[test]
fn a_length_is_as_short_as_it_can_be_and_fits_in_two_bytes() {
    let key = EcKey::published(Algorithm::Es256).pkcs8();
    let (inside, _) = open(&key, SEQUENCE);
    let len = u8::try_from(inside.len()).unwrap();
    assert!(len >= 0x80, "the length takes one byte after the first");
    let with = |head: &[u8]| [&[SEQUENCE], head, inside].concat();
    assert!(SigningKey::parse(&with(&[0x81, len])).is_ok());
    let malformed = KeyError::Malformed(KeyForm::Der);
    for head in [
        &[0x82, 0, len][..],
        &[0x83, 0, 0, len],
        &[0x84, 0, 0, 0, len],
        &[0x88, 0, 0, 0, 0, 0, 0, 0, len],
        &[0x80],
        &[0xff, len],
        &[0x81, len - 1],
        &[0x81, 0xff],
        &[0x82, 0xff, 0xff],
    ] {
        check(&format!("{head:x?}"), &with(head), malformed);
    }
    // One byte is enough for the length of the version.
    let long_version = [&[INTEGER, 0x81, 1, 0], &inside[3..]].concat();
    check("version", &element(SEQUENCE, &[&long_version]), malformed);
}
