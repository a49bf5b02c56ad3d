use redox_auth_contender::{Class, Offer};

/// Something in Rust that computes no signature.
#[must_use]
pub fn offer(group: &str, name: &str, how: &str) -> Offer {
    Offer {
        group: group.to_owned(),
        name: name.to_owned(),
        version: String::new(),
        backend: String::new(),
        class: Class::Rust,
        how: how.to_owned(),
        bare: false,
    }
}

/// Ours, in groups where others may be beside it.
pub(crate) const OURS: &str = "redox-auth";
