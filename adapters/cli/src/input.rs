use std::fs::File;
use std::io::Read;
use std::path::Path;

use redox_auth_reqwest::{FileError, FileProblem, TakenOff, read_secret_file, secret_text};
use zeroize::Zeroizing;

use crate::failure::Failure;
use crate::terminal::{say, shown_path};

/// Reads a whole file, or standard input for `-`, up to `limit` bytes; wiped on drop.
///
/// `what` names it in errors.
pub(crate) fn read(path: &Path, what: &str, limit: u64) -> Result<Zeroizing<Vec<u8>>, Failure> {
    expect_name(path, what)?;
    let failed = |error: std::io::Error| {
        Failure::usage(format!("{what}: cannot read {}: {error}", shown_path(path)))
    };
    let mut content = Zeroizing::new(Vec::new());
    let source: Box<dyn Read> = if path == Path::new("-") {
        Box::new(std::io::stdin().lock())
    } else {
        Box::new(File::open(path).map_err(failed)?)
    };
    // One byte more tells a file of the greatest length from a longer one.
    source
        .take(limit.saturating_add(1))
        .read_to_end(&mut content)
        .map_err(failed)?;
    if u64::try_from(content.len()).unwrap_or(u64::MAX) > limit {
        return Err(too_long(path, what, limit));
    }
    Ok(content)
}

/// The same of a key or a secret, whatever the file is: nobody waits for a pipe into which nobody writes.
pub(crate) fn read_secret(
    path: &Path,
    what: &str,
    limit: u64,
) -> Result<Zeroizing<Vec<u8>>, Failure> {
    if path == Path::new("-") {
        return read(path, what, limit);
    }
    expect_name(path, what)?;
    let room = usize::try_from(limit).unwrap_or(usize::MAX);
    read_secret_file(path, room).map_err(|FileError { problem, .. }| match problem {
        FileProblem::Read(error) => {
            Failure::usage(format!("{what}: cannot read {}: {error}", shown_path(path)))
        }
        FileProblem::TooLong { .. } => too_long(path, what, limit),
        problem => Failure::usage(format!(
            "{what}: cannot read {}: {problem}",
            shown_path(path)
        )),
    })
}

fn too_long(path: &Path, what: &str, limit: u64) -> Failure {
    let path = shown_path(path);
    Failure::usage(format!(
        "{what}: expected at most {limit} bytes, found more in {path}"
    ))
}

/// Errors must not show a secret that stands where its file should be named.
fn expect_name(path: &Path, what: &str) -> Result<(), Failure> {
    if is_content(path) {
        return Err(Failure::usage(format!(
            "{what}: expected the name of a file, found what should be in it; write it into a file, or name a variable that holds it as env:NAME"
        )));
    }
    Ok(())
}

/// Whether a secret stands where its file should be named.
fn is_content(path: &Path) -> bool {
    let text = path.to_string_lossy();
    let is_token = text.starts_with("ey") && text.matches('.').count() >= 2;
    text.contains(['\n', '{']) || text.contains("-----BEGIN") || is_token
}

/// The same as text, without white space around it.
pub(crate) fn read_text(path: &Path, what: &str, limit: u64) -> Result<Zeroizing<String>, Failure> {
    text(&read(path, what, limit)?, what).map(|(text, _)| text)
}

/// A text without a byte-order mark, and in UTF-8 where it was in UTF-16; `what` names it in the note about that.
pub(crate) fn without_mark(content: Vec<u8>, what: &str) -> Vec<u8> {
    let is_marked = matches!(
        content.as_slice(),
        [0xef, 0xbb, 0xbf, ..] | [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [_, 0, ..] | [0, ..]
    );
    match secret_text(&content).filter(|_| is_marked) {
        Some((text, Some(taken_off))) => {
            say(format_args!("note: {what}: {taken_off}"));
            text.as_bytes().to_owned()
        }
        _ => content,
    }
}

/// Bytes as text, without a byte-order mark and white space around it, and what was taken off beyond a line end.
pub(crate) fn text(
    content: &[u8],
    what: &str,
) -> Result<(Zeroizing<String>, Option<TakenOff>), Failure> {
    secret_text(content)
        .ok_or_else(|| Failure::usage(format!("{what}: expected text in UTF-8, found other bytes")))
}
