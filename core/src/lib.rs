//! The part of redox-auth that makes every decision and moves no byte: client assertions, token requests and what the
//! server answers, for Redox and any other SMART Backend Services or RFC 7523 server.
//!
//! `no_std`, no allocator, no clock, no random source: the caller brings buffers, the time and random bytes.
#![cfg_attr(
    feature = "es256",
    doc = r##"
```
use redox_auth_core::{Es256Key, JwtId, OAuthKey, TokenRequest, UnixTime};

# // The key of RFC 7515, appendix A.3.
# const KEY: &[u8] = br#"{"kty":"EC","crv":"P-256",
#     "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
#     "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
#     "d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}"#;
# let (random, now) = ([7; 16], UnixTime::from_secs(1_800_000_000));
let signer = Es256Key::parse(KEY)?;
let key = OAuthKey::new("2f1c7a52-7d7b-4a5c-9d6e-0d6f3d6a5b11", "key-1", &signer);
let jwt_id = JwtId::from_random(random);
let assertion = key.assertion("https://api.redoxengine.com/v2/auth/token", &jwt_id, now);

let mut buffer = [0; 1024];
let body = TokenRequest::new(assertion).write(&mut buffer)?;
assert!(body.starts_with("grant_type=client_credentials&client_assertion_type="));
# Ok::<(), Box<dyn core::error::Error>>(())
```
"##
)]
//!
//! # Features
//! - `es256`, `es384`, `es512`, `rs256`, `rs384`, `rs512`, `ps256`: signing in pure Rust with that algorithm. Without them
//!   the signer is the caller's.
//! - `flash-tables`: multiples of the base points as constants, so that signing with ES256, ES384 and ES512 and reading such a
//!   key take a third or a quarter of the instructions. See [Speed](#speed).
//!
//! # Stack
//! `STACK_LEN` of each type of keys is the most stack that reading a key or signing takes: 5.25 KiB for ES256, 7.75 KiB for
//! ES384, 10.5 KiB for ES512, 6 KiB for RSA of 2048 bits and 12 KiB for 4096. It is measured on Cortex-M0, M3, M4F and M33,
//! RV32IMAC and RV64IMAC (ES512 and RSA of 4096 bits on the M4F alone), built with `opt-level = "s"`. When such a call returns, the stack that it used is overwritten with zeros, the copies that the
//! crates of the curves leave there included. Three things are not: registers that an interrupt saves on the same stack
//! during the call, what goes beyond the measured frames (more in a build without optimization), and the copies that a
//! program makes when it moves a key. A `KeyRoom` holds a key that never moves.
//!
//! # Constant time
//! Which instructions run and which addresses they touch does not depend on a private number or a nonce: so the source is
//! written, here and in the crates of the curves and of large numbers. Nobody checked the machine code. It also takes a
//! processor that multiplies any two words in the same time:
//! - a Cortex-M4 does, in one cycle (Arm DDI 0439), and a Cortex-M0 in 1 or 32 (Arm DDI 0432); for Cortex-M7 and M33 Arm
//!   publishes no such table;
//! - a Cortex-M3 does not: its long multiplications end early for small values (Arm DDI 0337);
//! - RISC-V does with the extension Zkt. Without a multiplier (RV32I) the compiler's library multiplies in a loop over the
//!   bits of one factor, and its time depends on them;
//! - 64-bit processors promise it in a mode of their own: Arm with `DIT`, Intel with DOITM.
//!
//! Where someone nearby can measure how long a device takes to sign, and its processor is none of the first kind, keep the
//! key in a secure element. Power and electromagnetic emissions are not considered at all.
//!
//! # Speed
//! An [`AssertionTemplate`] makes it cheap to write many assertions with one key.
//!
//! On a device, the feature `flash-tables` puts tables of multiples of the base points into flash. It takes no RAM. Only the
//! tables of the algorithms in use are linked: 8 KB for ES256, 24 KB for ES384, 17 KB for ES512. On a Cortex-M4F, a token
//! request with ES256 takes 2.3 million instructions instead of 7.1, and one with ES384 6.7 million instead of 27.9. The
//! signatures stay the same to the bit. `tests/firmware/README.md` has the figures of other processors. If the flash of a table
//! is damaged, signing fails with [`SignError::Faulty`].
//!
//! Most of the arithmetic on curves is compiled in the crates `redox-auth-curves`, `p256` and `p384`. A firmware that is built
//! for size can build these for speed, without tables or with them:
//!
//! ```toml
//! [profile.release.package]
//! redox-auth-curves.opt-level = 3
//! p384.opt-level = 3
//! ```
//!
//! On a host, ES256 and ES384 take a
//! third of the time with the tables of `p256` and `p384`, which the program itself switches on, in its own
//! `Cargo.toml`, because they need the standard library:
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
