use core::ffi::c_void;

use zeroize::Zeroize;

use crate::pointer;
use crate::status::{self, redox_auth_status};

/// Overwrites memory with zeros in a way that no compiler removes, for buffers that held a request or an answer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn redox_auth_wipe(memory: *mut c_void, size: usize) -> redox_auth_status {
    status::of(|| {
        // SAFETY: the caller's word that `size` bytes are there.
        unsafe { pointer::buffer(memory.cast(), size) }?.zeroize();
        Ok(())
    })
}
