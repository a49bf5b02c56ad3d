//! Shared parts of the tests.

pub(crate) mod content;
pub(crate) mod der;
pub(crate) mod driver;
pub(crate) mod keys;
pub(crate) mod limited;
pub(crate) mod migration;
pub(crate) mod random;
pub(crate) mod record;
pub(crate) mod replies;
pub(crate) mod servers;
pub(crate) mod session;
pub(crate) mod signers;
pub(crate) mod verifier;
