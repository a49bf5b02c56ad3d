//! Black-box tests of core, one module for each behaviour, in one program that links once.
#![cfg(test)]
#![cfg(all(
    feature = "es256",
    feature = "es384",
    feature = "es512",
    feature = "ps256",
    feature = "rs256",
    feature = "rs384",
    feature = "rs512"
))]

mod adopted_token;
mod assertion;
mod authorize;
mod bad_key;
mod bad_number;
mod dialect;
mod dpop;
mod growing_storage;
mod hostile_answer;
mod hostile_body;
mod http_date;
mod identity;
mod incoming;
mod jwk;
mod key_room;
mod key_rotation;
mod legacy;
mod malformed_der;
mod meta;
mod meta_answer;
mod metadata;
mod migration;
mod pace;
mod pace_limits;
mod peers_bugs;
mod private_jwk;
mod private_key;
mod random_claims;
mod refusal;
mod rejected;
mod retry_after;
mod rfc3339;
mod rsa_algorithms;
mod secret_rotation;
mod secrets;
mod server;
mod session;
mod session_back_off;
mod session_cache;
mod session_clock;
mod session_dpop;
mod session_legacy;
mod session_refusal;
mod session_secrets;
mod session_signing;
mod sessions_table;
mod signature_form;
mod spki;
mod split_signing;
mod status;
mod support;
mod template;
mod token_hosts;
mod token_record;
mod token_record_clock;
mod token_record_damage;
mod token_reply;
mod token_request;
mod two_keys;
mod urls;
mod vectors;
mod words;
