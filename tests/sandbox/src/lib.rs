#![doc = include_str!("../README.md")]

mod assertion;
mod calls;
mod certificate;
mod client;
mod clock;
mod counters;
mod customer;
mod dashboard;
mod directory;
mod dpop;
mod endpoint;
mod exchange;
mod expiring;
mod fault;
mod fhir;
mod form;
mod grant;
mod jwks;
mod legacy;
mod like;
mod manage;
mod mllp;
mod object;
mod platform;
mod public_key;
mod public_keys;
mod random;
mod refusal;
mod registration;
mod route;
mod rules;
mod sandbox;
mod server;
#[cfg(feature = "sftp")]
mod sftp;
mod shared;
mod state;
mod token;
mod traffic;
mod upload;

pub use certificate::CaCertificate;
pub use clock::Clock;
pub use counters::Counters;
pub use customer::{CallError, Challenge, Customer, Echo, Verb};
pub use directory::RegisterError;
pub use exchange::{Request, Response};
pub use fault::{
    Delivery, Disconnect, Fault, FaultOrder, Junk, Mix, ParseFaultError, Place, RetryAfter, Times,
};
pub use jwks::JwksError;
pub use mllp::{MllpFault, MllpOrder, MllpServer};
pub use public_keys::{PublicKeys, SignatureCheck};
pub use refusal::{ERROR_URI, Refusal, TOKEN_REFUSAL_STATUS};
pub use registration::{
    Destination, Environment, LegacyKey, LiveTokens, OAuthKey, RefreshTokens, Source,
};
pub use rules::{ClientSettings, Objection, ObjectionKind, Rules, RulesError, Site};
pub use sandbox::{JwksWanted, Sandbox};
pub use server::{BODY_LIMIT, Server, ServerOptions};
#[cfg(feature = "sftp")]
pub use sftp::{SftpFault, SftpOrder, SftpServer};
pub use state::StateError;
pub use upload::UPLOAD_LIMIT;

/// The types that this crate's interface is written in: a user need not match versions by hand.
pub use {http, jiff};
