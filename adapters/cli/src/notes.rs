use jiff::Timestamp;
use redox_auth_reqwest::{Redox, ServedBy, Token, TokenType};

use crate::terminal::{say, shown};

/// Tells on standard error what was done to get a token and that a person may want to put right.
pub(crate) fn print(redox: &Redox, token: &Token) {
    let notes = [clock(redox), credential(redox, token), scope(token)];
    for note in notes.iter().flatten() {
        say(format_args!("note: {note}"));
    }
}

/// What is missing of the scope asked for.
pub(crate) fn scope(token: &Token) -> Option<String> {
    let missing = shown(token.scope_not_granted()?);
    Some(format!(
        "the server granted less scope than was asked for; not granted: {missing}"
    ))
}

/// The same, of a token that is printed: whoever uses it may need to know more.
pub(crate) fn print_with_token(redox: &Redox, token: &Token) {
    print(redox, token);
    bound(token);
}

/// That a token which is printed is of no use without its key.
pub(crate) fn bound(token: &Token) {
    if token.token_type() == TokenType::Dpop {
        say(format_args!(
            "note: the token is bound to the DPoP key; every request needs a proof by that key, and the token alone is of no use"
        ));
    }
}

/// The server's clock, if this machine's was not believed.
fn clock(redox: &Redox) -> Option<String> {
    if redox.counters().clock_corrections == 0 {
        return None;
    }
    let server = i64::try_from(redox.server_time()?.as_secs()).ok()?;
    let behind = server.saturating_sub(Timestamp::now().as_second());
    let (secs, direction) = match behind {
        0.. => (behind.unsigned_abs(), "behind"),
        _ => (behind.unsigned_abs(), "ahead of"),
    };
    Some(format!(
        "this machine's clock is {secs} s {direction} the server's, which was used instead"
    ))
}

/// The credential that got the token, if it was not the first.
fn credential(redox: &Redox, token: &Token) -> Option<String> {
    let failure = redox.last_failure()?;
    let refused = failure.refused()?;
    let sent = refused.sent.as_ref()?;
    let words = refused.words().unwrap_or("no reason given");
    let key_id = &sent.key_id;
    match token.served_by()? {
        ServedBy::OAuth { key: 0 } => None,
        ServedBy::OAuth { .. } => Some(format!(
            "key ID {:?} was used, for the server refused {key_id:?}: {words}",
            token.key_id().unwrap_or_default()
        )),
        ServedBy::Legacy => Some(format!(
            "the legacy API key was used, for the server refused the OAuth API key with {sent}: {words}"
        )),
    }
}
