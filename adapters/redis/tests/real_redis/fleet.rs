//! Four processes of a thousand tasks each, which share one token.
//!
//! Time is what the test says, in all processes and in the sandbox: a lifetime is over when the test moves the clock, and
//! not when a machine was slow. So how many tokens are got in a lifetime is one number and no range.

pub(crate) mod process;

use core::ops::RangeInclusive;
use core::time::Duration;

use redox_auth_sandbox::jiff::Timestamp;
use redox_auth_sandbox::{
    Clock, Counters, Destination, OAuthKey, Server as Sandbox, ServerOptions, Source,
};

use self::process::{Place, Process, TASKS};
use crate::cluster::Cluster;
use crate::support::{Server, TURN_KEY};

#[test]
fn a_fleet_gets_one_token_for_each_lifetime() {
    with_fleet(
        "fleet::a_fleet_gets_one_token_for_each_lifetime",
        async || Server::start(),
        async |mut fleet| {
            fleet.shares_one_token(0).await;
            for _ in 0..2 {
                fleet.shares_one_token(RENEWAL_IS_DUE).await;
                fleet.shares_one_token(TOKEN_IS_DEAD).await;
            }
        },
    );
}

#[test]
fn a_fleet_whose_redis_is_killed_fails_no_request() {
    with_fleet(
        "fleet::a_fleet_whose_redis_is_killed_fails_no_request",
        async || Server::start(),
        async |mut fleet| {
            fleet.shares_one_token(0).await;
            fleet.redis.kill();
            let alone = fleet.lifetime(RENEWAL_IS_DUE, |_| {});
            alone.has_tokens(PROCESSES..=PROCESSES);
            fleet.redis.start_again();
            fleet.shares_one_token(TOKEN_IS_DEAD).await;
            for secs in [RENEWAL_IS_DUE, TOKEN_IS_DEAD] {
                let interrupted = fleet.lifetime(secs, |redis| {
                    redis.kill();
                    redis.start_again();
                });
                interrupted.has_tokens(1..=PROCESSES);
                fleet.shares_one_token(secs).await;
            }
        },
    );
}

#[test]
fn a_fleet_whose_master_in_a_cluster_is_killed_fails_no_request() {
    with_fleet(
        "fleet::a_fleet_whose_master_in_a_cluster_is_killed_fails_no_request",
        Cluster::start,
        async |mut fleet| {
            fleet.shares_one_token(0).await;
            fleet.shares_one_token(RENEWAL_IS_DUE).await;
            fleet.redis.holder().kill();
            let alone = fleet.lifetime(TOKEN_IS_DEAD, |_| {});
            alone.has_tokens(PROCESSES..=PROCESSES);
            fleet.redis.holder().start_again();
            fleet.redis.becomes_whole().await;
            fleet.shares_one_token(TOKEN_IS_DEAD).await;
        },
    );
}

/// Processes of one credential, and what they talk to.
struct Fleet<R> {
    redis: R,
    sandbox: Sandbox,
    processes: Vec<Process>,
}

/// What the processes share their token through.
trait Redis {
    fn url(&self) -> String;
    /// The server that has the token.
    fn holder(&mut self) -> &mut Server;
}

impl Redis for Server {
    fn url(&self) -> String {
        self.url()
    }

    fn holder(&mut self) -> &mut Server {
        self
    }
}

impl Redis for Cluster {
    fn url(&self) -> String {
        self.url()
    }

    fn holder(&mut self) -> &mut Server {
        &mut self.masters[0]
    }
}

/// Runs a test, given by its path, with a fleet whose processes are this test run again.
fn with_fleet<R: Redis>(
    test: &str,
    redis: impl AsyncFnOnce() -> R,
    body: impl AsyncFnOnce(Fleet<R>),
) {
    if let Some(place) = Place::of_this_process() {
        return process::run(&place);
    }
    // While the test waits for a process, the sandbox answers on other threads.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    runtime
        .unwrap()
        .block_on(async { body(Fleet::start(test, redis().await).await).await });
}

impl<R: Redis> Fleet<R> {
    async fn start(test: &str, redis: R) -> Self {
        let clock = Clock::frozen_at(Timestamp::from_second(1_800_000_000).unwrap());
        let options = ServerOptions::new().clock(clock);
        let sandbox = Sandbox::start(options).await.unwrap();
        let jwks = process::jwks();
        let place = {
            let mut state = sandbox.sandbox();
            state.add_source(Source::new("Clinic")).unwrap();
            Place {
                base_url: sandbox.base_url().to_owned(),
                client_id: state
                    .register_oauth_key(OAuthKey::new().jwks(&jwks))
                    .unwrap(),
                destination_id: state.add_destination(Destination::new("Hospital")).unwrap(),
                redis_url: redis.url(),
            }
        };
        Self {
            redis,
            sandbox,
            processes: (0..PROCESSES)
                .map(|_| Process::start(test, &place))
                .collect(),
        }
    }

    /// A lifetime of one token for all, in a Redis that is well.
    async fn shares_one_token(&mut self, after_secs: u64) {
        let mut admin = self.redis.holder().admin().await;
        // By then the process whose turn it was has shared the token of the lifetime before.
        while admin.ask::<bool>(&format!("EXISTS {TURN_KEY}")).await {}
        self.lifetime(after_secs, |_| {}).has_tokens(1..=1);
    }

    /// Moves all clocks, has all tasks send their requests, and lets something happen to Redis meanwhile. It is over when
    /// every process has another token than before.
    fn lifetime(&mut self, after_secs: u64, happens: impl FnOnce(&mut Server)) -> Lifetime {
        let before = self.sandbox.counters();
        let clock = self.sandbox.clock();
        clock.advance(Duration::from_secs(after_secs));
        let now = clock.now().as_second();
        for process in &mut self.processes {
            process.set_time(now);
        }
        for process in &mut self.processes {
            process.wait_for("begun");
        }
        happens(self.redis.holder());
        for process in &mut self.processes {
            process.wait_for("done");
        }
        let after = self.sandbox.counters();
        Lifetime { before, after }
    }
}

/// The requests that the sandbox received in the lifetime of one token.
struct Lifetime {
    before: Counters,
    after: Counters,
}

impl Lifetime {
    /// Asserts that so many tokens were got, and that every request was sent once and taken.
    #[track_caller]
    fn has_tokens(self, expected: RangeInclusive<u64>) {
        let of = |counter: fn(&Counters) -> u64| {
            counter(&self.after).saturating_sub(counter(&self.before))
        };
        let tokens = of(|it| it.tokens_minted);
        assert!(
            expected.contains(&tokens),
            "{tokens} tokens, not {expected:?}"
        );
        let messages = of(|it| it.messages_accepted);
        assert_eq!(messages, PROCESSES.strict_mul(TASKS));
        assert_eq!(of(|it| it.requests), messages.strict_add(tokens));
    }
}

/// After so many seconds a token is good for 50 more, and due to be replaced: it may be renewed from 60 s before its end,
/// and up to 30 s earlier.
const RENEWAL_IS_DUE: u64 = 250;

/// All tasks of all processes then wait for the next token.
const TOKEN_IS_DEAD: u64 = 300;

const PROCESSES: u64 = 4;
