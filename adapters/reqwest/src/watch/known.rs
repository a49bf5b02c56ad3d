use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use zeroize::Zeroizing;

/// Secrets that were in requests and answers up to now. Each is hidden wherever it appears again.
#[derive(Default)]
pub(super) struct Known(Mutex<VecDeque<Zeroizing<String>>>);

impl Known {
    pub(super) fn add(&self, secret: &str) {
        let secret = secret.trim();
        if secret.len() < SHORTEST {
            return;
        }
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // The most recent ones stay longest.
        let before = known.iter().position(|it| it.as_str() == secret);
        let again = before.and_then(|at| known.remove(at));
        if known.len() >= MOST {
            known.pop_front();
        }
        known.push_back(again.unwrap_or_else(|| Zeroizing::new(secret.to_owned())));
    }

    pub(super) fn secrets(&self) -> Secrets<'_> {
        Secrets(self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The present ones.
pub(super) struct Secrets<'k>(MutexGuard<'k, VecDeque<Zeroizing<String>>>);

impl Secrets<'_> {
    /// The length in bytes of the secret that `text` begins with, in upper or lower case; the longest match counts.
    pub(super) fn at_start(&self, text: &str) -> Option<usize> {
        let lengths = self.0.iter().filter_map(|secret| {
            let start = text.get(..secret.len())?;
            start.eq_ignore_ascii_case(secret).then_some(secret.len())
        });
        lengths.max()
    }
}

/// Shorter texts are parts of many words. Only their name hides them.
const SHORTEST: usize = 4;

/// Assertions and proofs come and go with each request.
const MOST: usize = 64;
