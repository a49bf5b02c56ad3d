use core::mem::MaybeUninit;
use core::slice;

use zeroize::Zeroize;

/// Calls `work` in a stack frame of its own and then overwrites the stack below this call with zeros, in the size of an
/// `F`. This wipes the data that `work` and every function it called left there. It is meant for signers of other
/// crates; the keys of this crate wipe their stack themselves.
///
/// It takes as much stack as an `F`, after `work` has returned. It does not wipe the return value of `work`.
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

/// Never inlined, because the caller's frame is not wiped.
#[inline(never)]
fn apart<R>(work: impl FnOnce() -> R) -> R {
    work()
}

/// Its caller is that of [`apart`]. Both frames therefore lie in the same place.
#[inline(never)]
fn overwrite<F>() {
    let mut footprint = MaybeUninit::<F>::uninit();
    slice::from_mut(&mut footprint).zeroize();
}
