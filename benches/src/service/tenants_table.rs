use core::fmt;
use core::hint::black_box;
use core::time::Duration;
use std::time::Instant;

use redox_auth_many_clients::resident;
use redox_auth_reqwest::{Redox, Tenants};
use tokio::runtime::Runtime;

use super::obtain::obtain;
use crate::inputs::place::runtime;
use crate::inputs::task::new_task;
use crate::inputs::token_hosts::{Answers, TokenHosts, tenant, tenants};
use crate::results::Spread;

/// Has each of so many tenants obtain a token, and reads these tokens through their table and without it.
///
/// # Panics
/// If a tenant gets no token, or the system does not report the memory of the process.
#[must_use]
pub fn tenants_table(count: usize) -> TenantsTable {
    let (task, host) = (new_task(), TokenHosts::start(1, ANSWERS));
    let table = tenants(&task, count, host.urls().to_vec());
    let runtime = runtime();
    // What is made once is made before.
    let other = tenants(&task, 1, host.urls().to_vec());
    runtime.block_on(obtain(&other, 0..1));
    let before = resident().expect("Linux");
    runtime.block_on(obtain(&table, 0..count));
    let bytes = resident().expect("Linux").saturating_sub(before);
    let tenants: Vec<_> = shuffled(count)
        .map(|number| {
            let name = tenant(number);
            let client = table.existing(&name).expect("it has a client");
            (name, client)
        })
        .collect();
    let one = tenants.get(..1).expect("there are some");
    let found = allocation_counter::measure(|| read_table(&runtime, &table, one, 100));
    TenantsTable {
        count,
        bytes,
        allocations: found.count_total,
        one: Reads::of(&runtime, &table, one),
        all: Reads::of(&runtime, &table, &tenants),
    }
}

/// What a table of many tenants takes.
#[derive(Clone, Copy, Debug)]
pub struct TenantsTable {
    count: usize,
    bytes: u64,
    /// Of 100 reads.
    allocations: u64,
    one: Reads,
    all: Reads,
}

impl fmt::Display for TenantsTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            count,
            bytes,
            allocations,
            one,
            all,
        } = self;
        writeln!(
            f,
            "{count} tenants, each with a token of 800 characters: {} MB more in memory (100,000 must take at most 800 MB)",
            bytes / 1_000_000
        )?;
        writeln!(
            f,
            "  token of one of them:  {one} (must be at most 2), {allocations} allocations in 100 reads (must be 0)"
        )?;
        write!(f, "  token of each in turn: {all} (must be at most 2)")
    }
}

/// Reads of tokens that are there, in nanoseconds.
#[derive(Clone, Copy, Debug)]
struct Reads {
    table: Spread,
    client: Spread,
    times: Spread,
}

impl Reads {
    /// Of these tenants in turn: through the table, and of their clients, which lie beside their names.
    fn of(runtime: &Runtime, table: &Tenants<String>, tenants: &[(String, Redox)]) -> Self {
        let (mut of_table, mut of_client, mut times) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let table = nanos_each(|| read_table(runtime, table, tenants, READS));
            let client = nanos_each(|| read_clients(runtime, tenants, READS));
            of_table.push(table);
            of_client.push(client);
            times.push(table / client);
        }
        Self {
            table: Spread::of(of_table),
            client: Spread::of(of_client),
            times: Spread::of(times),
        }
    }
}

impl fmt::Display for Reads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:.0} ns through the table, {:.0} ns of the client itself: {:.2} times",
            self.table.median, self.client.median, self.times.median
        )
    }
}

fn read_table(
    runtime: &Runtime,
    table: &Tenants<String>,
    tenants: &[(String, Redox)],
    count: usize,
) {
    runtime.block_on(async {
        for (name, _) in tenants.iter().cycle().take(count) {
            black_box(table.token(name).await.expect("a token"));
        }
    });
}

fn read_clients(runtime: &Runtime, tenants: &[(String, Redox)], count: usize) {
    runtime.block_on(async {
        for (_, client) in tenants.iter().cycle().take(count) {
            black_box(client.token().await.expect("a token"));
        }
    });
}

#[allow(clippy::cast_precision_loss, reason = "no round is so long")]
fn nanos_each(read: impl FnOnce()) -> f64 {
    let start = Instant::now();
    read();
    start.elapsed().as_nanos() as f64 / READS as f64
}

/// Every number below, in an order in which no neighbors stand: tenants are asked for in any order.
fn shuffled(count: usize) -> impl Iterator<Item = usize> {
    // A prime, and larger than any table here.
    const STEP: usize = 1_000_003;
    (0..count).filter_map(move |number| number.wrapping_mul(STEP).checked_rem(count))
}

const ANSWERS: Answers = Answers {
    after: Duration::ZERO,
    lifetime_secs: 3_600,
};

const ROUNDS: usize = 101;
const READS: usize = 100_000;
