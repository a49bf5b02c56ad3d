//! Tokens of Redox and of any other SMART Backend Services or RFC 7523 server, for std services, over `reqwest`.
//!
//! One exchange: a key goes in, a token comes out, and requests are authorized with it. Every decision is made by
//! [`redox_auth_core`]; signing is done by `aws-lc-rs`. Nothing is cached and nothing is repeated here: the caller keeps
//! the [`Token`] for as long as it lives.
//!
//! ```no_run
//! use redox_auth_reqwest::{Key, Method, Redox};
//!
//! # async fn run() -> Result<(), Box<dyn core::error::Error>> {
//! let key = Key::parse(&std::fs::read("private-key.pem")?)?;
//! let redox = Redox::builder()
//!     .oauth_key("2f1c7a52-7d7b-4a5c-9d6e-0d6f3d6a5b11", key)
//!     .build()?;
//! let token = redox.token().await?;
//! let answer = redox
//!     .request(&token, Method::POST, "/endpoint")?
//!     .body(r#"{"Meta":{"DataModel":"PatientSearch"}}"#)
//!     .send()
//!     .await?;
//! # Ok(())
//! # }
//! ```
//!
//! # What goes where
//! The token endpoint and the API must be `https`; plain `http` is taken for loopback only. No redirect is followed,
//! from anywhere: an assertion or a token goes to the host it was made for or not at all. Requests that fail are not
//! sent again, so a `jti` is never posted twice.

/// The examples of the project's README, as tests.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;

mod aws_lc;
mod builder;
mod client;
mod endpoint;
mod error;
mod key;
mod token;

pub use builder::{BuildError, Builder};
pub use client::Redox;
pub use endpoint::{Endpoint, EndpointError};
pub use error::{Error, RefusedAnswer, SentNames};
pub use key::Key;
pub use token::Token;

pub use redox_auth_core::{
    Algorithm, JwtType, KeyError, ParseError, PublicKey, Reason, Refused, Region, SignError,
    Signer, UnixTime, WriteError, write_jwk_set,
};
pub use reqwest::{Method, RequestBuilder, Response};
