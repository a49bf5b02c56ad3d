use jiff::Timestamp;
use redox_auth_reqwest::{Redox, ServedBy, Token, TokenType};

use crate::terminal::{say, shown};

/// Reports on standard error the unusual steps to a token that a person may want to correct.
pub(crate) fn print(redox: &Redox, token: &Token) {
    let notes = [clock(redox), credential(redox, token), scope(token)];
    for note in notes.iter().flatten() {
        say(format_args!("note: {note}"));
    }
}

/// The missing part of the requested scope.
pub(crate) fn scope(token: &Token) -> Option<String> {
    let missing = shown(token.scope_not_granted()?);
    Some(format!(
        "the server granted less scope than requested; not granted: {missing}"
    ))
}

/// The same for a printed token, with further notes for its user.
pub(crate) fn print_with_token(redox: &Redox, token: &Token) {
    print(redox, token);
    bound(token);
}

/// Warns that a printed token is useless without its key.
pub(crate) fn bound(token: &Token) {
    if token.token_type() == TokenType::Dpop {
        say(format_args!(
            "note: the token is bound to the DPoP key: every request needs a proof from that key, and the token alone is useless"
        ));
    }
}

/// The offset of this machine's clock, if the client used the server's time.
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
        "this machine's clock is {secs} s {direction} the server's; the command used the server's time"
    ))
}

/// The credential that obtained the token, if it was not the first.
fn credential(redox: &Redox, token: &Token) -> Option<String> {
    let failure = redox.last_failure()?;
    let refused = failure.refused()?;
    let sent = refused.sent.as_ref()?;
    let words = refused.words().unwrap_or("no reason given");
    let key_id = &sent.key_id;
    match token.served_by()? {
        ServedBy::OAuth { key: 0 } => None,
        ServedBy::OAuth { .. } => Some(format!(
            "the command used key ID {:?} because the server refused {key_id:?}: {words}",
            token.key_id().unwrap_or_default()
        )),
        ServedBy::Legacy => Some(format!(
            "the command used the legacy API key because the server refused the OAuth API key with {sent}: {words}"
        )),
    }
}
