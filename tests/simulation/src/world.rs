mod answers;
mod api;
mod chaos;
mod delivery;
mod device;
mod recovery;
mod traffic;

use core::fmt;
use std::collections::BTreeMap;

use redox_auth_core::RELEASED_AT;
use redox_auth_sandbox::jiff::Timestamp;
use redox_auth_sandbox::{Destination, OAuthKey, RefreshTokens, Sandbox, Source};

use crate::checker::Tokens;
use crate::clocks::{Clocks, DAY_MS};
use crate::credentials::{BASE_URL, Credentials, Legacy, OWN_KEYS};
use crate::random::Random;
use crate::simulation::Run;
use crate::subject::Advice;
use crate::violation::Broken;
use delivery::Delivery;
use device::Device;

/// One scenario: a server, its accounts, the devices with their sessions, and the messages on their way.
///
/// The server's clock shows the true time; nobody else's has to.
pub(crate) struct World<'r> {
    run: &'r mut Run,
    random: Random,
    start_ms: u64,
    now_ms: u64,
    sandbox: Sandbox,
    accounts: Vec<Account>,
    devices: Vec<Device>,
    /// By the time of arrival, and by number if several arrive at once.
    queue: BTreeMap<(u64, u64), Delivery>,
    queued: u64,
    /// Nothing reaches the server.
    outage: bool,
    tokens: Tokens,
}

/// What the server knows of a customer.
#[derive(Debug)]
struct Account {
    client_id: String,
    /// Its legacy API key.
    legacy: Legacy,
    has_oauth: bool,
    has_legacy: bool,
    enabled: bool,
    /// The key IDs that are registered, each with the key of the pool that stands under it.
    registered: Vec<(usize, usize)>,
}

impl<'r> World<'r> {
    pub(crate) fn new(run: &'r mut Run, seeds: &mut Random) -> Result<Self, Broken> {
        let mut random = Random::new(seeds.next());
        let start_ms = RELEASED_AT.as_secs() * 1_000 + random.below(3_000 * DAY_MS);
        let mut sandbox = Sandbox::new(BASE_URL, random.bytes());
        if random.percent(40) {
            sandbox.set_refresh_tokens(RefreshTokens::Rotate);
        }
        let mut accounts = Vec::new();
        for number in 0..random.between(1, 2) {
            accounts.push(Account::register(&mut sandbox, &mut random, run, number));
        }
        let mut world = Self {
            run,
            random,
            start_ms,
            now_ms: start_ms,
            sandbox,
            accounts,
            devices: Vec::new(),
            queue: BTreeMap::new(),
            queued: 0,
            outage: false,
            tokens: Tokens::new(),
        };
        for _ in 0..world.random.between(1, 4) {
            world.add_device();
        }
        Ok(world)
    }

    fn add_device(&mut self) {
        let account = self.random.index(self.accounts.len());
        let credentials = self.some_credentials(account);
        let clocks = Clocks::new(&mut self.random, self.now_ms);
        let subject = (self.run.make)(credentials.clone());
        let number = self.devices.len();
        let (keys, legacy) = (credentials.keys.clone(), credentials.legacy.is_some());
        let (ppm, wall) = (clocks.ppm(), clocks.wall());
        self.devices
            .push(Device::new(account, subject, clocks, credentials));
        self.note(format_args!(
            "d{number} account {account} keys {keys:?} legacy {legacy} {ppm} ppm {wall:?}"
        ));
    }

    /// The credentials of a device of this account: one kind of key or both, if the account has them.
    fn some_credentials(&mut self, account: usize) -> Credentials {
        let account = &self.accounts[account];
        let both = account.has_oauth && account.has_legacy;
        let (oauth, legacy) = match self.random.below(4) {
            0 if both => (true, false),
            1 if both => (false, true),
            _ => (account.has_oauth, account.has_legacy),
        };
        Credentials {
            client_id: account.client_id.clone(),
            legacy: legacy.then(|| account.legacy.clone()),
            keys: if oauth {
                some_keys(&mut self.random)
            } else {
                Vec::new()
            },
            pool: self.run.pool.clone(),
        }
    }

    /// Takes scenario steps until `end` were taken in all.
    pub(crate) fn live(&mut self, end: usize) -> Result<(), Broken> {
        while self.run.trace.steps < end {
            self.step()?;
        }
        Ok(())
    }

    /// One thing happens, and then every session is looked at.
    fn step(&mut self) -> Result<(), Broken> {
        self.begin_step();
        let device = self.random.index(self.devices.len());
        match self.random.below(1_000) {
            0..330 => self.tend(device)?,
            330..430 => self.call_api(device)?,
            430..480 => self.sleep_as_advised(device)?,
            480..820 => {
                let by_ms = self.some_time();
                self.pass(self.now_ms + by_ms)?;
            }
            820..985 => self.upset(device)?,
            _ => self.recover(device)?,
        }
        self.observe_all()
    }

    fn begin_step(&mut self) {
        self.run.trace.steps += 1;
    }

    /// From moments to hours, mostly short.
    fn some_time(&mut self) -> u64 {
        let most_ms = match self.random.below(100) {
            0..30 => 100,
            30..60 => 5_000,
            60..85 => 60_000,
            85..97 => 600_000,
            97..99 => 3 * 3_600_000,
            _ => 12 * 3_600_000,
        };
        self.random.between(1, most_ms)
    }

    /// Lets time pass up to `to_ms`, or to the next thing that comes on its way, which it handles.
    fn pass(&mut self, to_ms: u64) -> Result<(), Broken> {
        match self.queue.first_entry() {
            Some(first) if first.key().0 <= to_ms => {
                let ((at_ms, _), delivery) = first.remove_entry();
                self.now_ms = self.now_ms.max(at_ms);
                self.deliver(delivery)
            }
            _ => {
                self.now_ms = self.now_ms.max(to_ms);
                Ok(())
            }
        }
    }

    /// Like a program that follows `next`: nothing until the deadline, or until a message arrives.
    fn sleep_as_advised(&mut self, device: usize) -> Result<(), Broken> {
        let device = &self.devices[device];
        let advice = device.subject.next(device.clocks.steady(self.now_ms));
        let Some(until) = advice.until() else {
            return Ok(());
        };
        let until_ms = device.clocks.true_time_of(until);
        self.pass(until_ms.min(self.now_ms + DAY_MS))
    }

    fn observe_all(&mut self) -> Result<(), Broken> {
        for device in 0..self.devices.len() {
            self.observe(device)?;
        }
        Ok(())
    }

    /// Looks at one session: what it says, and whether it may say so.
    fn observe(&mut self, device: usize) -> Result<Advice, Broken> {
        let probe = self.random.next();
        let Device {
            subject,
            clocks,
            watch,
            account,
            ..
        } = &mut self.devices[device];
        watch.look_at_clock(subject.as_ref());
        let now = (self.now_ms, clocks.steady(self.now_ms));
        let observed = watch.observe(subject.as_ref(), *account, now, &self.tokens, probe);
        observed.map_err(|broken| Broken {
            what: format!("d{device}: {}", broken.what),
            ..broken
        })
    }

    fn enqueue(&mut self, at_ms: u64, delivery: Delivery) {
        self.queued += 1;
        self.queue.insert((at_ms, self.queued), delivery);
    }

    fn note(&mut self, what: fmt::Arguments<'_>) {
        self.run.trace.line(self.now_ms - self.start_ms, what);
    }

    fn count(&mut self, what: &'static str) {
        self.run.tally.count(what);
    }

    /// The time as the server's rules take it.
    fn server_time(&self) -> Timestamp {
        let millis = i64::try_from(self.now_ms).unwrap_or(i64::MAX);
        Timestamp::from_millisecond(millis).unwrap_or(Timestamp::MAX)
    }
}

impl Account {
    fn register(sandbox: &mut Sandbox, random: &mut Random, run: &Run, number: u64) -> Self {
        let client_id = format!("client-{number}");
        let registered: Vec<_> = (0..OWN_KEYS).map(|key| (key, key)).collect();
        let key = OAuthKey::new()
            .client_id(&client_id)
            .jwks(&run.pool.jwks(&registered));
        sandbox.register_oauth_key(key).expect("a new client");
        let source = Source::new("Clinic").id(&format!("source-{number}"));
        let source = sandbox.add_source(source).expect("a new source");
        let destination = Destination::new("Hospital").id(&format!("dest-{number}"));
        sandbox
            .add_destination(destination)
            .expect("a new destination");
        let legacy = sandbox
            .register_legacy_key(&source)
            .expect("a new legacy key");
        let kind = random.below(10);
        Self {
            client_id,
            legacy: Legacy {
                api_key: legacy.api_key().to_owned(),
                secret: legacy.expose_secret().to_owned(),
            },
            has_oauth: kind != 0,
            has_legacy: kind < 6,
            enabled: true,
            registered,
        }
    }
}

/// One to three keys, the preferred one first.
fn some_keys(random: &mut Random) -> Vec<usize> {
    let first = random.index(OWN_KEYS);
    let many = random.pick(&[1, 1, 2, 2, 3]);
    (0..many).map(|next| (first + next) % OWN_KEYS).collect()
}
