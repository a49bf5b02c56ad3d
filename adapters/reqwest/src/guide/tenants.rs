//! Use one process for many customers.
//!
//! [`Tenants`](crate::Tenants) is a bounded table from your own name of a customer to its client. Your function creates the
//! client when the customer is first asked for. An idle customer has no task, no timer and no connection, and leaves the table
//! after a while.
//!
//! ```no_run
//! use redox_auth_reqwest::{BuildError, Key, Redox, Tenants};
//!
//! # async fn run(
//! #     message: serde_json::Value,
//! #     credential: fn(&str) -> (String, Key),
//! # ) -> Result<(), Box<dyn core::error::Error>> {
//! let tenants = Tenants::new(move |hospital: &String| -> Result<Redox, BuildError> {
//!     let (client_id, key) = credential(hospital);
//!     Redox::builder().oauth_key(client_id, key).build()
//! });
//! let redox = tenants.get(&"st-mary".to_owned()).await?;
//! redox.message(&message).send().await?;
//! # Ok(())
//! # }
//! ```
//!
//! # One tenant never delays another
//! - A wrong credential or a dead server is an error of the tenants concerned.
//! - A host gets at most 64 token requests at a time
//!   ([`Connections::token_requests_at_once`](crate::Connections::token_requests_at_once)).
//! - When a host asks for a pause (`Retry-After`), no client of the process requests a token from it before the pause is over.
//! - Two tenants with the same client ID at the same token endpoint are an error, unless
//!   [`TenantsBuilder::allow_same_client_id`](crate::TenantsBuilder::allow_same_client_id) allows it.
//!
//! # What it costs
//! `cargo xtask bench` measured these figures on two cores of an Intel Xeon:
//!
//! | | |
//! |---|---|
//! | build a client from a parsed key | 6.4 µs; a client with HTTP client and root certificates of its own takes 1,020 times as long |
//! | memory of each further client with a token of 800 characters | 5.5 KB |
//! | 100,000 tenants in the table, each with such a token | 583 MB |
//! | read a token through the table, without a lock or an allocation | 58 ns, of which the client takes 38 ns |
//! | the same for each of the 100,000 in turn, out of the cache | 1.25 µs, of which the client takes 0.52 µs |
//! | the first client, up to the first byte of TLS | 1 ms; 28 ms if built without `AWS_LC_SYS_NO_JITTER_ENTROPY=1`, because aws-lc then takes 26 ms to seed its random generator |
//!
//! # Tenants in several processes
//! Where processes share tokens, each tenant renews its own: `RedisTokens::with_name` of the crate `redox-auth-redis` gives
//! each tenant a store over one connection. The feature `batch` adds `sign_each`, which signs for many keys at once on all
//! cores.
