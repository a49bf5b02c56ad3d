//! Proof of possession (RFC 9449): a token bound to a key is useless without a proof signed with that key. Each request
//! needs a new proof.

mod challenge;
mod key;
mod nonce;
mod proof;

pub use challenge::asks_for_dpop_nonce;
pub use key::DpopKey;
pub use nonce::{DpopNonce, DpopNonceError};
pub use proof::{DpopProof, max_dpop_proof_len};
