//! Drives the command `redox-auth` against servers and JOSE libraries that we did not write.
//!
//! `cargo xtask test interop` installs what the tests need beside this file and runs them. A test that finds something
//! missing fails and names that command; none is skipped.

#![expect(
    clippy::indexing_slicing,
    reason = "all of it is for tests: a panic is a failure with a place"
)]

mod client;
mod command;
mod foreign_keys;
mod mllp_client;
mod mllp_server;
mod moto_kms;
mod namespaces;
mod oidc_provider;
mod peer;
mod program;
mod server;
mod sftp_server;
mod tools;
mod verifier;

pub use client::{ALGORITHMS, Client};
pub use command::{Outcome, redox_auth, redox_auth_reading};
pub use foreign_keys::{DescribedKey, ForeignKey, describe_keys, foreign_keys};
pub use mllp_client::{MllpClient, acknowledgments, read_by_redox};
pub use mllp_server::MllpServer;
pub use moto_kms::{MotoKms, aws_kms_example};
pub use namespaces::Namespaces;
pub use oidc_provider::{Event, OidcProvider, Profile};
pub use peer::Peer;
pub use program::{Program, free_port, shell};
pub use sftp_server::SftpServer;
pub use tools::{python_folder, redox_auth_binary};
pub use verifier::{Reading, SentForm, Verdict, Verifier};
