use core::time::Duration;

use redox_auth_reqwest::{Error, Redox, Token};
use tokio::time::timeout;

use crate::failure::Failure;
use crate::file_news::FileNews;
use crate::watch::{News, follow, live_token};

/// The token of the options and the environment.
pub(super) struct Tokens {
    redox: Redox,
    files: FileNews,
    source_id: Option<String>,
}

impl Tokens {
    pub(super) fn new(redox: Redox, source_id: Option<String>) -> Self {
        Self {
            files: FileNews::of(&redox),
            redox,
            source_id,
        }
    }

    pub(super) const fn client(&self) -> &Redox {
        &self.redox
    }

    pub(super) fn source_id(&self) -> Option<&str> {
        self.source_id.as_deref()
    }

    /// Renews the token before callers need another, and passes each event to `tell`. Ends only with a failure that
    /// waiting does not fix.
    pub(super) async fn renew(&self, mut tell: impl FnMut(News<'_>)) -> Failure {
        follow(&self.redox, &self.files, |news| {
            tell(news);
            Ok(())
        })
        .await
    }

    /// See [`FileNews::read_again`].
    pub(super) async fn read_files_again(&self) {
        self.files.read_again(&self.redox).await;
    }
}

/// A token for a program. Never an expired one: after a sleep of the machine the next token takes a moment.
///
/// # Errors
/// [`Error::NoToken`], also when the token does not arrive in time.
pub(super) async fn token_of(redox: &Redox) -> Result<Token, Error> {
    match timeout(PATIENCE, live_token(redox)).await {
        Ok(result) => result,
        Err(_) => Err(Error::NoToken {
            cause: None,
            retry_in: Duration::from_secs(1),
        }),
    }
}

/// The longest wait of a program for a token.
const PATIENCE: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests {
    use redox_auth_sandbox::http::StatusCode;
    use redox_auth_sandbox::{Fault, Place, RetryAfter, Server, ServerOptions, Times};

    use super::*;
    use crate::serve::machine::{Machine, serving};

    #[tokio::test]
    async fn no_dead_token_is_handed_out_whatever_happened_to_the_clocks() {
        for (case, steady, wall, server_secs, is_replaced) in [
            ("nothing", 0, 0, 0, false),
            ("a sleep of an hour", 3_600_000, 3_600, 3_600, true),
            ("a snapshot of an hour ago", 0, 3_600, 3_600, true),
            ("a clock set forward by an hour", 0, 3_600, 0, true),
            ("a clock set back by an hour", 0, -3_600, 0, false),
            (
                "a sleep with a clock set back",
                3_600_000,
                -3_600,
                3_600,
                true,
            ),
            ("a clock 8 s ahead", 0, 8, 0, false),
            ("half a second left", 299_500, 299, 299, true),
        ] {
            let server = Server::start(ServerOptions::new()).await.unwrap();
            let machine = Machine::of(&server);
            let (redox, first) = serving(&server, &machine).await;
            machine.move_by(steady, wall);
            server.clock().advance(Duration::from_secs(server_secs));
            let token = token_of(&redox).await.unwrap();
            assert!(redox.time_left(&token) >= Duration::from_secs(1), "{case}");
            assert_eq!(token.expose() != first, is_replaced, "{case}");
            let minted = server.counters().tokens_minted;
            assert_eq!(minted, 1 + u64::from(is_replaced), "{case}");
        }
    }

    #[tokio::test]
    async fn a_clock_some_seconds_ahead_gets_its_tokens_all_the_same() {
        let server = Server::start(ServerOptions::new()).await.unwrap();
        let machine = Machine::of(&server);
        machine.move_by(0, 8);
        let (redox, _) = serving(&server, &machine).await;
        machine.move_by(400_000, 400);
        server.clock().advance(Duration::from_secs(400));
        token_of(&redox).await.unwrap();
        assert_eq!(server.counters().tokens_minted, 2);
    }

    #[tokio::test]
    async fn without_another_token_the_answer_says_when_to_ask_again() {
        let server = Server::start(ServerOptions::new()).await.unwrap();
        let machine = Machine::of(&server);
        let (redox, first) = serving(&server, &machine).await;
        let busy = Fault::Unavailable(StatusCode::SERVICE_UNAVAILABLE, RetryAfter::Secs(30));
        server
            .sandbox()
            .inject(Place::Token, busy, Times::UntilCleared);
        machine.move_by(3_600_000, 3_600);
        server.clock().advance(Duration::from_secs(3_600));
        let error = token_of(&redox).await.unwrap_err();
        let Error::NoToken { retry_in, .. } = &error else {
            panic!("{error:?}");
        };
        let why = error.to_string();
        assert!(why.contains("status 503") && !why.contains(&first), "{why}");
        assert!(*retry_in > Duration::from_secs(25), "{retry_in:?}");
    }
}
