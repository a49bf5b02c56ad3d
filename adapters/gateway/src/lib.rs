//! Access tokens and HTTP/1.1 for devices that talk to Redox, to another SMART Backend Services server, or to an RFC 7523
//! server.
//!
//! A [`Gateway`] holds a [`Session`](redox_auth_core::Session), a connection and two buffers. It obtains and renews the token,
//! and sends the application's requests with the token over `embedded-io` or `embedded-io-async`. `no_std`, no allocator, no
//! `unsafe`.
//!
//! Use it in firmware that has a TCP stack and TLS. Use [`redox-auth-core`](redox_auth_core) alone with a modem or another
//! library that speaks HTTP, and [`redox-auth-reqwest`](https://docs.rs/redox-auth-reqwest) in a service with the standard
//! library.
//!
//! # Example
//! The device implements [`Device`] for its clock and its random source, and [`Connect`] or [`AsyncConnect`] for connections
//! with TLS. This program runs on a host, and sends a message to a server on the same machine, such as `redox-auth sandbox`.
//!
//! ```toml
//! [dependencies]
//! embedded-io-adapters = { version = "0.7", features = ["std"] }
//! redox-auth-core = { version = "0.1", features = ["es256"] }
//! redox-auth-gateway = "0.1"
//! ```
//!
//! ```no_run
//! use std::io::Read;
//! use std::net::TcpStream;
//!
//! use embedded_io_adapters::std::FromStd;
//! use redox_auth_core::{
//!     Api, Channel, Client, Es256Key, Instant, Now, OAuthKey, Server, Session, UnixTime,
//! };
//! use redox_auth_gateway::{Buffers, Connect, Connector, Device, Endpoint, Gateway, Request};
//!
//! struct Board {
//!     start: std::time::Instant,
//! }
//!
//! impl Device for Board {
//!     fn now(&mut self) -> Now {
//!         let since_1970 = std::time::SystemTime::UNIX_EPOCH.elapsed().ok();
//!         Now {
//!             instant: Instant::from_millis(self.start.elapsed().as_millis() as u64),
//!             unix: since_1970.map(|time| UnixTime::from_secs(time.as_secs())),
//!         }
//!     }
//!
//!     fn random(&mut self) -> Option<[u8; 16]> {
//!         let mut random = [0; 16];
//!         std::fs::File::open("/dev/urandom").ok()?.read_exact(&mut random).ok()?;
//!         Some(random)
//!     }
//! }
//!
//! struct Loopback;
//!
//! impl Connector for Loopback {
//!     type Connection = FromStd<TcpStream>;
//!     type Error = std::io::Error;
//! }
//!
//! impl Connect for Loopback {
//!     /// Without TLS. A connection to another machine needs TLS that verifies the certificate for `to.host`.
//!     fn connect(&mut self, to: Endpoint<'_>) -> Result<(Self::Connection, Channel), Self::Error> {
//!         let stream = TcpStream::connect((to.host, to.port))?;
//!         stream.set_read_timeout(Some(std::time::Duration::from_secs(30)))?;
//!         let is_here = stream.peer_addr()?.ip().is_loopback();
//!         let channel = if is_here { Channel::Authenticated } else { Channel::Unauthenticated };
//!         Ok((FromStd::new(stream), channel))
//!     }
//! }
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let signer = Es256Key::parse(&std::fs::read("private-key.pem")?)?;
//!     let keys = [OAuthKey::new("2f1c7a52-7d7b-4a5c-9d6e-0d6f3d6a5b11", "key-1", &signer)];
//!     // Redox itself is `Server::redox(Region::Us)`.
//!     let server = Server::new("http://127.0.0.1:8080", "http://127.0.0.1:8080/v2/auth/token")?;
//!     let client = Client::new(server).with_oauth_keys(&keys);
//!     let session = Session::<_, [u8; 1024]>::new(client);
//!
//!     let board = Board { start: std::time::Instant::now() };
//!     let (mut wire, mut token) = ([0; 2048], [0; 2048]);
//!     let buffers = Buffers { wire: &mut wire, token: &mut token };
//!     let mut gateway = Gateway::new(session, board, Loopback, buffers);
//!
//!     let request = Request::post(Api::DataModel, "/endpoint")
//!         .content_type("application/json")
//!         .body(br#"{"Meta":{"DataModel":"PatientSearch","EventType":"Query"}}"#);
//!     let mut answer = gateway.send(request)?;
//!     let mut body = [0; 4096];
//!     let status = answer.status();
//!     println!("{status}: {}", String::from_utf8_lossy(answer.read_all(&mut body)?));
//!     Ok(())
//! }
//! ```
//!
//! With an executor, call `gateway.send_async(request).await?` and `answer.read_all_async(&mut body).await?`. Both ways make
//! the same decisions.
//!
//! # Other servers
//! [`Discovery`] finds the token endpoint through the metadata of an issuer or of a FHIR server, in one call before the session
//! is made. No document can send an assertion to a host that the program did not name or confirm.
//!
//! [`Gateway::with_dpop`] is for servers that bind tokens to a key (RFC 9449, DPoP): HelseID, ZETA, Okta. Without it, a gateway
//! whose identity has a DPoP key sends nothing, and returns
//! [`AuthorizeError::NeedsProof`](redox_auth_core::AuthorizeError::NeedsProof).
//!
//! On a Cortex-M4 a discovery takes 6 KB of flash and proofs take 7 KB. A device that uses neither has no byte of flash or RAM
//! for them.
//!
//! # Limitations
//! The gateway never sleeps. If there is no token and it is too early for another attempt, [`Error::NoToken`] gives the time to
//! call again. The gateway follows no redirect and accepts no compressed answer. It has one connection at a time, and keeps it
//! for the next request to the same host.
//!
//! # The server's limit
//! A device that sends often keeps a [`Pace`](redox_auth_core::Pace) for each host ([`Device::pace`]). The pace finds the rate
//! that the server allows, and keeps the pauses that answers such as 429 ask for. A request that comes too soon is not sent:
//! [`Error::NotYet`] gives the time to call again. The pace also applies to token requests.
//!
//! # Time
//! The gateway checks [`Limits::exchange_ms`] after each read and write, and therefore stops a server that sends slowly. The
//! connection must stop a server that sends nothing: a blocking `read` needs a time-out of its own, and an asynchronous call
//! needs one from the executor. An asynchronous call may be dropped at any point.
//!
//! # Memory
//! On a 32-bit device, a gateway with room for a token of 1024 bytes takes 1.8 KiB, of which the session takes 1.5 KiB. Device,
//! connector, connection and the two [`Buffers`] come in addition. Bodies are streamed in both directions, and a message need
//! never be in memory as a whole ([`Payload`], [`Answer::read`]).
//!
//! A [`Discovery`] takes 0.3 KiB in addition to its two buffers, for the duration of the call. A [`Dpop`] takes twice the length
//! of the longest nonce and 0.1 KiB. It also needs 600 bytes more in each of the two buffers for proofs (1100 bytes for an RSA
//! key, see [`max_dpop_proof_len`](redox_auth_core::max_dpop_proof_len)).
//!
//! # Keys
//! A gateway signs with any [`Signer`](redox_auth_core::Signer). Asynchronous calls sign with any
//! [`AsyncSigner`](redox_auth_core::AsyncSigner), such as a secure element on a slow bus: see the example `secure_element`.
//! [`parse_signature_der`](redox_auth_core::parse_signature_der) converts the signatures of a signer that returns DER.
//!
//! # Network stacks
//! [STACKS.md] lists the tested stacks with their versions and pitfalls: smoltcp, embassy-net, embedded-tls, mbedtls-rs,
//! edge-nal, embedded-nal-async, std, modems. The crate [`redox-auth-embedded-tls`] adds TLS to a connector.
//!
//! [STACKS.md]: https://docs.rs/crate/redox-auth-gateway/latest/source/STACKS.md
//! [`redox-auth-embedded-tls`]: https://docs.rs/redox-auth-embedded-tls
//!
//! # Errors
//! [`Error`] is for a gateway and [`DiscoveryError`] for a discovery. [`Error::may_have_arrived`] says whether the server may
//! have processed the message. [`HttpError`] describes an invalid answer, and [`Cause`] the last failed attempt to obtain a
//! token. No error holds a secret or a byte from the wire, and no answer of a server causes a panic.
//!
//! # Features
//! No feature is on by default.
//! - `embedded-nal-async`: `EmbeddedNal`, connections over a stack with the traits of that crate, such as embassy-net.
//! - `edge-nal`: `EdgeNal`, connections over a stack with the traits of that crate, such as `edge-nal-std`.
//! - `p256-cortex-m4`: `Es256CortexM4Key`, which signs with the hand-optimized assembly of the crate of that name, on
//!   Cortex-M4, Cortex-M7 and Cortex-M33 (targets `thumbv7em` and `thumbv8m.main`). The build needs a C compiler for the target
//!   with the headers of its C library, and a Cortex-M33 needs the DSP extension. For every other target the feature adds
//!   nothing, and the build prints a warning. [`HAS_P256_CORTEX_M4`] is then `false`.
//!
//! # Platforms
//! Rust 1.88 or later. The tests run on Linux, and on emulated Cortex-M0, M3, M4F and M33, RV32IMAC and RV64IMAC. The crate
//! re-exports nothing: its interface uses types of `redox-auth-core`, `embedded-io` and `embedded-io-async`, and with features
//! those of `embedded-nal-async` and `edge-nal`.

#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]

/// The example of `README.md`, as a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

#[cfg(test)]
extern crate std;

mod answer;
mod connect;
mod device;
mod discovery;
mod dpop;
mod error;
mod exchange;
mod gateway;
mod headers;
mod http_error;
mod limits;
mod link;
mod method;
#[cfg(any(feature = "edge-nal", feature = "embedded-nal-async"))]
mod nal;
mod payload;
mod reader;
mod request;
mod signer;
mod target;

pub use answer::Answer;
pub use connect::{AsyncConnect, Connect, Connector, Endpoint};
pub use device::Device;
pub use discovery::{Discovered, Discovery};
pub use dpop::{Dpop, MaybeDpop};
pub use error::{Cause, DiscoveryError, Error, ExchangeError, HeadError};
pub use exchange::{Exchange, HeadWriter, Outgoing};
pub use gateway::{Buffers, Gateway};
pub use headers::Headers;
pub use http_error::HttpError;
pub use limits::Limits;
pub use method::Method;
#[cfg(feature = "edge-nal")]
pub use nal::EdgeNal;
#[cfg(feature = "embedded-nal-async")]
pub use nal::EmbeddedNal;
#[cfg(any(feature = "edge-nal", feature = "embedded-nal-async"))]
pub use nal::NalError;
pub use payload::{Bytes, Payload};
pub use request::Request;
#[cfg(all(feature = "p256-cortex-m4", cortex_m4))]
pub use signer::{Es256CortexM4Key, Hedge};

/// Whether this build has `Es256CortexM4Key`: with the feature `p256-cortex-m4`, on a target that its assembly
/// supports. A program that needs the key asserts this constant in a `const` block, and a build for another target then
/// fails.
pub const HAS_P256_CORTEX_M4: bool = cfg!(all(feature = "p256-cortex-m4", cortex_m4));
