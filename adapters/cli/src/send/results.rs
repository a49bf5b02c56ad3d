use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use fs4::{FileExt, TryLockError};
use serde_json::Value;

use super::outcome::{Outcome, PART, Place, Record, Verdict};
use crate::args::SendArgs;
use crate::failure::Failure;
use crate::terminal::shown_path;

/// The results of earlier runs and of this run: a file of JSON, one object a line.
///
/// The run writes a line before it sends an item, and another line with the outcome afterwards. Therefore the next run
/// knows which items an interrupted run may have sent.
pub(super) struct Results {
    file: Option<Arc<(File, PathBuf)>>,
    before: HashMap<String, Before>,
    repeats_unknown: bool,
}

/// The state of all items with the same content.
#[derive(Default)]
struct Before {
    done: u64,
    unknown: u64,
    /// Items without an outcome so far, each with its incomplete file on an SFTP server.
    under_way: Vec<(Place, Option<String>)>,
    /// The incomplete files of items with an unknown outcome.
    parts: Vec<String>,
}

/// A record that the run writes at the moment at which it sends an item.
pub(super) struct Start {
    file: Arc<(File, PathBuf)>,
    digest: String,
    place: Place,
    what: &'static str,
}

impl Start {
    pub(super) fn write(&self) -> Result<(), Failure> {
        self.write_with(None)
    }

    /// With the name of the incomplete file on an SFTP server, if there will be one.
    pub(super) fn write_with(&self, part: Option<&str>) -> Result<(), Failure> {
        let mut record = Record::new(&self.place, self.what);
        record.part = part;
        write(&self.file, Some(&self.digest), record)
    }
}

/// In one write: the line is whole, or torn at its end.
fn write(
    (file, path): &(File, PathBuf),
    digest: Option<&str>,
    record: Record<'_>,
) -> Result<(), Failure> {
    let mut line = Vec::new();
    record.with_digest(digest).write_to(&mut line);
    let mut file: &File = file;
    file.write_all(&line)
        .map_err(|error| wrong(path, &format!("cannot be written: {error}")))
}

/// What to do with an item.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Next {
    Send,
    /// Unknown outcome, which the server can resolve: there was an incomplete file of this name.
    LookFor(String),
    /// Unknown outcome, and the user wants to send it anyway.
    Repeat,
    /// It is done.
    LeaveDone,
    /// Unknown outcome.
    LeaveUnknown,
}

impl Results {
    /// The results in the file that the arguments name, if they name one. Locks the file against other runs.
    pub(super) fn open(args: &SendArgs) -> Result<Self, Failure> {
        let mut results = Self {
            file: None,
            before: HashMap::new(),
            repeats_unknown: args.repeat_unknown,
        };
        let Some(path) = &args.results else {
            return Ok(results);
        };
        let failed = |error| wrong(path, &format!("cannot be used: {error}"));
        let file = open(path).map_err(failed)?;
        if !is_ours_alone(&file) {
            return Err(wrong(path, "another run is using them"));
        }
        let len = results
            .load(&mut BufReader::new(&file))
            .map_err(failed)?
            .map_err(|problem| wrong(path, &problem))?;
        // A line that an earlier run could not finish: it had sent nothing for it, or the outcome is unknown.
        file.set_len(len).map_err(failed)?;
        (&file).seek(SeekFrom::Start(len)).map_err(failed)?;
        results.file = Some(Arc::new((file, path.clone())));
        results.close_what_was_under_way()?;
        Ok(results)
    }

    /// Whether there is a file for them.
    pub(super) const fn are_kept(&self) -> bool {
        self.file.is_some()
    }

    /// What to do with the next message or file of this content. It does not matter where that stands: of several, as many
    /// are done as the results say.
    pub(super) fn next(&mut self, digest: &str) -> Next {
        match self.before.get_mut(digest) {
            Some(Before { done, .. }) if *done > 0 => {
                *done = done.saturating_sub(1);
                Next::LeaveDone
            }
            Some(Before { unknown, parts, .. }) if *unknown > 0 => {
                *unknown = unknown.saturating_sub(1);
                if let Some(part) = parts.pop() {
                    Next::LookFor(part)
                } else if self.repeats_unknown {
                    Next::Repeat
                } else {
                    Next::LeaveUnknown
                }
            }
            _ => Next::Send,
        }
    }

    /// The record of an item that the run is about to send.
    pub(super) fn start(&self, digest: &str, place: &Place, next: &Next) -> Option<Start> {
        let file = Arc::clone(self.file.as_ref()?);
        let what = match next {
            Next::Repeat | Next::LookFor(_) => REPEATED,
            _ => STARTED,
        };
        Some(Start {
            file,
            digest: digest.to_owned(),
            place: place.clone(),
            what,
        })
    }

    /// Records an outcome.
    pub(super) fn ended(&self, digest: Option<&str>, record: Record<'_>) -> Result<(), Failure> {
        match &self.file {
            Some(file) => write(file, digest, record),
            None => Ok(()),
        }
    }

    /// Reads all records, and returns their length without a torn last one; or a failure for a line that is no record.
    fn load(&mut self, source: &mut impl BufRead) -> io::Result<Result<u64, String>> {
        let mut len = 0_u64;
        for number in 1_u64.. {
            let mut line = Vec::new();
            source.read_until(b'\n', &mut line)?;
            let is_whole = line.ends_with(b"\n");
            let is_torn = line.starts_with(BEGINNING) || BEGINNING.starts_with(&line);
            if !is_whole && is_torn {
                break;
            }
            if !is_whole || self.take_in(&line).is_none() {
                return Ok(Err(format!(
                    "expected results of this command, found something else in line {number}"
                )));
            }
            len = len.saturating_add(u64::try_from(line.len()).unwrap_or(u64::MAX));
        }
        Ok(Ok(len))
    }

    fn take_in(&mut self, line: &[u8]) -> Option<()> {
        let record: Value = serde_json::from_slice(line).ok()?;
        let outcome = record.get("outcome")?.as_str()?;
        let place = Place {
            file: record.get("file")?.as_str()?.to_owned(),
            line: record.get("line").and_then(Value::as_u64),
        };
        let digest = match record.get(DIGEST)? {
            // It could not even be read.
            Value::Null => return Some(()),
            digest => digest.as_str()?,
        };
        let part = record.get(PART).and_then(Value::as_str);
        let part = part.map(str::to_owned);
        let before = self.before.entry(digest.to_owned()).or_default();
        match outcome {
            STARTED => before.under_way.push((place, part)),
            REPEATED => {
                // A retried file over SFTP has a second record, with its new name.
                if part.is_some() {
                    before.under_way.retain(|(it, _)| *it != place);
                }
                before.unknown = before.unknown.saturating_sub(1);
                before.parts.pop();
                before.under_way.push((place, part));
            }
            outcome => {
                let verdicts = [
                    Verdict::Ok,
                    Verdict::Refused,
                    Verdict::NotSent,
                    Verdict::Unknown,
                ];
                let verdict = verdicts.into_iter().find(|it| it.name() == outcome)?;
                before.under_way.retain(|(it, _)| *it != place);
                match verdict {
                    Verdict::Ok => before.done = before.done.saturating_add(1),
                    Verdict::Unknown => {
                        before.unknown = before.unknown.saturating_add(1);
                        before.parts.extend(part);
                    }
                    Verdict::Refused | Verdict::NotSent => {}
                }
            }
        }
        Some(())
    }

    /// Items that an earlier run was sending when it ended.
    fn close_what_was_under_way(&mut self) -> Result<(), Failure> {
        let mut left = Vec::new();
        for (digest, before) in &mut self.before {
            for (place, part) in before.under_way.drain(..) {
                before.unknown = before.unknown.saturating_add(1);
                before.parts.extend(part.clone());
                left.push((digest.clone(), place, part));
            }
        }
        for (digest, place, part) in left {
            let error = "the run ended before the answer came".to_owned();
            let mut outcome = Outcome::without_answer(Verdict::Unknown, error);
            if let Some(part) = part {
                outcome = outcome.leaving(part);
            }
            self.ended(Some(&digest), outcome.record(&place))?;
        }
        Ok(())
    }
}

/// For its owner only, because it lists sent messages and destinations.
fn open(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    // Windows cannot truncate a file that is open to append only.
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Locks the file until this process ends; `false` if another process has the lock.
fn is_ours_alone(file: &File) -> bool {
    // On file systems without locks, only this protection is missing.
    !matches!(FileExt::try_lock(file), Err(TryLockError::WouldBlock))
}

fn wrong(path: &Path, problem: &str) -> Failure {
    Failure::usage(format!("results in {}: {problem}", shown_path(path)))
}

const DIGEST: &str = "digest";

/// Of every record.
const BEGINNING: &[u8] = br#"{"digest":"#;

const STARTED: &str = "started";
const REPEATED: &str = "repeated";
