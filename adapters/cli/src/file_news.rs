//! Key files that change while the command runs.

use core::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use redox_auth_reqwest::{Redox, WatchedFile};

use crate::terminal::{say, shown, shown_path};

/// Tells on standard error what becomes of the files that a client reads again.
pub(crate) struct FileNews {
    redox: Redox,
    /// As they were when they were last told of.
    told: Mutex<Vec<WatchedFile>>,
    /// Somebody has asked, and what has changed is part of the answer.
    is_asked: AtomicBool,
}

impl FileNews {
    pub(crate) fn of(redox: &Redox) -> Self {
        Self {
            redox: redox.clone(),
            told: Mutex::new(redox.files()),
            is_asked: AtomicBool::new(false),
        }
    }

    /// Tells what has changed.
    pub(crate) fn tell(&self) {
        if !self.is_asked.load(Ordering::Relaxed) {
            self.tell_of(self.redox.files(), |_| None);
        }
    }

    /// How often another key or secret came into use so far.
    pub(crate) fn changes(&self) -> u32 {
        let files = self.redox.files();
        files
            .iter()
            .fold(0, |sum, file| sum.wrapping_add(file.changes))
    }

    /// Reads the files again at once, and tells of each.
    pub(crate) async fn read_again(&self) {
        self.is_asked.store(true, Ordering::Relaxed);
        let files = self.redox.read_files_again().await;
        if files.is_empty() {
            say("note: no key comes from a file that could be read again");
        }
        self.tell_of(files, |file| {
            Some(match &file.problem {
                Some(problem) => format!("{problem}; {} stays in use", named(file)),
                None => {
                    let path = shown_path(&file.path);
                    format!("{path} is as it was; {} is in use", named(file))
                }
            })
        });
        self.is_asked.store(false, Ordering::Relaxed);
    }

    /// The same with what `unchanged` says of a file that is as it was.
    fn tell_of(&self, files: Vec<WatchedFile>, unchanged: impl Fn(&WatchedFile) -> Option<String>) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        for (file, before) in files.iter().zip(told.iter()) {
            let problem = problem(file);
            let line = if file.changes != before.changes {
                let path = shown_path(&file.path);
                Some(format!("{path} has changed; {} is in use now", named(file)))
            } else if problem.is_some() && problem != self::problem(before) {
                problem.map(|problem| format!("{problem}; {} stays in use", named(file)))
            } else {
                unchanged(file)
            };
            if let Some(line) = line {
                say(format_args!("note: {line}"));
            }
        }
        *told = files;
    }
}

fn problem(file: &WatchedFile) -> Option<String> {
    Some(file.problem.as_ref()?.to_string())
}

/// What is in use of a file.
fn named(file: &WatchedFile) -> String {
    match &file.key {
        Some((key_id, algorithm)) => format!("the key \"{}\" for {algorithm}", shown(key_id)),
        None => "the secret".to_owned(),
    }
}
