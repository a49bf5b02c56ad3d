use core::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use core::time::Duration;
use std::sync::{Arc, PoisonError};

use redox_auth_core::Instant;
use tokio::task::spawn_blocking;

use super::files::{Files, Fresh};
use crate::keys::watched::WatchedFile;
use crate::sync::{Mutex, timeout};
use crate::telemetry;

/// The files of a client, read by one caller at a time.
pub(crate) struct SharedFiles {
    files: Arc<tokio::sync::Mutex<Files>>,
    /// What they came to when they were last read.
    shown: Mutex<Vec<WatchedFile>>,
    /// When somebody last began to read them, in milliseconds of the client's clock.
    read_at: AtomicU64,
    /// The caller has put other keys in the place of those in files.
    pub(super) has_other_keys: AtomicBool,
    /// The caller has put another secret in the place of that in a file.
    pub(super) has_other_secret: AtomicBool,
}

impl SharedFiles {
    pub(crate) fn new(files: Files) -> Self {
        Self {
            shown: Mutex::new(files.shown()),
            files: Arc::new(tokio::sync::Mutex::new(files)),
            read_at: AtomicU64::new(0),
            has_other_keys: AtomicBool::new(false),
            has_other_secret: AtomicBool::new(false),
        }
    }

    pub(super) fn shown(&self) -> Vec<WatchedFile> {
        let shown = self.shown.lock();
        shown.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether the files were not read for a while.
    pub(super) fn are_due(&self, now: Instant) -> bool {
        let read_at = self.read_at.load(Ordering::Relaxed);
        now.as_millis() >= read_at.saturating_add(IN_NEED_EVERY_MS)
    }

    /// Has `look` read the files, and hands over to `take` what is not in use yet. Whoever else reads them waits meanwhile, so
    /// that nobody's older keys come after these.
    ///
    /// A disk may hang, and what takes too long is left to the next reading.
    pub(super) async fn with(
        &self,
        now: Instant,
        look: fn(&mut Files),
        take: impl FnOnce(Fresh) -> bool,
    ) -> bool {
        self.read_at.store(now.as_millis(), Ordering::Relaxed);
        let files = Arc::clone(&self.files);
        let read = async {
            let mut files = files.lock_owned().await;
            let read = spawn_blocking(move || {
                look(&mut files);
                files
            });
            read.await.ok()
        };
        let Ok(Some(mut files)) = timeout(PATIENCE, read).await else {
            telemetry::files_not_read();
            return false;
        };
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = files.shown();
        take(files.take_fresh())
    }
}

/// How long reading files may keep a token waiting.
const PATIENCE: Duration = Duration::from_secs(5);

/// How often they are read for callers that find no token, in milliseconds.
const IN_NEED_EVERY_MS: u64 = 1_000;
