//! What a service sees of its tokens: under steady load while they live two seconds, beside the same requests with a header
//! that is fixed, and when the token endpoint is dead; and what many tenants in one process cost and see of each other.
//! `full` takes minutes, `quick` shows that it works.

use core::time::Duration;
use std::process::ExitCode;

use redox_auth_benches::{dead_endpoint, dead_host, renewals, steady_load, tenants_table};

fn main() -> ExitCode {
    let extent = std::env::args().nth(1);
    let (secs, in_table, renewed, rounds) = match extent.as_deref() {
        Some("full") => (60, 100_000, 10_000, 20),
        Some("quick") => (3, 1_000, 100, 1),
        _ => {
            eprintln!("expected `full` or `quick`");
            return ExitCode::FAILURE;
        }
    };
    let time = Duration::from_secs(secs);
    // First, while the process has no memory to give it that others gave back.
    println!("{}", tenants_table(in_table));
    // The last of them was made late.
    println!("{}", renewals(renewed, time.saturating_add(LONGER)));
    println!("{}", dead_host(rounds));
    println!("{}", steady_load(time));
    println!("{}", dead_endpoint());
    ExitCode::SUCCESS
}

const LONGER: Duration = Duration::from_secs(5);
