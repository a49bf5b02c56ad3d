use core::mem::MaybeUninit;
use core::slice;

use zeroize::Zeroize;

/// Does `work` in a frame of its own and then overwrites the stack below this call with zeros, as much of it as an `F`
/// takes: what the work left there, whatever code it called. For signers that others write; the keys here do it themselves.
///
/// It takes as much stack as an `F`, after the work, and does not wipe what the work gives back.
///
/// ```
/// let mut number = [0; 4];
/// redox_auth_core::wiped::<[u8; 1024], _>(|| number = 7_u32.to_be_bytes());
/// # assert_eq!(number, [0, 0, 0, 7]);
/// ```
#[inline(always)]
pub fn wiped<F, R>(work: impl FnOnce() -> R) -> R {
    let done = apart(work);
    overwrite::<F>();
    done
}

/// Never part of its caller, whose frame stays.
#[inline(never)]
fn apart<R>(work: impl FnOnce() -> R) -> R {
    work()
}

/// Called by the same caller as [`apart`], so its frame lies where that one lay.
#[inline(never)]
fn overwrite<F>() {
    let mut footprint = MaybeUninit::<F>::uninit();
    slice::from_mut(&mut footprint).zeroize();
}
