//! The contenders: ours, and those of other libraries that have no program of their own.

mod batch;
mod calls;
mod exchanges;
mod sessions;
mod signing;

pub use batch::batches;
pub use calls::calls;
pub use exchanges::{cached_token, exchanges};
pub use sessions::{SESSION_COUNTS, many_sessions, session_group, sessions};
pub use signing::signing;
