use core::fmt;
use core::future::ready;
use core::pin::pin;
use core::time::Duration;
use std::sync::Arc;
use std::time::Instant;

use redox_auth_contender::KeyName;
use redox_auth_reqwest::{Error, Key, Redox};
use tokio::net::TcpListener;
use tokio::runtime::Builder;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::inputs::task::new_task;

/// Lets ten thousand tasks on two threads wait for a token, and then has the token endpoint hang up.
///
/// # Panics
/// If one of them gets a token, or another error than the others.
#[must_use]
pub fn dead_endpoint() -> DeadEndpoint {
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    runtime.expect("a runtime").block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let redox = client(&listener);
        let waiting = Arc::new(Semaphore::new(0));
        let mut tasks = JoinSet::new();
        for _ in 0..WAITERS {
            let (redox, waiting) = (redox.clone(), Arc::clone(&waiting));
            tasks.spawn(async move {
                let mut asking = pin!(redox.token());
                tokio::select! {
                    biased;
                    _ = &mut asking => panic!("nobody has answered yet"),
                    () = ready(()) => waiting.add_permits(1),
                }
                let error = asking.await.expect_err("there is no answer");
                (Instant::now(), failure(error))
            });
        }
        let mut requests: u32 = 0;
        let listening = async {
            loop {
                let connection = listener.accept().await;
                requests = requests.saturating_add(1);
                let all = waiting.acquire_many(WAITERS).await;
                drop((connection, all));
            }
        };
        let errors = tokio::select! {
            errors = tasks.join_all() => errors,
            () = listening => unreachable!("it listens for ever"),
        };
        DeadEndpoint::of(requests, &errors)
    })
}

fn client(listener: &TcpListener) -> Redox {
    let address = listener.local_addr().expect("its address");
    let key = Key::parse(new_task().key(KeyName::Es256).as_bytes()).expect("a key");
    let builder = Redox::builder().base_url(format!("http://{address}"));
    let redox = builder.oauth_key("client-1", key).build();
    redox.expect("a client")
}

/// What is behind an error.
fn failure(error: Error) -> Arc<Error> {
    match error {
        Error::NoToken {
            cause: Some(cause), ..
        } => cause,
        other => panic!("{other}"),
    }
}

/// The effect of a dead endpoint on the waiting calls.
#[derive(Clone, Copy, Debug)]
pub struct DeadEndpoint {
    requests: u32,
    /// The time from the first error to the last.
    within: Duration,
}

impl DeadEndpoint {
    fn of(requests: u32, errors: &[(Instant, Arc<Error>)]) -> Self {
        let (_, shared) = errors.first().expect("somebody waited");
        assert!(errors.iter().all(|(_, cause)| Arc::ptr_eq(cause, shared)));
        let times = || errors.iter().map(|(time, _)| *time);
        let first = times().min().expect("somebody waited");
        let last = times().max().expect("somebody waited");
        Self {
            requests,
            within: last.saturating_duration_since(first),
        }
    }
}

impl fmt::Display for DeadEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "dead token endpoint: {WAITERS} tasks waited for {} request (must be 1), and all had its error within {:.1?} \
             (must be at most 50 ms)",
            self.requests, self.within
        )
    }
}

const WAITERS: u32 = 10_000;
