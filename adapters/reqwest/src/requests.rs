//! Requests to the API, with a token on them.

pub(crate) mod body;
pub(crate) mod call;
mod dpop;
pub(crate) mod places;
pub(crate) mod retry;
pub(crate) mod send;
mod shared;

pub(crate) use shared::{Requests, Shared};
