use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use redox_auth_reqwest::{
    Content, FileError, FileProblem, TakenOff, read_secret_file, secret_text,
};
use zeroize::Zeroizing;

use crate::failure::Failure;
use crate::terminal::{say, shown_path};

/// Reads a whole file, or standard input for `-`, up to `limit` bytes; wiped on drop.
///
/// `what` names it in errors.
pub(crate) fn read(path: &Path, what: &str, limit: u64) -> Result<Zeroizing<Vec<u8>>, Failure> {
    expect_name(path, what)?;
    let source: Box<dyn Read> = if path == Path::new("-") {
        Box::new(io::stdin().lock())
    } else {
        Box::new(File::open(path).map_err(|error| unreadable(path, what, &error))?)
    };
    read_from(source, Zeroizing::new(Vec::new()), limit)
        .map_err(|error| unreadable(path, what, &error))?
        .ok_or_else(|| too_long(path, what, limit))
}

/// Reads a key or a secret, with a time limit if the path is a pipe. No part of it stays in memory.
pub(crate) fn read_secret(
    path: &Path,
    what: &str,
    limit: u64,
) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let length = usize::try_from(limit).unwrap_or(usize::MAX);
    if path == Path::new("-") {
        return read_from(io::stdin().lock(), room(length), limit)
            .map_err(|error| unreadable(path, what, &error))?
            .ok_or_else(|| too_long(path, what, limit));
    }
    read_secret_file(path, length).map_err(|FileError { problem, .. }| match problem {
        FileProblem::Content(found) => no_name(found, what),
        FileProblem::TooLong { .. } => too_long(path, what, limit),
        FileProblem::Read(error) => unreadable(path, what, &error),
        problem => Failure::usage(format!(
            "{what}: cannot read {}: {problem}",
            shown_path(path)
        )),
    })
}

/// Appends up to `limit` bytes to `content`; `None` if there are more.
fn read_from(
    source: impl Read,
    mut content: Zeroizing<Vec<u8>>,
    limit: u64,
) -> io::Result<Option<Zeroizing<Vec<u8>>>> {
    // One byte more distinguishes a file of the greatest length from a longer one.
    source
        .take(limit.saturating_add(1))
        .read_to_end(&mut content)?;
    let is_whole = u64::try_from(content.len()).is_ok_and(|len| len <= limit);
    Ok(is_whole.then_some(content))
}

/// Room for a secret of this length and one byte more. A buffer that grows leaves copies behind.
fn room(length: usize) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(Vec::with_capacity(length.saturating_add(1)))
}

fn unreadable(path: &Path, what: &str, error: &io::Error) -> Failure {
    match Content::in_place_of_missing_file(path) {
        Some(found) => no_name(found, what),
        None => Failure::usage(format!("{what}: cannot read {}: {error}", shown_path(path))),
    }
}

fn too_long(path: &Path, what: &str, limit: u64) -> Failure {
    let path = shown_path(path);
    Failure::usage(format!(
        "{what}: expected at most {limit} bytes, found more in {path}"
    ))
}

/// Errors must not show a secret that a user gave in place of its file's name.
fn expect_name(path: &Path, what: &str) -> Result<(), Failure> {
    let found = Content::in_place_of_file(path);
    found.map_or(Ok(()), |found| Err(no_name(found, what)))
}

fn no_name(found: Content, what: &str) -> Failure {
    Failure::usage(format!(
        "{what}: expected the name of a file, found {found}; write the text into a file, or name a variable that holds it as env:NAME"
    ))
}

/// Reads a file as text, without the white space around it.
pub(crate) fn read_text(path: &Path, what: &str, limit: u64) -> Result<Zeroizing<String>, Failure> {
    text(&read(path, what, limit)?, what).map(|(text, _)| text)
}

/// A text without a byte-order mark, converted from UTF-16 if necessary; `what` names it in the note about the change.
pub(crate) fn without_mark(content: Vec<u8>, what: &str) -> Vec<u8> {
    let is_marked = matches!(
        content.as_slice(),
        [0xef, 0xbb, 0xbf, ..] | [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [_, 0, ..] | [0, ..]
    );
    if !is_marked {
        return content;
    }
    match secret_text(&content) {
        Some((text, Some(taken_off))) => {
            say(format_args!("note: {what}: {taken_off}"));
            text.as_bytes().to_owned()
        }
        _ => content,
    }
}

/// Bytes as text, without a byte-order mark and white space around it, and a description of everything removed except a
/// line end.
pub(crate) fn text(
    content: &[u8],
    what: &str,
) -> Result<(Zeroizing<String>, Option<TakenOff>), Failure> {
    secret_text(content)
        .ok_or_else(|| Failure::usage(format!("{what}: expected text in UTF-8, found other bytes")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_never_outgrows_its_room() {
        for len in [0, 1, 99, 100] {
            let source = vec![7; len];
            let content = read_from(&*source, room(100), 100).unwrap().unwrap();
            assert_eq!((content.as_slice(), content.capacity()), (&*source, 101));
        }
        assert!(read_from(&[7; 101][..], room(100), 100).unwrap().is_none());
    }
}
