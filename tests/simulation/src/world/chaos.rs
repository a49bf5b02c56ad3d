use redox_auth_core::Preference;
use redox_auth_sandbox::http::StatusCode;
use redox_auth_sandbox::jiff::SignedDuration;
use redox_auth_sandbox::{Fault, Junk, LiveTokens, Place, RetryAfter, Times};

use super::World;
use super::device::{Device, Saved, TimeOf};
use super::some_keys;
use crate::clocks::DAY_MS;
use crate::credentials::{FOREIGN_KEY, OWN_KEYS};
use crate::violation::{Broken, Rule};

impl World<'_> {
    /// Something happens that a session has to live with.
    pub(super) fn upset(&mut self, device: usize) -> Result<(), Broken> {
        match self.random.below(100) {
            0..22 => self.inject_fault(),
            22..27 => self.toggle_outage(),
            27..37 => self.set_wall_clock(device),
            37..47 => self.revoke(device),
            47..55 => self.change_keys_at_server(device),
            55..60 => self.toggle_client(device),
            60..66 => self.roll_out_keys(device),
            66..71 => self.rotate_secret(device),
            71..77 => self.prefer(device),
            77..84 => self.save(device),
            84..93 => return self.reboot(device),
            _ => return self.push(device),
        }
        Ok(())
    }

    fn inject_fault(&mut self) {
        let place = self
            .random
            .pick(&[Place::Token, Place::Token, Place::Legacy, Place::Api]);
        let fault = self.some_fault();
        let times = Times::Next(self.random.pick(&[1, 1, 1, 2, 4]));
        self.note(format_args!("fault at {place:?}: {fault:?} {times:?}"));
        self.count("faults injected");
        self.sandbox.inject(place, fault, times);
    }

    fn some_fault(&mut self) -> Fault {
        let random = &mut self.random;
        let retry_after = match random.below(6) {
            0 => RetryAfter::Secs(u32::try_from(random.below(120)).unwrap_or(0)),
            1 => RetryAfter::Secs(random.pick(&[0, 1_800, 3_600, 100_000])),
            2 => RetryAfter::Date(u32::try_from(random.below(600)).unwrap_or(0)),
            3 => RetryAfter::Garbled,
            _ => RetryAfter::Absent,
        };
        match random.below(12) {
            0 | 1 => Fault::TooManyRequests(retry_after),
            2 | 3 => {
                let status = random.pick(&[
                    StatusCode::INTERNAL_SERVER_ERROR,
                    StatusCode::BAD_GATEWAY,
                    StatusCode::SERVICE_UNAVAILABLE,
                    StatusCode::GATEWAY_TIMEOUT,
                ]);
                Fault::Unavailable(status, retry_after)
            }
            4 | 5 => Fault::BlankRefusal,
            6 | 7 => Fault::Junk(random.pick(&[
                Junk::Html,
                Junk::Empty,
                Junk::Truncated,
                Junk::LongToken(1_025),
                Junk::LongToken(4_000),
                Junk::WrongTypes,
            ])),
            8 => Fault::Aged(7),
            9 => Fault::Undated,
            10 => {
                let off_ms = random.around_zero(DAY_MS);
                Fault::Misdated(SignedDuration::from_millis(off_ms))
            }
            _ => Fault::GarbledDate,
        }
    }

    fn toggle_outage(&mut self) {
        self.outage = !self.outage;
        let outage = self.outage;
        self.note(format_args!("outage {outage}"));
        self.count("outages begun or ended");
    }

    fn set_wall_clock(&mut self, device: usize) {
        let Device {
            clocks,
            watch,
            wall_sets,
            ..
        } = &mut self.devices[device];
        clocks.set_wall(&mut self.random, self.now_ms);
        *wall_sets += 1;
        watch.wall_jumped();
        let wall = clocks.wall();
        self.note(format_args!("d{device} {wall:?}"));
        self.count("wall clocks set");
    }

    fn revoke(&mut self, device: usize) {
        let held = self.devices[device].subject.next(self.steady(device));
        match (self.random.below(10), held.token()) {
            (0..7, Some(held)) => {
                self.sandbox.revoke_token(&held.token);
                self.note(format_args!("d{device} revoked"));
            }
            (7, _) => {
                self.sandbox.revoke_all_tokens();
                self.note(format_args!("all revoked"));
            }
            _ => {
                self.sandbox.revoke_refresh_tokens();
                self.note(format_args!("refresh tokens revoked"));
            }
        }
        self.count("revocations");
    }

    /// Keys are added, removed, swapped or mixed up in the dashboard.
    fn change_keys_at_server(&mut self, device: usize) {
        let account = self.devices[device].account;
        let random = &mut self.random;
        let all = || (0..OWN_KEYS).map(|key| (key, key)).collect::<Vec<_>>();
        let one = random.index(OWN_KEYS);
        let registered = match random.below(5) {
            0 => all(),
            1 => vec![(one, one)],
            2 => all().into_iter().filter(|(id, _)| *id != one).collect(),
            3 => vec![(one, FOREIGN_KEY)],
            _ => vec![(FOREIGN_KEY, FOREIGN_KEY)],
        };
        self.register(account, registered);
    }

    pub(super) fn register(&mut self, account: usize, registered: Vec<(usize, usize)>) {
        self.note(format_args!("account {account} registers {registered:?}"));
        let jwks = self.run.pool.jwks(&registered);
        let account = &mut self.accounts[account];
        let set = self.sandbox.set_jwks(&account.client_id, &jwks);
        set.expect("a known client and sound keys");
        account.registered = registered;
        self.count("changes of the registered keys");
    }

    fn toggle_client(&mut self, device: usize) {
        let account = self.devices[device].account;
        let enable = !self.accounts[account].enabled;
        self.set_enabled(account, enable);
    }

    pub(super) fn set_enabled(&mut self, account: usize, enable: bool) {
        let Self {
            sandbox, accounts, ..
        } = self;
        let known = &mut accounts[account];
        known.enabled = enable;
        let done = if enable {
            sandbox.enable_client(&known.client_id)
        } else {
            sandbox.disable_client(&known.client_id)
        };
        done.expect("a known client");
        self.note(format_args!("account {account} enabled {enable}"));
        self.count("clients disabled or enabled");
    }

    /// A device is given other keys, or the same in another order.
    fn roll_out_keys(&mut self, device: usize) {
        if self.devices[device].credentials.keys.is_empty() {
            return;
        }
        let keys = some_keys(&mut self.random);
        self.note(format_args!("d{device} keys {keys:?}"));
        self.devices[device].credentials.keys = keys;
        self.replace_credentials(device);
    }

    pub(super) fn replace_credentials(&mut self, device: usize) {
        self.devices[device].replace_credentials();
        self.count("credentials replaced");
    }

    /// The secret is invalid at once. Some of its devices receive the new one, some do not.
    fn rotate_secret(&mut self, device: usize) {
        let account = self.devices[device].account;
        let live = self
            .random
            .pick(&[LiveTokens::Keep, LiveTokens::Keep, LiveTokens::Revoke]);
        let legacy = &mut self.accounts[account].legacy;
        let rotated = self.sandbox.rotate_legacy_secret(&legacy.api_key, live);
        let rotated = rotated.expect("a known legacy key");
        legacy.secret = rotated.expose_secret().to_owned();
        self.note(format_args!(
            "account {account} has a new secret, tokens {live:?}"
        ));
        self.count("secrets rotated");
        for device in 0..self.devices.len() {
            if self.devices[device].account == account && self.random.percent(60) {
                self.tell_secret(device);
            }
        }
    }

    /// Gives a device the secret that is good, if it has another.
    pub(super) fn tell_secret(&mut self, device: usize) {
        let account = self.devices[device].account;
        let good = &self.accounts[account].legacy;
        match &mut self.devices[device].credentials.legacy {
            Some(known) if known != good => known.clone_from(good),
            _ => return,
        }
        self.note(format_args!("d{device} is told the secret"));
        self.replace_credentials(device);
    }

    fn prefer(&mut self, device: usize) {
        if !self.devices[device].has_both() {
            return;
        }
        let preference = self.random.pick(&[
            Preference::OAuthFirst,
            Preference::OAuthFirst,
            Preference::OAuthOnly,
            Preference::LegacyOnly,
        ]);
        self.note(format_args!("d{device} prefers {preference:?}"));
        self.count("cut-overs");
        let device = &mut self.devices[device];
        device.subject.prefer(preference);
        device.preference = preference;
    }

    fn save(&mut self, device: usize) {
        let it = &mut self.devices[device];
        let now = it.clocks.now(self.now_ms);
        let saved = it.subject.save(now).and_then(|bytes| {
            let advice = it.subject.next(now.instant);
            Some(Saved {
                bytes,
                token: advice.token()?.token.clone(),
                wall_sets: it.wall_sets,
                time: it.time_of(),
            })
        });
        if saved.is_none() {
            return;
        }
        it.record = saved;
        self.note(format_args!("d{device} saved"));
        self.count("records saved");
    }

    /// Off and on again: what was in memory is gone, the steady clock begins anew, and the wall clock may be lost.
    fn reboot(&mut self, device: usize) -> Result<(), Broken> {
        if self.random.percent(50) {
            self.save(device);
        }
        let off_ms = match self.random.below(3) {
            0 => self.random.below(2_000),
            1 => self.random.below(120_000),
            _ => self.random.below(3_600_000),
        };
        self.note(format_args!("d{device} off for {off_ms} ms"));
        self.count("reboots");
        self.devices[device].boots += 1;
        // The others live on meanwhile, each delivery a step of its own.
        self.wait_until(self.now_ms + off_ms)?;

        let credentials = self.devices[device].credentials.clone();
        let subject = (self.run.make)(credentials);
        let jumps = self.random.percent(20);
        let it = &mut self.devices[device];
        it.clocks.reboot(&mut self.random, self.now_ms);
        it.start(subject);
        if jumps {
            self.set_wall_clock(device);
        }
        self.restore(device)
    }

    /// Lets time pass, handling all that comes meanwhile.
    pub(super) fn wait_until(&mut self, to_ms: u64) -> Result<(), Broken> {
        while self.now_ms < to_ms {
            self.pass(to_ms)?;
            if self.now_ms < to_ms {
                self.observe_all()?;
                self.begin_step();
            }
        }
        Ok(())
    }

    fn restore(&mut self, device: usize) -> Result<(), Broken> {
        self.devices[device].restore_later = false;
        let Some(saved) = self.devices[device].record.clone() else {
            return Ok(());
        };
        match self.random.below(10) {
            0 => {
                self.devices[device].record = None;
                self.note(format_args!("d{device} lost its record"));
                Ok(())
            }
            1..4 => self.restore_damaged(device, &saved),
            _ => self.restore_whole(device, &saved),
        }
    }

    /// One bit is wrong, or the end is missing: the session must refuse it, and must not change.
    fn restore_damaged(&mut self, device: usize, saved: &Saved) -> Result<(), Broken> {
        let mut bytes = saved.bytes.clone();
        if self.random.percent(50) {
            let at = self.random.index(bytes.len());
            bytes[at] ^= 1 << self.random.below(8);
        } else {
            bytes.truncate(self.random.index(bytes.len()));
        }
        let Device {
            subject, clocks, ..
        } = &mut self.devices[device];
        let now = clocks.now(self.now_ms);
        let before = subject.next(now.instant);
        if subject.restore(now, &bytes) || subject.next(now.instant) != before {
            let what = format!("d{device}: a damaged record");
            return Err(Broken::new(Rule::Inert, what));
        }
        self.note(format_args!("d{device} refused a damaged record"));
        self.count("damaged records refused");
        self.restore_whole(device, saved)
    }

    fn restore_whole(&mut self, device: usize, saved: &Saved) -> Result<(), Broken> {
        let it = &mut self.devices[device];
        let now = it.clocks.now(self.now_ms);
        let restored = it.subject.restore(now, &saved.bytes);
        it.restore_later = !restored;
        if restored {
            it.watch.restored();
            let ran_on = it.wall_sets == saved.wall_sets && it.clocks.wall_runs();
            let tells_time = match (saved.time, it.time_of()) {
                (TimeOf::Nobody, _) | (_, TimeOf::Nobody) => false,
                (TimeOf::Server, TimeOf::Server) => true,
                _ => ran_on,
            };
            if let Some(minted) = self.tokens.get_mut(&saved.token) {
                // A record's seconds are whole. Where the wall clock was set meanwhile, stands still, or a `Date` lied,
                // nobody can tell how long the device was off.
                let late_ms = minted.late_ms.filter(|_| tells_time);
                minted.late_ms = late_ms.map(|late_ms| late_ms + 1_000);
                minted.early_ms = None;
            }
        }
        self.note(format_args!("d{device} restored {restored}"));
        self.count(if restored {
            "records restored"
        } else {
            "records refused"
        });
        self.observe(device).map(drop)
    }

    /// The time has become known, so that a record can be judged.
    pub(super) fn restore_if_due(&mut self, device: usize) -> Result<(), Broken> {
        let Device {
            record,
            restore_later,
            ..
        } = &mut self.devices[device];
        match record.clone().filter(|_| *restore_later) {
            Some(saved) => {
                self.restore_whole(device, &saved)?;
                self.devices[device].restore_later = false;
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// A program that asks for a request whatever `next` says.
    fn push(&mut self, device: usize) -> Result<(), Broken> {
        let advice = self.observe(device)?;
        if advice.asks() {
            return self.request(device);
        }
        self.count("requests pushed for");
        // The watch refuses a request that arrives anyway.
        match self.take_request(device)? {
            None => Ok(()),
            Some(_) => Err(Broken::new(Rule::Unasked, "a request that was pushed for")),
        }
    }
}
