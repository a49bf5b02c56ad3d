//! One function for each parser, and for what core writes: it takes any bytes, and panics when something is wrong.
//!
//! Each is the body of a libFuzzer target in `src/bin`, and is run on the files of `corpus/` by an ordinary test, so a
//! file that was once a crash stays tested. README.md tells how to fuzz.

mod assertion;
mod files;
mod http_date;
mod http_response;
mod incoming;
mod key_file;
#[allow(dead_code, unreachable_pub, reason = "the client has more uses for it")]
mod keys;
mod legacy_response;
mod meta;
mod meta_answer;
mod mllp_answer;
mod mllp_message;
mod private_key;
mod retry_after;
mod rfc3339;
mod server_metadata;
mod session;
mod token_record;
mod token_reply;
mod url;

pub use assertion::assertion;
pub use files::run_files;
pub use http_date::http_date;
pub use http_response::http_response;
pub use incoming::incoming;
pub use key_file::key_file;
pub use legacy_response::legacy_response;
pub use meta::meta;
pub use meta_answer::meta_answer;
pub use mllp_answer::mllp_answer;
pub use mllp_message::mllp_message;
pub use private_key::private_key;
pub use retry_after::retry_after;
pub use rfc3339::rfc3339;
pub use server_metadata::server_metadata;
pub use session::session;
pub use token_record::token_record;
pub use token_reply::token_reply;

// Not the crate of this name.
pub use self::url::url;

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
