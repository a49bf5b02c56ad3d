//! Sends the Data Model messages of a file, one a line, several at a time, and says of each line what became of it.
//!
//! In one terminal a local Redox, which tells where it is and who may send:
//!
//! ```sh
//! cargo run -- sandbox | tee sandbox.env
//! ```
//!
//! In another one the messages:
//!
//! ```sh
//! . ./sandbox.env
//! echo '{"Meta":{"DataModel":"PatientAdmin","EventType":"NewPatient","Destinations":[{"ID":"'$REDOX_DESTINATION_ID'"}]}}' > messages.ndjson
//! cargo run -p redox-auth-reqwest --example batch_sender -- messages.ndjson
//! ```
//!
//! A message that names no source goes from `REDOX_SOURCE_ID`. Without `REDOX_BASE_URL` it is Redox itself that they go to.

use core::error::Error;
use core::iter;
use std::env;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::process::ExitCode;

use futures_util::{StreamExt, stream};
use redox_auth_reqwest::{Redox, Sent};

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(0) => ExitCode::SUCCESS,
        Ok(failed) => {
            eprintln!("{failed} lines were not sent");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

/// Sends all lines, and returns how many were not taken.
async fn run() -> Result<usize, Box<dyn Error>> {
    let file = env::args().nth(1).ok_or("expected the name of a file")?;
    let lines = File::open(&file).map_err(|error| format!("{file}: {error}"))?;
    // Who we are, and where Redox is; once, at the start.
    let redox = Redox::from_env()?;

    // A line is read when there is room for it, so a file may be as long as it likes. The token is got once, by whichever
    // message needs it first, and renewed beside the others.
    let sent = stream::iter(iter::zip(1.., BufReader::new(lines).lines()))
        .map(async |(number, line)| (number, send(&redox, line).await))
        .buffer_unordered(AT_ONCE);
    // In the order in which they are done.
    let failed = sent.fold(0, async |failed: usize, (number, done): (u64, _)| {
        match done {
            Ok(sent) => println!("line {number}: {}", sent.status),
            Err(error) => {
                println!("line {number}: not sent: {error}");
                return failed.saturating_add(1);
            }
        }
        failed
    });
    Ok(failed.await)
}

/// Sends one message; whatever is wrong with it stops no other.
async fn send(redox: &Redox, line: io::Result<String>) -> Result<Sent, Box<dyn Error>> {
    // A message is not safe to send twice. Where nobody knows whether it arrived, the error says so, and a person decides.
    Ok(redox.message_json(line?).send().await?)
}

/// So many messages are under way at the same time.
const AT_ONCE: usize = 16;
