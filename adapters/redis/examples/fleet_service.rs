//! A service that runs as several processes, which share one token through Redis. One process obtains the token, and all use
//! it. While Redis is down, each process obtains its own.
//!
//! In one terminal, start a local Redox. It prints its address and the credentials of a client:
//!
//! ```sh
//! cargo run -- sandbox | tee sandbox.env
//! ```
//!
//! In another terminal, and in any number of further ones, start a process of the service. It needs a Redis, such as
//! `redis-server`, and the key that seals the token there, the same key for all processes:
//!
//! ```sh
//! test -e sealing.key || (umask 077; openssl rand -base64 32 > sealing.key)
//! . ./sandbox.env
//! REDIS_URL=redis://127.0.0.1 REDOX_SEALING_KEY_FILE=sealing.key LISTEN=127.0.0.1:0 \
//!     cargo run -p redox-auth-redis --example fleet_service
//! ```
//!
//! Each process prints its address, sends the messages that it receives there to Redox, and prints at its end, after Ctrl-C,
//! how many tokens it obtained from the server itself:
//!
//! ```sh
//! . ./sandbox.env
//! echo '{"Meta":{"DataModel":"PatientAdmin","EventType":"NewPatient","Destinations":[{"ID":"'$REDOX_DESTINATION_ID'"}]}}' |
//!     curl -i http://127.0.0.1:PORT/messages -d @-
//! ```
//!
//! Without `REDOX_BASE_URL` the messages go to Redox itself.

use core::error::Error;
use std::process::ExitCode;
use std::{env, fs, io};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use redox_auth_redis::{RedisTokens, SealingKey};
use redox_auth_reqwest::{Builder, Redox};
use tokio::net::TcpListener;
use zeroize::Zeroizing;

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let redox = Builder::from_env()?
        .shared_tokens(shared_tokens()?)
        .build()?;
    let service = Router::new()
        .route("/messages", post(send))
        .with_state(redox.clone());
    let ended = ended()?;
    let listener = TcpListener::bind(variable("LISTEN")?).await?;
    println!("listening at http://{}", listener.local_addr()?);
    axum::serve(listener, service)
        .with_graceful_shutdown(ended)
        .await?;
    println!("got {} tokens itself", redox.counters().oauth_tokens);
    Ok(())
}

/// The token of the whole service. Redis need not run yet, because the client asks it at the first token.
fn shared_tokens() -> Result<RedisTokens, Box<dyn Error>> {
    let file = variable("REDOX_SEALING_KEY_FILE")?;
    let key = fs::read_to_string(&file).map_err(|error| format!("{file}: {error}"))?;
    let key = SealingKey::parse(&Zeroizing::new(key))?;
    // The name is for one credential at one server: staging needs another name than production.
    let tokens = RedisTokens::connect(&variable("REDIS_URL")?, key, "messages")?;
    Ok(tokens)
}

/// Sends a message to Redox.
async fn send(State(redox): State<Redox>, message: Bytes) -> StatusCode {
    match redox.message_json(message).send().await {
        Ok(sent) => sent.status,
        // The error names the fault, and no secret.
        Err(error) => {
            eprintln!("a message was not sent: {error}");
            StatusCode::BAD_GATEWAY
        }
    }
}

/// Listens from now on for a service manager that ends the process, or a person.
fn ended() -> io::Result<impl Future<Output = ()>> {
    #[cfg(unix)]
    let mut terminate = {
        use tokio::signal::unix::{SignalKind, signal};
        signal(SignalKind::terminate())?
    };
    Ok(async move {
        let interrupt = tokio::signal::ctrl_c();
        #[cfg(unix)]
        tokio::select! {
            _ = interrupt => {}
            _ = terminate.recv() => {}
        }
        #[cfg(not(unix))]
        drop(interrupt.await);
    })
}

fn variable(name: &str) -> Result<String, String> {
    env::var(name).map_err(|_| format!("expected {name} in the environment, found no such text"))
}
