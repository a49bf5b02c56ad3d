//! What a service sees of its tokens: under steady load while they live two seconds, beside the same requests with a header
//! that is fixed, and when the token endpoint is dead. The argument is how long the load is steady, in seconds.

use core::time::Duration;
use std::process::ExitCode;

use redox_auth_benches::{dead_endpoint, steady_load};

fn main() -> ExitCode {
    let secs = std::env::args().nth(1).and_then(|secs| secs.parse().ok());
    let Some(secs) = secs else {
        eprintln!("expected how long, in seconds");
        return ExitCode::FAILURE;
    };
    println!("{}", steady_load(Duration::from_secs(secs)));
    println!("{}", dead_endpoint());
    ExitCode::SUCCESS
}
