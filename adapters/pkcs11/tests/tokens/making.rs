//! What is made in a token, by sessions of the test's own.

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::Mechanism;
use cryptoki::object::{Attribute, AttributeType};
use cryptoki::session::{Session, UserType};
use pkcs1::ObjectIdentifier;
use redox_auth_reqwest::Algorithm;
use x509_cert::der::Encode as _;

use crate::support::Token;

impl Token {
    /// Makes a key pair under the name of its algorithm.
    pub(crate) fn generate(&self, algorithm: Algorithm) {
        self.generate_with(algorithm, algorithm.as_str(), &[]);
    }

    /// Makes a key pair whose private half has these attributes, too.
    pub(crate) fn generate_with(&self, algorithm: Algorithm, label: &str, more: &[Attribute]) {
        self.in_session(|session| {
            let (mechanism, kind) = kind(algorithm);
            let label = Attribute::Label(label.into());
            let mut public = vec![
                Attribute::Token(true),
                Attribute::Private(false),
                Attribute::Verify(true),
                label.clone(),
                kind,
            ];
            if algorithm.is_rsa() {
                public.push(Attribute::PublicExponent(vec![1, 0, 1]));
            }
            let mut private = vec![
                Attribute::Token(true),
                Attribute::Private(true),
                Attribute::Sensitive(true),
                Attribute::Extractable(false),
                label,
            ];
            private.extend_from_slice(more);
            if !more.iter().any(|it| matches!(it, Attribute::Sign(_))) {
                private.push(Attribute::Sign(true));
            }
            let made = session.generate_key_pair(&mechanism, &public, &private);
            let (_, private) = made.unwrap();
            let secrets = [
                AttributeType::Value,
                AttributeType::PrivateExponent,
                AttributeType::Prime1,
            ];
            let shown = session.get_attributes(private, &secrets);
            assert!(shown.unwrap().is_empty());
        });
    }

    /// Runs `work` in a session that may change what is in the token.
    pub(crate) fn in_session<T>(&self, work: impl FnOnce(&Session) -> T) -> T {
        self.in_session_with(self.pin, work)
    }

    /// The same with another PIN.
    pub(crate) fn in_session_with<T>(&self, pin: &str, work: impl FnOnce(&Session) -> T) -> T {
        without_login(self, |session| {
            match session.login(UserType::User, Some(&pin.into())) {
                Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => work(session),
                Err(error) => panic!("{error}"),
            }
        })
    }
}

/// Runs `work` in a session. The module is initialised for it alone, unless something else uses it.
pub(crate) fn without_login<T>(token: &Token, work: impl FnOnce(&Session) -> T) -> T {
    let pkcs11 = Pkcs11::new(&token.module).unwrap();
    let arguments = CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK);
    let is_ours = match pkcs11.initialize(arguments) {
        Ok(()) => true,
        Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => false,
        Err(error) => panic!("{error}"),
    };
    let slots = pkcs11.get_slots_with_token().unwrap();
    let mut slots = slots.into_iter();
    let slot = slots.find(|slot| {
        let info = pkcs11.get_token_info(*slot);
        token.slot_id == Some(slot.id()) || info.is_ok_and(|info| info.label() == token.label)
    });
    let session = pkcs11.open_rw_session(slot.unwrap()).unwrap();
    let done = work(&session);
    drop(session);
    if is_ours {
        pkcs11.finalize().unwrap();
    }
    done
}

fn kind(algorithm: Algorithm) -> (Mechanism<'static>, Attribute) {
    match algorithm {
        Algorithm::Es256 => (Mechanism::EccKeyPairGen, curve("1.2.840.10045.3.1.7")),
        Algorithm::Es384 => (Mechanism::EccKeyPairGen, curve("1.3.132.0.34")),
        Algorithm::Es512 => (Mechanism::EccKeyPairGen, curve("1.3.132.0.35")),
        Algorithm::Rs256 | Algorithm::Rs384 | Algorithm::Rs512 | Algorithm::Ps256 => (
            Mechanism::RsaPkcsKeyPairGen,
            Attribute::ModulusBits(2048.into()),
        ),
        other => panic!("an algorithm without a test: {other}"),
    }
}

/// The parameters of a curve.
pub(crate) fn curve(oid: &str) -> Attribute {
    Attribute::EcParams(ObjectIdentifier::new_unwrap(oid).to_der().unwrap())
}
