use core::fmt;
use core::pin::pin;
use core::task::{Context, Poll, Waker};
use core::time::Duration;
use std::time::Instant;

use redox_auth_reqwest::{Redox, Tenants};
use tokio::runtime::Builder;

use super::cores::Cores;
use super::obtain::obtain;
use super::percentiles::Percentiles;
use crate::inputs::task::new_task;
use crate::inputs::token_hosts::{Answers, TokenHosts, tenant, tenants};

/// Reads the tokens of so many tenants in turn for so long, while each of them is renewed every minute.
///
/// One core reads, and the other renews and answers: whatever the reads wait for is in this process then, and is not the
/// kernel, which gives a core to another thread in the middle of a read.
///
/// # Panics
/// If a tenant gets no token.
#[must_use]
pub fn renewals(count: usize, time: Duration) -> Renewals {
    let cores = Cores::find();
    // Every thread that starts from now on is there, too.
    cores.go_to(1);
    let host = TokenHosts::start(1, ANSWERS);
    let table = tenants(&new_task(), count, host.urls().to_vec());
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    let runtime = runtime.expect("a runtime");
    runtime.block_on(obtain(&table, 0..count));
    let tenants: Vec<_> = (0..count)
        .map(|number| {
            let name = tenant(number);
            let client = table.existing(&name).expect("it has a client");
            (name, client)
        })
        .collect();
    cores.go_to(0);
    // Renewals are tasks of the runtime in which a read finds them due.
    let inside = runtime.enter();
    let mut found = Found::default();
    let start = Instant::now();
    let mut asked_all = start;
    while start.elapsed() < time {
        if asked_all.elapsed() >= ASK_ALL_EVERY {
            asked_all = Instant::now();
            for (name, client) in &tenants {
                found.read(&table, name, client);
            }
        }
        for (name, client) in tenants.iter().take(MEASURED) {
            let took = found.read(&table, name, client);
            found.keep(took);
        }
    }
    drop(inside);
    cores.go_to_any();
    let tokens = tenants.iter().map(|(_, client)| client.counters().tokens());
    Renewals {
        count,
        time,
        renewed: tokens.filter(|tokens| *tokens > 1).count(),
        requests: host.requests(),
        most_under_way: host.most_under_way(),
        waits: found.waits,
        least_left: found.least_left.unwrap_or_default(),
        reads: Percentiles::of(found.reads),
    }
}

/// What renewals beside the traffic were like.
#[derive(Clone, Debug)]
pub struct Renewals {
    count: usize,
    time: Duration,
    /// The tenants that have another token than at first.
    renewed: usize,
    requests: usize,
    most_under_way: usize,
    /// Reads that found no token.
    waits: usize,
    least_left: Duration,
    reads: Percentiles,
}

impl fmt::Display for Renewals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} tenants for {:.0?}, whose tokens live {} s: {} renewed, {} token requests in all",
            self.count, self.time, ANSWERS.lifetime_secs, self.renewed, self.requests
        )?;
        writeln!(
            f,
            "  {} reads found no token (must be 0); the oldest token read had {:.1?} left",
            self.waits, self.least_left
        )?;
        writeln!(
            f,
            "  at most {} requests were under way at once (must be at most 64)",
            self.most_under_way
        )?;
        write!(
            f,
            "  {} cached reads, one of {KEPT} that there were: p50 {:.2?}, p99 {:.2?}, p99.9 {:.2?} (must be at most 10 µs)",
            self.reads.len(),
            self.reads.at(500),
            self.reads.at(990),
            self.reads.at(999)
        )
    }
}

#[derive(Default)]
struct Found {
    reads: Vec<Duration>,
    count: usize,
    waits: usize,
    least_left: Option<Duration>,
}

impl Found {
    /// Reads a token, and returns how long that took.
    fn read(&mut self, table: &Tenants<String>, name: &String, client: &Redox) -> Duration {
        let mut context = Context::from_waker(Waker::noop());
        let began = Instant::now();
        let read = pin!(table.token(name)).poll(&mut context);
        let took = began.elapsed();
        match read {
            Poll::Ready(token) => {
                let left = client.time_left(&token.expect("a token"));
                self.least_left = Some(self.least_left.map_or(left, |least| least.min(left)));
            }
            Poll::Pending => self.waits = self.waits.saturating_add(1),
        }
        took
    }

    fn keep(&mut self, took: Duration) {
        self.count = self.count.wrapping_add(1);
        if self.count.is_multiple_of(KEPT) {
            self.reads.push(took);
        }
    }
}

/// Renewed at half of that, less a jitter.
const ANSWERS: Answers = Answers {
    after: Duration::from_millis(50),
    lifetime_secs: 120,
};

/// Each tenant is asked for so often, and has to be renewed therefore.
const ASK_ALL_EVERY: Duration = Duration::from_secs(1);

/// The tenants whose reads are measured: so few that their memory stays in the processor's cache, for what memory takes is
/// no matter of ours.
const MEASURED: usize = 100;

/// The number of reads for each one whose time is kept.
const KEPT: usize = 16;
