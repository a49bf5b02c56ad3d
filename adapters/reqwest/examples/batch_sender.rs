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
//! echo '{"Meta":{"DataModel":"PatientAdmin","EventType":"NewPatient"}}' > messages.ndjson
//! cargo run -p redox-auth-reqwest --example batch_sender -- messages.ndjson
//! ```
//!
//! A message that does not say so itself goes from `REDOX_SOURCE_ID` to `REDOX_DESTINATION_ID`. Without `REDOX_BASE_URL` it
//! is Redox itself that they go to.

use core::error::Error;
use core::iter;
use std::env;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader};
use std::process::ExitCode;

use futures_util::{StreamExt, stream};
use redox_auth_reqwest::{Key, Redox};
use reqwest::StatusCode;
use serde_json::{Value, json};
use zeroize::Zeroizing;

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
    let redox = connect()?;
    let source = json!({ "ID": variable("REDOX_SOURCE_ID")? });
    let destinations = json!([{ "ID": variable("REDOX_DESTINATION_ID")? }]);
    let defaults = [("Source", source), ("Destinations", destinations)];

    // A line is read when there is room for it, so a file may be as long as it likes. The token is got once, by whichever
    // message needs it first, and renewed beside the others.
    let sent = stream::iter(iter::zip(1.., BufReader::new(lines).lines()))
        .map(async |(number, line)| (number, send(&redox, &defaults, line).await))
        .buffer_unordered(AT_ONCE);
    // In the order in which they are done.
    let failed = sent.fold(0, async |failed: usize, (number, done): (u64, _)| {
        match done {
            Ok(status) => println!("line {number}: {status}"),
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
async fn send(
    redox: &Redox,
    defaults: &[(&str, Value)],
    line: io::Result<String>,
) -> Result<StatusCode, Box<dyn Error>> {
    let mut message: Value = serde_json::from_str(&line?)?;
    let meta = message.get_mut("Meta").and_then(Value::as_object_mut);
    let meta = meta.ok_or("expected an object `Meta`, found none")?;
    for (name, default) in defaults {
        meta.entry(*name).or_insert_with(|| default.clone());
    }
    // A message is not safe to send twice. Where nobody knows whether it arrived, `Error::Ambiguous` says so, and a person
    // decides.
    let answer = redox.post("/endpoint").json(&message).send().await?;
    match answer.status() {
        status if status.is_success() => Ok(status),
        status => Err(format!("Redox answered {status}").into()),
    }
}

fn connect() -> Result<Redox, Box<dyn Error>> {
    let file = variable("REDOX_KEY_FILE")?;
    let pem = Zeroizing::new(fs::read(&file).map_err(|error| format!("{file}: {error}"))?);
    let mut redox = Redox::builder()
        .oauth_key(variable("REDOX_CLIENT_ID")?, Key::parse(&pem)?)
        .source_id(variable("REDOX_SOURCE_ID")?);
    if let Ok(url) = variable("REDOX_BASE_URL") {
        redox = redox.base_url(url);
    }
    Ok(redox.build()?)
}

fn variable(name: &str) -> Result<String, String> {
    env::var(name).map_err(|_| format!("expected {name} in the environment, found no such text"))
}

/// So many messages are under way at the same time.
const AT_ONCE: usize = 16;
