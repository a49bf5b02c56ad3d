//! Tokens of Redox, and of any other SMART Backend Services or RFC 7523 server, for devices: a [`Gateway`] holds a
//! [`Session`](redox_auth_core::Session), speaks HTTP/1.1 over `embedded-io` or `embedded-io-async`, and sends the
//! application's own requests with the token on them. `no_std`, no allocator, no `unsafe`.
//!
//! The device brings a clock and random bytes ([`Device`]), connections with TLS on them ([`Connect`] or
//! [`AsyncConnect`]), and two buffers ([`Buffers`]):
//! ```
//! use redox_auth_core::{Api, Client, OAuthKey, Region, Server, Session};
//! use redox_auth_gateway::{Buffers, Gateway, Request};
//! # use redox_auth_core::{Algorithm, Channel, Instant, Now, SignError, Signer, UnixTime};
//! # use redox_auth_gateway::{Connect, Connector, Device, Endpoint};
//! #
//! # /// Signs nothing: the server of this example looks at nothing.
//! # struct Element;
//! # impl Signer for Element {
//! #     fn algorithm(&self) -> Algorithm { Algorithm::Es256 }
//! #     fn signature_len(&self) -> usize { 64 }
//! #     fn sign(&self, _: &[u8], signature: &mut [u8]) -> Result<(), SignError> {
//! #         signature.fill(7);
//! #         Ok(())
//! #     }
//! # }
//! # struct Board;
//! # impl Device for Board {
//! #     fn now(&mut self) -> Now {
//! #         let unix = Some(UnixTime::from_secs(1_800_000_000));
//! #         Now { instant: Instant::from_millis(5_000), unix }
//! #     }
//! #     fn random(&mut self) -> Option<[u8; 16]> { Some([7; 16]) }
//! # }
//! # struct Tls;
//! # impl Connector for Tls {
//! #     type Connection = Peer;
//! #     type Error = embedded_io::ErrorKind;
//! # }
//! # impl Connect for Tls {
//! #     fn connect(&mut self, to: Endpoint<'_>) -> Result<(Peer, Channel), Self::Error> {
//! #         assert_eq!(to.host, "api.redoxengine.com");
//! #         Ok((Peer(&[]), Channel::Authenticated))
//! #     }
//! # }
//! # struct Peer(&'static [u8]);
//! # impl embedded_io::ErrorType for Peer { type Error = embedded_io::ErrorKind; }
//! # impl embedded_io::Read for Peer {
//! #     fn read(&mut self, buf: &mut [u8]) -> Result<usize, Self::Error> {
//! #         Ok(embedded_io::Read::read(&mut self.0, buf).unwrap())
//! #     }
//! # }
//! # impl embedded_io::Write for Peer {
//! #     fn write(&mut self, buf: &[u8]) -> Result<usize, Self::Error> {
//! #         if buf.starts_with(b"POST /v2/auth/token ") {
//! #             self.0 = b"HTTP/1.1 200 OK\r\nContent-Length: 57\r\n\r\n\
//! #                 {\"access_token\":\"t\",\"token_type\":\"Bearer\",\"expires_in\":9}";
//! #         } else {
//! #             self.0 = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";
//! #         }
//! #         Ok(buf.len())
//! #     }
//! #     fn flush(&mut self) -> Result<(), Self::Error> { Ok(()) }
//! # }
//!
//! # let (element, board, tls) = (Element, Board, Tls);
//! let keys = [OAuthKey::new("2f1c7a52-7d7b-4a5c-9d6e-0d6f3d6a5b11", "key-1", &element)];
//! let client = Client::new(Server::redox(Region::Us)).with_oauth_keys(&keys);
//! let session = Session::<_, [u8; 1024]>::new(client);
//! let (mut wire, mut token) = ([0; 2048], [0; 2048]);
//! let buffers = Buffers { wire: &mut wire, token: &mut token };
//! let mut gateway = Gateway::new(session, board, tls, buffers);
//!
//! let request = Request::post(Api::DataModel, "/endpoint")
//!     .content_type("application/json")
//!     .body(br#"{"Meta":{"DataModel":"PatientSearch"}}"#);
//! let mut answer = gateway.send(request)?;
//! assert_eq!(answer.status(), 200);
//! let mut body = [0; 512];
//! assert_eq!(answer.read_all(&mut body)?, b"{}");
//! # Ok::<(), redox_auth_gateway::Error>(())
//! ```
//! With an executor it is `gateway.send_async(request).await?` and `answer.read_all_async(&mut body).await?`: the same
//! decisions, and connections that are awaited.
//!
//! # Other servers
//! [`Discovery`] finds the token endpoint of an issuer or of a FHIR server by the metadata that it publishes, in one call
//! before the session is made. Nothing that a document says sends an assertion to a host that the program did not name or
//! confirm. [`Gateway::with_dpop`] is for servers that bind tokens to a key (RFC 9449, DPoP): HelseID, ZETA, Okta. Without
//! it, a session whose identity has a DPoP key sends nothing, and says so by
//! [`AuthorizeError::NeedsProof`](redox_auth_core::AuthorizeError::NeedsProof). On a Cortex-M4 a
//! discovery takes 6 KB of flash and proofs take 7 KB. A device that uses neither has no byte of flash or RAM for them.
//!
//! # What it does not do
//! It never sleeps: where there is no token and none may be asked for yet, [`Error::NoToken`] says until when. It follows
//! no redirect, and takes no compressed answer. It has one connection at a time, which is kept for the next request to the
//! same host.
//!
//! # The server's limit
//! A device that sends more than now and then keeps a [`Pace`](redox_auth_core::Pace) for each host
//! ([`Device::pace`]). It finds the rate that the server allows, and keeps the pauses that answers such as 429 ask for. A
//! request that comes too soon is not sent: [`Error::NotYet`] says when to call again. That holds for the token endpoint too.
//!
//! # Time
//! [`Limits::exchange_ms`] is looked at whenever bytes were moved, so a server that dribbles is given up in time. One that
//! says nothing at all is up to the connection: a blocking `read` needs a time-out of its own, and an asynchronous call
//! goes into the executor's. It may be dropped anywhere.
//!
//! # Memory
//! On a 32-bit device a gateway with room for a token of 1024 bytes takes 1.8 KiB, 1.5 KiB of it the session, beside
//! device, connector, connection and the two [`Buffers`]. Bodies are streamed both ways: a message is never needed as a whole
//! ([`Payload`], [`Answer::read`]). A [`Discovery`] takes 0.3 KiB beside the
//! buffer for the wire and that for the document, and only while it asks; a [`Dpop`] takes twice the length of the longest
//! nonce and 0.1 KiB, and 600 bytes more in each of the two buffers, where its proofs pass (1100 bytes by an RSA key, see
//! [`max_dpop_proof_len`](redox_auth_core::max_dpop_proof_len)).
//!
//! # Keys
//! Any [`Signer`](redox_auth_core::Signer), or for asynchronous calls any
//! [`AsyncSigner`](redox_auth_core::AsyncSigner), such as a secure element behind a slow bus: see the example
//! `secure_element`. One that gives its signatures in DER converts them by
//! [`parse_signature_der`](redox_auth_core::parse_signature_der).
//!
//! # Network stacks
//! [STACKS.md] lists the stacks that were run, in which versions, and what to watch for: smoltcp, embassy-net, embedded-tls,
//! mbedtls-rs, edge-nal, embedded-nal-async, std, modems. The crate [`redox-auth-embedded-tls`] puts TLS around a connector.
//!
//! [STACKS.md]: https://docs.rs/crate/redox-auth-gateway/latest/source/STACKS.md
//! [`redox-auth-embedded-tls`]: https://docs.rs/redox-auth-embedded-tls
//!
//! # Features
//! - `embedded-nal-async`: `EmbeddedNal`, connections over a stack with the traits of that crate, such as embassy-net.
//! - `edge-nal`: `EdgeNal`, connections over a stack with the traits of that crate, such as `edge-nal-std`.
//! - `p256-cortex-m4`: `Es256CortexM4Key`, which signs in the hand-optimized assembly of the crate of that name, on
//!   Cortex-M4, Cortex-M7 and Cortex-M33 (targets `thumbv7em` and `thumbv8m.main`). It needs a C compiler for them with
//!   its C library's headers, and a Cortex-M33 with the DSP extension. For every other target the feature adds nothing,
//!   and the build says so in a warning; [`HAS_P256_CORTEX_M4`] tells a program.

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
