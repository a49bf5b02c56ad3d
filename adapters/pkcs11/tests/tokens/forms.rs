//! Where a token keeps the public half of a key, and in which form.

use cryptoki::object::{Attribute, AttributeType, CertificateType, ObjectClass};
use redox_auth_pkcs11::{Error, Pin, Pkcs11Key};
use redox_auth_reqwest::Algorithm;

use crate::softhsm::with_token;
use crate::support::{Token, client, said, sandbox, send_message};

/// Takes the public keys of this label out of the token.
fn without_public_key(token: &Token, label: &str) {
    token.in_session(|session| {
        let wanted = [
            Attribute::Class(ObjectClass::PUBLIC_KEY),
            Attribute::Label(label.into()),
        ];
        for object in session.find_objects(&wanted).unwrap() {
            session.destroy_object(object).unwrap();
        }
    });
}

#[test]
fn the_public_key_comes_from_the_private_one_or_is_asked_for() {
    let test = "forms::the_public_key_comes_from_the_private_one_or_is_asked_for";
    with_token(test, async |token| {
        let server = sandbox().await;
        token.generate(Algorithm::Rs384);
        without_public_key(&token, "RS384");
        // A private key for RSA shows its modulus.
        let key = token.open("RS384").unwrap();
        send_message(&client(&server, key)).await;

        token.generate(Algorithm::Es384);
        without_public_key(&token, "ES384");
        let error = token.open("ES384").unwrap_err();
        assert!(matches!(error, Error::NoPublicKey { .. }), "{error}");
        assert!(said(&error).contains("import the public key under the same ID"));
    });
}

#[test]
fn the_public_key_comes_from_a_certificate() {
    let test = "forms::the_public_key_comes_from_a_certificate";
    with_token(test, async |token| {
        let server = sandbox().await;
        token.generate(Algorithm::Es384);
        let expected = token.open("ES384").unwrap().key_id();
        let certificate = certificate(public_point(&token, "ES384"));
        without_public_key(&token, "ES384");
        token.in_session(|session| {
            let made = session.create_object(&[
                Attribute::Class(ObjectClass::CERTIFICATE),
                Attribute::CertificateType(CertificateType::X_509),
                Attribute::Token(true),
                Attribute::Private(false),
                Attribute::Label("ES384".into()),
                Attribute::Subject(Vec::new()),
                Attribute::Value(certificate),
            ]);
            made.unwrap();
        });
        let key = token.open("ES384").unwrap();
        assert_eq!(key.key_id(), expected);
        send_message(&client(&server, key)).await;
    });
}

#[test]
fn a_public_key_of_another_private_key_is_found_out() {
    let test = "forms::a_public_key_of_another_private_key_is_found_out";
    with_token(test, async |token| {
        token.generate(Algorithm::Es256);
        without_public_key(&token, "ES256");
        token.generate_with(Algorithm::Es256, "other", &[]);
        // The public half of the other key takes its place.
        token.in_session(|session| {
            let wanted = [
                Attribute::Class(ObjectClass::PUBLIC_KEY),
                Attribute::Label("other".into()),
            ];
            let other = session.find_objects(&wanted).unwrap();
            let label = [Attribute::Label("ES256".into())];
            session.update_attributes(other[0], &label).unwrap();
        });
        let error = token.open("ES256").unwrap_err();
        assert!(matches!(error, Error::WrongSignature { .. }), "{error}");
        assert!(said(&error).contains("CKM_ECDSA"));
    });
}

#[test]
fn of_two_keys_with_one_label_each_has_its_own_public_half() {
    let test = "forms::of_two_keys_with_one_label_each_has_its_own_public_half";
    with_token(test, async |token| {
        // The earlier key keeps its public half, and the later one has lost it.
        token.generate_with(Algorithm::Rs384, "RS384", &[Attribute::Id(vec![2])]);
        without_public_key(&token, "RS384");
        token.generate_with(Algorithm::Rs384, "RS384", &[Attribute::Id(vec![1])]);
        token.in_session(|session| {
            let wanted = [
                Attribute::Class(ObjectClass::PUBLIC_KEY),
                Attribute::Label("RS384".into()),
            ];
            let earlier = session.find_objects(&wanted).unwrap();
            let id = [Attribute::Id(vec![1])];
            session.update_attributes(earlier[0], &id).unwrap();
        });
        let open = |id| {
            let uri = token.uri("RS384").id([id]);
            Pkcs11Key::at(uri).pin(Pin::new(token.pin)).open().unwrap()
        };
        assert_ne!(open(1).key_id(), open(2).key_id());
    });
}

/// The uncompressed point of a public key in the token.
fn public_point(token: &Token, label: &str) -> Vec<u8> {
    token.in_session(|session| {
        let wanted = [
            Attribute::Class(ObjectClass::PUBLIC_KEY),
            Attribute::Label(label.into()),
        ];
        let found = session.find_objects(&wanted).unwrap();
        let found = session.get_attributes(found[0], &[AttributeType::EcPoint]);
        match found.unwrap().pop() {
            // Behind the tag and the length of the OCTET STRING.
            Some(Attribute::EcPoint(point)) => point[2..].to_vec(),
            other => panic!("{other:?}"),
        }
    })
}

/// A certificate of this point on P-384. Nobody looks at its signature here.
fn certificate(point: Vec<u8>) -> Vec<u8> {
    struct Unsigned(Vec<u8>);

    impl rcgen::PublicKeyData for Unsigned {
        fn der_bytes(&self) -> &[u8] {
            &self.0
        }

        fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
            &rcgen::PKCS_ECDSA_P384_SHA384
        }
    }

    impl rcgen::SigningKey for Unsigned {
        fn sign(&self, _: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
            Ok(vec![0; 8])
        }
    }

    let params = rcgen::CertificateParams::default();
    params.self_signed(&Unsigned(point)).unwrap().der().to_vec()
}
