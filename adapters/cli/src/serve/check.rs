//! Asks another process of this command whether it is ready.

use core::time::Duration;

use redox_auth_reqwest::StatusCode;
use reqwest::{Client, ClientBuilder};
use serde_json::Value;

use crate::args::ServeArgs;
use crate::failure::Failure;
use crate::terminal::shown;

/// Succeeds if the `serve` at the socket or the port has a token.
pub(super) async fn run(args: &ServeArgs) -> Result<(), Failure> {
    let (client, host) = match (&args.socket, args.listen) {
        (Some(path), _) => (at_socket(path)?, "localhost".to_owned()),
        (None, Some(address)) => (Client::builder(), address.to_string()),
        (None, None) => {
            return Err(Failure::usage(
                "--check: expected --socket or --listen with the address of the `serve` to ask, found neither",
            ));
        }
    };
    // Requests to this machine ignore the environment's proxy.
    let client = client.no_proxy().timeout(PATIENCE).build();
    let client = client.map_err(|error| Failure::usage(format!("--check: {error}")))?;
    let answer = client.get(format!("http://{host}/ready")).send().await;
    let answer = answer.map_err(|_| Failure::no_answer("no `serve` answers there"))?;
    if answer.status() == StatusCode::OK {
        return Ok(());
    }
    let (status, body) = (answer.status().as_u16(), answer.bytes().await);
    let members = body
        .ok()
        .and_then(|it| serde_json::from_slice::<Value>(&it).ok());
    let reason = members.as_ref().and_then(|it| it.get("reason")?.as_str());
    Err(Failure::no_answer(match reason {
        Some(reason) => format!("not ready: {}", shown(reason)),
        None => format!("not ready: expected an answer of `serve`, found status {status}"),
    }))
}

#[cfg(unix)]
fn at_socket(path: &std::path::Path) -> Result<ClientBuilder, Failure> {
    Ok(Client::builder().unix_socket(path))
}

#[cfg(not(unix))]
fn at_socket(_: &std::path::Path) -> Result<ClientBuilder, Failure> {
    Err(Failure::usage(
        "--socket: Unix sockets need a Unix system; use --listen",
    ))
}

/// Health checks of containers have a time limit, too.
const PATIENCE: Duration = Duration::from_secs(5);
