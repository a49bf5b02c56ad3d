//! What several behaviours are tested with.

pub(crate) mod der;
pub(crate) mod keys;
pub(crate) mod random;
pub(crate) mod replies;
pub(crate) mod signers;
pub(crate) mod verifier;
