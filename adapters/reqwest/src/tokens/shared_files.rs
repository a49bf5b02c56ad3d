use core::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use core::time::Duration;
use std::sync::{Arc, PoisonError};

use redox_auth_core::Instant;
use tokio::task::spawn_blocking;

use super::files::{Files, Fresh};
use crate::keys::key::Key;
use crate::keys::watched::WatchedFile;
use crate::sync::{Mutex, MutexGuard, timeout};
use crate::telemetry;

/// The files of a client, which one task at a time reads.
pub(crate) struct SharedFiles {
    files: Arc<tokio::sync::Mutex<Files>>,
    /// The files in the state of the last reading.
    shown: Mutex<Vec<WatchedFile>>,
    /// When a task last began to read them, in milliseconds of the client's clock.
    read_at: AtomicU64,
    /// The key that obtained the last token: the server knows this key, whatever the files hold.
    proven: Mutex<Option<Arc<Key>>>,
    /// The caller has replaced the keys from files.
    pub(super) has_other_keys: AtomicBool,
    /// The caller has replaced the secret from a file.
    pub(super) has_other_secret: AtomicBool,
}

impl SharedFiles {
    pub(crate) fn new(files: Files) -> Self {
        Self {
            shown: Mutex::new(files.shown()),
            files: Arc::new(tokio::sync::Mutex::new(files)),
            read_at: AtomicU64::new(0),
            proven: Mutex::new(None),
            has_other_keys: AtomicBool::new(false),
            has_other_secret: AtomicBool::new(false),
        }
    }

    pub(super) fn shown(&self) -> Vec<WatchedFile> {
        let mut files = locked(&self.shown).clone();
        files.retain(|file| match file.key {
            Some(_) => !self.has_other_keys.load(Ordering::Relaxed),
            None => !self.has_other_secret.load(Ordering::Relaxed),
        });
        files
    }

    /// Whether the caller must read the files: one caller in each second.
    pub(super) fn are_due(&self, now: Instant) -> bool {
        let read_at = self.read_at.load(Ordering::Relaxed);
        let now = now.as_millis();
        let claim = || {
            let order = Ordering::Relaxed;
            self.read_at.compare_exchange(read_at, now, order, order)
        };
        now >= read_at.saturating_add(IN_NEED_EVERY_MS) && claim().is_ok()
    }

    /// This key obtained a token.
    pub(super) fn prove(&self, key: &Arc<Key>) {
        *locked(&self.proven) = Some(Arc::clone(key));
    }

    /// These keys, and the one that obtained the last token.
    pub(super) fn with_proven(&self, mut keys: Vec<Arc<Key>>) -> Vec<Arc<Key>> {
        let proven = locked(&self.proven);
        let missing = proven.iter().filter(|it| !it.is_among(&keys)).cloned();
        let missing: Vec<_> = missing.collect();
        keys.extend(missing);
        keys
    }

    /// Calls `look` to read the files, and gives `take` the keys and secrets that are not in use yet. Other tasks wait
    /// meanwhile, so that older keys never replace newer ones.
    ///
    /// A disk may hang. Files that take too long are left to the next reading.
    pub(super) async fn with(
        &self,
        now: Instant,
        look: fn(&mut Files),
        take: impl FnOnce(Fresh) -> bool,
    ) -> bool {
        self.read_at.store(now.as_millis(), Ordering::Relaxed);
        let files = Arc::clone(&self.files);
        let has_other_keys = self.has_other_keys.load(Ordering::Relaxed);
        let has_other_secret = self.has_other_secret.load(Ordering::Relaxed);
        let read = async {
            let mut files = files.lock_owned().await;
            let read = spawn_blocking(move || {
                if has_other_keys {
                    files.forget_keys();
                }
                if has_other_secret {
                    files.forget_secret();
                }
                look(&mut files);
                files
            });
            read.await.ok()
        };
        let Ok(Some(mut files)) = timeout(PATIENCE, read).await else {
            telemetry::files_not_read();
            return false;
        };
        *locked(&self.shown) = files.shown();
        take(files.take_fresh())
    }
}

/// No code panics while one of them is locked.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How long reading files may delay a token.
const PATIENCE: Duration = Duration::from_secs(5);

/// How often the client reads the files for callers while the server refuses all keys, in milliseconds.
const IN_NEED_EVERY_MS: u64 = 1_000;
