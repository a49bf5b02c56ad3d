//! Measures what a client for each tenant costs: its time, its memory, and how soon the first one speaks.
//!
//! A library takes part with a program that implements [`Clients`] and calls [`serve`] with what [`works`] makes of it. The
//! benches start that program anew for each figure, because each of them depends on what the process has done before.

mod clients;
mod endpoint;
mod memory;
mod serve;
mod works;

pub use clients::{Clients, Tenant};
pub use memory::resident;
pub use serve::serve;
pub use works::works;
