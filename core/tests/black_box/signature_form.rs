//! Signatures in DER and as r‖s, compared with those of the ecdsa crate.

use proptest::prelude::*;
use redox_auth_core::Algorithm::{self, Es256, Es384, Es512};
use redox_auth_core::{SignatureError, parse_signature, parse_signature_der, write_signature_der};

fn parse(algorithm: Algorithm, der: &[u8]) -> Result<Vec<u8>, SignatureError> {
    let mut signature = vec![0xff; algorithm.signature_len().unwrap()];
    parse_signature_der(algorithm, der, &mut signature).map(|()| signature)
}

fn write(algorithm: Algorithm, signature: &[u8]) -> Result<Vec<u8>, SignatureError> {
    let mut out = [0; 139];
    write_signature_der(algorithm, signature, &mut out).map(<[u8]>::to_vec)
}

/// Numbers of every length, both common and rare in ECDSA.
fn number(len: usize) -> impl Strategy<Value = Vec<u8>> {
    (
        prop::collection::vec(any::<u8>(), len),
        0..len,
        any::<bool>(),
    )
        .prop_map(move |(mut number, zeros, is_short)| {
            if is_short {
                number[..zeros].fill(0);
            }
            number
        })
}

proptest! {
    #[test]
    fn es256_is_what_the_ecdsa_crate_makes_of_it(r in number(32), s in number(32)) {
        let fixed = [r, s].concat();
        let theirs = p256::ecdsa::Signature::from_slice(&fixed);
        let ours = write(Es256, &fixed);
        match theirs {
            Ok(theirs) => {
                let der = theirs.to_der();
                prop_assert_eq!(&ours.unwrap(), der.as_bytes());
                prop_assert_eq!(parse(Es256, der.as_bytes()).unwrap(), fixed);
            }
            Err(_) => prop_assert_eq!(ours, Err(SignatureError::OutOfRange)),
        }
    }

    #[test]
    fn es384_is_what_the_ecdsa_crate_makes_of_it(r in number(48), s in number(48)) {
        let fixed = [r, s].concat();
        let theirs = p384::ecdsa::Signature::from_slice(&fixed);
        let ours = write(Es384, &fixed);
        match theirs {
            Ok(theirs) => {
                let der = theirs.to_der();
                prop_assert_eq!(&ours.unwrap(), der.as_bytes());
                prop_assert_eq!(parse(Es384, der.as_bytes()).unwrap(), fixed);
            }
            Err(_) => prop_assert_eq!(ours, Err(SignatureError::OutOfRange)),
        }
    }

    #[test]
    fn es512_is_what_the_ecdsa_crate_makes_of_it(mut r in number(66), mut s in number(66)) {
        // Only one bit of the first byte counts.
        r[0] &= 3;
        s[0] &= 1;
        let fixed = [r, s].concat();
        let theirs = p521::ecdsa::Signature::from_slice(&fixed);
        let ours = write(Es512, &fixed);
        match theirs {
            Ok(theirs) => {
                let der = theirs.to_der();
                prop_assert_eq!(&ours.unwrap(), der.as_bytes());
                prop_assert_eq!(parse(Es512, der.as_bytes()).unwrap(), fixed);
            }
            Err(_) => prop_assert_eq!(ours, Err(SignatureError::OutOfRange)),
        }
    }

    #[test]
    fn what_is_read_is_the_one_encoding_of_it(
        r in number(32),
        s in number(32),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let Ok(mut der) = write(Es256, &[r, s].concat()) else {
            return Ok(());
        };
        let at = at.index(der.len());
        der[at] = byte;
        if let Ok(fixed) = parse(Es256, &der) {
            prop_assert_eq!(write(Es256, &fixed).unwrap(), der);
        }
    }
}

#[test]
fn only_the_one_right_encoding_is_read() {
    let malformed = SignatureError::Malformed;
    let out_of_range = SignatureError::OutOfRange;
    let mut long = vec![0x30, 0x26, 0x02, 0x21, 0x01];
    long.extend([0; 32]);
    long.extend([0x02, 0x01, 0x01]);
    for (what, der, expected) in [
        ("nothing", &[][..], malformed),
        ("no sequence", &[0x31, 6, 2, 1, 1, 2, 1, 1], malformed),
        ("one number", &[0x30, 3, 2, 1, 1], malformed),
        (
            "three numbers",
            &[0x30, 9, 2, 1, 1, 2, 1, 1, 2, 1, 1],
            malformed,
        ),
        (
            "something behind it",
            &[0x30, 6, 2, 1, 1, 2, 1, 1, 0],
            malformed,
        ),
        ("cut off", &[0x30, 6, 2, 1, 1, 2, 1], malformed),
        ("a longer length", &[0x30, 7, 2, 1, 1, 2, 1, 1], malformed),
        (
            "a long form for a short length",
            &[0x30, 0x81, 6, 2, 1, 1, 2, 1, 1],
            malformed,
        ),
        (
            "an indefinite length",
            &[0x30, 0x80, 2, 1, 1, 2, 1, 1, 0, 0],
            malformed,
        ),
        ("a leading zero", &[0x30, 7, 2, 2, 0, 1, 2, 1, 1], malformed),
        (
            "a negative number",
            &[0x30, 6, 2, 1, 0x80, 2, 1, 1],
            malformed,
        ),
        ("an empty number", &[0x30, 5, 2, 0, 2, 1, 1], malformed),
        ("zero", &[0x30, 6, 2, 1, 0, 2, 1, 1], out_of_range),
        ("a number of 33 bytes", &long, out_of_range),
    ] {
        assert_eq!(parse(Es256, der), Err(expected), "{what}");
    }
    assert_eq!(parse(Es256, &[0x30, 6, 2, 1, 1, 2, 1, 2]).unwrap()[63], 2);
}

#[test]
fn numbers_end_below_the_order_of_the_curve() {
    let orders = [
        (
            Es256,
            "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
        ),
        (
            Es384,
            "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973",
        ),
        (
            Es512,
            "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409",
        ),
    ];
    for (algorithm, order) in orders {
        let order: Vec<u8> = order
            .as_bytes()
            .chunks(2)
            .map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap())
            .collect();
        let mut last = order.clone();
        *last.last_mut().unwrap() -= 1;
        let greatest = [last.clone(), last.clone()].concat();
        let der = write(algorithm, &greatest).unwrap();
        assert_eq!(parse(algorithm, &der).unwrap(), greatest);
        for pair in [[&order, &last], [&last, &order]] {
            let pair = pair.map(Vec::as_slice).concat();
            assert_eq!(write(algorithm, &pair), Err(SignatureError::OutOfRange));
        }
        // The order itself, in DER.
        let len = u8::try_from(order.len()).unwrap();
        let zeros = u8::from(order[0] >= 0x80);
        let zero = vec![0; zeros.into()];
        let number = [&[2, len + zeros][..], &zero, &order].concat();
        let both = [&[0x30, len + zeros + 5][..], &number, &[2, 1, 1]].concat();
        assert_eq!(parse(algorithm, &both), Err(SignatureError::OutOfRange));
    }
}

#[test]
fn lengths_and_algorithms_are_checked() {
    let der = [0x30, 6, 2, 1, 1, 2, 1, 2];
    let fixed = parse(Es256, &der).unwrap();
    for len in [0, 63, 65, 96] {
        let expected = Err(SignatureError::SignatureLen {
            found: len,
            expected: 64,
        });
        assert_eq!(
            parse_signature_der(Es256, &der, &mut vec![0; len]),
            expected
        );
        assert_eq!(write(Es256, &vec![1; len]).map(|_| ()), expected);
    }
    for short in 0..der.len() {
        let mut out = vec![0; short];
        let found = write_signature_der(Es256, &fixed, &mut out);
        assert_eq!(found, Err(SignatureError::BufferTooSmall { needed: 8 }));
    }
    for algorithm in Algorithm::ALL.into_iter().filter(|it| it.is_rsa()) {
        let refused = Err(SignatureError::Algorithm(algorithm));
        assert_eq!(write(algorithm, &fixed), refused);
    }
}

#[test]
fn a_signature_is_recognised_in_both_forms() {
    let mut signature = [0xff; 64];
    let fixed: Vec<u8> = (1..=64).collect();
    let mut out = [0; 72];
    let der = write_signature_der(Es256, &fixed, &mut out).unwrap();
    for given in [&fixed, der] {
        assert_eq!(parse_signature(Es256, given, &mut signature), Ok(()));
        assert_eq!(signature[..], fixed);
    }
    let mut of_rsa = [0; 256];
    assert_eq!(
        parse_signature(Algorithm::Ps256, &[0xd5; 256], &mut of_rsa),
        Ok(())
    );
    assert_eq!(of_rsa, [0xd5; 256]);
}

#[test]
fn what_is_no_signature_is_refused_by_name() {
    let (mut of_p384, mut out) = ([0; 96], [0; 139]);
    let largest = [[0x7f; 48], [0x7f; 48]].concat();
    let der = write_signature_der(Es384, &largest, &mut out).unwrap();
    let [mut cut, mut longer] = [der.to_vec(), der.to_vec()];
    cut.pop();
    longer.extend([2, 1, 1]);
    longer[1] += 3;
    let len = |found, expected| SignatureError::SignatureLen { found, expected };
    let mut of_p256 = [0; 64];
    for (what, algorithm, given, expected) in [
        ("nothing", Es256, &[][..], len(0, 64)),
        ("a byte less", Es256, &[0x81; 63], len(63, 64)),
        ("a signature of P-384", Es256, &[0x81; 96], len(96, 64)),
        (
            "a signature of P-384 in DER",
            Es256,
            der,
            SignatureError::OutOfRange,
        ),
        ("DER that is cut off", Es256, &cut, len(cut.len(), 64)),
        (
            "DER with a third number",
            Es256,
            &longer,
            SignatureError::OutOfRange,
        ),
        (
            "DER of one number",
            Es256,
            &[0x30, 3, 2, 1, 1],
            SignatureError::Malformed,
        ),
        ("DER for RSA", Algorithm::Rs384, der, len(der.len(), 64)),
        ("base64", Es256, b"MEUCIQDx8T2c+/8=\n", SignatureError::Text),
        (
            "64 hexadecimal digits",
            Es256,
            &[b'a'; 64],
            SignatureError::Text,
        ),
        (
            "base64 for RSA",
            Algorithm::Ps256,
            &[b'a'; 344],
            SignatureError::Text,
        ),
        (
            "Vault's text",
            Es256,
            b"vault:v1:MEUCIQDx8T2c",
            SignatureError::Text,
        ),
    ] {
        assert_eq!(
            parse_signature(algorithm, given, &mut of_p256),
            Err(expected),
            "{what}"
        );
    }
    assert_eq!(
        parse_signature(Es384, &longer, &mut of_p384),
        Err(SignatureError::Malformed)
    );
    // A signer that announces the length of its DER.
    assert_eq!(
        parse_signature(Es256, &[0xd5; 72], &mut [0; 72]),
        Err(len(72, 64))
    );
}
