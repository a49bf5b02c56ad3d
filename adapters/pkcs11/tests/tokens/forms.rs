//! Where a token keeps the public half of a key, and in which form.

use cryptoki::object::{Attribute, ObjectClass};
use redox_auth_pkcs11::Error;
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
