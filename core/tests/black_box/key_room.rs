//! Keys that are parsed in place.

use redox_auth_core::{
    Algorithm, Es256Key, Es384Key, Found, KeyError, KeyRoom, PRIVATE_KEY_SCRATCH_LEN, PrivateKey,
    PublicKey, RsaKey2048, RsaKey4096, Signer, SigningKey,
};

use crate::support::keys::{EcKey, ON_CURVES, RsaKey};

fn sign(key: &impl Signer) -> (Algorithm, Vec<u8>) {
    let mut signature = vec![0; key.signature_len()];
    key.sign(b"message", &mut signature).unwrap();
    (key.algorithm(), signature)
}

#[test]
fn a_key_in_a_room_is_the_key_returned_by_value() {
    let mut room = KeyRoom::<SigningKey>::new();
    let mut keys: Vec<Vec<u8>> = ON_CURVES.map(|it| EcKey::published(it).pkcs8()).into();
    keys.push(RsaKey::published().pkcs8());
    for pkcs8 in keys {
        let expected = SigningKey::parse(&pkcs8).unwrap();
        let found = room.parse(&pkcs8).unwrap();
        assert_eq!(found.public_key(), expected.public_key());
        assert_eq!(sign(found), sign(&expected));
        assert_eq!(sign(room.key().unwrap()), sign(&expected));
        let mut scratch = [0; PRIVATE_KEY_SCRATCH_LEN];
        let parsed = PrivateKey::parse(&pkcs8, &mut scratch).unwrap();
        assert_eq!(sign(room.read(&parsed).unwrap()), sign(&expected));
    }
}

#[test]
fn each_type_has_a_room_of_its_own() {
    let rsa = RsaKey::published().pkcs8();
    let expected = sign(&RsaKey2048::parse(&rsa).unwrap());
    assert_eq!(
        sign(KeyRoom::<RsaKey2048>::new().parse(&rsa).unwrap()),
        expected
    );
    assert_eq!(
        sign(KeyRoom::<RsaKey4096>::new().parse(&rsa).unwrap()),
        expected
    );
    let ec = EcKey::published(Algorithm::Es384).pkcs8();
    let expected: PublicKey = Es384Key::parse(&ec).unwrap().public_key();
    let mut room = KeyRoom::<Es384Key>::new();
    assert_eq!(room.parse(&ec).unwrap().public_key(), expected);
}

#[test]
fn a_room_takes_the_algorithm_that_is_asked_for() {
    let mut room = KeyRoom::<SigningKey>::new();
    for algorithm in Algorithm::ALL.into_iter().filter(|it| it.is_rsa()) {
        let key = room.parse_with_algorithm(algorithm, &RsaKey::published().pkcs8());
        assert_eq!(key.unwrap().algorithm(), algorithm);
    }
    let ec = EcKey::published(Algorithm::Es256).pkcs8();
    let mut room = KeyRoom::<Es256Key>::new();
    room.parse_with_algorithm(Algorithm::Es256, &ec).unwrap();
    let error = room
        .parse_with_algorithm(Algorithm::Es384, &ec)
        .unwrap_err();
    let expected = KeyError::WrongAlgorithm {
        found: Algorithm::Es256,
        expected: Algorithm::Es384,
    };
    assert_eq!(error, expected);
}

#[test]
fn after_an_error_the_room_is_empty_and_says_why() {
    let key = EcKey::published(Algorithm::Es256).pkcs8();
    let nothing = KeyError::NoPrivateKey(Found::Nothing);
    let mut room = KeyRoom::<Es256Key>::default();
    assert_eq!(room.key().unwrap_err(), nothing);
    room.parse(&key).unwrap();
    let cut = room.parse(&key[..key.len() - 1]).unwrap_err();
    assert_eq!(room.key().unwrap_err(), cut);
    room.parse(&key).unwrap();
    room.clear();
    assert_eq!(room.key().unwrap_err(), nothing);
    assert_eq!(format!("{room:?}"), "KeyRoom([redacted])");
}

#[test]
fn a_key_with_a_wrong_number_leaves_no_key_in_the_room() {
    let whole = RsaKey::published();
    let mut room = KeyRoom::<RsaKey2048>::new();
    for at in [0, 3, 4, 5, 6, 7] {
        room.parse(&whole.pkcs8()).unwrap();
        let mut wrong = RsaKey {
            numbers: whole.numbers.clone(),
        };
        wrong.numbers[at][9] ^= 4;
        let name = RsaKey::NAMES[at];
        let error = room.parse(&wrong.pkcs8()).unwrap_err();
        assert_eq!(error, KeyError::Inconsistent, "{name}");
        assert!(room.key().is_err(), "{name}");
    }
}
