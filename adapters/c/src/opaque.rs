//! Values of this library in memory of the caller's.

use core::mem::MaybeUninit;
use core::ops::{Deref, DerefMut};
use core::ptr::{self, addr_of, addr_of_mut};
use core::slice;

use zeroize::Zeroize;

use crate::pointer;
use crate::redox_auth_status as Status;

/// The alignment, in bytes, of the memory for every opaque type. A variable of such a type has this alignment.
pub const REDOX_AUTH_ALIGN: usize = 8;

/// A C type whose content only this library knows.
///
/// # Safety
/// The type has no padding and no invalid values: it is an array of numbers.
pub(crate) unsafe trait Opaque: Sized {
    type Content;
    /// Distinguishes this type's memory from another's.
    const KIND: u64;

    /// Checks size and alignment in the header.
    const FITS: () = {
        assert!(size_of::<Sealed<Self::Content>>() <= size_of::<Self>());
        assert!(align_of::<Sealed<Self::Content>>() <= align_of::<Self>());
        assert!(align_of::<Self>() <= REDOX_AUTH_ALIGN);
    };
}

/// Declares the content of an opaque type, and hides it from `Debug`.
macro_rules! opaque {
    ($name:ident, $content:ty, $kind:literal, $size:ident) => {
        // SAFETY: `$name` is an array of numbers.
        unsafe impl $crate::opaque::Opaque for $name {
            type Content = $content;
            const KIND: u64 = u64::from_be_bytes(*$kind);
        }

        const _: () = <$name as $crate::opaque::Opaque>::FITS;
        const _: () = assert!(size_of::<$name>() == $size);

        impl core::fmt::Debug for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    };
}
pub(crate) use opaque;

#[repr(C)]
pub(crate) struct Sealed<T> {
    /// The kind of the content, mixed with the address. Neither garbage nor a copy of the memory has this value.
    seal: u64,
    busy: bool,
    content: T,
}

/// The part of the memory that holds the value.
fn sealed<O: Opaque>(memory: *mut O) -> *mut Sealed<O::Content> {
    const { O::FITS };
    memory.cast()
}

fn expected_seal<O: Opaque>(memory: *const O) -> u64 {
    // A widening on every machine.
    O::KIND ^ (memory.addr() as u64)
}

/// Wipes `memory`, and then puts the value of `make` into it. The memory stays wiped if `make` fails.
///
/// # Safety
/// Behind a pointer that is neither null nor misaligned are `size` bytes that nobody else uses.
pub(crate) unsafe fn put<O: Opaque>(
    memory: *mut O,
    size: usize,
    make: impl FnOnce() -> Result<O::Content, Status>,
) -> Result<(), Status> {
    // SAFETY: promised above.
    unsafe { claim(memory, size) }?;
    let content = make()?;
    let value = Sealed {
        seal: expected_seal(memory),
        busy: false,
        content,
    };
    // SAFETY: it fits, by `Opaque::FITS`, in memory that is ours, as above.
    unsafe { sealed(memory).write(value) };
    Ok(())
}

/// Makes a value in place: `fill` changes the default value. Wipes the memory if `fill` fails.
///
/// # Safety
/// As for [`put`].
pub(crate) unsafe fn fill<O: Opaque<Content: Default>>(
    memory: *mut O,
    size: usize,
    fill: impl FnOnce(&mut O::Content) -> Result<(), Status>,
) -> Result<(), Status> {
    // SAFETY: promised above.
    unsafe { claim(memory, size) }?;
    let value = sealed(memory);
    // SAFETY: it fits, by `Opaque::FITS`, in memory that is ours and zero, which no seal is: until it is sealed, every
    // other call finds nothing there.
    let content = unsafe {
        addr_of_mut!((*value).content).write(O::Content::default());
        &mut *addr_of_mut!((*value).content)
    };
    if let Err(status) = fill(content) {
        // SAFETY: a value was put there, and it goes with the wiping.
        unsafe {
            ptr::drop_in_place(addr_of_mut!((*value).content));
            wipe(memory);
        }
        return Err(status);
    }
    // SAFETY: memory that is ours; `busy` is false by its zeros.
    unsafe { addr_of_mut!((*value).seal).write(expected_seal(memory)) };
    Ok(())
}

/// Wipes memory that no call is using.
///
/// # Safety
/// As for [`put`].
unsafe fn claim<O: Opaque>(memory: *mut O, size: usize) -> Result<(), Status> {
    pointer::check(memory)?;
    if size < size_of::<O>() {
        return Err(Status::MemoryTooSmall);
    }
    // SAFETY: checked here, promised above.
    if unsafe { check(memory) } == Err(Status::Busy) {
        return Err(Status::Busy);
    }
    // SAFETY: checked here, promised above.
    unsafe { wipe(memory) };
    Ok(())
}

/// The value in `memory`, to read.
///
/// # Safety
/// Behind a pointer that is neither null nor misaligned is memory for an `O` that nobody changes for `'a`.
pub(crate) unsafe fn look<'a, O: Opaque>(memory: *const O) -> Result<&'a O::Content, Status> {
    // SAFETY: promised above.
    unsafe { check(memory) }?;
    // SAFETY: the seal shows that a value was put there.
    Ok(unsafe { &*addr_of!((*sealed(memory.cast_mut())).content) })
}

/// The value in `memory`, to change. Until the guard is dropped, every other call for the value gets the status "busy",
/// such as a call from a callback or an interrupt.
///
/// # Safety
/// As for [`look`].
pub(crate) unsafe fn enter<'a, O: Opaque>(memory: *mut O) -> Result<Entered<'a, O>, Status> {
    // SAFETY: promised above.
    unsafe { check(memory) }?;
    // SAFETY: the seal shows that a value was put there, and nobody looks at it now.
    unsafe {
        addr_of_mut!((*sealed(memory)).busy).write_volatile(true);
        Ok(Entered {
            busy: addr_of_mut!((*sealed(memory)).busy),
            content: &mut *addr_of_mut!((*sealed(memory)).content),
        })
    }
}

/// Drops the value in `memory`, and wipes the memory.
///
/// # Safety
/// As for [`look`].
pub(crate) unsafe fn end<O: Opaque>(memory: *mut O) -> Result<(), Status> {
    // SAFETY: promised above.
    unsafe { check(memory) }?;
    // SAFETY: the seal shows that a value was put there; it goes with the wiping.
    unsafe {
        ptr::drop_in_place(addr_of_mut!((*sealed(memory)).content));
        wipe(memory);
    }
    Ok(())
}

/// Whether the memory holds a value, and no call is using it.
///
/// # Safety
/// Behind a pointer that is neither null nor misaligned is memory for an `O`.
unsafe fn check<O: Opaque>(memory: *const O) -> Result<(), Status> {
    pointer::check(memory)?;
    let value = sealed(memory.cast_mut());
    // SAFETY: any bytes are a number, and this number is in the memory of an `O`.
    let seal = unsafe { addr_of!((*value).seal).read_volatile() };
    if seal != expected_seal(memory) {
        return Err(Status::NotInitialized);
    }
    // SAFETY: the seal shows that a value was put there.
    let busy = unsafe { addr_of!((*value).busy).read_volatile() };
    if busy { Err(Status::Busy) } else { Ok(()) }
}

/// # Safety
/// Behind `memory` is an `O` that nobody else uses.
unsafe fn wipe<O: Opaque>(memory: *mut O) {
    let bytes = memory.cast::<MaybeUninit<u8>>();
    // SAFETY: promised above, and any bytes may stand in an `O`.
    unsafe { slice::from_raw_parts_mut(bytes, size_of::<O>()) }.zeroize();
}

/// A value that is being used.
pub(crate) struct Entered<'a, O: Opaque> {
    busy: *mut bool,
    content: &'a mut O::Content,
}

impl<O: Opaque> Deref for Entered<'_, O> {
    type Target = O::Content;

    fn deref(&self) -> &O::Content {
        self.content
    }
}

impl<O: Opaque> DerefMut for Entered<'_, O> {
    fn deref_mut(&mut self) -> &mut O::Content {
        self.content
    }
}

impl<O: Opaque> Drop for Entered<'_, O> {
    fn drop(&mut self) {
        // SAFETY: it was true when this was made, in memory that is still there.
        unsafe { self.busy.write_volatile(false) };
    }
}
