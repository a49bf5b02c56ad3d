//! The primitives that decide the order of threads and tasks. The package `redox-auth-interleavings` compiles this crate
//! with another such file, which can run the threads in any order.

pub(crate) use std::sync::{Mutex, MutexGuard};

pub(crate) use arc_swap::ArcSwap;
pub(crate) use tokio::runtime::Handle;
pub(crate) use tokio::time::timeout;
