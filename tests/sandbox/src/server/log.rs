use crate::dashboard::Mask;
use crate::shared::{Log, Shared};
use crate::{Fault, Request, Response};

/// A request and its answer in one line, for a person: method, path, status, and the reason of a refusal. Shows no
/// header, no query, no body and no secret.
pub(super) fn answered(
    shared: &Shared,
    request: &Request,
    response: &Response,
    struck: Option<&Fault>,
) {
    let Some(Log(log)) = &shared.log else { return };
    let mut line = start(shared, request);
    line.push_str(&format!(" {}", response.status.as_u16()));
    if let Some(reason) = response.why() {
        line.push_str(&format!(": {}", clean(shared, &reason)));
    }
    if let Some(fault) = struck {
        line.push_str(&format!(" (fault {fault})"));
    }
    log(&line);
}

/// The line for a request that ended early.
pub(super) fn broken_off(shared: &Shared, request: &Request) {
    let Some(Log(log)) = &shared.log else { return };
    let start = start(shared, request);
    log(&format!(
        "{start}: the client left before the end of its body"
    ));
}

/// The method and the path. Removes secrets before cutting the path, because a part of a secret is not recognizable.
fn start(shared: &Shared, request: &Request) -> String {
    let path = clean(shared, &request.path);
    let shown = path.get(..SHOWN_PATH).map(|start| format!("{start}…"));
    format!("{} {}", request.method, shown.unwrap_or(path))
}

/// The text without secrets. A text of short words has none, and needs no copy of the secrets for a search.
fn clean(shared: &Shared, text: &str) -> String {
    let is_end = |letter: char| !letter.is_ascii_alphanumeric() && !"-_.%".contains(letter);
    if text.split(is_end).all(|word| word.len() < Mask::SHORTEST) {
        return text.to_owned();
    }
    let mask = Mask::of(&shared.sandbox());
    mask.text(text).into_owned()
}

/// The shown length of a path in bytes; a path is ASCII.
const SHOWN_PATH: usize = 200;
