use core::time::Duration;
use std::sync::Arc;

use redox_auth_core::{Expiry, Next};

use super::shared::Tokens;
use super::state::between;
use super::token::Token;
use crate::error::Error;

/// The state of the next token while one is in use; see [`Redox::renewal`](crate::Redox::renewal).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Renewal {
    /// More is left of the token than its margin: 60 s, or half the lifetime of one that lives for less than 120 s.
    NotDue,
    /// Less is left than the margin. The client is requesting the next token, or will do so for the next caller.
    Due,
    /// Less is left than the margin, and the next token did not come.
    Late {
        /// The error, if known.
        cause: Option<Arc<Error>>,
        /// When another attempt is allowed.
        retry_in: Duration,
    },
}

impl Tokens {
    /// See [`Redox::renewal`](crate::Redox::renewal).
    pub(crate) fn renewal(&self, token: &Token) -> Renewal {
        let (held, left) = (token.held(), self.time_left(token));
        let lifetime = held.since.map(|since| between(since, held.expires_at));
        let lifetime_secs = lifetime.and_then(|it| u32::try_from(it.as_secs()).ok());
        let margin_secs = Expiry::margin_secs(lifetime_secs.unwrap_or(u32::MAX));
        let margin = Duration::from_secs(margin_secs.into());
        if left >= margin {
            return Renewal::NotDue;
        }
        let (state, now) = (self.lock(), self.now());
        match state.session.next(now) {
            Next::Use { until, .. } if state.flight.is_none() && state.holds(token) => {
                // If only the wall clock shows the end of the token, there was no error.
                let is_outrun = between(now, held.expires_at) >= margin;
                let cause = state.last_failure.clone().filter(|_| !is_outrun);
                let retry_in = between(now, until).min(left);
                Renewal::Late { cause, retry_in }
            }
            _ => Renewal::Due,
        }
    }
}
