//! A service under steady load whose tokens live two seconds: what its requests wait for tokens, beside the same requests
//! with a header that is fixed. The argument is how long, in seconds.

use core::time::Duration;
use std::process::ExitCode;

use redox_auth_benches::steady_load;

fn main() -> ExitCode {
    let secs = std::env::args().nth(1).and_then(|secs| secs.parse().ok());
    let Some(secs) = secs else {
        eprintln!("expected how long, in seconds");
        return ExitCode::FAILURE;
    };
    println!("{}", steady_load(Duration::from_secs(secs)));
    ExitCode::SUCCESS
}
