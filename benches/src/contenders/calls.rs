mod assertion;
mod dialect;
mod incoming;
mod session;
mod token_answer;

use redox_auth_contender::{Task, Work};

/// Every call of core, and what else does the same.
#[must_use]
pub fn calls(task: &Task) -> Vec<Work> {
    let mut works = assertion::works(task);
    works.push(dialect::work_in_dialect(task));
    works.extend(token_answer::works());
    works.extend(session::works(task));
    works.extend(incoming::works());
    works
}
