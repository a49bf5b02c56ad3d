//! Share one token among many processes.
//!
//! [`Builder::shared_tokens`](crate::Builder::shared_tokens) takes a store. One process at a time renews the token, and all
//! others read it from the store. The crate `redox-auth-redis` is such a store: it encrypts the token before it writes it to
//! Redis. [`SharedTokens`](crate::SharedTokens) is the trait for a store of your own.
//!
//! While the store is down or slow, every process obtains a token of its own. The metric
//! `redox_auth_store_failures_total` counts failures of the store.
//!
//! Tokens that are bound to a DPoP key cannot be shared, because each process has another key. A client with both settings
//! cannot be built.
//!
//! # Keep a token over a restart
//! [`Redox::save`](crate::Redox::save) returns a record with the token, and [`Redox::restore`](crate::Redox::restore) uses it:
//! the restarted process sends no token request. The record is as secret as the token.
//!
//! ```no_run
//! use redox_auth_reqwest::{Error, Redox};
//!
//! fn carry_over(before: &Redox, after: &Redox) -> Result<(), Error> {
//!     after.restore(&before.save()?)
//! }
//! ```
