//! What decides in which order threads and tasks do things. The package `redox-auth-interleavings` compiles this crate with
//! another such file, whose threads can be run in any order.

pub(crate) use std::sync::{Mutex, MutexGuard};

pub(crate) use arc_swap::ArcSwap;
pub(crate) use tokio::runtime::Handle;
pub(crate) use tokio::time::timeout;
