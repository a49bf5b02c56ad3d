//! Key files that change while the command runs.

use core::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use redox_auth_reqwest::{Redox, WatchedFile};

use crate::permissions;
use crate::terminal::{say, shown, shown_path};

/// Reports changes of a client's files on standard error.
#[derive(Default)]
pub(crate) struct FileNews {
    /// The files at the last report.
    reported: Mutex<Vec<WatchedFile>>,
    /// A person asked for a report; it includes all changes.
    is_asked: AtomicBool,
}

impl FileNews {
    /// For a new client.
    pub(crate) fn of(redox: &Redox) -> Self {
        Self {
            reported: Mutex::new(redox.files()),
            ..Self::default()
        }
    }

    /// Reports the changes.
    pub(crate) fn report(&self, redox: &Redox) {
        if !self.is_asked.load(Ordering::Relaxed) {
            self.report_each(redox.files(), |_| None);
        }
    }

    /// Reads the files again at once, and reports each of them.
    pub(crate) async fn read_again(&self, redox: &Redox) {
        self.is_asked.store(true, Ordering::Relaxed);
        let files = redox.read_files_again().await;
        if files.is_empty() {
            say("note: no key is in a file that the command can read again");
        }
        self.report_each(files, |file| {
            Some(match &file.problem {
                Some(problem) => format!("{problem}; {} stays in use", named(file)),
                None => {
                    let path = shown_path(&file.path);
                    format!("{path} has not changed; {} is in use", named(file))
                }
            })
        });
        self.is_asked.store(false, Ordering::Relaxed);
    }

    /// Reports the changes; `unchanged` gives the text for other files.
    fn report_each(
        &self,
        files: Vec<WatchedFile>,
        unchanged: impl Fn(&WatchedFile) -> Option<String>,
    ) {
        let mut reported = self.reported.lock().unwrap_or_else(PoisonError::into_inner);
        for (number, file) in files.iter().enumerate() {
            let before = reported.get(number);
            let change = before.and_then(|before| change(file, before));
            if let Some(line) = change.or_else(|| unchanged(file)) {
                say(format_args!("note: {line}"));
            }
            if before.is_some_and(|before| has_other_content(file, before)) {
                permissions::note(&file.path);
            }
        }
        *reported = files;
    }
}

/// The change of a file.
fn change(file: &WatchedFile, before: &WatchedFile) -> Option<String> {
    let path = shown_path(&file.path);
    if has_other_content(file, before) {
        let named = named(file);
        return Some(format!(
            "{path} has changed; the next token is requested with {named}"
        ));
    }
    match (problem(file), problem(before)) {
        (None, Some(_)) => Some(format!("{path} is usable again; {} is in use", named(file))),
        (found, before) if found == before => None,
        (found, _) => Some(format!("{}; {} stays in use", found?, named(file))),
    }
}

/// Whether the file holds another key or secret. A new client counts from the beginning.
fn has_other_content(file: &WatchedFile, before: &WatchedFile) -> bool {
    file.changes > before.changes || file.key != before.key
}

fn problem(file: &WatchedFile) -> Option<String> {
    Some(file.problem.as_ref()?.to_string())
}

/// The key or the secret of a file.
fn named(file: &WatchedFile) -> String {
    match &file.key {
        Some((key_id, algorithm)) => format!("the key \"{}\" for {algorithm}", shown(key_id)),
        None => "its secret".to_owned(),
    }
}
