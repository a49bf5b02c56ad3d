//! Tokens of Redox and of any other SMART Backend Services or RFC 7523 server, for std services, over `reqwest`.
//!
//! A key goes in, requests with a token on them come out. Every decision is made by
//! [`Session`](redox_auth_core::Session): when a token is needed and what for, how long it is good, what a refusal means
//! and whether to try again. Signing is done by `aws-lc-rs`.
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
//! A program makes one [`Redox`] for each credential and clones it to wherever requests are sent from: clones share the
//! token and the connections.
//!
//! # Messages
//! [`Redox::message`] sends a Data Model message: what Redox requires in `Meta` is looked for before, the client's source
//! is named where the message names none, and everything that Redox has against it is in the error, also where the status
//! is 200. [`MessageError::is_ambiguous`] tells a message that may have arrived from one that has not. The answer to
//! [`Redox::upload`] is read by [`Uploaded::read`] in the same way.
//!
//! ```no_run
//! # use redox_auth_reqwest::{MessageError, Redox};
//! # async fn run(redox: Redox, json: String) {
//! match redox.message_json(json).send().await {
//!     Ok(sent) => println!("taken: {:?}", sent.logs),
//!     Err(MessageError::Refused(refused)) if refused.status == 200 => {
//!         println!("a query without a result: {:?}", refused.errors);
//!     }
//!     Err(error) if error.is_ambiguous() => println!("perhaps taken: {error}"),
//!     Err(error) => println!("not taken: {error}"),
//! }
//! # }
//! ```
//!
//! # From the environment
//! [`Redox::from_env`] reads what the command `redox-auth` reads: `REDOX_CLIENT_ID`, `REDOX_KEY_FILE` and the others of
//! [`Builder::from_env`], after which more can be said.
//!
//! ```no_run
//! # use redox_auth_reqwest::{Builder, Policy};
//! # fn run() -> Result<(), Box<dyn core::error::Error>> {
//! let redox = Builder::from_env()?.policy(Policy::Tefca).build()?;
//! # Ok(())
//! # }
//! ```
//!
//! # Other servers
//! [`Discovery`] finds a server by its issuer or its FHIR base URL, and [`Builder::discovered`] takes what it found.
//! [`Builder::discover_from_env`] does so by `REDOX_ISSUER` or `REDOX_FHIR_URL`. The token endpoint is used only on the host
//! that was asked, or on one that [`Discovery::confirm_host`] names.
//!
//! # Without async
//! With the feature `blocking` there is `blocking::Redox`, which is this client with a runtime of its own that waits for
//! it: `blocking::Redox::new(redox)?.message(&message).send()?`.
//!
//! # In tests
//! The crate `redox-auth-sandbox` is a local Redox: without an account, without a network, and with every fault on demand.
//! [`Builder::clock`] reads the time from what a test sets.
//!
//! ```
//! use redox_auth_reqwest::{Key, Redox, write_jwk_set};
//! use redox_auth_sandbox::{OAuthKey, Server, ServerOptions};
//!
//! # // The key of RFC 7515, appendix A.3.
//! # const KEY: &[u8] = br#"{"kty":"EC","crv":"P-256",
//! #     "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
//! #     "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
//! #     "d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}"#;
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn core::error::Error>> {
//! let key = Key::parse(KEY)?;
//! let public_key = key.public_key().ok_or("a key without its public half")?;
//! let mut jwks = [0; 1024];
//! let jwks = write_jwk_set(&[(key.key_id(), public_key)], &mut jwks)?;
//!
//! let server = Server::start(ServerOptions::new()).await?;
//! let client_id = server.sandbox().register_oauth_key(OAuthKey::new().jwks(jwks))?;
//! let redox = Redox::builder()
//!     .base_url(server.base_url())
//!     .oauth_key(client_id, key)
//!     .build()?;
//! redox.token().await?;
//! assert_eq!(server.counters().requests, 1);
//! # Ok(())
//! # }
//! ```
//!
//! # Tokens bound to a key
//! HelseID, ZETA and Okta where the app asks for it bind tokens to a key (DPoP, RFC 9449): a stolen token is then of no
//! use. [`Builder::dpop`] takes the key, and [`Key::generate`] makes one for this process, which is the usual choice. Every
//! request then has a proof of its own, for tokens as for the API, with the nonce that its server asked for last.
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
//! Such a token alone is of no use to others. A client with [`Builder::shared_tokens`] cannot be built with one, and its
//! [`TokenSource`] gives an error.
//!
//! # Many tenants
//! A service with a credential for each of its customers keeps their clients in [`Tenants`]: a bounded table from the
//! service's own key to a client, which is made by a function of the service when it is first asked for. A tenant that
//! nobody asks for has no task, no timer and no connection, and makes room after a while.
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
//! One tenant is in no other's way: whatever goes wrong with a credential or a server is an error of the tenants
//! concerned. A host gets at most 64 token requests at a time ([`Connections::token_requests_at_once`]), and when it asks
//! for a pause by `Retry-After`, no client of this process asks it for a token before. Where processes share tokens, each
//! tenant has its own turn: `RedisTokens::with_name` of the crate `redox-auth-redis` gives each a store over one
//! connection. The feature `batch` has `sign_each`, which signs for many keys at once, on all cores.
//!
//! # Connections
//! The clients of a process share TLS, root certificates and pools of connections; [`Connections`] are for programs that
//! want to decide which clients do. Nothing is opened or read before the first request. A pool belongs to a tokio runtime:
//! a program with several has one for each.
//!
//! An idle connection is kept for 50 s, less than the load balancers of the large clouds keep one. Where the API says less
//! (`Keep-Alive: timeout`), the client opens a new connection before a request for which all idle ones are too old, as
//! those of Node and Apache are after 5 s. hyper's pool does not read that header, and has one idle time for all its
//! connections: after a burst, older connections than the one that was used last may be met, and requests for tokens take
//! no part. [`Connections::http`] sets a shorter idle time (`pool_idle_timeout`) for a server that hangs up early. Over HTTP/2
//! the client asks after 5 s without a byte whether the server is there, while requests are under way, and gives the
//! connection up 4 s later. With a client of your own ([`Builder::api_client`]) its settings count.
//!
//! [`Builder::http`] sets up connections for one client: a proxy, root certificates, the pool. [`Builder::api_client`] takes
//! a client that is there, for requests to the API. A [`TokenSource`] gives tokens to anything else that sends requests;
//! `AuthorizeLayer` of the crate `redox-auth-tower` is made from one.
//!
//! # What goes where
//! The token endpoint and the API must be `https`; plain `http` is taken for loopback only. No redirect is followed,
//! from anywhere: an assertion or a token goes to the host it was made for or not at all. Every attempt to get a token
//! is a new assertion, so a `jti` is never posted twice. When a request to the API is sent again, [`Retries`] says.
//!
//! # Statuses
//! A redirect, a proxy that asks for credentials, a gateway that waited in vain: each status has a meaning of its own
//! ([`StatusMeaning`]), by which the client repeats a request or stops, and which its errors explain. The file `STATUS.md` of
//! this crate has the table, and a test runs each row.
//!
//! # When a key changes
//! Several private keys may stand behind one client ID ([`Builder::also_key`], [`Redox::replace_keys`]): the next is
//! tried when the server refuses the one before it, whatever it says. A legacy API key beside an OAuth API key
//! ([`Builder::legacy_key`]) serves while the other is not ready yet; [`Redox::legacy_secret_rotation`] says when nobody
//! needs it any more.
//!
//! Another program, such as Kubernetes or Vault, may replace the files of keys and secrets. The client reads such files
//! again: see [`Builder::key_file`] and [`Builder::legacy_secret_file`]. [`Builder::from_env`] does so with the files that
//! the environment names. [`Redox::files`] shows the keys and what is wrong with a file.
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
//! No thread and no task watches the files. The client reads them before it requests a token, once more when the server
//! refuses all of its keys, and at most once a second while callers ask and the server knows none of the keys. Requests to
//! the API read no file. Reading takes a thread of tokio's for blocking work.
//!
//! # Authorities, client certificates and proxies
//! A server's certificate must come from an authority of the system, of `SSL_CERT_FILE` or of [`Builder::ca_file`]. A server
//! that asks for a certificate sees that of [`Builder::client_certificate`]. Requests to other machines go through the proxy
//! that `HTTPS_PROXY` or `ALL_PROXY` names, unless `NO_PROXY` excepts the host. An error names what is wrong and what to do:
//! [`TlsFailure`], [`AuthoritiesError`], [`ProxyError`]. `NETWORK.md` in the folder of this crate lists all situations.
//!
//! # Certificates
//! Some servers find a key by its X.509 certificate instead of a key ID. With the feature `certificates`,
//! `CertificateChain` reads the certificate and those of its issuers, and `Key::with_certificate` puts them into the
//! header of assertions: as `x5c` for UDAP, as `x5t#S256` for Microsoft Entra, as `x5t` for Oracle's identity domains. A
//! certificate of another key and a chain that is out of order are errors before anything is signed. An expired certificate
//! is no error, because the server decides: `CertificateChain::validity` tells, and each request for a token logs a warning.
//!
//! # Clocks
//! A token's life is measured on a clock that never goes backwards. It counts through the machine's sleep on Linux,
//! Android, Apple's systems and Windows; elsewhere a token may die during sleep unnoticed, and costs one 401. Assertions
//! are dated by the wall clock; where that is wrong, the server's `Date` corrects it.
//!
//! | situation | what happens | what is said |
//! |---|---|---|
//! | the machine sleeps and wakes | [`Redox::token_after`], [`pause`](pause()) and the pauses between repetitions look at the clock within a second; a request that was under way keeps its timeout, which counts the time awake | nothing |
//! | a machine is restored from a snapshot, and its wall clock is set right | [`Redox::time_left`] is less by what the wall clock gained; [`Redox::token_after`] replaces a token of which nothing is left; a request to the API gets a 401, and is sent once more with a new token | a warning that the token is replaced |
//! | the wall clock is set forward by an hour | the same | the same |
//! | the wall clock is set back by an hour | nothing: tokens are measured on the other clock | nothing |
//! | the wall clock is some seconds ahead, and the server refuses the assertion | the next attempt, at once, has the server's time | a warning with the difference, and `redox_auth_clock_skew_seconds` |
//!
//! # What can be seen
//! Spans and events by `tracing`, under the target `redox_auth_reqwest`: the span `redox_auth.token` around everything that
//! gets one token, `redox_auth.request` around each time that a request to the API is sent. Metrics by `metrics`:
//!
//! | name | kind | labels | what it counts |
//! |---|---|---|---|
//! | `redox_auth_tokens_total` | counter | `from`: `oauth`, `legacy`, `fleet` | tokens that came |
//! | `redox_auth_renewals_total` | counter | | those begun while another was still good |
//! | `redox_auth_refusals_total` | counter | `reason` | the server said no |
//! | `redox_auth_failures_total` | counter | `kind`: `connect`, `timeout`, `transport`, `signing`, `turn`, `answer` | no usable answer of the token endpoint, or no request (`signing`, `turn`) |
//! | `redox_auth_file_changes_total` | counter | `outcome`: `taken`, `unusable`, `unread` (in time) | key and secret files that changed |
//! | `redox_auth_token_request_seconds` | histogram | | how long a token took to come |
//! | `redox_auth_token_wait_seconds` | histogram | | how long somebody waited for one |
//! | `redox_auth_token_age_seconds` | histogram | | how old a token was when the next took its place |
//! | `redox_auth_token_lives_for_seconds` | gauge | | how long the last token was good when it came |
//! | `redox_auth_clock_skew_seconds` | gauge | | how far this machine's clock was behind the server's when that was found wrong |
//! | `redox_auth_rejections_total` | counter | `token`: `dropped`, `replaced`, `kept` | 401s of the API |
//! | `redox_auth_retries_total` | counter | `why`: a status, `connect`, `no_answer` | requests to the API that were sent again |
//! | `redox_auth_ambiguous_total` | counter | | requests that may have been done without an answer |
//! | `redox_auth_tenants` | gauge | | tenants that have a client |
//! | `redox_auth_tenants_made_total` | counter | `outcome`: `made`, `failed`, `panicked`, `timed_out`, `full`, `same_client` | attempts to make a tenant's client |
//! | `redox_auth_store_failures_total` | counter | | a fleet's store did not answer, or not well |
//!
//! None of them holds a secret, nor the path of a request.
//!
//! # What stays in memory
//! When a client and the runtime that it ran on are dropped, a test looks through all memory of their process. Of private
//! keys nothing is left, whatever form they were read from, and of tokens, secrets and assertions no copy of ours; the
//! caller wipes what the caller has read.
//!
//! The HTTP library does not wipe what it has read and sent. Of about fifty tokens that one client after the other got
//! and used, 1 to 5 were still in its freed buffers over plain http, and 5 to 14 over TLS, until other data took their
//! place; of secrets and assertions, which go from our memory to the system or into TLS, none. An allocator that wipes
//! what is freed takes care of those, too.
//!
//! # What is logged
//! No log line of ours, at any level, has a token, an assertion, a secret, a key, or the path of a request in it, and no
//! `Debug` and no error has. Nor have the lines of reqwest, hyper, h2 and rustls, at `TRACE` either, with one exception:
//! a client on which [`connection_verbose`](reqwest::ClientBuilder::connection_verbose) was switched on shows every byte
//! under the target `reqwest::connect::verbose`.

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
pub use proxies::Proxy;
pub use requests::body::Body;
pub use requests::call::{Call, Fhir};
pub use requests::retry::Retries;
pub use tenants::{Tenants, TenantsBuilder};
pub use tokens::shared_tokens::{SecretBytes, SharedRecord, SharedTokens, StoreFuture, TurnId};
pub use tokens::source::{Authorization, TokenSource};
pub use tokens::token::Token;
pub use trust::{Authorities, AuthoritySource, ClientCertificate};

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
