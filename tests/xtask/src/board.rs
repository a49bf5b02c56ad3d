use core::time::Duration;
use std::path::Path;

use crate::command::{Failure, Run};

/// Runs an image on the emulated board and gives back what it printed; it fails unless the image ends by itself with 0.
///
/// The image may open the files of `folder`.
pub(crate) fn run(image: &Path, folder: &Path) -> Result<String, Failure> {
    Run::new(EMULATOR)
        .args(ARGUMENTS)
        .path(image)
        .within(folder)
        .quiet()
        .output_within(LIMIT)
}

pub(crate) const EMULATOR: &str = "qemu-system-arm";

/// How the emulator is started; the image follows.
///
/// With `-icount shift=0` one instruction is one nanosecond of the board's time, so that its timer counts them; while the
/// processor sleeps, that time goes with ours.
pub(crate) const ARGUMENTS: &str = "-M mps2-an386 -nic user,model=lan9118 \
    -display none -monitor none -serial none -semihosting-config enable=on,target=native -icount shift=0 -kernel";

/// Far beyond what the slowest image needs: only one that hangs reaches it.
const LIMIT: Duration = Duration::from_secs(120);
