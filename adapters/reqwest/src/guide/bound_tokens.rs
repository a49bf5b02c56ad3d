//! Bind tokens to a key (DPoP, RFC 9449).
//!
//! HelseID, ZETA and Okta bind tokens to a key where the application asks for it. A stolen token is then useless.
//! [`Builder::dpop`](crate::Builder::dpop) takes the key. [`Key::generate`](crate::Key::generate) creates one for this process,
//! which is the usual choice. Every request then has a proof of its own, with the nonce that its server sent last.
//!
//! ```no_run
//! # fn run(client_id: &str, key: redox_auth_reqwest::Key) -> Result<(), Box<dyn core::error::Error>> {
//! use redox_auth_reqwest::{Key, Redox};
//!
//! let client = Redox::builder()
//!     .base_url("https://api.example")
//!     .token_url("https://login.example/token")
//!     .oauth_key(client_id, key)
//!     .dpop(Key::generate()?)
//!     .build()?;
//! # Ok(())
//! # }
//! ```
//!
//! A bound token is useless without the key. Therefore a client with
//! [`Builder::shared_tokens`](crate::Builder::shared_tokens) cannot be built with a DPoP key, and its
//! [`TokenSource`](crate::TokenSource) returns an error.
