//! A client for each tenant, by redox-auth-reqwest as it was at a76515d: by the same code as today's.

#[path = "../../../src/bin/contender_tenants/ours.rs"]
mod ours;

use redox_auth_many_clients::{serve, works};

use ours::Ours;

fn main() -> std::io::Result<()> {
    serve(|task, count| works(task, count, ("redox-auth at a76515d", ours::HOW), Ours::new).into())
}
