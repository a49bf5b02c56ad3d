//! Sends the Data Model messages of a file, one in each line, several at a time, and prints the outcome of each line.
//!
//! In one terminal, start a local Redox. It prints its address and the credentials of a client:
//!
//! ```sh
//! cargo run -- sandbox | tee sandbox.env
//! ```
//!
//! In another terminal, send the messages:
//!
//! ```sh
//! . ./sandbox.env
//! echo '{"Meta":{"DataModel":"PatientAdmin","EventType":"NewPatient","Destinations":[{"ID":"'$REDOX_DESTINATION_ID'"}]}}' > messages.ndjson
//! cargo run -p redox-auth-reqwest --example batch_sender -- messages.ndjson
//! ```
//!
//! A message without a source gets `REDOX_SOURCE_ID`. Without `REDOX_BASE_URL` the messages go to Redox itself.

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

/// Sends all lines, and returns how many were refused.
async fn run() -> Result<usize, Box<dyn Error>> {
    let file = env::args().nth(1).ok_or("expected the name of a file")?;
    let lines = File::open(&file).map_err(|error| format!("{file}: {error}"))?;
    // The client and its server, once, at the start.
    let redox = Redox::from_env()?;

    // It reads a line when there is room for it, therefore a file may have any length. The first message that needs a token
    // obtains it, and the client renews it in the background.
    let sent = stream::iter(iter::zip(1.., BufReader::new(lines).lines()))
        .map(async |(number, line)| (number, send(&redox, line).await))
        .buffer_unordered(AT_ONCE);
    // In the order in which they end.
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

/// Sends one message; its failure stops no other.
async fn send(redox: &Redox, line: io::Result<String>) -> Result<Sent, Box<dyn Error>> {
    // Sending a message twice is not safe. If it may have arrived, the error says so, and a person decides.
    Ok(redox.message_json(line?).send().await?)
}

/// The maximum number of messages under way.
const AT_ONCE: usize = 16;
