//! One access token for all processes of a service, encrypted in Redis.
//!
//! [`RedisTokens`] implements [`SharedTokens`](redox_auth_reqwest::SharedTokens). The client asks it for the token before it
//! obtains one itself, and the processes take turns to renew the token. The client works without Redis: while Redis is down,
//! slow, full or wrong, every call ends soon with an [`Error`], and each process obtains a token of its own.
//!
//! ```no_run
//! use redox_auth_redis::{RedisTokens, SealingKey};
//!
//! # fn run() -> Result<(), Box<dyn core::error::Error>> {
//! // 32 random bytes in base64, the same for all processes: `openssl rand -base64 32` makes some.
//! let key = SealingKey::parse(&std::env::var("REDOX_SEALING_KEY")?)?;
//! let tokens = RedisTokens::connect("rediss://redis.example:6379/0", key, "orders-production")?;
//! # Ok(())
//! # }
//! ```
//!
//! # What is in Redis
//! There are two keys, which a Cluster keeps in one slot:
//! - `redox-auth:{NAME}:token` holds a record encrypted with AES-256-GCM. Redis deletes it when the token expires.
//! - `redox-auth:{NAME}:turn` names the process that renews the token, for as long as the renewal may take.
//!
//! One name is for one credential at one server. The Redis user needs the commands `GET`, `SET`, `DEL`, `PTTL` and `EVAL` on
//! these two keys.
//!
//! Someone with read access to Redis cannot recover a token, and someone with write access cannot forge one: a record opens
//! only with the same [`SealingKey`] and under the same name. To change the key, add the new key in all processes with
//! [`RedisTokens::also_opens`]. Then make the new key the first one in all processes. Then remove the old key.
//!
//! Tokens that are bound to a DPoP key (RFC 9449) cannot be shared, because each process has another key. A client with
//! `Builder::dpop` and `Builder::shared_tokens` cannot be built.
//!
//! # Connections
//! All calls run on tokio. [`RedisTokens::connect`] needs no running Redis: it connects when the client first asks, and again
//! after each failure. A new connection resolves the name again. `rediss` URLs use TLS by `rustls` with the certificates of
//! the system. A program that links several cryptography providers of `rustls` must install one.
//!
//! [`RedisTokens::connect_by`] takes a connection with other certificates or through Sentinel. [`RedisTokens::over`] takes a
//! Cluster, or a connection that the service has already. Both take types of the crate [`redis`], whose features enable
//! Cluster and Sentinel.

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

/// The client for Redis, for connections of your own.
pub use redis;
