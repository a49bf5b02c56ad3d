use std::fs::File;
use std::io::Read;
use std::path::Path;

use zeroize::Zeroizing;

use crate::failure::Failure;

/// Reads a whole file, or standard input for `-`, up to `limit` bytes; wiped on drop.
///
/// `what` names it in errors.
pub(crate) fn read(path: &Path, what: &str, limit: u64) -> Result<Zeroizing<Vec<u8>>, Failure> {
    if is_content(path) {
        return Err(Failure::usage(format!(
            "{what}: expected the name of a file, found what should be in it; write it into a file, or name a variable that holds it as env:NAME"
        )));
    }
    let failed = |error: std::io::Error| {
        Failure::usage(format!("{what}: cannot read {}: {error}", path.display()))
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
        let path = path.display();
        return Err(Failure::usage(format!(
            "{what}: expected at most {limit} bytes, found more in {path}"
        )));
    }
    Ok(content)
}

/// Whether a secret stands where its file should be named: errors must not show it.
fn is_content(path: &Path) -> bool {
    let text = path.to_string_lossy();
    let is_token = text.starts_with("ey") && text.matches('.').count() >= 2;
    text.contains(['\n', '{']) || text.contains("-----BEGIN") || is_token
}

/// The same as text, without white space around it.
pub(crate) fn read_text(path: &Path, what: &str, limit: u64) -> Result<Zeroizing<String>, Failure> {
    text(&read(path, what, limit)?, what)
}

/// Bytes as text, without white space around it.
pub(crate) fn text(content: &[u8], what: &str) -> Result<Zeroizing<String>, Failure> {
    match core::str::from_utf8(content) {
        Ok(text) => Ok(Zeroizing::new(text.trim().to_owned())),
        Err(_) => Err(Failure::usage(format!(
            "{what}: expected text in UTF-8, found other bytes"
        ))),
    }
}
