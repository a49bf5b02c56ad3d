//! Sends one Data Model message from a program without async, and prints the IDs of Redox's records of it.
//!
//! In one terminal, start a local Redox. It prints its address and the credentials of a client:
//!
//! ```sh
//! cargo run -- sandbox | tee sandbox.env
//! ```
//!
//! In another terminal, send the message:
//!
//! ```sh
//! . ./sandbox.env
//! echo '{"Meta":{"DataModel":"PatientAdmin","EventType":"NewPatient","Destinations":[{"ID":"'$REDOX_DESTINATION_ID'"}]}}' > message.json
//! cargo run -p redox-auth-reqwest --features blocking --example blocking -- message.json
//! ```

use core::error::Error;
use std::process::ExitCode;
use std::{env, fs};

use redox_auth_reqwest::{Redox, blocking};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let file = env::args().nth(1).ok_or("expected the name of a file")?;
    let message = fs::read(&file).map_err(|error| format!("{file}: {error}"))?;
    // The client and its server, once, at the start.
    let redox = blocking::Redox::new(Redox::from_env()?)?;
    for log in redox.message_json(message).send()?.logs {
        println!("{}", log.id.as_deref().unwrap_or("a record without an ID"));
    }
    Ok(())
}
