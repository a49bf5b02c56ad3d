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
    /// An OAuth API key whose private key is in a file that the client reads again. `file` is a path, or a [`KeyFile`] with
    /// further settings. The client ID is the one that the server's settings show.
    ///
    /// [`Builder::build`] reads the file, which blocks. From then on the client reads it:
    /// - once before it requests a token, which it does about every four minutes;
    /// - once more when the server refuses all of its keys. If the file has changed, it requests the token again at once;
    /// - at most once a second while callers ask for a token and the server refuses all keys;
    /// - at [`Redox::read_files_again`](crate::Redox::read_files_again).
    ///
    /// The client measures the seconds on [`Builder::clock`]. Requests to the API and
    /// [`Redox::assertion`](crate::Redox::assertion) read no file. Reading runs on a thread for blocking work, and delays a
    /// token by at most 5 s.
    ///
    /// The client tries the new key first. The previous key and the key that obtained the last token stay as further keys,
    /// for a server that does not know the new key yet. A file that is half written, unusable, unreadable or missing leaves
    /// the keys as they are. The client then logs one warning, [`Redox::files`](crate::Redox::files) shows the problem, and
    /// the next reading tries again.
    ///
    /// Another program may write over the file, rename another file over it, or exchange a symbolic link to its folder, as
    /// Kubernetes does. A relative path is relative to the working directory at the time of each reading. A pipe or a device
    /// is read once.
    pub fn key_file(mut self, client_id: impl Into<String>, file: impl Into<KeyFile>) -> Self {
        self.client_id = Some(client_id.into());
        self.given_keys = vec![GivenKey::File(file.into())];
        self
    }

    /// Adds a private key under the same client ID, in a file that the client reads again, as [`Builder::key_file`]
    /// describes; see [`Builder::also_key`].
    pub fn also_key_file(mut self, file: impl Into<KeyFile>) -> Self {
        self.given_keys.push(GivenKey::File(file.into()));
        self
    }

    /// Adds a legacy API key of Redox whose secret is in a file that the client reads again, as [`Builder::key_file`]
    /// describes; see [`Builder::legacy_key`].
    ///
    /// A part of a secret looks like a whole secret. Therefore the client accepts another secret only after two equal
    /// readings, 50 ms apart. When the server refuses the new secret, the client tries the previous one.
    pub fn legacy_secret_file(
        mut self,
        api_key: impl Into<String>,
        path: impl Into<PathBuf>,
    ) -> Self {
        self.legacy_key = Some(LegacyParts {
            api_key: api_key.into(),
            secret: Zeroizing::default(),
        });
        self.legacy_secret_file = Some(SecretFile(path.into()));
        self
    }

    /// Reads the files for the first time.
    ///
    /// # Errors
    /// [`BuildError::File`].
    pub(super) fn read_files(&mut self) -> Result<Option<Files>, BuildError> {
        let given = mem::take(&mut self.given_keys).into_iter();
        let places = given.map(GivenKey::read).collect::<Result<Vec<_>, _>>();
        let places = places.map_err(failed)?;
        self.keys = places.iter().map(|place| Arc::clone(place.key())).collect();
        let secret = self.legacy_secret_file.take();
        let secret = secret.map(Watched::read).transpose().map_err(failed)?;
        if let (Some(file), Some(parts)) = (&secret, &mut self.legacy_key) {
            parts.secret.clone_from(file.current());
        }
        Ok(Files::new(places, secret))
    }
}

/// A private key, or the file that holds it.
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
