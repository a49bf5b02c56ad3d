use core::time::Duration;
use std::path::Path;

use crate::command::{Failure, Run};

/// Runs an image on the emulated board and gives back what it printed; it fails unless the image ends by itself with 0.
///
/// The image may open the files of `folder`.
pub(crate) fn run(image: &Path, folder: &Path) -> Result<String, Failure> {
    Run::new("qemu-system-arm")
        .args("-M mps2-an386 -nic user,model=lan9118")
        .args("-display none -monitor none -serial none")
        .args("-semihosting-config enable=on,target=native")
        // One instruction is one nanosecond of the board's time, so that its timer counts them.
        .args("-icount shift=0")
        .args("-kernel")
        .path(image)
        .within(folder)
        .quiet()
        .output_within(LIMIT)
}

/// Far beyond what the slowest image needs: only one that hangs reaches it.
const LIMIT: Duration = Duration::from_secs(120);
