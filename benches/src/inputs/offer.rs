use core::hint::black_box;

use redox_auth_contender::{Class, Offer, Work};

/// `call`, so often; what it returns is kept from being optimized away.
pub(crate) fn work<T>(
    group: &str,
    name: &str,
    how: &str,
    mut call: impl FnMut() -> T + 'static,
) -> Work {
    Work::bulk(offer(group, name, how), move |count| {
        for _ in 0..count {
            black_box(call());
        }
    })
}

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
