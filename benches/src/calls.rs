mod assertion;
mod incoming;
mod session;
mod token_answer;

use core::hint::black_box;

use redox_auth_contender::{Task, Work};

use crate::offer::offer;

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
