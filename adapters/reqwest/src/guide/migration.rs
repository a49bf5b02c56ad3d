//! Move from a legacy API key to an OAuth API key without downtime.
//!
//! 1. Give the client both credentials. It uses the OAuth API key first. While Redox does not know that key, the client uses
//!    the legacy API key.
//! 2. Register the public key with Redox, as in [`first_token`](super::first_token).
//! 3. Wait until [`Redox::legacy_secret_rotation`](crate::Redox::legacy_secret_rotation) returns
//!    [`SecretRotation::Ready`](crate::SecretRotation::Ready): tokens then come from the OAuth API key alone, and no legacy
//!    token is in use.
//! 4. Prefer [`Preference::OAuthOnly`](crate::Preference::OAuthOnly), generate a new secret for the legacy API key in Redox's
//!    dashboard, and remove the legacy API key from the configuration.
//!
//! ```no_run
//! use redox_auth_reqwest::{BuildError, Key, Preference, Redox, SecretRotation};
//!
//! fn migrating(client_id: &str, key: Key, api_key: &str, secret: &str) -> Result<Redox, BuildError> {
//!     Redox::builder()
//!         .oauth_key(client_id, key)
//!         .legacy_key(api_key, secret)
//!         .build()
//! }
//!
//! fn finish_migration(redox: &Redox) {
//!     if redox.legacy_secret_rotation() == SecretRotation::Ready {
//!         redox.prefer(Preference::OAuthOnly);
//!     }
//! }
//! ```
//!
//! `redox-auth migrate` leads through the same steps at a terminal and checks each one.
