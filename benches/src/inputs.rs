//! The inputs of contenders: keys, sessions and a server, and the form of an offer.

pub(crate) mod null_signer;
pub(crate) mod offer;
pub(crate) mod place;
pub(crate) mod session;
pub(crate) mod task;
pub(crate) mod token_hosts;
