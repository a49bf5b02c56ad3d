use core::mem;
use core::time::Duration;
use std::sync::Arc;

use redox_auth_reqwest::{Error, Redox, Token};
use tokio::time::sleep;

use crate::ended::ended;
use crate::failure::Failure;
use crate::file_news::FileNews;
use crate::hangup::Hangups;
use crate::terminal::say;
use crate::{notes, print};

/// Prints each new token, until a signal ends the program.
pub(crate) async fn run(redox: &Redox, shown: impl Fn(&Token) -> String) -> Result<(), Failure> {
    // Listen from before the first token.
    let ended = ended()?;
    let hangups = Hangups::listen()?;
    let files = FileNews::of(redox);
    let mut is_first = true;
    let print_token = |news: News<'_>| match news {
        News::Token(token) => {
            if mem::take(&mut is_first) {
                notes::bound(token);
            }
            print(&shown(token))
        }
        News::NoToken(_) => Ok(()),
    };
    tokio::select! {
        failure = follow(redox, &files, print_token) => Err(failure),
        () = hangups.each(async || files.read_again(redox).await) => Ok(()),
        () = ended => Ok(()),
    }
}

/// A change of the token.
pub(crate) enum News<'a> {
    /// There is another token.
    Token(&'a Token),
    /// There is no token.
    NoToken(&'a Failure),
}

/// Keeps a token available, and passes each change to `tell`. Reports refusals on standard error, and retries when the
/// client allows it. Ends only with a failure that waiting does not fix.
pub(crate) async fn follow(
    redox: &Redox,
    files: &FileNews,
    mut tell: impl FnMut(News<'_>) -> Result<(), Failure>,
) -> Failure {
    let mut last: Option<Token> = None;
    let mut said: Option<Arc<Error>> = None;
    loop {
        let result = live_token(redox).await;
        let failure = redox.last_failure();
        let (told, pause) = match result {
            Ok(token) => {
                if last.is_none() {
                    notes::print(redox, &token);
                } else if let Some(failure) = failure.as_ref().filter(|it| !is_same(it, &said)) {
                    say(failure);
                }
                let is_new = |last: &Token| last.expose() != token.expose();
                let told = if last.as_ref().is_none_or(is_new) {
                    tell(News::Token(last.insert(token)))
                } else {
                    Ok(())
                };
                (told, LOOK_EVERY)
            }
            Err(error) => {
                let retry_in = match &error {
                    Error::NoToken { retry_in, .. } => (*retry_in).max(LOOK_EVERY),
                    _ => RETRY_AFTER,
                };
                let failure = Failure::from(error);
                if failure.is_usage() {
                    return failure;
                }
                say(&failure);
                (tell(News::NoToken(&failure)), retry_in)
            }
        };
        if let Err(failure) = told {
            return failure;
        }
        said = failure;
        wait(redox, files, pause).await;
    }
}

/// A token that is still valid: the client's, or the next one if that token ended while the machine slept or its clock
/// changed.
pub(crate) async fn live_token(redox: &Redox) -> Result<Token, Error> {
    let token = redox.token().await?;
    if is_over(redox, &token) {
        redox.token_after(&token).await
    } else {
        Ok(token)
    }
}

/// Whether the remaining lifetime of a token is less than a whole second.
pub(crate) fn is_over(redox: &Redox, token: &Token) -> bool {
    redox.time_left(token) < Duration::from_secs(1)
}

/// Waits this long, or until there is a token or another failure: a file may change, and a hangup lets the client try
/// again.
async fn wait(redox: &Redox, files: &FileNews, pause: Duration) {
    let (mut left, before) = (pause, redox.last_failure());
    loop {
        let step = left.min(LOOK_EVERY);
        sleep(step).await;
        left = left.saturating_sub(step);
        let is_over = left.is_zero() || {
            let result = redox.token().await;
            let failure = redox.last_failure();
            result.is_ok() || failure.is_some_and(|it| !is_same(&it, &before))
        };
        files.report(redox);
        if is_over {
            return;
        }
    }
}

fn is_same(failure: &Arc<Error>, said: &Option<Arc<Error>>) -> bool {
    said.as_ref().is_some_and(|said| Arc::ptr_eq(failure, said))
}

/// How often to ask the client for its token. The client knows when to renew the token; until then an answer costs
/// nothing.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// The wait after a failure that gives no time for another attempt.
const RETRY_AFTER: Duration = Duration::from_secs(60);
