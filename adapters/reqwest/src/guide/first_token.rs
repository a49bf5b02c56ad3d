//! Obtain the first token.
//!
//! 1. Create a key pair. `redox-auth key new --out private-key.pem` writes the private key to a file that only you can read,
//!    and prints the public key as a JWK Set.
//! 2. Register the JWK Set with Redox: Developer > API keys > OAuth API key. Redox shows the client ID.
//! 3. Build a client from both. [`Redox::token`](crate::Redox::token) obtains the token; requests obtain it by themselves.
//!
//! ```no_run
//! use redox_auth_reqwest::{Key, Redox};
//!
//! # async fn run() -> Result<(), Box<dyn core::error::Error>> {
//! let redox = Redox::builder()
//!     .oauth_key("2f1c7a52-7d7b-4a5c-9d6e-0d6f3d6a5b11", Key::from_file("private-key.pem")?)
//!     .build()?;
//! let token = redox.token().await?;
//! # Ok(())
//! # }
//! ```
//!
//! Create one [`Redox`](crate::Redox) for each credential and clone it. Clones share the token and the connections. The client
//! renews the token before it expires, in the background, while requests use the current token.
//!
//! # From the environment
//! [`Redox::from_env`](crate::Redox::from_env) reads the variables that the command `redox-auth` reads: `REDOX_CLIENT_ID`,
//! `REDOX_KEY_FILE` and the others of [`Builder::from_env`](crate::Builder::from_env). A program can change the settings
//! after that:
//!
//! ```no_run
//! # use redox_auth_reqwest::{Builder, Policy};
//! # fn run() -> Result<(), Box<dyn core::error::Error>> {
//! let redox = Builder::from_env()?.policy(Policy::Tefca).build()?;
//! # Ok(())
//! # }
//! ```
//!
//! # Without async
//! The feature `blocking` adds `blocking::Redox`, the same client with a runtime of its own:
//! `blocking::Redox::new(redox)?.message(&message).send()?`.
//!
//! # When it fails
//! Run `redox-auth doctor` with the same environment. It checks the key, the network, the clock and the registration, and
//! prints the first thing to change. [`refusals`](super::refusals) explains the answers of the server.
