use cortex_m_rt::ExceptionFrame;
use semihosting::{eprintln, process};

/// What an image does about a hard fault, such as a stack that grew into the variables, and on beyond the memory.
///
/// Each image that wants this calls it from its own handler: with a handler here, every image would have it.
pub fn fault(frame: &ExceptionFrame) -> ! {
    eprintln!("{frame:?}");
    process::exit(1)
}
