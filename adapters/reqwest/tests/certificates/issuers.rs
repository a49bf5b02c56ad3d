//! Each certificate must be issued by the next.

use rcgen::{KeyPair, PKCS_ECDSA_P384_SHA384, PKCS_ED25519, PKCS_RSA_SHA512};
use redox_auth_reqwest::{Algorithm, CertificateChain, CertificateError};
use rustls::pki_types::PrivatePkcs8KeyDer;

use crate::keys;
use crate::support::{Authority, chain, pair, three};

fn refused(certificates: &[&Vec<u8>]) -> CertificateError {
    let certificates: Vec<_> = certificates.iter().map(|it| it.as_slice()).collect();
    CertificateChain::parse(&certificates.concat()).unwrap_err()
}

#[test]
fn any_beginning_of_a_chain_is_one() {
    let certificates = three(&keys::pkcs8(Algorithm::Es256));
    for count in 1..=3 {
        assert_eq!(chain(&certificates[..count]).count(), count);
    }
}

#[test]
fn a_chain_in_another_order_is_an_error_with_the_expected_issuer() {
    let certificates = three(&keys::pkcs8(Algorithm::Es256));
    let [own, middle, root] = &certificates[..] else {
        panic!("three certificates");
    };
    let order = |position, expected: &str, found: &str| CertificateError::Order {
        position,
        expected: format!("CN={expected},C=NL"),
        found: format!("CN={found},C=NL"),
    };
    for (certificates, expected) in [
        ([own, root].to_vec(), order(2, "Middle", "Root")),
        ([own, root, middle].to_vec(), order(2, "Middle", "Root")),
        ([root, middle, own].to_vec(), order(2, "Root", "Middle")),
        (
            [middle, root, own].to_vec(),
            order(3, "Root", r"Client\, Inc."),
        ),
    ] {
        let error = refused(&certificates);
        assert_eq!(error, expected);
    }
    let shown = refused(&[own, root]).to_string();
    assert!(
        shown.contains(
            "expected the issuer of the certificate before it (CN=Middle,C=NL), found CN=Root,C=NL"
        ),
        "{shown}"
    );
}

#[test]
fn a_certificate_that_comes_twice_is_refused() {
    let certificates = three(&keys::pkcs8(Algorithm::Es256));
    let [own, middle, root] = &certificates[..] else {
        panic!("three certificates");
    };
    let duplicate = |position, same_as| CertificateError::Duplicate { position, same_as };
    assert_eq!(refused(&[own, own]), duplicate(2, 1));
    assert_eq!(refused(&[own, middle, root, root]), duplicate(4, 3));
    assert_eq!(refused(&[own, middle, root, middle]), duplicate(4, 2));
}

#[test]
fn an_issuer_of_the_same_name_with_another_key_is_found() {
    let key = keys::pkcs8(Algorithm::Es256);
    let (one, other) = (three(&key), three(&key));
    assert_eq!(
        refused(&[&one[0], &other[1]]),
        CertificateError::Signature { position: 1 }
    );
    assert_eq!(
        refused(&[&one[0], &one[1], &other[2]]),
        CertificateError::Signature { position: 2 }
    );
}

#[test]
fn authorities_with_other_keys_are_verified_as_well() {
    let rsa = PrivatePkcs8KeyDer::from(keys::rsa()[2].as_slice());
    for (name, key) in [
        ("P-384", KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384)),
        ("Ed25519", KeyPair::generate_for(&PKCS_ED25519)),
        (
            "RSA of 4096 bits with SHA-512",
            KeyPair::from_pkcs8_der_and_sign_algo(&rsa, &PKCS_RSA_SHA512),
        ),
        (
            "RSA of 2048 bits with SHA-256",
            KeyPair::try_from(keys::rsa()[0].as_slice()),
        ),
    ] {
        let root = Authority::root(name, key.unwrap());
        let mut certificates = root.certify(&keys::pkcs8(Algorithm::Es256));
        assert_eq!(chain(&certificates).count(), 2, "{name}");
        *certificates[0].last_mut().unwrap() ^= 1;
        assert_eq!(
            refused(&[&certificates[0], &certificates[1]]),
            CertificateError::Signature { position: 1 },
            "{name}"
        );
    }
}

#[test]
fn any_bit_of_an_issued_certificate_that_is_another_is_found() {
    let certificates = three(&keys::pkcs8(Algorithm::Es256));
    let mut whole = certificates[..2].concat();
    for bit in 0..certificates[0].len() * 8 {
        let (byte, mask) = (bit / 8, 1 << (bit % 8));
        whole[byte] ^= mask;
        assert!(CertificateChain::parse(&whole).is_err(), "bit {bit}");
        whole[byte] ^= mask;
    }
    assert!(CertificateChain::parse(&whole).is_ok());
}

#[test]
fn an_issuer_with_another_kind_of_key_than_has_signed_is_found() {
    let elliptic = Authority::root("Root", pair(&keys::pkcs8(Algorithm::Es256)));
    let rsa = Authority::root("Root", pair(keys::rsa()[0]));
    let key = keys::pkcs8(Algorithm::Es256);
    let by_rsa = rsa.certify(&key);
    let by_elliptic = elliptic.certify(&key);
    for (own, root) in [(&by_rsa[0], &by_elliptic[1]), (&by_elliptic[0], &by_rsa[1])] {
        assert_eq!(
            refused(&[own, root]),
            CertificateError::Signature { position: 1 }
        );
    }
}
