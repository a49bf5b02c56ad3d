//! Core from outside, one module a behaviour; in one program, which links once.
#![cfg(test)]
#![cfg(all(feature = "es256", feature = "es384", feature = "rs384"))]

mod assertion;
mod bad_key;
mod bad_number;
mod hostile_body;
mod incoming;
mod jwk;
mod legacy;
mod malformed_der;
mod private_jwk;
mod private_key;
mod random_claims;
mod refusal;
mod rfc3339;
mod secrets;
mod split_signing;
mod support;
mod token_reply;
mod token_request;
mod vectors;
