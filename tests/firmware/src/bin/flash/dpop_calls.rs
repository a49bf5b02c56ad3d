use core::fmt::Display;

use redox_auth_core::{
    Client, DpopIdentity, DpopKey, DpopNonce, DpopNonceError, DpopProof, Session, Signer,
    asks_for_dpop_nonce, max_dpop_proof_len,
};

use crate::function::{Function, functions};

/// A session whose tokens are bound to a key, and the proofs that go with them.
#[used]
pub(crate) static DPOP: [Function; 20] = functions![
    DpopKey::write_template,
    DpopProof::new,
    DpopProof::write_claims,
    DpopProof::prepare,
    DpopProof::write::<Key>,
    DpopNonce::<128>::remember,
    DpopNonce::<128>::as_str,
    <DpopNonceError as Display>::fmt,
    asks_for_dpop_nonce,
    max_dpop_proof_len,
    One::new,
    One::next,
    One::request,
    One::prepare,
    One::receive,
    One::rejected,
    One::authorize_with_proof,
    One::token_type,
    One::save,
    One::restore,
];

/// Whatever signs: a call to somewhere else.
type Key = dyn Signer;
type Device = DpopIdentity<'static, Client<'static, Key>>;
type One = Session<Device>;
