//! The authorities that a server's certificate may come from, and the verification against them.

mod authorities;
mod bundle;
mod client_certificate;
mod form;
mod presented;
mod read;
mod system;
pub(crate) mod verifier;
mod x509;

pub use authorities::{Authorities, AuthoritySource};
pub(crate) use bundle::CaFile;
pub use client_certificate::ClientCertificate;
