mod assertion;
mod incoming;
mod session;
mod token_answer;

use core::hint::black_box;

use redox_auth_contender::{Class, Offer, Task, Work};

/// Every call of core, and what else does the same.
#[must_use]
pub fn calls(task: &Task) -> Vec<Work> {
    let mut works = assertion::works(task);
    works.extend(token_answer::works());
    works.extend(session::works(task));
    works.extend(incoming::works());
    works
}

/// `call`, so often; what it returns is kept from being optimized away.
fn work<T>(group: &str, name: &str, how: &str, mut call: impl FnMut() -> T + 'static) -> Work {
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
