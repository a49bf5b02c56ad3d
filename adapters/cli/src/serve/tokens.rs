use core::time::Duration;
use std::time::{Instant, SystemTime};

use redox_auth_reqwest::{Redox, Token};
use tokio::sync::watch;

use crate::failure::Failure;
use crate::watch::{News, follow};

/// The token that is there, or why there is none.
pub(super) struct Tokens {
    source_id: Option<String>,
    /// Nothing before the first attempt has come to its end.
    latest: watch::Sender<Option<Latest>>,
}

/// What is known of the token.
#[derive(Clone)]
pub(super) enum Latest {
    Token {
        token: Token,
        /// Before this it was not there.
        not_before: Instant,
    },
    NoToken {
        why: String,
        retry_at: Instant,
    },
}

impl Tokens {
    pub(super) fn new(source_id: Option<String>) -> Self {
        Self {
            source_id,
            latest: watch::Sender::new(None),
        }
    }

    pub(super) fn source_id(&self) -> Option<&str> {
        self.source_id.as_deref()
    }

    /// Keeps a token at hand, so that nobody has to wait for one. Ends only with what no waiting mends.
    pub(super) async fn renew(&self, redox: &Redox) -> Failure {
        follow(redox, |news| {
            let latest = match news {
                News::Token { token, not_before } => Latest::Token {
                    token: token.clone(),
                    not_before,
                },
                News::NoToken { failure, retry_in } => Latest::NoToken {
                    why: failure.in_one_line(),
                    retry_at: Instant::now()
                        .checked_add(retry_in)
                        .unwrap_or_else(Instant::now),
                },
            };
            self.latest.send_replace(Some(latest));
            Ok(())
        })
        .await
    }

    /// What there is to hand out, as soon as there is something.
    pub(super) async fn latest(&self) -> Option<Latest> {
        let mut latest = self.latest.subscribe();
        let latest = latest.wait_for(Option::is_some).await;
        latest.ok()?.clone()
    }
}

/// What is left of a token, never more than there is, if that is known.
pub(super) fn expires_in(token: &Token, not_before: Instant) -> Option<Duration> {
    let lifetime = token
        .expires_in()
        .map(|it| it.saturating_sub(not_before.elapsed()));
    let until = |end: SystemTime| end.duration_since(SystemTime::now()).unwrap_or_default();
    lifetime.or_else(|| token.expires_at().map(until))
}
