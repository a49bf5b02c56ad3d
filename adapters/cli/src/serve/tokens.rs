use core::time::Duration;
use std::time::Instant;

use redox_auth_reqwest::{Error, Redox, Token};
use tokio::sync::watch;
use tokio::time::timeout;

use crate::failure::Failure;
use crate::file_news::FileNews;
use crate::watch::{News, follow, is_over};

/// The token that is there, or why there is none.
pub(super) struct Tokens {
    redox: Redox,
    files: FileNews,
    source_id: Option<String>,
    /// Nothing before the first attempt has come to its end.
    latest: watch::Sender<Option<Latest>>,
}

/// What is known of the token.
#[derive(Clone)]
pub(super) enum Latest {
    Token(Token),
    NoToken { why: String, retry_at: Instant },
}

impl Tokens {
    pub(super) fn new(redox: Redox, source_id: Option<String>) -> Self {
        Self {
            files: FileNews::of(&redox),
            redox,
            source_id,
            latest: watch::Sender::new(None),
        }
    }

    pub(super) fn source_id(&self) -> Option<&str> {
        self.source_id.as_deref()
    }

    /// What is left of a token.
    pub(super) fn time_left(&self, token: &Token) -> Duration {
        self.redox.time_left(token)
    }

    /// Keeps a token at hand, so that nobody has to wait for one. Ends only with what no waiting mends.
    pub(super) async fn renew(&self) -> Failure {
        follow(&self.redox, &self.files, |news| {
            let latest = match news {
                News::Token(token) => Latest::Token(token.clone()),
                News::NoToken { failure, retry_in } => {
                    Latest::no_token(failure.in_one_line(), retry_in)
                }
            };
            self.latest.send_replace(Some(latest));
            Ok(())
        })
        .await
    }

    /// See [`FileNews::read_again`].
    pub(super) async fn read_files_again(&self) {
        self.files.read_again(&self.redox).await;
    }

    /// What there is to hand out, as soon as there is something. A token that has ended is not: the next one is waited for.
    pub(super) async fn latest(&self) -> Option<Latest> {
        let mut latest = self.latest.subscribe();
        let latest = latest.wait_for(Option::is_some).await.ok()?.clone()?;
        Some(match latest {
            Latest::Token(token) => Latest::of(next_if_over(&self.redox, token).await),
            no_token @ Latest::NoToken { .. } => no_token,
        })
    }
}

impl Latest {
    fn of(result: Result<Token, Error>) -> Self {
        match result {
            Ok(token) => Self::Token(token),
            Err(error) => {
                let retry_in = match &error {
                    Error::NoToken { retry_in, .. } => *retry_in,
                    _ => Duration::ZERO,
                };
                Self::no_token(Failure::from(error).in_one_line(), retry_in)
            }
        }
    }

    fn no_token(why: String, retry_in: Duration) -> Self {
        let now = Instant::now();
        Self::NoToken {
            why,
            retry_at: now.checked_add(retry_in).unwrap_or(now),
        }
    }
}

/// This token, or, where nothing is left of it, the next one. After a sleep of the machine that takes a moment.
///
/// # Errors
/// [`Error::NoToken`], also when the next token does not come in time.
pub(super) async fn next_if_over(redox: &Redox, token: Token) -> Result<Token, Error> {
    if !is_over(redox, &token) {
        return Ok(token);
    }
    match timeout(PATIENCE, redox.token_after(&token)).await {
        Ok(result) => result,
        Err(_) => Err(Error::NoToken {
            cause: None,
            retry_in: Duration::from_secs(1),
        }),
    }
}

/// How long a program waits at most for the token after one that has ended.
const PATIENCE: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use redox_auth_reqwest::{Instant as Steady, Key, Now, Redox, UnixTime};
    use redox_auth_sandbox::http::StatusCode;
    use redox_auth_sandbox::{Fault, OAuthKey, Place, RetryAfter, Server, ServerOptions, Times};

    use super::*;
    use crate::key;

    /// The clocks of a machine: the one that goes on in sleep, in milliseconds, and the one that a person sets, in seconds.
    #[derive(Clone)]
    struct Machine(Arc<Mutex<(u64, i64)>>);

    impl Machine {
        fn of(server: &Server) -> Self {
            server.clock().freeze();
            let wall = server.clock().now().as_second();
            Self(Arc::new(Mutex::new((1_000_000, wall))))
        }

        fn move_by(&self, steady_ms: u64, wall_secs: i64) {
            let mut clocks = self.0.lock().unwrap();
            clocks.0 = clocks.0.saturating_add(steady_ms);
            clocks.1 = clocks.1.saturating_add(wall_secs);
        }

        fn now(&self) -> impl Fn() -> Now + Send + Sync + 'static {
            let machine = self.clone();
            move || {
                let (steady, wall) = *machine.0.lock().unwrap();
                Now {
                    instant: Steady::from_millis(steady),
                    unix: Some(UnixTime::from_secs(wall.try_into().unwrap())),
                }
            }
        }
    }

    /// What `serve` knows when it has just got a token of 300 s.
    async fn serving(server: &Server, machine: &Machine) -> (Tokens, String) {
        let key = Key::generate().unwrap();
        let client = OAuthKey::new().jwks(&key::jwk_set(core::slice::from_ref(&key)).unwrap());
        let client_id = server.sandbox().register_oauth_key(client).unwrap();
        let builder = Redox::builder().base_url(server.base_url());
        let redox = builder.oauth_key(client_id, key).clock(machine.now());
        let redox = redox.build().unwrap();
        let token = redox.token().await.unwrap();
        let exposed = token.expose().to_owned();
        let tokens = Tokens::new(redox, None);
        tokens.latest.send_replace(Some(Latest::Token(token)));
        (tokens, exposed)
    }

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
            let (tokens, first) = serving(&server, &machine).await;
            machine.move_by(steady, wall);
            server.clock().advance(Duration::from_secs(server_secs));
            let Some(Latest::Token(token)) = tokens.latest().await else {
                panic!("{case}: no token");
            };
            assert!(tokens.time_left(&token) >= Duration::from_secs(1), "{case}");
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
        let (tokens, _) = serving(&server, &machine).await;
        machine.move_by(400_000, 400);
        server.clock().advance(Duration::from_secs(400));
        assert!(matches!(tokens.latest().await, Some(Latest::Token(_))));
        assert_eq!(server.counters().tokens_minted, 2);
    }

    #[tokio::test]
    async fn without_another_token_the_answer_says_when_to_ask_again() {
        let server = Server::start(ServerOptions::new()).await.unwrap();
        let machine = Machine::of(&server);
        let (tokens, first) = serving(&server, &machine).await;
        let busy = Fault::Unavailable(StatusCode::SERVICE_UNAVAILABLE, RetryAfter::Secs(30));
        server
            .sandbox()
            .inject(Place::Token, busy, Times::UntilCleared);
        machine.move_by(3_600_000, 3_600);
        server.clock().advance(Duration::from_secs(3_600));
        let Some(Latest::NoToken { why, retry_at }) = tokens.latest().await else {
            panic!("a token");
        };
        assert!(why.contains("status 503") && !why.contains(&first), "{why}");
        let retry_in = retry_at.duration_since(Instant::now());
        assert!(retry_in > Duration::from_secs(25), "{retry_in:?}");
    }
}
