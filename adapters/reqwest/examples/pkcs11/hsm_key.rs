use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::rsa::{PkcsMgfType, PkcsPssParams};
use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::object::{Attribute, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::types::AuthPin;
use redox_auth_reqwest::{
    Algorithm, Digest, PublicKey, RemoteSigner, SignError, SignatureFuture, WriteError,
    write_jwk_set,
};

use super::hsm_error::HsmError;
use super::public_numbers;

/// Where a key pair is.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// The library that the HSM's maker delivers.
    pub(crate) module: PathBuf,
    /// The label of the token.
    pub(crate) token: String,
    /// The label of both halves of the key pair.
    pub(crate) key: String,
    /// What an RSA key signs with, instead of RS384.
    pub(crate) algorithm: Option<Algorithm>,
}

/// A private key that signs in an HSM and never leaves it. Clones share one session with the token.
#[derive(Clone)]
pub(crate) struct HsmKey(Arc<Shared>);

struct Shared {
    hsm: Hsm,
    public_key: PublicKey,
    signature_len: usize,
    /// One is enough: a service signs once in the life of a token.
    access: Mutex<Access>,
}

/// What we may do at the token.
enum Access {
    LoggedIn(Login),
    LoggedOut,
    PinRefused(RvError),
}

/// A session with the private key found in it.
struct Login {
    session: Session,
    private_key: ObjectHandle,
}

impl HsmKey {
    /// Logs in and looks at the key pair. It may take a while.
    ///
    /// # Errors
    /// [`HsmError`].
    pub(crate) fn open(place: Place, pin: AuthPin) -> Result<Self, HsmError> {
        let algorithm = place.algorithm;
        let hsm = Hsm::load(place, pin)?;
        let login = hsm.log_in()?;
        let public_half = hsm.find(&login.session, ObjectClass::PUBLIC_KEY, "public key")?;
        let (mut public_key, signature_len) = public_numbers::read(&login.session, public_half)?;
        if let Some(algorithm) = algorithm {
            public_key = public_key.with_algorithm(algorithm)?;
        }
        Ok(Self(Arc::new(Shared {
            hsm,
            public_key,
            signature_len,
            access: Mutex::new(Access::LoggedIn(login)),
        })))
    }

    /// The thumbprint of the public key, by which the server finds it.
    pub(crate) fn key_id(&self) -> String {
        self.0.public_key.thumbprint().to_string()
    }

    /// The public key as a JWK Set, to register with the server.
    ///
    /// # Errors
    /// [`WriteError`].
    pub(crate) fn jwk_set(&self) -> Result<String, WriteError> {
        // Enough for one key of any kind.
        let mut buffer = [0; 2048];
        let keys = [(&*self.key_id(), &self.0.public_key)];
        write_jwk_set(&keys, &mut buffer).map(str::to_owned)
    }

    /// The signature of `message`, for which this thread waits.
    ///
    /// # Errors
    /// [`HsmError`], also of a new login: the HSM may have ended the one that was there, or the network may have.
    pub(crate) fn sign_blocking(&self, message: &[u8]) -> Result<Vec<u8>, HsmError> {
        let mut access = self.0.access.lock().unwrap_or_else(PoisonError::into_inner);
        match core::mem::replace(&mut *access, Access::LoggedOut) {
            Access::LoggedIn(login) => {
                if let Ok(signature) = self.sign_with(&login, message) {
                    *access = Access::LoggedIn(login);
                    return Ok(signature);
                }
                // Which code says that a session, a login or a handle has ended, is each maker's own choice. A new login
                // knows whether it was that.
            }
            Access::LoggedOut => {}
            Access::PinRefused(code) => {
                *access = Access::PinRefused(code);
                return Err(HsmError::PinRefused { code });
            }
        }
        let login = self.0.hsm.log_in().inspect_err(|error| {
            if let HsmError::PinRefused { code } = error {
                *access = Access::PinRefused(*code);
            }
        })?;
        let signature = self.sign_with(&login, message)?;
        *access = Access::LoggedIn(login);
        Ok(signature)
    }

    fn sign_with(&self, login: &Login, message: &[u8]) -> Result<Vec<u8>, Error> {
        let algorithm = RemoteSigner::algorithm(self);
        let mechanism = match algorithm {
            // Every token that has the curve has this mechanism, and not every one hashes. It gives r‖s.
            Algorithm::Es256 | Algorithm::Es384 | Algorithm::Es512 => {
                let digest = Digest::of(algorithm, message);
                let (session, key) = (&login.session, login.private_key);
                return session.sign(&Mechanism::Ecdsa, key, digest.as_bytes());
            }
            Algorithm::Rs256 => Mechanism::Sha256RsaPkcs,
            Algorithm::Rs384 => Mechanism::Sha384RsaPkcs,
            Algorithm::Rs512 => Mechanism::Sha512RsaPkcs,
            Algorithm::Ps256 => Mechanism::Sha256RsaPkcsPss(PkcsPssParams {
                hash_alg: MechanismType::SHA256,
                mgf: PkcsMgfType::MGF1_SHA256,
                s_len: 32.into(),
            }),
        };
        login.session.sign(&mechanism, login.private_key, message)
    }
}

impl RemoteSigner for HsmKey {
    fn algorithm(&self) -> Algorithm {
        self.0.public_key.algorithm()
    }

    fn signature_len(&self) -> usize {
        self.0.signature_len
    }

    fn sign<'s>(&'s self, message: &'s [u8]) -> SignatureFuture<'s> {
        let (key, message) = (self.clone(), message.to_owned());
        Box::pin(async move {
            let signing = tokio::task::spawn_blocking(move || key.sign_blocking(&message));
            // No answer at all when it panicked, or when the runtime ends.
            let signed = signing.await.map_err(|_| SignError::Backend)?;
            signed.map_err(|error| {
                // The place of a service's own log.
                eprintln!("{error}");
                SignError::Backend
            })
        })
    }
}

/// The way to a token, for as often as it has to be gone.
struct Hsm {
    pkcs11: Pkcs11,
    place: Place,
    pin: AuthPin,
}

impl Hsm {
    fn load(place: Place, pin: AuthPin) -> Result<Self, HsmError> {
        let pkcs11 = Pkcs11::new(&place.module)?;
        let arguments = CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK);
        match pkcs11.initialize(arguments) {
            // By another key of this process, for example.
            Ok(()) | Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => {}
            Err(error) => return Err(error.into()),
        }
        Ok(Self { pkcs11, place, pin })
    }

    /// Finds token and key anew: a token that comes back may be in another slot.
    fn log_in(&self) -> Result<Login, HsmError> {
        let label = &self.place.token;
        let mut slots = self.pkcs11.get_slots_with_token()?;
        // One that says nothing of itself is not ours, or it has failed.
        slots.retain(|slot| {
            let token = self.pkcs11.get_token_info(*slot);
            token.is_ok_and(|token| token.label() == label)
        });
        let [slot] = slots.as_slice() else {
            return Err(HsmError::Token {
                label: label.clone(),
                found: slots.len(),
            });
        };
        let session = self.pkcs11.open_ro_session(*slot)?;
        match session.login(UserType::User, Some(&self.pin)) {
            // It holds for all sessions of a process.
            Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => {}
            Err(error) => return Err(error.into()),
        }
        let private_key = self.find(&session, ObjectClass::PRIVATE_KEY, "private key")?;
        Ok(Login {
            session,
            private_key,
        })
    }

    fn find(
        &self,
        session: &Session,
        class: ObjectClass,
        kind: &'static str,
    ) -> Result<ObjectHandle, HsmError> {
        let label = &self.place.key;
        let wanted = [
            Attribute::Class(class),
            Attribute::Label(label.clone().into_bytes()),
        ];
        match session.find_objects(&wanted)?.as_slice() {
            [object] => Ok(*object),
            found => Err(HsmError::Object {
                kind,
                label: label.clone(),
                found: found.len(),
            }),
        }
    }
}
