use redox_auth_core::Channel;
use redox_auth_sandbox::Response;
use redox_auth_sandbox::http::header::{AGE, CACHE_CONTROL, DATE, RETRY_AFTER};
use redox_auth_sandbox::http::{self, HeaderName};
use redox_auth_sandbox::jiff::fmt::rfc2822::DateTimeParser;
use serde_json::Value;

use super::World;
use super::delivery::{Date, Flight, GivesUp, Seen};
use super::device::Device;
use crate::checker::{Answered, Minted, Purpose, Way};
use crate::clocks::DAY_MS;
use crate::subject::{Answer, Outcome};
use crate::violation::{Broken, Rule};

impl World<'_> {
    /// Notes what the server did, from its side.
    pub(super) fn see(
        &mut self,
        device: usize,
        flight: &Flight,
        response: &Response,
        channel: Channel,
    ) -> Seen {
        let reason = response.headers.get("sandbox-reason");
        let reason = reason.and_then(|reason| reason.to_str().ok()).unwrap_or("");
        let date = self.worth_of_date(flight, response, channel);
        let status = response.status.as_u16();
        self.note(format_args!(
            "d{device} {:?} <- {status} {date:?} {reason}",
            flight.purpose
        ));
        let token = self.minted_in(device, flight, response, date);
        Seen {
            token,
            date,
            out_of_time: reason.starts_with("iat is") || reason.starts_with("exp has"),
        }
    }

    fn worth_of_date(&self, flight: &Flight, response: &Response, channel: Channel) -> Date {
        let shown = response
            .headers
            .get(DATE)
            .and_then(|date| date.to_str().ok());
        let shown = shown.and_then(|date| DateTimeParser::new().parse_timestamp(date).ok());
        // Only an answer to `GET` can come out of a cache.
        let age = match (flight.purpose, response.headers.get(AGE)) {
            (Purpose::Time, Some(age)) => age.to_str().ok().and_then(|age| age.parse().ok()),
            _ => Some(0),
        };
        let shown = shown
            .zip(age)
            .map(|(shown, age)| shown.as_second().saturating_add(age));
        match shown.filter(|_| channel == Channel::Authenticated) {
            None => Date::None,
            Some(shown) if shown == self.server_time().as_second() => Date::True,
            Some(_) => Date::Wrong,
        }
    }

    /// The token of an answer, entered into the list of those that were given out.
    fn minted_in(
        &mut self,
        device: usize,
        flight: &Flight,
        response: &Response,
        date: Date,
    ) -> Option<String> {
        let way = flight.purpose.way()?;
        let (name, lifetime_ms) = match way {
            Way::OAuth => ("access_token", 300_000),
            Way::Legacy => ("accessToken", DAY_MS),
        };
        if response.status != http::StatusCode::OK {
            return None;
        }
        let body: Value = serde_json::from_slice(&response.body).ok()?;
        let token = body.get(name)?.as_str()?.to_owned();
        if !self.sandbox.is_live(self.server_time(), &token) {
            return None;
        }
        let Device {
            account, clocks, ..
        } = &self.devices[device];
        let drift_ms = lifetime_ms * clocks.ppm().unsigned_abs() / 1_000_000 + 1;
        let on_its_way_ms = self.now_ms - flight.sent_ms;
        let early_ms = match (way, date) {
            (Way::OAuth, _) => Some(on_its_way_ms + drift_ms),
            // `expires` and `Date` cut off a second each, and the answer may take its time, too.
            (Way::Legacy, Date::True) => Some(on_its_way_ms + drift_ms + 25_000),
            (Way::Legacy, _) => None,
        };
        let minted = Minted {
            serial: u64::try_from(self.tokens.len()).unwrap_or(u64::MAX) + 1,
            account: *account,
            way,
            expires_ms: self.now_ms + lifetime_ms,
            early_ms,
            late_ms: Some(drift_ms),
        };
        self.count(match way {
            Way::OAuth => "tokens for an assertion",
            Way::Legacy => "tokens for a legacy key",
        });
        self.note(format_args!(
            "d{device} is given #{} by {}",
            minted.serial,
            way.name()
        ));
        self.tokens.insert(token.clone(), minted);
        Some(token)
    }

    /// Hands an answer in.
    pub(super) fn receive(
        &mut self,
        device: usize,
        flight: Flight,
        answer: Answer,
        seen: &Seen,
    ) -> Result<(), Broken> {
        let now_ms = self.now_ms;
        let Device {
            subject,
            clocks,
            watch,
            wall_sets,
            ..
        } = &mut self.devices[device];
        let now = clocks.now(now_ms);
        let before = subject.next(now.instant);
        let corrections = subject.clock_corrections();
        let answered = answered(flight.purpose, &answer, seen);
        let outcome = subject.receive(flight.ticket, now, answer);
        let answered = match outcome {
            Outcome::Time => Answered::Success,
            _ => answered,
        };
        let corrected = subject.clock_corrections() != corrections;
        if outcome == Outcome::Stale {
            if subject.next(now.instant) != before {
                let what = format!("d{device}: an answer that came too late");
                return Err(Broken::new(Rule::Inert, what));
            }
            self.count("answers that nobody waited for");
            self.note(format_args!("d{device} {outcome:?}"));
            return Ok(());
        }
        watch.answered(flight.purpose, now.instant, answered);
        if outcome == Outcome::Token {
            watch.token_may_go();
            // A `Date` that was so long on its way says nothing, and then it is the device's clock that does.
            let given = seen
                .token
                .as_ref()
                .and_then(|token| self.tokens.get_mut(token));
            if let Some(minted) = given.filter(|minted| minted.way == Way::Legacy)
                && now_ms - flight.sent_ms > DATE_IS_GOOD_FOR_MS
            {
                minted.early_ms = None;
            }
        }
        match (&flight.claims, seen.date) {
            (_, Date::Wrong) if subject.has_learned_time() => watch.misled(),
            (Some(claims), _) if outcome == Outcome::Token => {
                watch.accepted(subject.as_ref(), claims, flight.sent_ms, now_ms);
                // The server used another clock, or its time never changes.
                if flight.wall_sets != *wall_sets || !clocks.wall_runs() {
                    watch.wall_jumped();
                }
            }
            (_, Date::True) if outcome == Outcome::Time || corrected => watch.learned(now_ms),
            _ => {}
        }
        if corrected {
            self.count("clocks corrected");
        }
        if seen.out_of_time {
            self.count("assertions refused for their time");
        }
        self.count(match outcome {
            Outcome::Token => "answers: a token",
            Outcome::Time => "answers: the time",
            Outcome::NoTime => "answers: no time",
            Outcome::Refused => "answers: a refusal",
            Outcome::Unusable => "answers: junk",
            Outcome::Stale => "answers: stale",
        });
        let advice = self.observe(device)?;
        let held = advice.token().and_then(|held| self.tokens.get(&held.token));
        let serial = held.map(|minted| minted.serial);
        self.note(format_args!(
            "d{device} {outcome:?} {answered:?} then {} #{serial:?}",
            advice.name()
        ));
        let given = seen.token.as_ref().map(|token| &self.tokens[token].serial);
        if outcome == Outcome::Token && serial.as_ref() != given {
            let what = format!("d{device}: given #{given:?}, holds #{serial:?}");
            return Err(Broken::new(Rule::Foreign, what));
        }
        if outcome == Outcome::Time {
            self.restore_if_due(device)?;
        }
        Ok(())
    }

    pub(super) fn give_up(&mut self, device: usize, flight: Flight, gives_up: GivesUp) {
        let Device {
            subject,
            clocks,
            watch,
            ..
        } = &mut self.devices[device];
        let at = clocks.steady(self.now_ms);
        let transient = Answered::Transient {
            retry_after_secs: None,
        };
        match gives_up {
            GivesUp::Fails => {
                subject.failed(flight.ticket, at);
                watch.answered(flight.purpose, at, transient);
            }
            GivesUp::Abandons => {
                subject.abandon();
                watch.abandoned(flight.purpose);
            }
            GivesUp::Forgets => {}
        }
        self.note(format_args!("d{device} {:?} {gives_up:?}", flight.purpose));
        self.count(match gives_up {
            GivesUp::Fails => "requests that failed",
            GivesUp::Abandons => "requests abandoned",
            GivesUp::Forgets => "requests forgotten",
        });
    }
}

/// How the session has to take an answer: by its status, and by whether a body with 200 can be read at all.
fn answered(purpose: Purpose, answer: &Answer, seen: &Seen) -> Answered {
    let has_token = || {
        let body = serde_json::from_slice::<Value>(&answer.body).unwrap_or_default();
        ["access_token", "accessToken"]
            .iter()
            .any(|name| body[*name].is_string())
    };
    match answer.status {
        200 if seen.token.is_some() => Answered::Success,
        // A server that does not send the time to an unknown client will not send it the next time.
        200 if purpose == Purpose::Time => Answered::Refusal,
        // A token that is none of the server's is too long for any session.
        200 if has_token() => Answered::Refusal,
        200 | 429 | 500.. => Answered::Transient {
            retry_after_secs: answer
                .retry_after
                .as_deref()
                .and_then(|value| core::str::from_utf8(value).ok()?.parse().ok()),
        },
        _ => Answered::Refusal,
    }
}

/// An answer as a device gets it.
pub(super) fn answer_of(response: Response, channel: Channel) -> Answer {
    let header = |name: HeaderName| {
        let value = response.headers.get(name)?;
        Some(value.as_bytes().to_vec())
    };
    Answer {
        status: response.status.as_u16(),
        date: header(DATE),
        age: header(AGE),
        cache_control: header(CACHE_CONTROL),
        retry_after: header(RETRY_AFTER),
        channel,
        body: response.body,
    }
}

/// The longest round trip after which `Date` counts.
const DATE_IS_GOOD_FOR_MS: u64 = 15_000;
