use redox_auth_core::Rejected;

use super::World;
use super::delivery::{Back, Delivery, What};
use crate::checker::Purpose;
use crate::credentials::OWN_KEYS;
use crate::subject::Advice;
use crate::violation::{Broken, Rule};
use redox_auth_core::Channel;

impl World<'_> {
    /// Everything is well again but the device's own clock; then its session has to get a token that works, by doing
    /// what `next` says and nothing else.
    pub(super) fn recover(&mut self, device: usize) -> Result<(), Broken> {
        self.make_well();
        self.tell_secret(device);
        self.count("recoveries");
        let mut attempts = Attempts::default();
        for _ in 0..MOST_TURNS {
            let advice = self.observe(device)?;
            match &advice {
                Advice::Use(held, _) | Advice::Renew(held)
                    if self.sandbox.is_live(self.server_time(), &held.token) =>
                {
                    self.note(format_args!("d{device} is well after {attempts:?}"));
                    return Ok(());
                }
                Advice::Use(held, until) => {
                    let held = held.clone();
                    if self.reject(device, &held)? == Rejected::Kept {
                        let until_ms = self.devices[device].clocks.true_time_of(*until);
                        self.wait_until(until_ms.min(self.now_ms + A_WHILE_MS))?;
                    }
                }
                Advice::Renew(_) | Advice::Fetch => {
                    attempts.count(self.attempt(device)?);
                    if attempts.are_too_many() {
                        let what = format!("d{device}: {attempts:?}");
                        return Err(Broken::new(Rule::Recovery, what));
                    }
                }
                Advice::Wait(until) | Advice::Stop(until) => {
                    let until_ms = self.devices[device].clocks.true_time_of(*until);
                    if until_ms > self.now_ms + LONGEST_WAIT_MS {
                        let what = format!("d{device}: {} for more than an hour", advice.name());
                        return Err(Broken::new(Rule::Recovery, what));
                    }
                    self.wait_until(until_ms)?;
                }
            }
            self.observe_all()?;
            self.begin_step();
        }
        let what = format!("d{device}: no token after {MOST_TURNS} turns");
        Err(Broken::new(Rule::Recovery, what))
    }

    fn make_well(&mut self) {
        self.note(format_args!("all is well"));
        self.sandbox.clear_faults();
        self.outage = false;
        let all: Vec<_> = (0..OWN_KEYS).map(|key| (key, key)).collect();
        for account in 0..self.accounts.len() {
            if !self.accounts[account].enabled {
                self.set_enabled(account, true);
            }
            if self.accounts[account].registered != all {
                self.register(account, all.clone());
            }
        }
    }

    /// One request that gets through, and its answer.
    fn attempt(&mut self, device: usize) -> Result<Purpose, Broken> {
        let Some((flight, request)) = self.take_request(device)? else {
            return Err(Broken::new(
                Rule::Recovery,
                "no request where one was asked for",
            ));
        };
        let purpose = flight.purpose;
        let boots = self.devices[device].boots;
        let (there_ms, after_ms) = (self.random.between(1, 300), self.random.between(1, 300));
        let back = Back::Comes {
            after_ms,
            channel: Channel::Authenticated,
        };
        let what = What::TokenRequest {
            flight,
            request,
            back,
        };
        self.enqueue(
            self.now_ms + there_ms,
            Delivery {
                device,
                boots,
                what,
            },
        );
        self.wait_until(self.now_ms + there_ms + after_ms)?;
        Ok(purpose)
    }
}

/// What a session needed until all was well with it.
///
/// Two attempts with a credential are enough: one may be spent on finding out that the clock is wrong, or that a refresh
/// token is dead. A session that is between two credentials may find out both.
#[derive(Debug, Default)]
struct Attempts {
    time: u32,
    oauth: u32,
    legacy: u32,
}

impl Attempts {
    const fn count(&mut self, purpose: Purpose) {
        match purpose {
            Purpose::Time => self.time += 1,
            Purpose::Token => self.oauth += 1,
            Purpose::Secret | Purpose::Refresh => self.legacy += 1,
        }
    }

    const fn are_too_many(&self) -> bool {
        self.time > 1 || self.oauth > 2 || self.legacy > 2
    }
}

const MOST_TURNS: u32 = 64;

/// The longest that a server may send a session away.
const LONGEST_WAIT_MS: u64 = 3_700_000;

const A_WHILE_MS: u64 = 10_000;
