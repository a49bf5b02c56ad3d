//! The questions to a sandbox and its changes, each as one operation of the API.

pub(super) mod clock;
pub(super) mod exchanges;
pub(super) mod faults;
pub(super) mod incoming;
pub(super) mod legacy_keys;
pub(super) mod oauth_keys;
mod pasted;
pub(super) mod places;
pub(super) mod rehearsal;
pub(super) mod servers;
pub(super) mod tokens;
