//! One credential's token, which all callers share. It knows nothing of requests to the API.

mod attempt;
mod attempts;
pub(crate) mod dialect;
mod exchange;
pub(crate) mod files;
pub(crate) mod fleet;
pub(crate) mod fleet_store;
mod flight;
pub(crate) mod identity;
mod key_headers;
mod outcome;
mod proofs;
pub(crate) mod prover;
pub(crate) mod renewal;
mod rereading;
mod sending;
pub(crate) mod shared;
pub(crate) mod shared_files;
pub(crate) mod shared_tokens;
pub(crate) mod source;
pub(crate) mod state;
pub(crate) mod storage;
pub(crate) mod token;

pub(crate) use shared::{Shared, Tokens};
