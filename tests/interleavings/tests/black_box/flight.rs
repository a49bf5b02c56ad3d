//! What holds in whatever order threads come: one flight at a time, nobody waits for ever, and no token comes back that was
//! replaced or rejected.
//!
//! The clients get their tokens from a store, for what a network answers comes in no order that a test could set. A flight
//! for which there is no good token asks a host that cannot be found, and fails.

use core::future::ready;
use core::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::SeqCst};
use core::time::Duration;
use std::env;
use std::sync::{Arc, LazyLock};

use redox_auth_core::{
    Channel, Identity, JwtId, LegacyKey, OAuthKey, Received, Response, Server, Session, SigningKey,
};
use redox_auth_interleavings::{
    Api, Authorization, Error, Instant, Now, Redox, Rejected, SecretBytes, SharedRecord,
    SharedTokens, StoreFuture, TokenSource as _, TurnId, UnixTime,
};
use reqwest::dns::{Name, Resolve, Resolving};
use reqwest::header::{AUTHORIZATION, HeaderMap};
use shuttle::future::{block_on, yield_now};
use shuttle::scheduler::{PctScheduler, RandomScheduler};
use shuttle::{Config, Runner, thread};

#[test]
fn one_flight_at_a_time_brings_everybody_a_token() {
    in_many_orders(|| run(PATIENCE));
}

#[test]
fn who_gives_a_flight_up_goes_on_without_it() {
    in_many_orders(|| run(Duration::from_millis(1)));
}

/// Three who ask and reject what they get as long as there is a next one, and one who waits for that.
fn run(token_timeout: Duration) {
    let world = World::new(token_timeout);
    let spawn = |task: fn(World)| {
        let world = world.clone();
        thread::spawn(move || task(world))
    };
    let waiting = spawn(|world| {
        block_on(world.wait_for_the_next());
        world.has_waited.store(true, SeqCst);
    });
    let using: Vec<_> = (0..2)
        .map(|_| spawn(|world| block_on(world.use_tokens())))
        .collect();
    block_on(world.use_tokens());
    for thread in using {
        thread.join().unwrap();
    }
    // Nobody else ends its wait now, also if that begins only after a flight has failed for all the others.
    while !world.has_waited.load(SeqCst) {
        block_on(world.use_tokens());
        thread::yield_now();
    }
    waiting.join().unwrap();
    let most = world.store.most_flights.load(SeqCst);
    assert!(most == 1 || world.gives_up, "{most} flights at a time");
}

/// One client, used by many threads.
#[derive(Clone)]
struct World {
    redox: Redox,
    store: Store,
    millis: Arc<AtomicU64>,
    /// Then a flight that was given up may bring what it saw in the store long ago; the next 401 ends that.
    gives_up: bool,
    /// The number of a token that somebody has seen, and of which everybody who looks later knows.
    seen: Arc<AtomicUsize>,
    has_waited: Arc<AtomicBool>,
}

impl World {
    fn new(token_timeout: Duration) -> Self {
        let store = Store::default();
        let millis = Arc::new(AtomicU64::new(0));
        let clock = Arc::clone(&millis);
        let redox = Redox::builder()
            .base_url(BASE_URL)
            .legacy_key(API_KEY, "secret")
            .shared_tokens(store.clone())
            .token_timeout(token_timeout)
            .clock(move || Now {
                instant: Instant::from_millis(clock.load(SeqCst)),
                ..NOW
            })
            .http(|http| http.dns_resolver(Arc::new(NoHosts)))
            .build()
            .unwrap();
        Self {
            redox,
            store,
            millis,
            gives_up: token_timeout < PATIENCE,
            seen: Arc::default(),
            has_waited: Arc::default(),
        }
    }

    async fn use_tokens(&self) {
        for _ in RECORDS.iter() {
            let seen = self.seen.load(SeqCst);
            let Some(authorization) = self.authorize().await else {
                return;
            };
            let token = number(&authorization);
            assert!(
                token >= seen || self.gives_up,
                "token {token} after {seen} was seen or rejected"
            );
            self.seen.fetch_max(token, SeqCst);
            let next = token.saturating_add(1);
            if next < RECORDS.len() {
                self.store.newest.fetch_max(next, SeqCst);
                // So that this is not too often.
                self.millis.fetch_add(600_000, SeqCst);
                assert_ne!(self.redox.rejected(&authorization), Rejected::Kept);
                self.seen.fetch_max(next, SeqCst);
            }
        }
    }

    async fn wait_for_the_next(&self) {
        let Ok(token) = self.redox.token().await else {
            return;
        };
        if token.expose() == name(RECORDS.len().saturating_sub(1)) {
            return;
        }
        match self.redox.token_after(&token).await {
            Ok(next) => assert!(next.expose() > token.expose() || self.gives_up),
            Err(error) => assert!(matches!(error, Error::NoToken { .. }), "{error}"),
        }
    }

    /// `None` when a flight has failed: then all fail, until a time that does not come.
    async fn authorize(&self) -> Option<Authorization> {
        let url = format!("{BASE_URL}/endpoint");
        match self.redox.authorize(Api::DataModel, &url).await {
            Ok(authorization) => Some(authorization),
            Err(Error::NoToken { .. }) => None,
            Err(error) => panic!("{error}"),
        }
    }
}

fn number(authorization: &Authorization) -> usize {
    let mut headers = HeaderMap::new();
    authorization.apply(&mut headers);
    let bearer = headers[AUTHORIZATION].to_str().unwrap();
    let (_, number) = bearer.rsplit_once('-').unwrap();
    number.parse().unwrap()
}

/// A store with the newest token of the fleet.
#[derive(Clone, Debug, Default)]
struct Store {
    newest: Arc<AtomicUsize>,
    flights: Arc<AtomicUsize>,
    most_flights: Arc<AtomicUsize>,
}

/// A flight that looks into the store.
struct Look(Arc<AtomicUsize>);

impl Drop for Look {
    fn drop(&mut self) {
        self.0.fetch_sub(1, SeqCst);
    }
}

impl SharedTokens for Store {
    fn load(&self) -> StoreFuture<'_, Option<SharedRecord>> {
        Box::pin(async {
            let flights = self.flights.fetch_add(1, SeqCst).saturating_add(1);
            let _look = Look(Arc::clone(&self.flights));
            self.most_flights.fetch_max(flights, SeqCst);
            yield_now().await;
            let record = RECORDS[self.newest.load(SeqCst)].clone();
            yield_now().await;
            Ok(Some(SharedRecord {
                record: SecretBytes::new(record.into()),
                lives_for: Duration::from_secs(10_000_000),
            }))
        })
    }

    fn store<'s>(&'s self, _: &'s [u8], _: Duration) -> StoreFuture<'s, ()> {
        Box::pin(ready(Ok(())))
    }

    fn take_turn(&self, _: TurnId, _: Duration) -> StoreFuture<'_, bool> {
        Box::pin(ready(Ok(true)))
    }

    fn end_turn(&self, _: TurnId) -> StoreFuture<'_, ()> {
        Box::pin(ready(Ok(())))
    }
}

struct NoHosts;

impl Resolve for NoHosts {
    fn resolve(&self, _: Name) -> Resolving {
        Box::pin(ready(Err("no host is known".into())))
    }
}

/// What a fleet got one after the other.
static RECORDS: LazyLock<[Vec<u8>; 4]> = LazyLock::new(|| core::array::from_fn(record));

fn name(number: usize) -> String {
    format!("token-{number}")
}

fn record(number: usize) -> Vec<u8> {
    let mut session: Session<Same, [u8; 1024]> = Session::new(Same);
    let mut body = [0; 1024];
    let jwt_id = JwtId::from_random([7; 16]);
    let ticket = session.prepare(NOW, jwt_id, &mut body).unwrap().ticket;
    let mut answer = format!(
        r#"{{"accessToken":"{}","expires":"2027-02-1{number}T00:00:00.000Z","refreshToken":"r"}}"#,
        name(number)
    )
    .into_bytes();
    let response = Response::new(200, Channel::Authenticated, &mut answer);
    let received = session.receive(ticket, NOW, response);
    assert!(matches!(received, Received::Token(_)), "{received:?}");
    let mut record = [0; 2048];
    session.save(NOW, &mut record).unwrap().to_vec()
}

/// The same as the client under test.
struct Same;

impl Identity for Same {
    type Signer = SigningKey;

    fn server(&self) -> Server<'_> {
        Server::new(BASE_URL, TOKEN_URL).unwrap()
    }

    fn oauth_key(&self, _: usize) -> Option<OAuthKey<'_, SigningKey>> {
        None
    }

    fn legacy_key(&self) -> Option<LegacyKey<'_>> {
        Some(LegacyKey::new(API_KEY, "secret"))
    }
}

/// Runs it with threads that are changed at random, and with such that are changed seldom, which finds other things.
fn in_many_orders(run: impl Fn() + Send + Sync + Copy + 'static) {
    let schedules = env::var("REDOX_AUTH_SCHEDULES");
    let schedules = schedules.map_or(SCHEDULES, |count| count.parse().unwrap());
    // Of what cannot be found, no more than the context is needed.
    let runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = { runtime }.enable_all().build().unwrap();
    let _context = runtime.enter();
    let mut config = Config::new();
    config.stack_size = STACK_LEN;
    Runner::new(RandomScheduler::new(schedules), config.clone()).run(run);
    Runner::new(PctScheduler::new(3, schedules), config).run(run);
}

const SCHEDULES: usize = 500;

/// HTTP libraries take more than shuttle gives.
const STACK_LEN: usize = 1024 * 1024;

const BASE_URL: &str = "http://localhost:1";
const TOKEN_URL: &str = "http://localhost:1/v2/auth/token";
const API_KEY: &str = "key-1";

/// Longer than anything takes.
const PATIENCE: Duration = Duration::from_secs(15);

/// 2027-01-15T00:00:00Z was a good time.
const NOW: Now = Now {
    instant: Instant::from_millis(0),
    unix: Some(UnixTime::from_secs(1_799_971_200)),
};
