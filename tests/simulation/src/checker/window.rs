use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::violation::{Broken, Rule};

/// What an assertion says of itself, read from the request.
#[derive(Clone, Debug)]
pub(crate) struct Claims {
    pub(crate) id: String,
    /// `iat`, in seconds since 1970.
    pub(crate) issued_at: u64,
}

impl Claims {
    pub(super) fn read(body: &str) -> Result<Self, Broken> {
        let assertion = body
            .split('&')
            .find_map(|field| field.strip_prefix("client_assertion="));
        let claims = assertion.and_then(|assertion| {
            let claims = URL_SAFE_NO_PAD.decode(assertion.split('.').nth(1)?).ok()?;
            let claims: Value = serde_json::from_slice(&claims).ok()?;
            Some(Self {
                id: claims.get("jti")?.as_str()?.to_owned(),
                issued_at: claims.get("iat")?.as_u64()?,
            })
        });
        claims.ok_or_else(|| Broken::new(Rule::Window, "an assertion without iat and jti"))
    }
}

/// A session's knowledge of the server's time: since when, and how exact.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known {
    since_ms: u64,
    /// The drift of its clock beyond which the session no longer knows the time.
    margin_ms: u64,
    learned: bool,
}

impl Known {
    /// An assertion was taken. How close to the edge of the window it was dated says how much drift it can bear.
    pub(super) fn by_acceptance(claims: &Claims, sent_ms: u64, now_ms: u64, learned: bool) -> Self {
        let sent = sent_ms / 1_000;
        let to_past = claims
            .issued_at
            .saturating_sub(sent.saturating_sub(PAST_SECS));
        let to_future = (sent + FUTURE_SECS).saturating_sub(claims.issued_at);
        // Both clocks cut off a fraction.
        let least = to_past.min(to_future).saturating_sub(2);
        Self {
            since_ms: now_ms,
            margin_ms: (least * 1_000).min(LEARNED_MARGIN_MS),
            learned,
        }
    }

    /// The server showed the time, and it was believed.
    pub(super) const fn by_date(now_ms: u64) -> Self {
        Self {
            since_ms: now_ms,
            margin_ms: LEARNED_MARGIN_MS,
            learned: true,
        }
    }

    pub(super) const fn is_learned(&self) -> bool {
        self.learned
    }

    /// Whether the clock cannot have drifted too far since.
    pub(super) const fn holds(&self, now_ms: u64, ppm: i64) -> bool {
        let passed_ms = now_ms.saturating_sub(self.since_ms);
        passed_ms.saturating_mul(ppm.unsigned_abs()) / 1_000_000 < self.margin_ms
    }

    pub(super) fn check(self, claims: &Claims, now_ms: u64) -> Result<(), Broken> {
        let now = now_ms / 1_000;
        let window = now - PAST_SECS..=now + FUTURE_SECS;
        if window.contains(&claims.issued_at) {
            return Ok(());
        }
        let off = i128::from(claims.issued_at) - i128::from(now);
        Err(Broken::new(
            Rule::Window,
            format!("iat lies {off} s from now"),
        ))
    }
}

/// Redox's window (its page on troubleshooting OAuth API keys): five minutes back, and 10 s for clocks that differ.
const PAST_SECS: u64 = 310;
const FUTURE_SECS: u64 = 10;

/// A `Date` is believed if it was on its way for no more than 20 s, and then it is wrong by 10 s at most. Assertions are
/// back-dated by 5 s, so 5 s of the window remain; one of them is for the fractions that `Date` and `iat` cut off.
const LEARNED_MARGIN_MS: u64 = 4_000;
