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

/// Prints each token as it comes, until the program is ended.
pub(crate) async fn run(redox: &Redox, shown: impl Fn(&Token) -> String) -> Result<(), Failure> {
    // From before the first token on.
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

/// What has changed.
pub(crate) enum News<'a> {
    /// There is another token.
    Token(&'a Token),
    /// There is none.
    NoToken(&'a Failure),
}

/// Sees to it that there is a token, and tells what becomes of that. What the server refuses is said on standard error,
/// and tried again when the client allows it. Ends only with what no waiting mends.
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

/// A token of which something is left: the client's, or, where that ended while the machine slept or its clock was changed,
/// the next one.
pub(crate) async fn live_token(redox: &Redox) -> Result<Token, Error> {
    let token = redox.token().await?;
    if is_over(redox, &token) {
        redox.token_after(&token).await
    } else {
        Ok(token)
    }
}

/// Whether less is left of a token than can be said in whole seconds.
pub(crate) fn is_over(redox: &Redox, token: &Token) -> bool {
    redox.time_left(token) < Duration::from_secs(1)
}

/// Waits so long, or until there is a token or another failure: a file may come to hold another key, and a hangup lets the
/// client try again.
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

/// How often the client is asked for its token. It knows when that has to be renewed, and until then an answer costs
/// nothing.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// After a failure that names no time for another attempt.
const RETRY_AFTER: Duration = Duration::from_secs(60);
