use core::mem;
use std::sync::Arc;

use zeroize::Zeroizing;

use crate::keys::file::FileError;
use crate::keys::key::Key;
use crate::keys::key_file::KeyFile;
use crate::keys::secret_file::SecretFile;
use crate::keys::watched::{Watched, WatchedFile};

/// The credentials of a client, some of them in files that the client reads again.
pub(crate) struct Files {
    keys: Vec<KeyPlace>,
    secret: Option<Watched<SecretFile>>,
    /// The credentials that the client does not use yet.
    fresh: Fresh,
}

/// The source of a private key.
pub(crate) enum KeyPlace {
    /// The caller gave the key itself.
    Caller(Arc<Key>),
    File(Watched<KeyFile>),
}

/// The keys and the secret to use from now on, if they have changed.
#[derive(Default)]
pub(crate) struct Fresh {
    pub(crate) keys: Option<Vec<Arc<Key>>>,
    pub(crate) secret: Option<Arc<Zeroizing<String>>>,
}

impl KeyPlace {
    /// # Errors
    /// [`FileError`], which names the file.
    pub(crate) fn read(file: KeyFile) -> Result<Self, FileError> {
        Watched::read(file).map(Self::File)
    }

    pub(crate) fn key(&self) -> &Arc<Key> {
        match self {
            Self::Caller(key) => key,
            Self::File(file) => file.current(),
        }
    }

    fn before(&self) -> Option<&Arc<Key>> {
        match self {
            Self::Caller(_) => None,
            Self::File(file) => file.before(),
        }
    }
}

impl Files {
    /// `None` without a file to read again.
    pub(crate) fn new(keys: Vec<KeyPlace>, secret: Option<Watched<SecretFile>>) -> Option<Self> {
        let has_file = keys.iter().any(|key| matches!(key, KeyPlace::File(_)));
        (has_file || secret.is_some()).then(|| Self {
            keys,
            secret,
            fresh: Fresh::default(),
        })
    }

    /// Reads all files again.
    pub(crate) fn look(&mut self) {
        let mut has_other_key = false;
        for place in &mut self.keys {
            if let KeyPlace::File(file) = place {
                has_other_key |= file.look();
            }
        }
        if has_other_key {
            self.fresh.keys = Some(self.keys());
        }
        if let Some(file) = self.secret.as_mut()
            && file.look()
        {
            self.fresh.secret = Some(Arc::clone(file.current()));
        }
    }

    /// The keys that the server may know: the latest key of each file, and then the key before it.
    fn keys(&self) -> Vec<Arc<Key>> {
        let mut keys: Vec<_> = self.keys.iter().map(|it| Arc::clone(it.key())).collect();
        for before in self.keys.iter().filter_map(KeyPlace::before) {
            if !before.is_among(&keys) {
                keys.push(Arc::clone(before));
            }
        }
        keys
    }

    /// Exchanges the secret in use for the previous one, or back.
    pub(crate) fn exchange_secret(&mut self) {
        if let Some(file) = &mut self.secret
            && file.exchange()
        {
            self.fresh.secret = Some(Arc::clone(file.current()));
        }
    }

    /// Stops reading keys.
    pub(crate) fn forget_keys(&mut self) {
        self.keys.clear();
        self.fresh.keys = None;
    }

    /// Stops reading secrets.
    pub(crate) fn forget_secret(&mut self) {
        self.secret = None;
        self.fresh.secret = None;
    }

    /// The credentials that the client does not use yet.
    pub(crate) fn take_fresh(&mut self) -> Fresh {
        mem::take(&mut self.fresh)
    }

    pub(crate) fn shown(&self) -> Vec<WatchedFile> {
        let keys = self.keys.iter().filter_map(|place| match place {
            KeyPlace::Caller(_) => None,
            KeyPlace::File(file) => Some(file.shown()),
        });
        keys.chain(self.secret.as_ref().map(Watched::shown))
            .collect()
    }
}
