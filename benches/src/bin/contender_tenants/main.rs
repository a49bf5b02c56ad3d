//! A client for each tenant: ours, and the HTTP client beneath alone.

mod ours;
mod plain;

use redox_auth_many_clients::{serve, works};

use ours::Ours;
use plain::Plain;

fn main() -> std::io::Result<()> {
    serve(|task, count| {
        let ours = works(task, count, ("redox-auth", ours::HOW), Ours::new);
        let plain = works(task, count, ("reqwest", plain::HOW), Plain::new);
        ours.into_iter().chain(plain).collect()
    })
}
