//! Access tokens for services that talk to Redox, to another SMART Backend Services server, or to an RFC 7523 server.
//!
//! The client signs a JWT assertion with a private key, obtains a token, renews it before it expires, and sends requests with
//! it. It runs on tokio and `reqwest`. [`Session`](redox_auth_core::Session) of core makes every decision: when a token is
//! needed, which credential obtains it, what a refusal means, and when to try again. `aws-lc-rs` signs.
//!
//! ```no_run
//! use redox_auth_reqwest::{Key, Redox};
//!
//! # async fn run(message: serde_json::Value) -> Result<(), Box<dyn core::error::Error>> {
//! let redox = Redox::builder()
//!     .oauth_key("2f1c7a52-7d7b-4a5c-9d6e-0d6f3d6a5b11", Key::from_file("private-key.pem")?)
//!     .build()?;
//! let sent = redox.message(&message).send().await?;
//! # Ok(())
//! # }
//! ```
//!
//! Create one [`Redox`] for each credential and clone it: clones share the token and the connections. The [`guide`] has a page
//! for each task, from the first token to many tenants.
//!
//! # Where to start
//! | For | Type |
//! |---|---|
//! | one credential | [`Redox`], made by [`Builder`] |
//! | the credentials of many customers | [`Tenants`] |
//! | a private key | [`Key`], [`KeyFile`], [`RemoteSigner`] |
//! | a server other than Redox | [`Discovery`], [`Builder`] |
//! | a message and what became of it | [`Message`], [`Sent`], [`MessageError`] |
//! | tokens for another HTTP client | [`TokenSource`] |
//! | TLS, proxies and pools for several clients | [`Connections`] |
//! | tokens shared among processes | [`SharedTokens`] |
//!
//! # Errors
//! [`Error`] is for tokens and requests, [`MessageError`] for messages, [`BuildError`] and [`EnvError`] for settings, and
//! [`TenantError`] for tenants. Each says in one line what failed, what was found and what to do. None holds a secret.
//! `Display` says everything, and [`source`](core::error::Error::source) returns only errors of other libraries.
//!
//! # Features
//! | Feature | Adds |
//! |---|---|
//! | `batch` | `sign_each`: signing for many keys at once, on all cores |
//! | `blocking` | `blocking::Redox`: the same calls without async |
//! | `certificates` | `CertificateChain`: the certificate of a key in the header of its assertions |
//! | `socks` | SOCKS proxies |
//!
//! # Platforms
//! Rust 1.88 or later, tokio, and TLS by `rustls`. The tests run on Linux.

#![cfg_attr(docsrs, feature(doc_cfg))]

/// The examples of `README.md`, as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// The example of `KMS.md`, likewise.
#[cfg(doctest)]
#[doc = include_str!("../KMS.md")]
struct Kms;

#[cfg(feature = "blocking")]
pub mod blocking;
mod builder;
mod client;
mod clock;
mod connections;
mod discovery;
mod env;
mod error;
pub mod guide;
mod keys;
mod message;
mod pause;
mod proxies;
mod random;
mod requests;
#[cfg(not(shuttle))]
mod sync;
#[cfg(shuttle)]
#[path = "../../../tests/interleavings/sync.rs"]
mod sync;
mod telemetry;
mod tenants;
mod tokens;
mod trust;
mod watch;
mod written;

pub use builder::Builder;
pub use client::Redox;
pub use connections::Connections;
pub use connections::pace::Pacing;
pub use discovery::{Discovered, Discovery, Metadata};
pub use env::EnvError;
pub use error::Error;
pub use error::authorities::{
    AuthoritiesError, AuthoritiesPlace, AuthoritiesProblem, BrokenCertificates,
};
pub use error::build::{Addition, AdditionProblem, BuildError};
pub use error::certificate::CertificateError;
pub use error::client_certificate::ClientCertificateError;
pub use error::discovery::DiscoveryError;
pub use error::proxy::{ProxyError, ProxyProblem};
pub use error::refused_answer::{RefusedAnswer, SentNames, SignatureCheck};
pub use error::store::StoreError;
pub use error::tenant::TenantError;
pub use error::tls::TlsFailure;
pub use error::wrong_signature::WrongSignature;
pub use keys::access::{AccessRemedy, FileAccess};
#[cfg(feature = "batch")]
pub use keys::batch::sign_each;
#[cfg(feature = "certificates")]
pub use keys::certificate::{CertificateChain, CertificateMember, CertificateValidity};
pub use keys::content::Content;
pub use keys::file::{FileError, FileProblem, read_secret_file, secret_text};
pub use keys::key::Key;
pub use keys::key_file::KeyFile;
pub use keys::note::KeyNote;
pub use keys::remote_signer::{RemoteSigner, SignatureFuture};
pub use keys::text::TakenOff;
pub use keys::unusable::UnusableKey;
pub use keys::watched::WatchedFile;
pub use message::{Log, Message, MessageError, MessageFault, RefusedMessage, Sent, Uploaded};
pub use pause::pause;
pub use proxies::{Proxy, Tunnel};
pub use requests::body::Body;
pub use requests::call::{Call, Fhir};
pub use requests::retry::Retries;
pub use tenants::{Tenants, TenantsBuilder};
pub use tokens::renewal::Renewal;
pub use tokens::shared_tokens::{SecretBytes, SharedRecord, SharedTokens, StoreFuture, TurnId};
pub use tokens::source::{Authorization, TokenSource};
pub use tokens::token::Token;
pub use trust::{Authorities, AuthoritySource, ClientCertificate};
pub use watch::{Observer, Seen, Watch};

pub use redox_auth_core::{
    Algorithm, AnswerError, Api, AuthorizeError, Counters, DialectError, Digest, Done,
    DpopNonceError, Environment, Grant, Instant, JwtType, KeyError, MetaError, MetadataError,
    MetadataKind, NameList, Now, ParseError, Policy, Preference, PublicKey, PublicKeyError, Rate,
    Reason, Refused, Region, Rejected, RequestError, RestoreError, SaveError, SecretRotation,
    ServedBy, ServerMetadata, SignError, SignatureError, Signer, StatusMeaning, Stopped,
    Thumbprint, TokenType, Trouble, UnixTime, UrlError, WhyNotYet, WriteError, write_jwk_set,
};
#[cfg(feature = "batch")]
pub use redox_auth_core::{AssertionTemplate, JwtId, OAuthKey, TokenRequest};
pub use reqwest::{Method, RequestBuilder, Response, StatusCode};
