use core::time::Duration;
use std::io;
use std::time::Instant;

use redox_auth_contender::{Class, KeyName, Offer, Task, Work};
use serde_json::{Value, json};

use crate::clients::{Clients, Tenant};
use crate::endpoint::{first_bytes, token_endpoint};
use crate::memory::growth;

/// What is measured of a library with `count` clients: the works of three groups, each for a process that has done nothing
/// before.
///
/// `how` says in a few words how the library is called, and `library` starts it.
pub fn works<C: Clients + 'static>(
    task: &Task,
    count: usize,
    (name, how): (&str, &str),
    library: fn() -> C,
) -> [Work; 3] {
    let work = |group: String, measure: fn(&Bench<C>) -> io::Result<Value>| {
        let offer = Offer {
            group,
            name: name.to_owned(),
            version: String::new(),
            backend: String::new(),
            class: Class::Rust,
            how: how.to_owned(),
            bare: false,
        };
        let task = task.clone();
        Work::bulk(offer, |_| ()).with_facts(move || {
            let library = library();
            let bench = Bench {
                library,
                task: task.clone(),
                count,
            };
            measure(&bench).expect("Linux, and ports to listen on")
        })
    };
    [
        work(format!("{count} clients built"), Bench::built),
        work(format!("{count} clients with a token"), Bench::with_a_token),
        work("first client to first byte".to_owned(), Bench::first_byte),
    ]
}

struct Bench<C> {
    library: C,
    task: Task,
    count: usize,
}

impl<C: Clients> Bench<C> {
    /// The time of each client; the keys are parsed before.
    fn built(&self) -> io::Result<Value> {
        let keys: Vec<_> = (0..self.count).map(|_| self.key()).collect();
        let tenants: Vec<_> = (0..self.count)
            .map(|index| self.tenant(index, &self.task.audience))
            .collect();
        let mut clients = Vec::with_capacity(self.count);
        let start = Instant::now();
        for (tenant, key) in tenants.iter().zip(keys) {
            clients.push(self.library.client(tenant, key));
        }
        Ok(json!({ "nanos": self.each(start.elapsed()) }))
    }

    /// The time and the memory of each client from the second on, from the text of its key to its token.
    fn with_a_token(&self) -> io::Result<Value> {
        let url = token_endpoint(TOKEN_LEN)?;
        let first = self.client_with_a_token(self.count, &url);
        let others = 0..self.count;
        let start = Instant::now();
        let (clients, growth) = growth(|| -> Vec<_> {
            others
                .map(|index| self.client_with_a_token(index, &url))
                .collect()
        })?;
        let nanos = self.each(start.elapsed());
        drop((first, clients));
        let count = u64::try_from(self.count).unwrap_or(u64::MAX);
        Ok(json!({
            "nanos": nanos,
            "bytes_each": growth.allocated.checked_div(count),
            "resident_each": growth.resident.checked_div(count),
        }))
    }

    fn client_with_a_token(&self, index: usize, url: &str) -> C::Client {
        let mut client = self.library.client(&self.tenant(index, url), self.key());
        assert_eq!(self.library.obtain(&mut client), Some(TOKEN_LEN));
        client
    }

    /// The time from nothing but a parsed key to the first byte of a TLS connection.
    fn first_byte(&self) -> io::Result<Value> {
        let (url, times) = first_bytes()?;
        let (tenant, key) = (self.tenant(0, &url), self.key());
        let start = Instant::now();
        let mut client = self.library.client(&tenant, key);
        let token = self.library.obtain(&mut client);
        assert_eq!(token, None, "the endpoint hangs up");
        let came = times.recv().map_err(io::Error::other)?;
        Ok(json!({ "nanos": nanos(came.saturating_duration_since(start)) }))
    }

    fn key(&self) -> C::Key {
        self.library.key(self.task.key(KeyName::Es384))
    }

    fn tenant(&self, index: usize, token_url: &str) -> Tenant {
        Tenant {
            client_id: format!("{}-{index}", self.task.client_id),
            token_url: token_url.to_owned(),
        }
    }

    fn each(&self, time: Duration) -> Option<u64> {
        nanos(time).checked_div(u64::try_from(self.count).ok()?)
    }
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

/// The length of a token with claims, in characters.
const TOKEN_LEN: usize = 800;
