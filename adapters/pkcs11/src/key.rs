use core::fmt;
use core::time::Duration;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use redox_auth_reqwest::{
    Algorithm, Key, PublicKey, RemoteSigner, SignError, SignatureFuture, Signer,
};

use crate::error::{Error, Remedy};
use crate::holder::Holder;
use crate::login::Login;
use crate::pool::{Lease, Pool};
use crate::public_key::PublicNumbers;

/// A private key that signs in a token and never leaves it. Clones share its sessions.
#[derive(Clone)]
pub struct Pkcs11Key(Arc<Shared>);

struct Shared {
    holder: Holder,
    numbers: PublicNumbers,
    public_key: PublicKey,
    logins: Arc<Pool<Login>>,
    settings: Settings,
    last_error: Mutex<Option<Error>>,
}

/// A key's settings, see [`Builder`](crate::Builder).
pub(crate) struct Settings {
    pub(crate) sessions: usize,
    pub(crate) wait: Duration,
    pub(crate) answer_within: Duration,
}

impl Pkcs11Key {
    pub(crate) fn open(
        holder: Holder,
        algorithm: Option<Algorithm>,
        settings: Settings,
        deadline: Instant,
    ) -> Result<Self, Error> {
        let (login, numbers, public_key) = holder.anew(deadline, |call| {
            let found = holder.log_in(call)?;
            let numbers = holder.numbers(&found)?;
            let public_key = numbers.public_key(algorithm)?;
            let algorithm = public_key.algorithm();
            let mut login = Login::new(&holder, call, found, algorithm)?;
            login.sign(&holder, call, &numbers, algorithm, PROBE)?;
            Ok((login, numbers, public_key))
        })?;
        let logins = Pool::new(settings.sessions);
        if let Ok(mut lease) = logins.take(Duration::ZERO) {
            lease.item = Some(login);
        }
        Ok(Self(Arc::new(Shared {
            holder,
            numbers,
            public_key,
            logins,
            settings,
            last_error: Mutex::new(None),
        })))
    }

    /// The public half, to register with the server.
    #[must_use]
    pub fn public_key(&self) -> &PublicKey {
        &self.0.public_key
    }

    /// The thumbprint of the public key (RFC 7638), which is the key ID by default.
    #[must_use]
    pub fn key_id(&self) -> String {
        self.0.public_key.thumbprint().to_string()
    }

    /// The key for a client, under this key ID or the thumbprint.
    #[must_use]
    pub fn into_key(self, key_id: Option<&str>) -> Key {
        let key_id = key_id.map_or_else(|| self.key_id(), str::to_owned);
        let public_key = self.public_key().clone();
        self.with_public_key(public_key, |key| Key::from_remote_signer(key_id, key))
    }

    /// The same for a program that signs synchronously, with
    /// [`Redox::assertion`](redox_auth_reqwest::Redox::assertion): that call then blocks its thread.
    #[must_use]
    pub fn into_blocking_key(self, key_id: Option<&str>) -> Key {
        let key_id = key_id.map_or_else(|| self.key_id(), str::to_owned);
        let public_key = self.public_key().clone();
        self.with_public_key(public_key, |key| Key::from_signer(key_id, key))
    }

    #[expect(
        clippy::expect_used,
        reason = "a signature of the key was verified with its public half when it was opened"
    )]
    fn with_public_key(self, public_key: PublicKey, key: impl FnOnce(Self) -> Key) -> Key {
        key(self).with_public_key(public_key).expect("one key")
    }

    /// Signs `message`. This thread waits for the signature.
    ///
    /// # Errors
    /// [`Error`], also of a new login: the token may have ended the earlier login, or may have been missing.
    pub fn sign_blocking(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        let shared = &*self.0;
        let lease = shared.logins.take(shared.settings.wait);
        let signed = lease
            .map_err(|_| shared.busy())
            .and_then(|mut lease| shared.sign(&mut lease, message));
        shared.noted(signed)
    }

    /// Signs `message`. This task waits for the signature, while one of Tokio's blocking threads talks to the token.
    ///
    /// # Errors
    /// As [`Pkcs11Key::sign_blocking`], and [`Error::Slow`] for a token that takes too long.
    pub async fn signature(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        let signed = self.wait_for_signature(message.to_owned()).await;
        self.0.noted(signed)
    }

    async fn wait_for_signature(&self, message: Vec<u8>) -> Result<Vec<u8>, Error> {
        let shared = Arc::clone(&self.0);
        let Settings {
            wait,
            answer_within,
            ..
        } = shared.settings;
        let lease = shared.logins.take_async(wait).await;
        let mut lease = lease.map_err(|_| shared.busy())?;
        let signing = tokio::task::spawn_blocking(move || shared.sign(&mut lease, &message));
        match tokio::time::timeout(answer_within, signing).await {
            Ok(signed) => signed.unwrap_or(Err(Error::Ended)),
            Err(_) => Err(Error::Slow {
                waited: answer_within,
            }),
        }
    }

    /// Why the last signature failed, for a program that got only a [`SignError`]. `None` after a signature.
    #[must_use]
    pub fn last_error(&self) -> Option<Error> {
        let last_error = self.0.last_error.lock();
        last_error.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Shared {
    /// Signs with the lease's login, or with a new one.
    fn sign(&self, lease: &mut Lease<Login>, message: &[u8]) -> Result<Vec<u8>, Error> {
        let now = Instant::now();
        let deadline = now.checked_add(self.settings.answer_within).unwrap_or(now);
        if let Some(login) = lease.item.take()
            && let Some(signed) = self.sign_by(login, lease, message, deadline)
        {
            return signed;
        }
        let algorithm = self.public_key.algorithm();
        let (login, signature) = self.holder.anew(deadline, |call| {
            let found = self.holder.log_in(call)?;
            let mut login = Login::new(&self.holder, call, found, algorithm)?;
            let signature = login.sign(&self.holder, call, &self.numbers, algorithm, message)?;
            Ok((login, signature))
        })?;
        lease.item = Some(login);
        Ok(signature)
    }

    /// Signs with an existing login; `None` if a new login may succeed.
    fn sign_by(
        &self,
        mut login: Login,
        lease: &mut Lease<Login>,
        message: &[u8],
        deadline: Instant,
    ) -> Option<Result<Vec<u8>, Error>> {
        let call = self.holder.module.call(deadline)?;
        if !login.is_of(call.epoch) {
            return None;
        }
        let algorithm = self.public_key.algorithm();
        match login.sign(&self.holder, &call, &self.numbers, algorithm, message) {
            Ok(signature) => {
                lease.item = Some(login);
                Some(Ok(signature))
            }
            Err(error) if error.remedy() == Remedy::None => Some(Err(error)),
            Err(error) => {
                tracing::debug!(%error, "a session with the token has ended");
                // The other sessions have probably ended, too.
                drop(self.logins.take_idle());
                None
            }
        }
    }

    fn busy(&self) -> Error {
        Error::Busy {
            sessions: self.settings.sessions,
            waited: self.settings.wait,
        }
    }

    fn noted(&self, signed: Result<Vec<u8>, Error>) -> Result<Vec<u8>, Error> {
        let error = signed.as_ref().err();
        if let Some(error) = error {
            tracing::warn!(%error, "the token did not sign");
        }
        let last_error = self.last_error.lock();
        *last_error.unwrap_or_else(PoisonError::into_inner) = error.cloned();
        signed
    }
}

/// Tasks wait for each signature.
impl RemoteSigner for Pkcs11Key {
    fn algorithm(&self) -> Algorithm {
        self.0.public_key.algorithm()
    }

    fn signature_len(&self) -> usize {
        self.0.numbers.signature_len()
    }

    fn sign<'s>(&'s self, message: &'s [u8]) -> SignatureFuture<'s> {
        Box::pin(async move { self.signature(message).await.map_err(|error| plain(&error)) })
    }
}

/// Threads wait for each signature.
impl Signer for Pkcs11Key {
    fn algorithm(&self) -> Algorithm {
        self.0.public_key.algorithm()
    }

    fn signature_len(&self) -> usize {
        self.0.numbers.signature_len()
    }

    fn sign(&self, message: &[u8], signature: &mut [u8]) -> Result<(), SignError> {
        let made = self.sign_blocking(message).map_err(|error| plain(&error))?;
        let expected = made.len();
        let found = signature.len();
        if found != expected {
            return Err(SignError::SignatureLen { found, expected });
        }
        signature.copy_from_slice(&made);
        Ok(())
    }
}

impl fmt::Debug for Pkcs11Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pkcs11Key")
            .field("uri", &self.0.holder.uri.to_string())
            .field("algorithm", &self.0.public_key.algorithm())
            .finish_non_exhaustive()
    }
}

const fn plain(error: &Error) -> SignError {
    match error {
        Error::WrongSignature { .. } => SignError::Faulty,
        _ => SignError::Backend,
    }
}

/// Signed once when opening a key. No server accepts it as an assertion.
const PROBE: &[u8] = b"redox-auth-pkcs11: does this key sign?";
