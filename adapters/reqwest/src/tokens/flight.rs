use core::future::poll_fn;
use core::task::Poll;
use core::time::Duration;

use redox_auth_core::{Instant, Next, Stopped};
use tokio::sync::watch;
use tracing::Instrument as _;

use super::attempts::no_token;
use super::outcome::{Failure, Outcome, OutcomeReceiver};
use super::shared::Tokens;
use super::token::Token;
use crate::error::Error;
use crate::pause::SLICE;
use crate::sync::{Handle, timeout};
use crate::telemetry;

impl Tokens {
    /// See [`Redox::token`](crate::Redox::token).
    // Not an `async fn`: a compiler would make one function with the wait in it, too long for inlining, and the token would
    // go through memory several times.
    #[inline]
    pub(crate) fn token(&self) -> impl Future<Output = Result<Token, Error>> + Send {
        let mut wait = None;
        poll_fn(move |context| match &mut wait {
            None => match self.at_hand() {
                Some(token) => Poll::Ready(Ok(token)),
                None => {
                    let wait = wait.insert(Box::pin(self.wait_for_token()));
                    wait.as_mut().poll(context)
                }
            },
            Some(wait) => wait.as_mut().poll(context),
        })
    }

    /// See [`Redox::token_after`](crate::Redox::token_after).
    pub(crate) async fn token_after(&self, token: &Token) -> Result<Token, Error> {
        let id = token.held().id;
        loop {
            self.drop_if_outrun(token);
            let changed = self.shared.state.changed();
            match self.start_or_join() {
                Availability::Use(token, _) | Availability::Renew(token, _)
                    if token.held().id != id =>
                {
                    return Ok(token);
                }
                Availability::Use(_, until) => {
                    Handle::try_current().map_err(|_| Error::NoRuntime)?;
                    let millis = until.as_millis().saturating_sub(self.now().as_millis());
                    // Not at once: timers stand still while the machine sleeps, and the clock does not. Whatever ended the
                    // wait, the session decides the next step.
                    let slice = SLICE.min(Duration::from_millis(millis));
                    let _ = timeout(slice, changed).await;
                }
                Availability::Renew(_, mut flight) | Availability::Fetch(mut flight) => {
                    self.outcome_of(&mut flight).await;
                }
                Availability::Not(error) => return Err(*error),
                Availability::Refused(error) => {
                    if !self.read_files_in_need().await {
                        return Err(*error);
                    }
                }
            }
        }
    }

    /// Obtains a token where none is available.
    ///
    /// The request is a task of its own, and dropping a caller does not end it. Callers that come during the request share
    /// its outcome. When the task's runtime ends, the next waiting caller starts another request.
    #[cold]
    #[inline(never)]
    async fn wait_for_token(&self) -> Result<Token, Error> {
        let began = std::time::Instant::now();
        loop {
            match self.start_or_join() {
                Availability::Use(token, _) | Availability::Renew(token, _) => return Ok(token),
                Availability::Fetch(mut flight) => {
                    if let Some(outcome) = self.outcome_of(&mut flight).await {
                        let token = outcome?;
                        // An API may have rejected it before the flight ended.
                        if self.lock().holds(&token) {
                            telemetry::waited(began.elapsed());
                            return Ok(token);
                        }
                    }
                }
                Availability::Not(error) => return Err(*error),
                Availability::Refused(error) => {
                    if !self.read_files_in_need().await {
                        return Err(*error);
                    }
                }
            }
        }
    }

    /// Waits for a flight; `None` if it was given up, and a caller has to start another one.
    async fn outcome_of(&self, flight: &mut OutcomeReceiver) -> Option<Outcome> {
        let outcome = async { flight.wait_for(Option::is_some).await.ok()?.clone() };
        let patience = self.shared.token_timeout.saturating_mul(TIMES_FOR_A_TOKEN);
        match timeout(patience, outcome).await {
            Ok(outcome) => outcome,
            // It is on a runtime that no longer runs.
            Err(_) => {
                self.give_up(flight);
                None
            }
        }
    }

    /// The available token. If the session asks for another one, this starts a flight or joins the one under way.
    /// way.
    fn start_or_join(&self) -> Availability {
        let mut state = self.lock();
        let now = self.now();
        let good = match state.session.next(now) {
            Next::Use { token, until } => return Availability::Use(state.token(token, now), until),
            Next::Renew { token } => Some(state.token(token, now)),
            Next::Fetch => None,
            Next::Wait { .. } if state.flight.is_some() => None,
            Next::Wait { until } => return Availability::not(no_token(&state, None, now, until)),
            Next::Stop {
                reason: reason @ Stopped::NoCredential,
                ..
            } => return Availability::not(Error::Stopped(reason)),
            Next::Stop { reason, until } => {
                let error = no_token(&state, Some(reason), now, until);
                return match reason {
                    Stopped::Refused(_) => Availability::Refused(Box::new(error)),
                    _ => Availability::not(error),
                };
            }
        };
        // Without one, waiting is impossible as well.
        let Ok(runtime) = Handle::try_current() else {
            // Another caller will renew it.
            return good.map_or_else(
                || Availability::not(Error::NoRuntime),
                |token| Availability::Use(token, now),
            );
        };
        if let Some(flight) = state.flight.clone() {
            return Availability::with(flight, good);
        }
        let (sender, outcome) = watch::channel(None);
        state.flight = Some(outcome.clone());
        drop(state);
        let flight = Flight {
            tokens: self.clone(),
            sender,
        };
        let span = telemetry::flight(good.is_some());
        // Not while the state is locked, because a runtime that is about to end drops the task at once, and the drop takes
        // the lock.
        runtime.spawn(flight.run().instrument(span));
        Availability::with(outcome, good)
    }

    /// Gives up this flight, if callers still wait for it.
    fn give_up(&self, flight: &OutcomeReceiver) {
        let mut state = self.lock();
        let current = state.flight.as_ref();
        if current.is_some_and(|it| it.same_channel(flight)) {
            state.flight = None;
            state.session.abandon();
        }
    }
}

/// Whether there is a token, and a flight that obtains the next one.
enum Availability {
    /// This token until then, and no next step.
    Use(Token, Instant),
    /// This token, and a flight that obtains the next one.
    Renew(Token, OutcomeReceiver),
    /// A flight that obtains one.
    Fetch(OutcomeReceiver),
    /// No token, and no flight.
    Not(Box<Error>),
    /// The same, because the server refused every key or secret.
    Refused(Box<Error>),
}

impl Availability {
    fn with(flight: OutcomeReceiver, good: Option<Token>) -> Self {
        match good {
            Some(token) => Self::Renew(token, flight),
            None => Self::Fetch(flight),
        }
    }

    fn not(error: Error) -> Self {
        Self::Not(Box::new(error))
    }
}

/// A single flight: everything to obtain one token, for all waiting callers.
struct Flight {
    tokens: Tokens,
    sender: watch::Sender<Option<Outcome>>,
}

impl Flight {
    async fn run(self) {
        let tokens = self.tokens.clone();
        let turn = tokens.join_fleet().await;
        let before = tokens.lock().session.counters().tokens();
        self.finish(tokens.attempts().await);
        // No caller here has to wait for the rest of the fleet.
        if tokens.lock().session.counters().tokens() != before {
            tokens.share_token().await;
        }
        if let Some(turn) = turn {
            turn.end().await;
        }
    }

    /// Publishes the outcome. Later callers do not belong to this flight.
    fn finish(self, outcome: Result<Token, Error>) {
        self.leave();
        self.sender.send_replace(Some(outcome.map_err(Failure::of)));
    }

    /// Lets no further caller join.
    fn leave(&self) {
        let flight = self.sender.subscribe();
        let mut state = self.tokens.lock();
        let current = state.flight.as_ref();
        if current.is_some_and(|it| it.same_channel(&flight)) {
            state.flight = None;
        }
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.leave();
    }
}

/// The turn of another process; then requests for the time, with a wrong clock, with another key and with a legacy API key,
/// each after its turn.
const TIMES_FOR_A_TOKEN: u32 = 9;

#[cfg(test)]
mod tests {
    use core::pin::{Pin, pin};
    use core::sync::atomic::Ordering;
    use core::task::{Context, Poll, Waker};
    use core::time::Duration;
    use std::net::TcpListener;

    use redox_auth_core::Next;
    use tokio::sync::watch;

    use super::{Flight, OutcomeReceiver};
    use crate::Redox;
    use crate::tokens::Tokens;
    use crate::tokens::state::tests::with_token_of;

    /// A flight that has sent its request and waits for the answer.
    fn under_way(tokens: &Tokens) -> (Pin<Box<impl Future<Output = ()>>>, OutcomeReceiver) {
        let (sender, outcome) = watch::channel(None);
        tokens.lock().flight = Some(outcome.clone());
        let flight = Flight {
            tokens: tokens.clone(),
            sender,
        };
        let mut flight = Box::pin(flight.run());
        assert!(is_pending(flight.as_mut()));
        (flight, outcome)
    }

    fn is_pending(future: Pin<&mut impl Future>) -> bool {
        let outcome = pin!(future).poll(&mut Context::from_waker(Waker::noop()));
        matches!(outcome, Poll::Pending)
    }

    /// Lets other tasks run as far as they can.
    async fn settle() {
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn a_flight_that_was_given_up_ends_without_the_one_after_it() {
        let nobody_answers = TcpListener::bind("127.0.0.1:0").unwrap();
        let redox = Redox::builder()
            .base_url(format!("http://{}", nobody_answers.local_addr().unwrap()))
            .legacy_key("id", "secret")
            .build()
            .unwrap();
        let tokens = redox.tokens();
        let is_under_way = || matches!(tokens.lock().session.next(tokens.now()), Next::Wait { .. });
        let (given_up, outcome) = under_way(tokens);
        tokens.give_up(&outcome);
        assert!(!is_under_way());

        let (ended, _outcome) = under_way(tokens);
        drop(given_up);
        assert!(is_under_way());
        drop(ended);
        assert!(!is_under_way());
    }

    #[tokio::test(start_paused = true)]
    async fn token_after_notices_within_a_second_that_the_clock_went_on() {
        let hour = 3_600;
        for (case, millis, wall_secs, is_over) in [
            ("the machine slept", 1_000 * hour, hour, true),
            ("it was restored from a snapshot", 0, hour, true),
            ("its clock was set 8 s forward", 0, 8, false),
            ("nothing happened", 0, 0, false),
        ] {
            let nobody_answers = TcpListener::bind("127.0.0.1:0").unwrap();
            let url = format!("http://{}", nobody_answers.local_addr().unwrap());
            let (redox, clocks) = with_token_of(&url);
            let token = redox.token().await.unwrap();
            let tokens = redox.tokens().clone();
            let waiting = tokio::spawn(async move { redox.token_after(&token).await });
            settle().await;
            tokio::time::advance(Duration::from_millis(2_500)).await;
            settle().await;
            assert!(tokens.lock().flight.is_none(), "{case}");

            clocks.millis.fetch_add(millis, Ordering::Relaxed);
            clocks.wall_secs.fetch_add(wall_secs, Ordering::Relaxed);
            tokio::time::advance(Duration::from_millis(1_001)).await;
            settle().await;
            assert_eq!(tokens.lock().flight.is_some(), is_over, "{case}");
            waiting.abort();
        }
    }
}
