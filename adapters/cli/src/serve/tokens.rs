use core::time::Duration;
use std::time::Instant;

use redox_auth_reqwest::{Redox, Token};
use tokio::sync::watch;

use crate::failure::Failure;
use crate::file_news::FileNews;
use crate::watch::{News, follow};

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

    /// See [`FileNews::read_again`].
    pub(super) async fn read_files_again(&self) {
        self.files.read_again(&self.redox).await;
    }

    /// What there is to hand out, as soon as there is something.
    pub(super) async fn latest(&self) -> Option<Latest> {
        let mut latest = self.latest.subscribe();
        let latest = latest.wait_for(Option::is_some).await;
        latest.ok()?.clone()
    }
}
