//! The protocol of a program that is measured beside others.
//!
//! A contender is a process that the benches start once and ask many times, so that all of them run by turns on the same
//! inputs: whatever slows the machine for a while slows each of them. It times itself, so a pipe costs it nothing.
//! Contenders in other languages speak the same: a line in, a line out.
//!
//! | line in | line out |
//! |---|---|
//! | a [`Task`], first of all | the [`Offer`]s, as a JSON array |
//! | `sample INDEX` | what the offer of this index makes, to be checked |
//! | `run INDEX COUNT` | the nanoseconds that it takes to do it so often |
//! | `measure INDEX` | a JSON object with what else can be said of it, such as its allocations |

mod offer;
mod serve;
mod task;

pub use offer::{Class, Offer, Work};
pub use serve::serve;
pub use task::{ASSERTION_LIFETIME_SECS, ISSUED_AT, KeyName, Task, base64url, jwt_id};
