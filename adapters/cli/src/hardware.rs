//! Private keys in tokens.

use std::path::Path;

use redox_auth_core::Algorithm;

use crate::args::Pkcs11Args;
use crate::failure::Failure;

#[cfg(feature = "pkcs11")]
pub(crate) use opened::{TokenKey, open, why_not_signed};
#[cfg(not(feature = "pkcs11"))]
pub(crate) use without::{TokenKey, open, why_not_signed};

/// Whether this names a key in a token instead of a file.
pub(crate) fn is_uri(path: &Path) -> bool {
    let text = path.as_os_str().as_encoded_bytes();
    let start = text.get(..SCHEME.len());
    start.is_some_and(|start| start.eq_ignore_ascii_case(SCHEME.as_bytes()))
}

/// Whether this names a key in a token, and the query part of the URI has no such attribute.
pub(crate) fn lacks(path: &Path, attribute: &str) -> bool {
    let text = path.to_string_lossy();
    let query = text.split_once('?').map_or("", |(_, query)| query);
    let mut names = query.split('&').filter_map(|it| it.split_once('='));
    is_uri(path) && !names.any(|(name, _)| name == attribute)
}

#[cfg(feature = "pkcs11")]
mod opened {
    use core::time::Duration;
    use std::sync::mpsc::{self, RecvTimeoutError};
    use std::sync::{Mutex, PoisonError};
    use std::thread;

    use redox_auth_pkcs11::{Error, KeyUri, Pkcs11Key};
    use redox_auth_reqwest::{Key, SignError, Signer};

    use super::{Algorithm, Failure, Path, Pkcs11Args};
    use crate::secrets::{self, PIN_VARIABLE};

    /// A key in a token, which has signed once.
    #[derive(Clone)]
    pub(crate) struct TokenKey(Pkcs11Key);

    /// Logs in to the token that this URI names, and finds the key.
    pub(crate) fn open(
        uri: &Path,
        args: &Pkcs11Args,
        algorithm: Option<Algorithm>,
    ) -> Result<TokenKey, Failure> {
        let failed =
            |error: &dyn core::fmt::Display| Failure::usage(format!("key in a token: {error}"));
        let text = uri
            .to_str()
            .ok_or_else(|| failed(&"the URI is not UTF-8"))?;
        let uri: KeyUri = text.parse().map_err(|error| failed(&error))?;
        if !uri.has_module() && args.pkcs11_module.is_none() {
            return Err(failed(
                &"no PKCS#11 module is named; add ?module-path=FILE to the URI, or use --pkcs11-module (or REDOX_PKCS11_MODULE)",
            ));
        }
        let mut builder = Pkcs11Key::at(uri);
        if let Some(module) = &args.pkcs11_module {
            builder = builder.module(module);
        }
        builder = match &args.pin_file {
            Some(path) => match secrets::variable(path) {
                Some(name) => builder.pin_variable(name),
                None => builder.pin_file(path),
            },
            None if secrets::is_set(PIN_VARIABLE) => builder.pin_variable(PIN_VARIABLE),
            None => builder,
        };
        if let Some(algorithm) = algorithm {
            builder = builder.algorithm(algorithm);
        }
        let opened = in_time(move || builder.open()).unwrap_or_else(Err);
        let key = opened.map_err(|error| match error {
            Error::NoPin { .. } => failed(&format_args!(
                "{error} with --pin-file (or REDOX_PIN_FILE), or add pin-source=file:PATH to the URI"
            )),
            error => failed(&error),
        })?;
        Ok(TokenKey(key))
    }

    impl TokenKey {
        /// The key under this key ID or its thumbprint.
        pub(crate) fn key(&self, key_id: Option<&str>) -> Result<Key, Failure> {
            let key_id = key_id.map_or_else(|| self.0.key_id(), str::to_owned);
            let public_key = self.0.public_key().clone();
            let key = Key::from_signer(key_id, Noted(self.0.clone()));
            key.with_public_key(public_key)
                .map_err(|error| Failure::usage(format!("key in a token: {error}")))
        }
    }

    /// A key with a time limit for each signature. It keeps the reason of a failure, because the error of a signer has
    /// no text.
    struct Noted(Pkcs11Key);

    impl Signer for Noted {
        fn algorithm(&self) -> Algorithm {
            Signer::algorithm(&self.0)
        }

        fn signature_len(&self) -> usize {
            Signer::signature_len(&self.0)
        }

        fn sign(&self, message: &[u8], signature: &mut [u8]) -> Result<(), SignError> {
            let (key, message) = (self.0.clone(), message.to_owned());
            let signed = in_time(move || key.sign_blocking(&message)).unwrap_or_else(Err);
            // The next failure may have another reason, and may be another key's.
            let why = signed.as_ref().err().map(Error::to_string);
            *NOTED.lock().unwrap_or_else(PoisonError::into_inner) = why;
            let made = signed.map_err(|error| match error {
                Error::WrongSignature { .. } => SignError::Faulty,
                _ => SignError::Backend,
            })?;
            let (found, expected) = (signature.len(), made.len());
            if found != expected {
                return Err(SignError::SignatureLen { found, expected });
            }
            signature.copy_from_slice(&made);
            Ok(())
        }
    }

    /// Runs `work` on a thread of its own: a call of a module cannot be cancelled, and may never return.
    fn in_time<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
        let (sender, receiver) = mpsc::sync_channel(1);
        // The receiver may be gone.
        let thread = thread::Builder::new().spawn(move || drop(sender.send(work())));
        thread.map_err(|_| Error::Ended)?;
        receiver.recv_timeout(PATIENCE).map_err(|why| match why {
            RecvTimeoutError::Timeout => Error::Slow { waited: PATIENCE },
            RecvTimeoutError::Disconnected => Error::Ended,
        })
    }

    /// Longer than the limits of a key itself: 10 s for a session and 30 s for other calls of the module.
    const PATIENCE: Duration = Duration::from_secs(45);

    /// Why the last signature failed, if it did.
    pub(crate) fn why_not_signed() -> Option<String> {
        let noted = NOTED.lock().unwrap_or_else(PoisonError::into_inner);
        noted.clone()
    }

    /// The token's answer in place of the last signature.
    static NOTED: Mutex<Option<String>> = Mutex::new(None);
}

#[cfg(not(feature = "pkcs11"))]
mod without {
    use redox_auth_reqwest::Key;

    use super::{Algorithm, Failure, Path, Pkcs11Args};

    /// There is none.
    #[derive(Clone)]
    pub(crate) enum TokenKey {}

    pub(crate) fn open(
        _: &Path,
        _: &Pkcs11Args,
        _: Option<Algorithm>,
    ) -> Result<TokenKey, Failure> {
        Err(Failure::usage(
            "key in a token: this command was built without PKCS#11; build it with the feature `pkcs11`",
        ))
    }

    impl TokenKey {
        pub(crate) fn key(&self, _: Option<&str>) -> Result<Key, Failure> {
            match *self {}
        }
    }

    pub(crate) const fn why_not_signed() -> Option<String> {
        None
    }
}

/// The start of the URI of a key in a token (RFC 7512).
pub(crate) const SCHEME: &str = "pkcs11:";
