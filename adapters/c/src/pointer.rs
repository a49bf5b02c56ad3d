//! Pointers from C, checked for null and alignment. The caller guarantees the memory behind them, and its lifetime.

use core::ffi::{CStr, c_char};
use core::mem::MaybeUninit;
use core::slice;

use crate::redox_auth_status as Status;

/// Null and misaligned pointers are answers, not crashes.
pub(crate) fn check<T>(pointer: *const T) -> Result<(), Status> {
    if pointer.is_null() {
        return Err(Status::NullArgument);
    }
    if !pointer.is_aligned() {
        return Err(Status::Unaligned);
    }
    Ok(())
}

/// A value that the caller has written.
///
/// # Safety
/// Behind a pointer that is neither null nor misaligned is a valid `T` that nobody changes for `'a`.
pub(crate) unsafe fn input<'a, T>(pointer: *const T) -> Result<&'a T, Status> {
    check(pointer)?;
    // SAFETY: checked here, promised above.
    Ok(unsafe { &*pointer })
}

/// The memory for an answer.
pub(crate) struct Out<'a, T>(&'a mut MaybeUninit<T>);

impl<T> Out<'_, T> {
    pub(crate) fn put(self, value: T) {
        self.0.write(value);
    }
}

/// The memory for an answer, zero until the answer is written. A caller who ignores an error then finds no garbage.
///
/// # Safety
/// Behind a pointer that is neither null nor misaligned is memory for a `T` that nobody else uses for `'a`.
pub(crate) unsafe fn output<'a, T: Default>(pointer: *mut T) -> Result<Out<'a, T>, Status> {
    check(pointer)?;
    // SAFETY: checked here, promised above.
    let memory = unsafe { &mut *pointer.cast::<MaybeUninit<T>>() };
    memory.write(T::default());
    Ok(Out(memory))
}

/// `len` bytes to read; null is allowed if `len` is 0.
///
/// # Safety
/// Behind a pointer that is not null are `len` bytes that nobody changes for `'a`.
pub(crate) unsafe fn bytes<'a>(pointer: *const u8, len: usize) -> Result<&'a [u8], Status> {
    match check_range(pointer, len)? {
        // SAFETY: checked here, promised above.
        Some(pointer) => Ok(unsafe { slice::from_raw_parts(pointer, len) }),
        None => Ok(&[]),
    }
}

/// `len` bytes to write to; null is allowed if `len` is 0.
///
/// # Safety
/// Behind a pointer that is not null are `len` bytes that nobody else uses for `'a`.
pub(crate) unsafe fn buffer<'a>(pointer: *mut u8, len: usize) -> Result<&'a mut [u8], Status> {
    match check_range(pointer, len)? {
        // SAFETY: checked here, promised above.
        Some(_) => Ok(unsafe { slice::from_raw_parts_mut(pointer, len) }),
        None => Ok(&mut []),
    }
}

/// A text that ends with a NUL.
///
/// # Safety
/// Behind a pointer that is not null is such a text, which nobody changes for `'a`.
pub(crate) unsafe fn text<'a>(pointer: *const c_char) -> Result<&'a str, Status> {
    check(pointer)?;
    // SAFETY: checked here, promised above.
    let text = unsafe { CStr::from_ptr(pointer) };
    text.to_str().map_err(|_| Status::NotUtf8)
}

/// The same; null means no text.
///
/// # Safety
/// As for [`text`].
pub(crate) unsafe fn optional_text<'a>(pointer: *const c_char) -> Result<Option<&'a str>, Status> {
    if pointer.is_null() {
        return Ok(None);
    }
    // SAFETY: promised above.
    unsafe { text(pointer) }.map(Some)
}

/// `None` for no bytes at all, which need no memory.
fn check_range(pointer: *const u8, len: usize) -> Result<Option<*const u8>, Status> {
    match isize::try_from(len) {
        Ok(0) => Ok(None),
        Ok(_) if pointer.is_null() => Err(Status::NullArgument),
        Ok(_) => Ok(Some(pointer)),
        // No object is this long.
        Err(_) => Err(Status::BadValue),
    }
}
