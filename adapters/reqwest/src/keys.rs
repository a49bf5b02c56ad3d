//! Private keys, and what signs with them.

pub(crate) mod aws_lc;
#[cfg(feature = "batch")]
pub(crate) mod batch;
#[cfg(feature = "certificates")]
pub(crate) mod certificate;
pub(crate) mod file;
pub(crate) mod key;
