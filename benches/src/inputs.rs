//! What contenders are made of: keys, sessions, a server, and the form in which they are offered.

pub(crate) mod null_signer;
pub(crate) mod offer;
pub(crate) mod place;
pub(crate) mod session;
pub(crate) mod task;
pub(crate) mod token_hosts;
