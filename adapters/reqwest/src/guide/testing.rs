//! Test against a local Redox.
//!
//! The crate `redox-auth-sandbox` is a local Redox: no account, no network, every fault on demand.
//! [`Builder::clock`](crate::Builder::clock) takes a clock that a test sets.
//!
//! ```
//! use redox_auth_reqwest::{Key, Redox, write_jwk_set};
//! use redox_auth_sandbox::{OAuthKey, Server, ServerOptions};
//!
//! # // The key of RFC 7515, appendix A.3.
//! # const KEY: &[u8] = br#"{"kty":"EC","crv":"P-256",
//! #     "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
//! #     "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
//! #     "d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}"#;
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn core::error::Error>> {
//! let key = Key::parse(KEY)?;
//! let public_key = key.public_key().ok_or("a key without its public half")?;
//! let mut jwks = [0; 1024];
//! let jwks = write_jwk_set(&[(key.key_id(), public_key)], &mut jwks)?;
//!
//! let server = Server::start(ServerOptions::new()).await?;
//! let client_id = server.sandbox().register_oauth_key(OAuthKey::new().jwks(jwks))?;
//! let redox = Redox::builder()
//!     .base_url(server.base_url())
//!     .oauth_key(client_id, key)
//!     .build()?;
//! redox.token().await?;
//! assert_eq!(server.counters().requests, 1);
//! # Ok(())
//! # }
//! ```
//!
//! `redox-auth sandbox` runs the same server at a terminal, with a dashboard that shows each request and the reason of each
//! refusal. `ServerOptions::like` makes its token endpoint behave as that of Epic, Keycloak, NHS England and others.
