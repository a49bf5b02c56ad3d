use core::time::Duration;
use std::sync::Arc;

use redox_auth_reqwest::{Error, Redox, Token};
use tokio::time::sleep;

use crate::ended::ended;
use crate::failure::Failure;
use crate::{notes, print};

/// Prints each token as it comes, until the program is ended. What the server refuses is said, and tried again when
/// the client allows it.
pub(crate) async fn run(redox: &Redox, shown: impl Fn(&Token) -> String) -> Result<(), Failure> {
    // From before the first token on.
    let ended = ended()?;
    tokio::select! {
        result = print_each(redox, shown) => result,
        () = ended => Ok(()),
    }
}

/// Ends only with what no waiting mends.
async fn print_each(redox: &Redox, shown: impl Fn(&Token) -> String) -> Result<(), Failure> {
    let mut printed: Option<Token> = None;
    let mut said: Option<Arc<Error>> = None;
    loop {
        let pause = match redox.token().await {
            Ok(token) => {
                let failure = redox.last_failure();
                if printed.is_none() {
                    notes::print(redox, &token);
                } else if let Some(failure) = failure.as_ref().filter(|it| !is_same(it, &said)) {
                    eprintln!("redox-auth: {failure}");
                }
                said = failure;
                let is_new = |printed: &Token| printed.expose() != token.expose();
                if printed.as_ref().is_none_or(is_new) {
                    print(&shown(&token))?;
                    printed = Some(token);
                }
                LOOK_EVERY
            }
            Err(error) => {
                said = redox.last_failure();
                let retry_in = match &error {
                    Error::NoToken { retry_in, .. } => (*retry_in).max(LOOK_EVERY),
                    _ => RETRY_AFTER,
                };
                let failure = Failure::from(error);
                if failure.is_usage() {
                    return Err(failure);
                }
                eprintln!("redox-auth: {failure}");
                retry_in
            }
        };
        sleep(pause).await;
    }
}

fn is_same(failure: &Arc<Error>, said: &Option<Arc<Error>>) -> bool {
    said.as_ref().is_some_and(|said| Arc::ptr_eq(failure, said))
}

/// How often the client is asked for its token. It knows when that has to be renewed, and until then an answer costs
/// nothing.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// After a failure that says no time for another attempt.
const RETRY_AFTER: Duration = Duration::from_secs(60);
