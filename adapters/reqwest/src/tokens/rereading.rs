//! Keys and secrets in files that change while a program runs.
//!
//! No task and no thread watches the files. The client reads them before it requests a token, once more after a refusal, and
//! while callers ask and the server refuses all keys.

use core::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;

use redox_auth_core::{Next, Stopped};
use zeroize::Zeroizing;

use super::files::{Files, Fresh};
use super::identity::Identity;
use super::shared::Tokens;
use super::shared_files::SharedFiles;
use crate::error::build::BuildError;
use crate::keys::key::Key;
use crate::keys::watched::WatchedFile;
use crate::sync::Handle;

impl Tokens {
    /// Reads the files again; returns whether the client has other keys or another secret now.
    pub(crate) async fn read_files_again(&self) -> bool {
        self.with_files(Files::look).await
    }

    /// See [`Redox::read_files_again`](crate::Redox::read_files_again).
    pub(crate) async fn read_files_at_once(&self) {
        if self.read_files_again().await {
            return;
        }
        let mut state = self.lock();
        let is_refused = match state.session.next(self.now()) {
            Next::Stop { reason, .. } => matches!(reason, Stopped::Refused(_)),
            _ => false,
        };
        if is_refused {
            let identity = state.session.identity().clone();
            state.session.replace_identity(identity);
        }
    }

    /// Reads the files again, at most once a second for any number of callers; returns whether the client has other keys
    /// now.
    pub(super) async fn read_files_in_need(&self) -> bool {
        let files = self.shared.files.as_ref();
        files.is_some_and(|files| files.are_due(self.now())) && self.read_files_again().await
    }

    /// Continues with the previous secret from the file of the legacy API key, or back with the present one. Returns whether
    /// there is another secret.
    pub(super) async fn try_other_secret(&self) -> bool {
        self.with_files(Files::exchange_secret).await
    }

    async fn with_files(&self, look: fn(&mut Files)) -> bool {
        match (&self.shared.files, Handle::try_current()) {
            (Some(files), Ok(_)) => {
                let take = |fresh| self.take_fresh(files, fresh);
                files.with(self.now(), look, take).await
            }
            _ => false,
        }
    }

    fn take_fresh(&self, files: &SharedFiles, fresh: Fresh) -> bool {
        let is_free = |replaced: &AtomicBool| !replaced.load(Ordering::Relaxed);
        let mut state = self.lock();
        let keys = fresh.keys.filter(|_| is_free(&files.has_other_keys));
        let keys = keys.map(|keys| files.with_proven(keys));
        let secret = fresh.secret.filter(|_| is_free(&files.has_other_secret));
        if keys.is_none() && secret.is_none() {
            return false;
        }
        let changed = with(state.session.identity(), keys, secret);
        // The reading rejected a file with a key that no client accepts.
        let Ok(identity) = changed else {
            return false;
        };
        state.session.replace_identity(identity);
        true
    }

    /// See [`Redox::files`](crate::Redox::files).
    pub(crate) fn files(&self) -> Vec<WatchedFile> {
        let files = self.shared.files.as_ref();
        files.map(SharedFiles::shown).unwrap_or_default()
    }

    /// See [`Redox::replace_keys`](crate::Redox::replace_keys).
    pub(crate) fn replace_keys(&self, keys: Vec<Key>) -> Result<(), BuildError> {
        let keys = keys.into_iter().map(Arc::new).collect();
        self.replace_identity(|identity| {
            let identity = identity.with_keys(keys)?;
            if let Some(files) = &self.shared.files {
                files.has_other_keys.store(true, Ordering::Relaxed);
            }
            Ok(identity)
        })
    }

    /// See [`Redox::replace_legacy_secret`](crate::Redox::replace_legacy_secret).
    pub(crate) fn replace_legacy_secret(&self, secret: String) -> Result<(), BuildError> {
        self.replace_identity(|identity| {
            let identity = identity.with_legacy_secret(secret)?;
            if let Some(files) = &self.shared.files {
                files.has_other_secret.store(true, Ordering::Relaxed);
            }
            Ok(identity)
        })
    }
}

fn with(
    identity: &Identity,
    keys: Option<Vec<Arc<Key>>>,
    secret: Option<Arc<Zeroizing<String>>>,
) -> Result<Identity, BuildError> {
    let mut identity = identity.clone();
    if let Some(keys) = keys {
        identity = identity.with_keys(keys)?;
    }
    match secret {
        Some(secret) => identity.with_legacy_secret(secret.as_str().to_owned()),
        None => Ok(identity),
    }
}
