use core::cell::Cell;

use redox_auth_core::{Generation, Instant, Now, Preference, Rejected, Session, Ticket};
use redox_auth_simulation::{Advice, Answer, Credentials, Held, Outcome, Outgoing, Subject};

/// What is wrong with a session.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Defect {
    /// It dates assertions by a clock that it has just set wrong, after one was accepted.
    LosesTheTime,
    /// It has two `jti`s and takes turns.
    RepeatsJwtIds,
    /// It asks for another request while one is on its way.
    SendsTwoAtOnce,
    /// It hands out its last token for ever.
    ServesTheDead,
    /// It hands out something that is no token.
    ServesGarbage,
    /// It drops its token for any 401.
    DropsForAnyRejection,
    /// It drops its token when the renewal fails.
    DropsForAFailure,
    /// It does not wait after a failure.
    Hammers,
    /// It drops a token with every 401, however fast they come.
    DropsWithEveryRejection,
    /// It makes a request for each caller that asks for one.
    SendsUnasked,
    /// It says another deadline each time.
    Fidgets,
    /// It promises a longer peace than it keeps.
    PromisesTooMuch,
    /// It has no request although it asks for one.
    AsksInVain,
    /// It takes any record.
    TakesDamagedRecords,
    /// It never recovers from a refusal.
    GivesUp,
    /// It tries again after a refusal, but with an assertion that was refused for another reason than the time.
    NeverCorrectsItsClock,
}

/// redox-auth-core's session with one defect.
pub(crate) struct Broken {
    inner: Session<Credentials>,
    credentials: Credentials,
    defect: Defect,
    last: Option<Held>,
    in_flight: bool,
    requests: u8,
    accepted: bool,
    refused: bool,
    asked: Cell<u64>,
}

impl Broken {
    pub(crate) fn new(defect: Defect, credentials: Credentials) -> Self {
        Self {
            inner: Session::new(credentials.clone()),
            credentials,
            defect,
            last: None,
            in_flight: false,
            requests: 0,
            accepted: false,
            refused: false,
            asked: Cell::new(0),
        }
    }

    fn is(&self, defect: Defect) -> bool {
        self.defect == defect
    }

    fn held(&self, now: Instant) -> Option<Held> {
        Subject::next(&self.inner, now).token().cloned()
    }

    /// The time that it believes in.
    fn time(&self, now: Now) -> Now {
        let unix = match self.defect {
            Defect::LosesTheTime if self.accepted => {
                now.unix.map(|unix| unix.saturating_add(3_600))
            }
            // Every own clock, and every `Date`, is an hour behind.
            Defect::NeverCorrectsItsClock => now.unix.map(|unix| unix.saturating_sub(3_600)),
            _ => now.unix,
        };
        Now { unix, ..now }
    }
}

impl Subject for Broken {
    fn next(&self, now: Instant) -> Advice {
        let advice = Subject::next(&self.inner, now);
        match (self.defect, advice) {
            (Defect::SendsTwoAtOnce, Advice::Wait(_)) if self.in_flight => Advice::Fetch,
            (Defect::Hammers, Advice::Wait(_) | Advice::Stop(_)) if !self.in_flight => {
                Advice::Fetch
            }
            (Defect::ServesTheDead, advice) => match (&self.last, advice.token()) {
                (Some(last), None) => Advice::Use(last.clone(), now.saturating_add_secs(1)),
                _ => advice,
            },
            (Defect::ServesGarbage, Advice::Use(mut held, until)) => {
                held.token.push('=');
                Advice::Use(held, until)
            }
            (Defect::Fidgets, Advice::Use(held, until)) => {
                self.asked.set(self.asked.get().wrapping_add(1));
                Advice::Use(held, until.saturating_add_millis(self.asked.get()))
            }
            (Defect::PromisesTooMuch, Advice::Use(held, until)) => {
                Advice::Use(held, until.saturating_add_secs(5))
            }
            (Defect::GivesUp, _) if self.refused => Advice::Wait(now.saturating_add_secs(3_600)),
            (_, advice) => advice,
        }
    }

    fn request(&mut self, now: Now, mut random: [u8; 16]) -> Option<Outgoing> {
        self.requests = self.requests.wrapping_add(1);
        match self.defect {
            Defect::RepeatsJwtIds => random = [self.requests % 2; 16],
            Defect::SendsTwoAtOnce => Subject::abandon(&mut self.inner),
            Defect::Hammers if !self.in_flight => {
                Subject::replace_credentials(&mut self.inner, self.credentials.clone());
            }
            Defect::SendsUnasked => {
                if let Some(held) = self.held(now.instant) {
                    Subject::rejected(&mut self.inner, held.generation, now.instant);
                }
            }
            Defect::AsksInVain if self.requests == 3 => return None,
            Defect::GivesUp if self.refused => return None,
            _ => {}
        }
        let now = self.time(now);
        let outgoing = Subject::request(&mut self.inner, now, random)?;
        self.in_flight = true;
        Some(outgoing)
    }

    fn receive(&mut self, ticket: Ticket, now: Now, mut answer: Answer) -> Outcome {
        if self.is(Defect::NeverCorrectsItsClock) {
            answer.date = None;
        }
        let now = self.time(now);
        let outcome = Subject::receive(&mut self.inner, ticket, now, answer);
        if outcome != Outcome::Stale {
            self.in_flight = false;
        }
        self.last = self.held(now.instant).or_else(|| self.last.take());
        self.accepted |= outcome == Outcome::Token;
        self.refused |= outcome == Outcome::Refused;
        outcome
    }

    fn failed(&mut self, ticket: Ticket, now: Instant) {
        let held = self.held(now);
        Subject::failed(&mut self.inner, ticket, now);
        self.in_flight = false;
        if let Some(held) = held.filter(|_| self.is(Defect::DropsForAFailure)) {
            Subject::rejected(&mut self.inner, held.generation, now);
        }
    }

    fn abandon(&mut self) {
        Subject::abandon(&mut self.inner);
        self.in_flight = false;
    }

    fn rejected(&mut self, generation: Generation, now: Instant) -> Rejected {
        let held = self.held(now);
        let generation = match (self.defect, held) {
            (Defect::DropsForAnyRejection, Some(held)) => held.generation,
            _ => generation,
        };
        let rejected = Subject::rejected(&mut self.inner, generation, now);
        if self.is(Defect::DropsWithEveryRejection) && rejected == Rejected::Kept {
            self.inner = Session::new(self.credentials.clone());
            return Rejected::Dropped;
        }
        rejected
    }

    fn prefer(&mut self, preference: Preference) {
        Subject::prefer(&mut self.inner, preference);
    }

    fn replace_credentials(&mut self, credentials: Credentials) {
        self.credentials = credentials.clone();
        Subject::replace_credentials(&mut self.inner, credentials);
    }

    fn save(&self, now: Now) -> Option<Vec<u8>> {
        Subject::save(&self.inner, now)
    }

    fn restore(&mut self, now: Now, record: &[u8]) -> bool {
        Subject::restore(&mut self.inner, now, record) || self.is(Defect::TakesDamagedRecords)
    }

    fn has_learned_time(&self) -> bool {
        Subject::has_learned_time(&self.inner)
    }

    fn clock_corrections(&self) -> u32 {
        Subject::clock_corrections(&self.inner)
    }
}
