//! Proof of possession (RFC 9449): a token that is bound to a key is worth nothing without a proof by that key, one for
//! each request.

mod challenge;
mod key;
mod nonce;
mod proof;

pub use challenge::asks_for_dpop_nonce;
pub use key::DpopKey;
pub use nonce::{DpopNonce, DpopNonceError};
pub use proof::{DpopProof, max_dpop_proof_len};
