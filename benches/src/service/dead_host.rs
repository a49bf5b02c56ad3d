use core::fmt;
use core::time::Duration;

use redox_auth_contender::Task;
use tokio::runtime::Builder;

use super::obtain::obtain;
use super::percentiles::Percentiles;
use crate::inputs::task::new_task;
use crate::inputs::token_hosts::{Answers, DeadHost, TokenHosts, tenant, tenants};

/// Has the tenants of 99 hosts obtain tokens, while those of a hundredth host wait for one that never answers, and without
/// them, by turns.
///
/// # Panics
/// If a tenant of a host that answers gets no token.
#[must_use]
pub fn dead_host(rounds: usize) -> OneDeadHost {
    let (task, dead) = (new_task(), DeadHost::start());
    let hosts = TokenHosts::start(HOSTS - 1, ANSWERS);
    let urls: Vec<_> = [dead.url()]
        .into_iter()
        .chain(hosts.urls().iter().cloned())
        .collect();
    let (mut with, mut without) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        without.extend(round(&task, urls.clone(), false));
        with.extend(round(&task, urls.clone(), true));
    }
    OneDeadHost {
        with: Percentiles::of(with),
        without: Percentiles::of(without),
    }
}

/// The wait for a token of each tenant whose host answers.
fn round(task: &Task, urls: Vec<String>, asks_the_dead: bool) -> Vec<Duration> {
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    let count = HOSTS * TENANTS_OF_EACH;
    let table = tenants(task, count, urls);
    let is_of_the_dead = |number: &usize| number.is_multiple_of(HOSTS);
    runtime.expect("a runtime").block_on(async {
        for number in (0..count).filter(is_of_the_dead) {
            if asks_the_dead {
                let table = table.clone();
                tokio::spawn(async move { table.token(&tenant(number)).await });
            }
        }
        obtain(&table, (0..count).filter(|number| !is_of_the_dead(number))).await
    })
}

/// The effect of one dead host among a hundred on the others.
#[derive(Clone, Debug)]
pub struct OneDeadHost {
    with: Percentiles,
    without: Percentiles,
}

impl fmt::Display for OneDeadHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [with, without] = [&self.with, &self.without].map(|it| it.at(990));
        write!(
            f,
            "one dead host among {HOSTS}: {} first tokens of the others, p99 {with:.2?}, without it {without:.2?}: {:.3} times \
             (must be at most 1.1)",
            self.with.len(),
            with.as_secs_f64() / without.as_secs_f64()
        )
    }
}

const ANSWERS: Answers = Answers {
    after: Duration::from_millis(20),
    lifetime_secs: 3_600,
};

const HOSTS: usize = 100;
const TENANTS_OF_EACH: usize = 20;
