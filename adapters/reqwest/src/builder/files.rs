use core::mem;
use std::path::PathBuf;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::Builder;
use crate::error::build::BuildError;
use crate::keys::file::FileError;
use crate::keys::key::Key;
use crate::keys::key_file::KeyFile;
use crate::keys::secret_file::SecretFile;
use crate::keys::watched::Watched;
use crate::tokens::files::{Files, KeyPlace};
use crate::tokens::identity::LegacyParts;

/// Keys and secrets in files that change while a program runs.
impl Builder {
    /// An OAuth API key whose private key is in a file that is read again: a path, or a [`KeyFile`] with more to say. The client
    /// ID is the one that the server's settings show.
    ///
    /// [`Builder::build`] reads the file, which blocks. From then on the client reads it before each request for a token and
    /// after a refusal, not more, and on [`Redox::read_files_again`](crate::Redox::read_files_again). The key before stays in
    /// use as a further one, for a server that does not know the new one yet. What is unusable, half written, unreadable or
    /// missing leaves the keys as they are, with one warning, and is read again the next time. A file may be replaced in any
    /// way: written over, renamed over, or by a symbolic link of its folder, as Kubernetes does it.
    ///
    /// A pipe or a device is read once.
    pub fn key_file(mut self, client_id: impl Into<String>, file: impl Into<KeyFile>) -> Self {
        self.client_id = Some(client_id.into());
        self.given_keys = vec![GivenKey::File(file.into())];
        self
    }

    /// A further private key under the same client ID, in a file that is read again; see [`Builder::also_key`].
    pub fn also_key_file(mut self, file: impl Into<KeyFile>) -> Self {
        self.given_keys.push(GivenKey::File(file.into()));
        self
    }

    /// A legacy API key of Redox whose secret is in a file that is read again, as [`Builder::key_file`] describes; see
    /// [`Builder::legacy_key`].
    ///
    /// Half a secret looks like a whole one, so another secret is taken when it stays the same for 50 ms. When the server
    /// refuses it, the one before is tried.
    pub fn legacy_secret_file(
        mut self,
        api_key: impl Into<String>,
        path: impl Into<PathBuf>,
    ) -> Self {
        self.legacy_key = Some(LegacyParts {
            api_key: api_key.into(),
            secret: Zeroizing::default(),
        });
        self.legacy_secret_file = Some(path.into());
        self
    }

    /// Reads what is in files for the first time.
    ///
    /// # Errors
    /// [`BuildError::File`].
    pub(super) fn read_files(&mut self) -> Result<Option<Files>, BuildError> {
        let given = mem::take(&mut self.given_keys).into_iter();
        let places = given.map(GivenKey::read).collect::<Result<Vec<_>, _>>();
        let places = places.map_err(failed)?;
        self.keys = places.iter().map(|place| Arc::clone(place.key())).collect();
        let secret = self.legacy_secret_file.take().map(SecretFile);
        let secret = secret.map(Watched::read).transpose().map_err(failed)?;
        if let (Some(file), Some(parts)) = (&secret, &mut self.legacy_key) {
            parts.secret.clone_from(file.current());
        }
        Ok(Files::new(places, secret))
    }
}

/// A private key, or where it is.
#[derive(Debug)]
pub(super) enum GivenKey {
    Key(Key),
    File(KeyFile),
}

impl GivenKey {
    fn read(self) -> Result<KeyPlace, FileError> {
        match self {
            Self::Key(key) => Ok(KeyPlace::Caller(Arc::new(key))),
            Self::File(file) => KeyPlace::read(file),
        }
    }
}

fn failed(error: FileError) -> BuildError {
    BuildError::File(Box::new(error))
}
