//! Calls all of core but signatures, and the MLLP adapter, for the host to look at what gets linked: nothing that panics or allocates may.
//!
//! Every input comes out of a `black_box`, so the optimizer knows none and drops no panic that one could reach. The
//! image runs, too, and ends with 0 when every call did what it should, or with the number of the first that did not.
//! Left out with the signatures is what makes a signer of a key, which computes on its curve; `Debug`, which of a text is
//! the standard library's and slices; and what is in the image `guarded_calls`.
#![no_std]
#![no_main]

mod answers;
mod assertions;
mod dpop;
mod incoming;
mod keys;
mod meta;
mod metadata;
mod mllp;
mod pace;
mod server;
mod session;
mod sessions;
mod signatures;

#[cfg(feature = "deliberate-panic")]
use core::hint::black_box;

use cortex_m_rt::entry;
use semihosting::process;

#[entry]
fn main() -> ! {
    #[cfg(feature = "deliberate-panic")]
    black_box(black_box([1_u8].as_slice())[black_box(0)]);

    let failed = CALLS.iter().position(|call| call().is_none());
    // Counted from 1.
    let code = failed.and_then(|at| i32::try_from(at.saturating_add(1)).ok());
    process::exit(code.unwrap_or(0))
}

const CALLS: [fn() -> Option<()>; 24] = [
    assertions::all,
    assertions::split,
    keys::public,
    keys::private,
    incoming::all,
    answers::token_replies,
    answers::legacy,
    answers::header_dates,
    server::servers,
    server::urls,
    session::oauth,
    session::without_a_clock,
    session::migration,
    session::record,
    sessions::all,
    dpop::proofs,
    dpop::session,
    meta::all,
    metadata::all,
    pace::all,
    mllp::exchange,
    mllp::silence,
    mllp::receiving,
    signatures::forms,
];
