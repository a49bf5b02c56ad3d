//! The guide: one page for each task.
//!
//! | Task | Page |
//! |---|---|
//! | obtain the first token | [`first_token`] |
//! | send messages, files and FHIR requests | [`messages`] |
//! | move from a legacy API key to an OAuth API key | [`migration`] |
//! | replace a key or a secret while the service runs | [`rotation`] |
//! | use one process for many customers | [`tenants`] |
//! | share one token among many processes | [`fleet`] |
//! | keep the private key in an HSM, a TPM or a KMS | [`hardware_keys`] |
//! | use another server than Redox | [`other_servers`] |
//! | bind tokens to a key (DPoP) | [`bound_tokens`] |
//! | use proxies, certificates and connections | [`network`] |
//! | test against a local Redox | [`testing`] |
//! | read logs and metrics | [`observability`] |
//! | understand a refusal | [`refusals`] |
//! | know what happens when clocks are wrong or machines sleep | [`clocks`] |
//! | know what an attacker can and cannot do | [`security`] |
//! | choose an algorithm and a form of key | [`keys`] |
//! | build a device without an operating system | [`devices`] |
//! | know what the client guarantees | [`guarantees`] |
//! | look up a word | [`glossary`] |

pub mod bound_tokens;
pub mod clocks;
pub mod devices;
pub mod first_token;
pub mod fleet;
pub mod glossary;
pub mod guarantees;
pub mod hardware_keys;
pub mod keys;
pub mod messages;
pub mod migration;
pub mod network;
pub mod observability;
pub mod other_servers;
pub mod refusals;
pub mod rotation;
pub mod security;
pub mod tenants;
pub mod testing;
