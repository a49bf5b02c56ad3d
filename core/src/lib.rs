//! Authentication for clients of Redox, of another SMART Backend Services server, or of any RFC 7523 server.
//!
//! A [`Session`] decides when a token is needed, writes the token request, and interprets the answer. It does no I/O: the
//! caller sends the bytes. The crate is `no_std` and has no allocator, no clock and no random source. The caller passes
//! buffers, the time and random bytes.
//!
//! Use it with an HTTP client of your own, on a host or on a device. Use
//! [`redox-auth-reqwest`](https://docs.rs/redox-auth-reqwest) in a service with the standard library, and
//! [`redox-auth-gateway`](https://docs.rs/redox-auth-gateway) on a device that has a TCP stack and no HTTP client.
//!
//! # Example
//! This program obtains a token from a server on the same machine, such as `redox-auth sandbox`.
//!
//! ```toml
//! [dependencies]
//! redox-auth-core = { version = "0.1", features = ["es256"] }
//! ```
#![cfg_attr(
    feature = "es256",
    doc = r##"
```no_run
use std::io::{Read, Write};
use std::net::TcpStream;

use redox_auth_core::{
    Channel, Client, Es256Key, Instant, JwtId, Next, Now, OAuthKey, Received, Request, Response,
    Server, Session, UnixTime,
};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let start = std::time::Instant::now();
    let signer = Es256Key::parse(&std::fs::read("private-key.pem")?)?;
    let keys = [OAuthKey::new("2f1c7a52-7d7b-4a5c-9d6e-0d6f3d6a5b11", "key-1", &signer)];
    // Redox itself is `Server::redox(Region::Us)`.
    let server = Server::new("http://127.0.0.1:8080", "http://127.0.0.1:8080/v2/auth/token")?;
    let client = Client::new(server).with_oauth_keys(&keys);
    let mut session = Session::<_, [u8; 1024]>::new(client);

    loop {
        let sent_at = now(start)?;
        match session.next(sent_at.instant) {
            Next::Use { token, .. } => {
                println!("obtained a token of {} bytes", token.expose().len());
                return Ok(());
            }
            Next::Stop { reason, .. } => return Err(Box::new(reason)),
            Next::Wait { .. } => {
                std::thread::sleep(std::time::Duration::from_millis(100));
                continue;
            }
            Next::Fetch | Next::Renew { .. } => {}
        }

        let mut random = [0; 16];
        std::fs::File::open("/dev/urandom")?.read_exact(&mut random)?;
        let mut buffer = [0; 1024];
        let request = session.request(sent_at, JwtId::from_random(random), &mut buffer)?;
        let answer = exchange(&request);
        let ticket = request.ticket;
        match answer {
            Ok((status, mut body)) => {
                // Add the headers `Date`, `Age`, `Cache-Control` and `Retry-After` of the answer.
                let response = Response::new(status, Channel::Authenticated, &mut body);
                if let Received::Refused(refusal) = session.receive(ticket, now(start)?, response) {
                    eprintln!("the server refused: {}", refusal.words(&[]));
                }
            }
            Err(_) => session.failed(ticket, now(start)?.instant),
        }
    }
}

/// Reads a clock that never goes backwards, and the wall clock.
fn now(start: std::time::Instant) -> Result<Now, std::time::SystemTimeError> {
    let since_1970 = std::time::SystemTime::UNIX_EPOCH.elapsed()?;
    Ok(Now {
        instant: Instant::from_millis(start.elapsed().as_millis() as u64),
        unix: Some(UnixTime::from_secs(since_1970.as_secs())),
    })
}

/// Sends a request over plain HTTP, which core allows on loopback only. For any other server use an HTTP client with TLS.
fn exchange(request: &Request<'_>) -> std::io::Result<(u16, Vec<u8>)> {
    let (method, url, body) = (request.method.as_str(), request.url, request.expose_body());
    let mut stream = TcpStream::connect((url.host(), url.port()))?;
    write!(stream, "{method} {}{} HTTP/1.0\r\n", url.path(), request.path)?;
    write!(stream, "Host: {}\r\nContent-Length: {}\r\n", url.host(), body.len())?;
    write!(stream, "Content-Type: {}\r\n\r\n{body}", request.content_type.unwrap_or("text/plain"))?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let status = answer.get(9..12).and_then(|digits| digits.parse().ok()).unwrap_or(0);
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    Ok((status, body.as_bytes().to_vec()))
}
```
"##
)]
//!
//! # Types
//! **Session**: start with [`Session`].
//! - its settings: [`Identity`], [`Client`], [`Server`], [`Region`], [`Environment`], [`Policy`], [`Url`]
//! - its steps: [`Next`], [`Token`], [`Generation`], [`ServedBy`], [`Counters`]
//! - its requests: [`Request`], [`Prepared`], [`Body`], [`Target`], [`Method`], [`Ticket`]
//! - its answers: [`Response`], [`Channel`], [`Received`], [`Minted`], [`Rejected`]
//! - requests to an API: [`Api`], [`Authorized`]
//! - its memory: [`TokenStorage`]
//! - several sessions: [`Sessions`], [`NextOf`]
//! - migration from a legacy API key: [`LegacyKey`], [`Preference`], [`SecretRotation`], [`WhyNotYet`]
//!
//! **Assertions and keys**
//! - assertions: [`OAuthKey`], [`Assertion`], [`AssertionTemplate`], [`JwtId`], [`JwtType`], [`max_assertion_len`]
//! - signers: [`Signer`], [`AsyncSigner`], [`BlockingSigner`], [`Algorithm`], [`Unsigned`], [`Digest`]
//! - signatures from a KMS or a secure element: [`parse_signature`], [`parse_signature_der`], [`write_signature_der`]
//! - keys of this crate, each with a feature: `Es256Key`, `Es384Key`, `Es512Key`, `RsaKey`, `SigningKey`, `KeyRoom`
//! - key files: [`PrivateKey`], [`PublicKey`], [`KeyMaterial`], [`PublicKeyMaterial`], [`KeyForm`], [`Found`]
//! - registration: [`write_jwk_set`], [`Thumbprint`]
//! - stack: [`wiped`]
//!
//! **Token requests and replies**, without a session
//! - [`TokenRequest`], [`write_token_request`], [`max_token_request_len`]
//! - [`TokenReply`], [`TokenResponse`], [`TokenType`], [`AccessToken`], [`scopes_not_granted`]
//! - refusals: [`Refusal`], [`Refused`], [`Reason`], [`ErrorCode`], [`Words`], [`Phrase`], [`PeerText`]
//! - legacy API keys: [`LegacyTokenReply`], [`LegacyTokenResponse`]
//! - servers with other requirements: [`Dialect`], [`Grant`], [`Claims`], [`HeaderMembers`], [`FormFields`]
//!
//! **Expiry and clock**: [`Expiry`], [`Freshness`], [`Instant`], [`UnixTime`], [`Now`], [`RetryAfter`]
//!
//! **Discovery**: [`MetadataUrl`], [`MetadataKind`], [`ServerMetadata`], [`NameList`], [`DiscoveredServer`]
//!
//! **DPoP**: [`DpopIdentity`], [`DpopKey`], [`DpopProof`], [`DpopNonce`], [`asks_for_dpop_nonce`]
//!
//! **Pace and statuses**: [`Pace`], [`Paced`], [`Started`], [`Turn`], [`Trouble`], [`Rate`], [`StatusMeaning`], [`Done`]
//!
//! **Messages**
//! - to Redox: [`Meta`], [`Party`], [`Sources`], [`Traffic`], [`MetaAnswer`], [`MetaFault`], [`MetaLog`]
//! - from Redox: [`VerificationToken`], [`Incoming`], [`IncomingHeaders`], [`Challenge`], [`TokenPlace`]
//!
//! # Errors
//! | Error | From |
//! |---|---|
//! | [`RequestError`] | a request of a session that could not be written |
//! | [`AnswerError`], [`Stopped`] | a session without a token |
//! | [`AuthorizeError`] | a request to an API that must not get the token |
//! | [`SaveError`], [`RestoreError`] | the record of a token |
//! | [`SessionsError`] | a table of sessions |
//! | [`WriteError`] | a text or an assertion that could not be written |
//! | [`KeyError`], [`JwkProblem`], [`PublicKeyError`] | a key |
//! | [`SignError`], [`SignatureError`] | a signature |
//! | [`ParseError`], [`ParseErrorKind`] | an answer that violates the protocol |
//! | [`UrlError`], [`DialectError`], [`MetaError`] | the caller's settings or message |
//! | [`MetadataError`], [`DpopNonceError`] | a server's metadata or nonce |
//! | [`IncomingError`] | a request from Redox |
//!
//! Errors are `Copy`, and hold no secret and no byte from the wire. A buffer that is too short gives the exact length needed.
//! No input causes a panic.
//!
//! # Features
//! No feature is on by default.
//! - `es256`, `es384`, `es512`, `rs256`, `rs384`, `rs512`, `ps256`: signing with this algorithm in pure Rust. Without them,
//!   the caller supplies the signer.
//! - `flash-tables`: tables of multiples of the base points. Signing with ES256, ES384 and ES512, and parsing such a key, then
//!   takes a third or a quarter of the instructions. See [Speed](#speed).
//!
//! # Platforms
//! Rust 1.88 or later, on every target with `core`. The tests run on Linux, and on emulated Cortex-M0, M3, M4F and M33,
//! RV32IMAC and RV64IMAC. The crate re-exports nothing from other crates.
//!
//! # Stack
//! `STACK_LEN` of each key type is the greatest amount of stack that parsing a key or signing takes: 5.25 KiB for ES256,
//! 7.75 KiB for ES384, 10.5 KiB for ES512, 6 KiB for RSA with 2048 bits and 12 KiB with 4096. It is measured on Cortex-M0, M3,
//! M4F and M33, RV32IMAC and RV64IMAC (ES512 and RSA with 4096 bits on the M4F alone), with `opt-level = "s"`.
//!
//! Before such a call returns, it overwrites its stack with zeros, including the copies that the curve crates leave there. It
//! does not overwrite three things:
//! - registers that an interrupt saves on the same stack during the call,
//! - stack beyond the measured frames (a build without optimization uses more),
//! - copies that the program makes when it moves a key. A `KeyRoom` holds a key that never moves.
//!
//! # Constant time
//! The executed instructions and the accessed addresses do not depend on a private number or a nonce. The source ensures this,
//! here and in the crates for curves and large numbers. The machine code has not been checked. The processor must also
//! multiply any two words in the same time:
//! - A Cortex-M4 does, in one cycle (Arm DDI 0439), and a Cortex-M0 in 1 or 32 (Arm DDI 0432). For Cortex-M7 and M33 Arm
//!   publishes no such table.
//! - A Cortex-M3 does not: its long multiplications end early for small values (Arm DDI 0337).
//! - RISC-V does with the extension Zkt. Without a multiplier (RV32I) the compiler's library multiplies in a loop over the bits
//!   of one factor, and its time depends on these bits.
//! - 64-bit processors guarantee it in a special mode: Arm with `DIT`, Intel with DOITM.
//!
//! If an attacker can measure the time of a signature, and the processor is not of the first kind, keep the key in a secure
//! element. There is no protection against the measurement of power or electromagnetic emissions.
//!
//! # Speed
//! An [`AssertionTemplate`] makes it cheap to write many assertions with one key.
//!
//! On a device, the feature `flash-tables` puts tables of multiples of the base points into flash. It takes no RAM. Only the
//! tables of the algorithms in use are linked: 8 KB for ES256, 24 KB for ES384, 17 KB for ES512. On a Cortex-M4F, a token
//! request with ES256 takes 2.3 million instructions instead of 7.1, and one with ES384 6.7 million instead of 27.9. The
//! signatures are the same, bit for bit. `tests/firmware/README.md` has the figures of other processors. If the flash of a
//! table is damaged, signing fails with [`SignError::Faulty`].
//!
//! The crates `redox-auth-curves`, `p256` and `p384` contain most of the curve arithmetic. Firmware that is optimized for size
//! can optimize these crates for speed, with or without tables:
//!
//! ```toml
//! [profile.release.package]
//! redox-auth-curves.opt-level = 3
//! p384.opt-level = 3
//! ```
//!
//! On a host, ES256 and ES384 take a third of the time with the tables of `p256` and `p384`. The program must enable them in
//! its own `Cargo.toml`, because they need the standard library:
//!
//! ```toml
//! p256 = { version = "0.14", default-features = false, features = ["precomputed-tables", "std"] }
//! p384 = { version = "0.14", default-features = false, features = ["precomputed-tables", "std"] }
//! ```

#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(test)]
extern crate std;

mod algorithm;
mod asn1;
mod assertion;
mod base64url;
mod chance;
mod credential;
mod dialect;
mod digest;
mod division;
mod dpop;
mod expiry;
mod footprint;
mod form;
mod identity;
mod incoming;
mod json;
mod jwt;
mod jwt_id;
mod key;
mod legacy;
mod meta;
mod metadata;
mod out;
mod pace;
mod parse_error;
mod peer_text;
mod region;
mod request;
mod response;
mod retry_after;
mod secret;
mod server;
mod session;
mod sessions;
mod signature;
mod signer;
#[cfg(any(
    feature = "es256",
    feature = "es384",
    feature = "es512",
    feature = "ps256",
    feature = "rs256",
    feature = "rs384",
    feature = "rs512"
))]
mod signing_key;
mod status;
mod time;
mod unsigned;
mod write_error;

pub use algorithm::Algorithm;
pub use assertion::{Assertion, AssertionTemplate, max_assertion_len, max_assertion_len_in};
pub use credential::OAuthKey;
pub use dialect::{Claims, Dialect, DialectError, FormFields, Grant, HeaderMembers, MaybeDialect};
pub use digest::Digest;
pub use dpop::{
    DpopKey, DpopNonce, DpopNonceError, DpopProof, asks_for_dpop_nonce, max_dpop_proof_len,
};
pub use expiry::{Expiry, Freshness, REFRESH_MARGIN_SECS};
pub use footprint::wiped;
pub use identity::{Client, DpopIdentity, Identity, Policy};
pub use incoming::{
    Challenge, Incoming, IncomingError, IncomingHeaders, TokenPlace, VerificationToken,
};
pub use jwt::{BACKDATE_SECS, JwtType, MAX_LIFETIME_SECS};
pub use jwt_id::JwtId;
pub use key::{
    EcKeyMaterial, Found, JwkProblem, KeyError, KeyForm, KeyMaterial, PRIVATE_KEY_SCRATCH_LEN,
    PrivateKey, PublicKey, PublicKeyError, PublicKeyMaterial, RsaKeyMaterial, Thumbprint,
    write_jwk_set,
};
pub use legacy::{LegacyKey, LegacyTokenReply, LegacyTokenResponse};
pub use meta::{Meta, MetaAnswer, MetaError, MetaFault, MetaLog, Party, Sources, Traffic};
pub use metadata::{
    DiscoveredServer, MetadataError, MetadataKind, MetadataUrl, NameList, ServerMetadata,
};
pub use pace::{Pace, Paced, Rate, Started, Trouble, Turn};
pub use parse_error::{ParseError, ParseErrorKind};
pub use peer_text::PeerText;
pub use region::{
    DATA_MODEL_PATH, FHIR_PATH, LEGACY_AUTHENTICATE_PATH, LEGACY_REFRESH_PATH, Region, TOKEN_PATH,
};
pub use request::{
    TokenRequest, max_token_request_len, max_token_request_len_in, write_token_request,
    write_token_request_in,
};
pub use response::{
    DEFAULT_LIFETIME_SECS, ErrorCode, Phrase, Reason, Refusal, Refused, TokenReply, TokenResponse,
    TokenType, Words, scopes_not_granted,
};
pub use retry_after::RetryAfter;
pub use secret::AccessToken;
pub use server::{Environment, Server, Url, UrlError};
pub use session::{
    AnswerError, Api, AuthorizeError, Authorized, Body, Channel, Counters, Generation, Method,
    Minted, Next, Preference, Prepared, Received, Rejected, Request, RequestError, Response,
    RestoreError, SaveError, SecretRotation, ServedBy, Session, Stopped, Target, Ticket, Token,
    TokenStorage, WhyNotYet,
};
pub use sessions::{NextOf, Sessions, SessionsError};
pub use signature::{SignatureError, parse_signature, parse_signature_der, write_signature_der};
pub use signer::{AsyncSigner, BlockingSigner, MAX_SIGNATURE_LEN, SignError, Signer};
#[cfg(feature = "es256")]
pub use signing_key::Es256Key;
#[cfg(feature = "es384")]
pub use signing_key::Es384Key;
#[cfg(feature = "es512")]
pub use signing_key::Es512Key;
#[cfg(any(
    feature = "es256",
    feature = "es384",
    feature = "es512",
    feature = "ps256",
    feature = "rs256",
    feature = "rs384",
    feature = "rs512"
))]
pub use signing_key::{KeyRoom, SigningKey};
#[cfg(any(
    feature = "ps256",
    feature = "rs256",
    feature = "rs384",
    feature = "rs512"
))]
pub use signing_key::{RsaKey, RsaKey2048, RsaKey3072, RsaKey4096};
pub use status::{Done, StatusMeaning};
pub use time::{Instant, Now, RELEASED_AT, UnixTime};
pub use unsigned::Unsigned;
pub use write_error::WriteError;
