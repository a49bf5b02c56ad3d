//! Use another server than Redox.
//!
//! # Find the server
//! [`Discovery`](crate::Discovery) finds a server by its issuer or by the base URL of its FHIR server.
//! [`Builder::discovered`](crate::Builder::discovered) uses what it found. The client uses the token endpoint only on the host
//! that was asked, or on a host that [`Discovery::confirm_host`](crate::Discovery::confirm_host) names.
//! [`Builder::discover_from_env`](crate::Builder::discover_from_env) reads `REDOX_ISSUER` or `REDOX_FHIR_URL`.
//!
//! ```no_run
//! use redox_auth_reqwest::{Discovery, Key, Redox};
//!
//! async fn connect(key: Key) -> Result<Redox, Box<dyn core::error::Error>> {
//!     let discovery = Discovery::new().confirm_host("login.example");
//!     let server = discovery.fhir_server("https://fhir.example/r4").await?;
//!     let redox = Redox::builder().discovered(&server).oauth_key("client-1", key);
//!     Ok(redox.scope("system/Patient.rs").build()?)
//! }
//! ```
//!
//! # Give it what it asks for
//! Each demand of a server has a setting: claims, members of the header, fields of the form, lifetime, audience, grant,
//! certificates. The command's file `SERVERS.md` lists 34 servers with their options, and each option has a method of the same
//! name on [`Builder`](crate::Builder).
//!
//! ```no_run
//! use redox_auth_reqwest::{BuildError, Grant, Key, Redox};
//!
//! fn maskinporten(client_id: &str, key: Key) -> Result<Redox, BuildError> {
//!     Redox::builder()
//!         .token_url("https://maskinporten.no/token")
//!         .audience("https://maskinporten.no/")
//!         .oauth_key(client_id, key)
//!         .grant(Grant::JwtBearer)
//!         .lifetime_secs(120)
//!         .claim("scope", r#""nhn:sandbox""#)
//!         .build()
//! }
//! ```
//!
//! # Certificates of keys
//! Some servers find a key by its X.509 certificate instead of a key ID. With the feature `certificates`, `CertificateChain`
//! reads the certificate and the certificates of its issuers. `Key::with_certificate` puts them into the header of assertions:
//! `x5c` for UDAP, `x5t#S256` for Microsoft Entra, `x5t` for Oracle's identity domains.
//!
//! A certificate of another key and a chain in the wrong order are errors before anything is signed. An expired certificate is
//! not an error, because the server decides: each token request logs a warning, and `CertificateChain::validity` tells.
