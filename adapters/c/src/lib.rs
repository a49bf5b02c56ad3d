#![doc = include_str!("../README.md")]
#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]

// A build that unwinds, as those of tests do, takes its panic handler from there. The library for C aborts, and has none
// of it.
#[cfg(not(panic = "abort"))]
extern crate std;

mod config;
mod dialect;
#[cfg(feature = "dpop")]
mod dpop;
mod key;
#[cfg(feature = "metadata")]
mod metadata;
mod opaque;
#[cfg(panic = "abort")]
mod panic;
mod pointer;
mod public_key;
mod session;
mod signer;
mod status;
mod text;
mod version;
mod wipe;

pub use config::{
    redox_auth_config, redox_auth_jwt_type, redox_auth_oauth_key, redox_auth_policy,
    redox_auth_server,
};
pub use dialect::{
    REDOX_AUTH_DIALECT_CLIENT_ID, REDOX_AUTH_DIALECT_NO_BACKDATE, REDOX_AUTH_DIALECT_NOT_BEFORE,
    REDOX_AUTH_DIALECT_WITHOUT_KEY_ID, REDOX_AUTH_DIALECT_WORDS, redox_auth_dialect,
    redox_auth_dialect_config, redox_auth_dialect_init, redox_auth_grant,
};
#[cfg(feature = "dpop")]
pub use dpop::{
    REDOX_AUTH_DPOP_NONCE_MAX, redox_auth_dpop_asks_for_nonce, redox_auth_dpop_proof,
    redox_auth_dpop_request,
};
pub use key::{
    REDOX_AUTH_ANY_KEY_SIZE, REDOX_AUTH_ES256_KEY_SIZE, REDOX_AUTH_ES384_KEY_SIZE,
    REDOX_AUTH_RSA_KEY_SIZE, redox_auth_any_key, redox_auth_any_key_deinit,
    redox_auth_any_key_init, redox_auth_any_key_public, redox_auth_es256_key,
    redox_auth_es256_key_deinit, redox_auth_es256_key_init, redox_auth_es256_key_public,
    redox_auth_es384_key, redox_auth_es384_key_deinit, redox_auth_es384_key_init,
    redox_auth_es384_key_public, redox_auth_rsa_key, redox_auth_rsa_key_deinit,
    redox_auth_rsa_key_init, redox_auth_rsa_key_public,
};
#[cfg(feature = "es512")]
pub use key::{
    REDOX_AUTH_ES512_KEY_SIZE, redox_auth_es512_key, redox_auth_es512_key_deinit,
    redox_auth_es512_key_init, redox_auth_es512_key_public,
};
#[cfg(feature = "metadata")]
pub use metadata::{
    redox_auth_metadata, redox_auth_metadata_kind, redox_auth_metadata_read,
    redox_auth_metadata_url,
};
pub use opaque::REDOX_AUTH_ALIGN;
pub use public_key::{
    REDOX_AUTH_PUBLIC_KEY_SIZE, REDOX_AUTH_THUMBPRINT_SIZE, redox_auth_public_key,
    redox_auth_public_key_from_point, redox_auth_public_key_from_rsa, redox_auth_public_key_jwks,
    redox_auth_public_key_thumbprint,
};
pub use session::*;
pub use signer::{redox_auth_algorithm, redox_auth_sign, redox_auth_signer};
pub use status::{redox_auth_status, redox_auth_status_text};
pub use text::redox_auth_text;
pub use version::{
    REDOX_AUTH_VERSION_MAJOR, REDOX_AUTH_VERSION_MINOR, REDOX_AUTH_VERSION_PATCH,
    redox_auth_version,
};
pub use wipe::redox_auth_wipe;
