//! Replace a key or a secret while the service runs.
//!
//! # Two keys under one client ID
//! [`Builder::also_key`](crate::Builder::also_key) adds a key. When the server refuses the first key, the client tries the
//! next one, whatever the reason of the refusal. [`Redox::replace_keys`](crate::Redox::replace_keys) replaces all keys of a
//! running client.
//!
//! ```no_run
//! use redox_auth_reqwest::{BuildError, Key, Redox};
//!
//! fn rotating(client_id: &str, new: Key, old: Key) -> Result<Redox, BuildError> {
//!     Redox::builder().oauth_key(client_id, new).also_key(old).build()
//! }
//! ```
//!
//! 1. Create the new key and deploy it in addition to the old one.
//! 2. Add the new public key to the JWK Set that is registered.
//! 3. Wait until all processes use the new key: [`Redox::files`](crate::Redox::files) and the log show it.
//! 4. Remove the old public key from the JWK Set, and the old private key from the deployment.
//!
//! `redox-auth key rotate` does these steps through Redox's Platform API.
//!
//! # Files that another program replaces
//! Kubernetes, Vault and others replace files of keys and secrets. The client reads such a file again:
//!
//! ```no_run
//! use redox_auth_reqwest::{BuildError, Redox};
//!
//! # fn run(client_id: &str) -> Result<(), BuildError> {
//! let redox = Redox::builder().key_file(client_id, "/var/run/secrets/redox/key.pem").build()?;
//! # Ok(())
//! # }
//! ```
//!
//! [`Builder::key_file`](crate::Builder::key_file) and [`Builder::legacy_secret_file`](crate::Builder::legacy_secret_file)
//! name such files. [`Builder::from_env`](crate::Builder::from_env) uses them for the files that the environment names. No
//! thread and no task watches a file. The client reads it:
//! - before it requests a token,
//! - once more when the server refuses all keys,
//! - at most once a second while callers wait and the server knows none of the keys.
//!
//! Requests to the API read no file.
