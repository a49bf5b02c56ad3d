//! One function for each parser, and one for what core writes: it takes any bytes, and panics when something is wrong.
//!
//! Each is the body of a libFuzzer target in `src/bin`, and is run on the files of `corpus/` by an ordinary test, so a
//! file that was once a crash stays tested. README.md tells how to fuzz.

mod assertion;
mod files;
mod incoming;
mod legacy_response;
mod private_key;
mod token_reply;

pub use assertion::assertion;
pub use files::run_files;
pub use incoming::incoming;
pub use legacy_response::legacy_response;
pub use private_key::private_key;
pub use token_reply::token_reply;

#[cfg(fuzzing)]
pub use libfuzzer_sys;

/// Makes a program of a target: for libFuzzer while fuzzing, and else one that takes files and runs it on each.
#[cfg(fuzzing)]
#[macro_export]
macro_rules! target {
    ($target:path) => {
        $crate::libfuzzer_sys::fuzz_target!(|input: &[u8]| $target(input));
    };
}

/// Makes a program of a target: for libFuzzer while fuzzing, and else one that takes files and runs it on each.
#[cfg(not(fuzzing))]
#[macro_export]
macro_rules! target {
    ($target:path) => {
        fn main() -> std::io::Result<()> {
            $crate::run_files($target)
        }
    };
}
