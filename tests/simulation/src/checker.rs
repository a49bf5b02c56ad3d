mod slots;
mod window;

pub(crate) use slots::Answered;

use std::collections::{HashMap, HashSet};

use redox_auth_core::Instant;

use crate::subject::{Advice, Subject};
use crate::violation::{Broken, Rule};
use slots::Slots;
use window::{Claims, Known};

/// What a request asks for, read from the request alone.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Purpose {
    Time,
    Token,
    Secret,
    Refresh,
}

impl Purpose {
    pub(crate) fn way(self) -> Option<Way> {
        match self {
            Self::Time => None,
            Self::Token => Some(Way::OAuth),
            Self::Secret | Self::Refresh => Some(Way::Legacy),
        }
    }
}

/// A credential of the two.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Way {
    OAuth,
    Legacy,
}

/// A token that the server gave out, and by how much the device that got it may be wrong about its end.
#[derive(Clone, Debug)]
pub(crate) struct Minted {
    /// Its number in the trace, which shows no token.
    pub(crate) serial: u64,
    pub(crate) account: usize,
    pub(crate) way: Way,
    pub(crate) expires_ms: u64,
    /// How much too early it may be taken for dead: what the session counts from before the token was made, what its
    /// clock drifts, and the seconds that `Date` and `expires` cut off. `None` where nothing told it the time.
    pub(crate) early_ms: Option<u64>,
    /// How much too late: what its clock drifts, for no session can measure better than its clock does. `None` where
    /// the clock jumped while the device was off.
    pub(crate) late_ms: Option<u64>,
}

/// Every token of a scenario.
pub(crate) type Tokens = HashMap<String, Minted>;

/// A request that leaves a device.
pub(crate) struct Sent<'a> {
    pub(crate) now_ms: u64,
    pub(crate) at: Instant,
    pub(crate) purpose: Purpose,
    pub(crate) body: &'a str,
    /// The last answer of `next`.
    pub(crate) advice: &'a Advice,
    /// Whether another credential than the one that got the token may be meant to renew it.
    pub(crate) may_change_way: bool,
}

/// Watches one session from outside and says when it breaks a rule.
#[derive(Debug)]
pub(crate) struct Watch {
    ppm: i64,
    /// The session's request that is on its way, until its ticket dies.
    in_flight_until: Option<Instant>,
    /// The token that was handed out last.
    held: Option<String>,
    known: Option<Known>,
    slots: Slots,
    dropped_at: Option<Instant>,
}

impl Watch {
    pub(crate) fn new(ppm: i64, keys: usize, has_legacy: bool) -> Self {
        Self {
            ppm,
            in_flight_until: None,
            held: None,
            known: None,
            slots: Slots::new(keys, has_legacy),
            dropped_at: None,
        }
    }

    /// Asks the session what it wants, more than once, and checks what it says.
    pub(crate) fn observe(
        &mut self,
        subject: &dyn Subject,
        account: usize,
        (now_ms, at): (u64, Instant),
        tokens: &Tokens,
        probe: u64,
    ) -> Result<Advice, Broken> {
        let advice = subject.next(at);
        check_word(subject, &advice, at, probe)?;
        let held = advice.token().map(|held| held.token.as_str());
        if let Some(token) = held {
            check_token(token, account, now_ms, tokens)?;
        }
        if let Some(last) = self.held.as_deref().filter(|last| held != Some(*last)) {
            self.check_end(last, now_ms, tokens)?;
        }
        self.held = held.map(str::to_owned);
        Ok(advice)
    }

    /// Whether the token that was handed out last was near its end.
    fn check_end(&self, token: &str, now_ms: u64, tokens: &Tokens) -> Result<(), Broken> {
        let Some(minted) = tokens.get(token) else {
            return Ok(());
        };
        match minted.early_ms {
            Some(early_ms) if now_ms.saturating_add(early_ms) < minted.expires_ms => {
                let left_ms = minted.expires_ms - now_ms;
                let what = format!("token #{} had {left_ms} ms left", minted.serial);
                Err(Broken::new(Rule::Dropped, what))
            }
            _ => Ok(()),
        }
    }

    /// The token may go: it was replaced, or it was rejected itself.
    pub(crate) fn token_may_go(&mut self) {
        self.held = None;
    }

    /// A request leaves.
    pub(crate) fn sent(
        &mut self,
        sent: &Sent<'_>,
        tokens: &Tokens,
        ids: &mut HashSet<String>,
    ) -> Result<Dated, Broken> {
        if self.in_flight_until.is_some_and(|until| sent.at < until) {
            let what = format!("{:?} while another is on its way", sent.purpose);
            return Err(Broken::new(Rule::OneInFlight, what));
        }
        if !sent.advice.asks() {
            let what = format!(
                "{:?} while `next` says {}",
                sent.purpose,
                sent.advice.name()
            );
            return Err(Broken::new(Rule::Unasked, what));
        }
        self.slots.check(sent.purpose, sent.at)?;
        check_need(sent, tokens)?;
        self.in_flight_until = Some(sent.at.saturating_add_secs(TICKET_SECS));
        if sent.purpose != Purpose::Token {
            return Ok(Dated {
                known: false,
                claims: None,
            });
        }
        let claims = Claims::read(sent.body)?;
        if !ids.insert(claims.id.clone()) {
            return Err(Broken::new(Rule::JwtId, claims.id));
        }
        let known = self
            .known
            .filter(|known| known.holds(sent.now_ms, self.ppm));
        if let Some(known) = known {
            known.check(&claims, sent.now_ms)?;
        }
        Ok(Dated {
            known: known.is_some(),
            claims: Some(claims),
        })
    }

    /// An answer was handed in, or there is none, and the session was told.
    pub(crate) fn answered(&mut self, purpose: Purpose, at: Instant, answered: Answered) {
        self.in_flight_until = None;
        self.slots.answered(purpose, at, answered);
    }

    /// The session was told to forget its request.
    pub(crate) fn abandoned(&mut self, purpose: Purpose) {
        self.in_flight_until = None;
        self.slots.abandoned(purpose);
    }

    /// The server took an assertion, and the session knows.
    pub(crate) fn accepted(
        &mut self,
        subject: &dyn Subject,
        claims: &Claims,
        sent_ms: u64,
        now_ms: u64,
    ) {
        self.known = Some(Known::by_acceptance(
            claims,
            sent_ms,
            now_ms,
            subject.has_learned_time(),
        ));
    }

    /// The server's true time was shown, and the session said that it believes it.
    pub(crate) fn learned(&mut self, now_ms: u64) {
        self.known = Some(Known::by_date(now_ms));
    }

    /// Whatever the session knew of the time may be wrong now.
    pub(crate) fn misled(&mut self) {
        self.known = None;
    }

    /// The device's own clock jumped, which is of no account for who does not go by it.
    pub(crate) fn wall_jumped(&mut self) {
        if self.known.is_some_and(|known| !known.is_learned()) {
            self.known = None;
        }
    }

    /// Whether the server's true time was learned.
    pub(crate) fn has_learned_truth(&self) -> bool {
        self.known.is_some_and(|known| known.is_learned())
    }

    /// What was learned is gone when the session went back to its own clock.
    pub(crate) fn look_at_clock(&mut self, subject: &dyn Subject) {
        if self.known.is_some_and(|known| known.is_learned()) && !subject.has_learned_time() {
            self.known = None;
        }
    }

    /// The operator changed something: what was refused may be tried at once.
    pub(crate) fn replaced(&mut self, keys: usize, has_legacy: bool) {
        self.slots = Slots::new(keys, has_legacy);
    }

    /// A record was restored, and with it a refresh token that may be tried whatever became of the one before.
    pub(crate) fn restored(&mut self) {
        self.held = None;
        self.slots.restored();
    }

    /// The API's 401 made the session drop its token.
    pub(crate) fn rejected(&mut self, at: Instant) -> Result<(), Broken> {
        let before = self.dropped_at.replace(at);
        if before.is_some_and(|before| at < before.saturating_add_secs(LEAST_DROP_SECS)) {
            let what = "a second token dropped within 10 s";
            return Err(Broken::new(Rule::BackOff, what));
        }
        self.held = None;
        Ok(())
    }
}

/// The observation of a sent request.
pub(crate) struct Dated {
    /// Whether the window applied to it.
    pub(crate) known: bool,
    pub(crate) claims: Option<Claims>,
}

pub(crate) use window::Claims as AssertionClaims;

/// Asking changes nothing, and before the deadline there is nothing to do.
fn check_word(
    subject: &dyn Subject,
    advice: &Advice,
    at: Instant,
    probe: u64,
) -> Result<(), Broken> {
    let broken = |what: String| Err(Broken::new(Rule::Pure, what));
    match advice.until() {
        Some(until) if until <= at => {
            return broken(format!("{} until {until:?}, which has come", advice.name()));
        }
        Some(until) => {
            let wait_ms = until.as_millis() - at.as_millis();
            for ahead_ms in [probe % wait_ms, wait_ms - 1] {
                let then = subject.next(at.saturating_add_millis(ahead_ms));
                if then.asks() || then.token() != advice.token() {
                    return broken(format!(
                        "{} for {wait_ms} ms, but {} after {ahead_ms} ms",
                        advice.name(),
                        then.name(),
                    ));
                }
            }
        }
        None => {
            let _ = subject.next(at.saturating_add_millis(probe % FAR_MS));
        }
    }
    let again = subject.next(at);
    if again != *advice {
        return broken(format!("{advice:?}, and asked again {again:?}"));
    }
    Ok(())
}

fn check_token(token: &str, account: usize, now_ms: u64, tokens: &Tokens) -> Result<(), Broken> {
    let Some(minted) = tokens.get(token) else {
        return Err(Broken::new(Rule::Foreign, "a token that nobody gave out"));
    };
    if minted.account != account {
        let what = format!("token #{} of another account", minted.serial);
        return Err(Broken::new(Rule::Foreign, what));
    }
    match minted.late_ms {
        Some(late_ms) if now_ms > minted.expires_ms.saturating_add(late_ms) => {
            let over_ms = now_ms - minted.expires_ms;
            let what = format!("token #{}, dead for {over_ms} ms", minted.serial);
            Err(Broken::new(Rule::Expired, what))
        }
        _ => Ok(()),
    }
}

/// A token with more than this left is not yet to be renewed: the margin of a minute, half a minute of jitter, and ten
/// seconds for what a session may be wrong about.
fn check_need(sent: &Sent<'_>, tokens: &Tokens) -> Result<(), Broken> {
    let held = sent.advice.token().and_then(|held| tokens.get(&held.token));
    let Some(minted) = held else {
        return Ok(());
    };
    if sent.may_change_way || sent.purpose.way().is_some_and(|way| way != minted.way) {
        return Ok(());
    }
    let left_ms = minted.expires_ms.saturating_sub(sent.now_ms);
    match minted.early_ms {
        Some(early_ms) if left_ms > RENEWAL_MS + early_ms => {
            let what = format!("token #{} has {left_ms} ms left", minted.serial);
            Err(Broken::new(Rule::Unasked, what))
        }
        _ => Ok(()),
    }
}

const RENEWAL_MS: u64 = 100_000;

/// How long a session waits for an answer before it may ask again.
pub(crate) const TICKET_SECS: u32 = 60;

const LEAST_DROP_SECS: u32 = 10;

const FAR_MS: u64 = 100_000_000;
