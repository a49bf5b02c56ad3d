use core::fmt::{self, Write};
use std::collections::VecDeque;

use sha2::{Digest, Sha256};

/// The events, line by line: a digest of all, the last ones, and on request all of them.
#[derive(Debug)]
pub(crate) struct Trace {
    digest: Sha256,
    last: VecDeque<String>,
    all: Option<Vec<String>>,
    /// How many scenario steps were taken.
    pub(crate) steps: usize,
}

impl Trace {
    pub(crate) fn new(keep_all: bool) -> Self {
        Self {
            digest: Sha256::new(),
            last: VecDeque::new(),
            all: keep_all.then(Vec::new),
            steps: 0,
        }
    }

    /// Adds a line at `at_ms` of the scenario's time.
    pub(crate) fn line(&mut self, at_ms: u64, what: fmt::Arguments<'_>) {
        let reuse = self.last.len() >= LAST_LINES;
        let mut line = reuse
            .then(|| self.last.pop_front())
            .flatten()
            .unwrap_or_default();
        line.clear();
        // Writing to a `String` cannot fail.
        let _ = write!(
            line,
            "{:>8} {:>10}.{:03} {what}",
            self.steps,
            at_ms / 1_000,
            at_ms % 1_000
        );
        self.digest.update(line.as_bytes());
        self.digest.update(b"\n");
        if let Some(all) = &mut self.all {
            all.push(line.clone());
        }
        self.last.push_back(line);
    }

    /// All lines if they were kept, or the last ones.
    pub(crate) fn end(&self) -> Vec<String> {
        let last = || self.last.iter().cloned().collect();
        self.all.clone().unwrap_or_else(last)
    }

    /// The SHA-256 of all lines, and the lines themselves if they were kept.
    pub(crate) fn finish(self) -> ([u8; 32], Option<Vec<String>>) {
        (self.digest.finalize().into(), self.all)
    }
}

/// The last events that a violation shows.
const LAST_LINES: usize = 60;
