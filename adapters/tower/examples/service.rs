//! A service that talks to Redox in both directions: it accepts messages from Redox alone, and sends its own patients to
//! Redox.
//!
//! In one terminal, start a local Redox. It prints its address and the credentials of a client:
//!
//! ```sh
//! cargo run -- sandbox | tee sandbox.env
//! ```
//!
//! In another terminal, start the service with its verification token, as it is entered in Redox's dashboard:
//!
//! ```sh
//! . ./sandbox.env
//! REDOX_VERIFICATION_TOKEN=3f9c2a7e cargo run -p redox-auth-tower --features incoming --example service
//! ```
//!
//! Then send a patient of the service, and a message in the form of Redox:
//!
//! ```sh
//! curl -i http://127.0.0.1:8080/patients -H 'content-type: application/json' \
//!     -d '{"Demographics":{"FirstName":"Timothy","LastName":"Bixby"}}'
//! curl -i http://127.0.0.1:8080/redox -H 'verification-token: 3f9c2a7e' -d '{}'
//! ```
//!
//! `LISTEN` sets another address. Without `REDOX_BASE_URL` the service talks to Redox itself.

use core::error::Error;
use std::process::ExitCode;
use std::sync::Arc;
use std::{env, io};

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::StatusCode;
use redox_auth_reqwest::Redox;
use redox_auth_tower::VerifyLayer;
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// The state of every handler. Its clones share the token and the connections.
#[derive(Clone)]
struct App {
    redox: Redox,
    destination_id: Arc<str>,
}

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
    let app = App {
        redox: Redox::from_env()?,
        destination_id: variable("REDOX_DESTINATION_ID")?.into(),
    };
    // This finds faults of the key or the client ID now, and not with the first patient.
    app.redox.token().await?;

    let from_redox = Router::new()
        .route("/redox", post(receive))
        .layer(VerifyLayer::new(&variable("REDOX_VERIFICATION_TOKEN")?)?)
        // axum's own limit is 2 MB, and Redox's messages have up to 40.
        .layer(DefaultBodyLimit::disable());
    let service = Router::new()
        .route("/patients", post(new_patient))
        .route("/health", get(health))
        .merge(from_redox)
        .with_state(app);

    let ended = ended()?;
    let address = variable("LISTEN").unwrap_or_else(|_| String::from("127.0.0.1:8080"));
    let listener = TcpListener::bind(address).await?;
    println!("listening at http://{}", listener.local_addr()?);
    // It finishes requests that are under way at shutdown.
    axum::serve(listener, service)
        .with_graceful_shutdown(ended)
        .await?;
    println!("ended");
    Ok(())
}

/// A message from Redox: the layer has answered everything else. Redox sends it again unless it gets 200.
async fn receive(message: Bytes) -> StatusCode {
    // A real service stores it here, and processes it later.
    println!("a message of {} bytes", message.len());
    StatusCode::OK
}

/// A patient, in the form of the Data Model's `Patient`.
async fn new_patient(State(app): State<App>, Json(patient): Json<Value>) -> StatusCode {
    let message = json!({
        "Meta": {
            "DataModel": "PatientAdmin",
            "EventType": "NewPatient",
            "Destinations": [{ "ID": &*app.destination_id }],
        },
        "Patient": patient,
    });
    match app.redox.message(&message).send().await {
        Ok(_) => StatusCode::CREATED,
        // The error names the fault, and no secret.
        Err(error) => {
            eprintln!("a message was not sent: {error}");
            StatusCode::BAD_GATEWAY
        }
    }
}

/// The service is healthy while it has a token. Asking costs nothing while the token is valid.
async fn health(State(app): State<App>) -> (StatusCode, String) {
    match app.redox.token().await {
        Ok(_) => (StatusCode::OK, String::from("well\n")),
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, format!("{error}\n")),
    }
}

/// Listens from now on for a service manager that ends the service, or a person.
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
