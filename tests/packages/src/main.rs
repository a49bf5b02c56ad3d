//! Uses each library as its package brings it: a message goes to a local Redox with a token.

use std::error::Error;

use redox_auth_core::{Es256Key, Expiry, Instant};
use redox_auth_gateway::HttpError;
use redox_auth_mllp::FrameError;
use redox_auth_reqwest::{Key, Redox, write_jwk_set};
use redox_auth_sandbox::{Destination, OAuthKey, Server, ServerOptions, Source};
use redox_auth_tower::VerifyLayer;

/// The key of RFC 7515, appendix A.3.
const KEY: &[u8] = br#"{"kty":"EC","crv":"P-256",
    "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    "d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}"#;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let key = Key::parse(KEY)?;
    let public_key = key.public_key().ok_or("a key without its public half")?;
    let mut jwks = [0; 1024];
    let jwks = write_jwk_set(&[(key.key_id(), public_key)], &mut jwks)?;
    let server = Server::start(ServerOptions::new()).await?;
    let client_id = server
        .sandbox()
        .register_oauth_key(OAuthKey::new().jwks(jwks))?;
    let source_id = server.sandbox().add_source(Source::new("Clinic"))?;
    let destination_id = server
        .sandbox()
        .add_destination(Destination::new("Hospital"))?;
    let redox = Redox::builder()
        .base_url(server.base_url())
        .oauth_key(client_id, key)
        .source_id(source_id)
        .build()?;
    let message = serde_json::json!({
        "Meta": {
            "DataModel": "PatientAdmin",
            "EventType": "Arrival",
            "Destinations": [{ "ID": destination_id }],
        },
    });
    redox.message(&message).send().await?;
    server.stop().await?;

    Es256Key::parse(KEY)?;
    let expiry = Expiry::new(Instant::from_millis(0), 300, 60);
    println!(
        "sent; a token of 300 s is {:?} at once",
        expiry.at(Instant::from_millis(0))
    );
    VerifyLayer::new("3f9c2a7e")?;
    // The two that need a connection of the caller's.
    println!(
        "{}, {}",
        HttpError::Closed,
        FrameError::TooLong { limit: 4096 }
    );
    Ok(())
}
