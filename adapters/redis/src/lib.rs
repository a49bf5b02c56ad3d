//! One token for all processes of a service: kept in Redis, and sealed there.
//!
//! [`RedisTokens`] is a [`SharedTokens`](redox_auth_reqwest::SharedTokens): the client asks it for the token before it
//! gets one itself, and takes turns at that with the other processes. Nothing depends on Redis: while it is down, slow,
//! full or wrong, every call ends soon with an [`Error`], and each process carries on alone.
//!
//! ```no_run
//! use redox_auth_redis::{RedisTokens, SealingKey};
//!
//! # fn run() -> Result<(), Box<dyn core::error::Error>> {
//! // 32 random bytes, for instance from `openssl rand -base64 32`; the same for all processes.
//! let key = SealingKey::parse(&std::env::var("REDOX_SEALING_KEY")?)?;
//! let tokens = RedisTokens::connect("rediss://redis.example:6379/0", key, "orders-production")?;
//! # Ok(())
//! # }
//! ```
//!
//! # What is in Redis
//! Two keys that a Cluster keeps in one slot: `redox-auth:{NAME}:token`, a record sealed with AES-256-GCM, which Redis
//! forgets when the token dies; and `redox-auth:{NAME}:turn`, who is getting the next token, for as long as that may
//! take. One name is for one credential at one server. A user of Redis with the commands `GET`, `SET`, `DEL`, `PTTL` and
//! `EVAL` on these two keys is enough.
//!
//! Who reads Redis learns no token, and who writes to it can make up none: a record opens with the same
//! [`SealingKey`] and under the same name only. To change the key, add the new one everywhere by
//! [`RedisTokens::also_opens`], then let it be the first one everywhere, then drop the old one.
//!
//! Tokens that are bound to a DPoP key (RFC 9449) are not shared, because each process has a key of its own: a client with
//! `Builder::dpop` and `Builder::shared_tokens` is refused when it is built.
//!
//! # Connections
//! All of it runs on Tokio. [`RedisTokens::connect`] needs no Redis to be there yet: it connects when it is first asked,
//! and again after any failure, so an address that leads elsewhere by now is looked up anew. `rediss` URLs are TLS by
//! `rustls` with the system's certificates; a program that links more than one provider of cryptography for `rustls` has
//! to install one.
//!
//! Certificates of one's own and Sentinel go through [`RedisTokens::connect_by`], a Cluster or a connection that the
//! service has already through [`RedisTokens::over`]. Both take what the crate [`redis`] makes, in whose features Cluster
//! and Sentinel are.

/// The example of `README.md`, as a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod error;
mod link;
mod seal;
mod sealing_key;
mod tokens;

pub use error::Error;
pub use sealing_key::{SealingKey, SealingKeyError};
pub use tokens::RedisTokens;

/// The client for Redis, for connections of one's own.
pub use redis;
