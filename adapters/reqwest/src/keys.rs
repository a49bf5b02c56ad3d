//! Private keys, and their signatures.

pub(crate) mod access;
pub(crate) mod aws_lc;
#[cfg(feature = "batch")]
pub(crate) mod batch;
#[cfg(feature = "certificates")]
pub(crate) mod certificate;
mod choice;
pub(crate) mod content;
pub(crate) mod file;
pub(crate) mod key;
pub(crate) mod key_file;
mod kind;
pub(crate) mod note;
mod openssh;
mod pss;
pub(crate) mod remote_signer;
mod rust;
pub(crate) mod secret_file;
pub(crate) mod text;
pub(crate) mod unusable;
mod verify;
pub(crate) mod watched;
mod wiped_stack;
