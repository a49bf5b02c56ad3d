use core::ffi::c_char;
use core::ptr;

use redox_auth_core::WriteError;

use crate::pointer::Out;
use crate::redox_auth_status as Status;

/// Text that does not end with a NUL: print it with `"%.*s", (int)text.len, text.data`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct redox_auth_text {
    /// The first byte, or NULL when there is no text.
    pub data: *const c_char,
    /// How many bytes there are.
    pub len: usize,
}

impl redox_auth_text {
    pub(crate) fn of(text: &str) -> Self {
        Self::of_bytes(text.as_bytes())
    }

    pub(crate) const fn of_bytes(text: &[u8]) -> Self {
        let data = if text.is_empty() {
            // An address that any program may look at.
            c"".as_ptr()
        } else {
            text.as_ptr().cast()
        };
        Self {
            data,
            len: text.len(),
        }
    }

    pub(crate) fn of_option(text: Option<&str>) -> Self {
        text.map_or(Self::NONE, Self::of)
    }

    pub(crate) const NONE: Self = Self {
        data: ptr::null(),
        len: 0,
    };
}

/// Writes a text with a NUL behind it, and its length without that.
pub(crate) fn write_with_nul(
    out: &mut [u8],
    len: Out<'_, usize>,
    write: impl FnOnce(&mut [u8]) -> Result<&str, WriteError>,
) -> Result<(), Status> {
    let (nul, room) = match out.split_last_mut() {
        Some((last, room)) => (Some(last), room),
        None => (None, &mut [][..]),
    };
    match write(room).map(str::len) {
        Ok(written) => {
            len.put(written);
            // Right behind the text, or at the end where the text fills the room.
            let nul = room.get_mut(written).or(nul);
            *nul.ok_or(Status::BufferTooSmall)? = 0;
            Ok(())
        }
        Err(WriteError::BufferTooSmall { needed }) => {
            len.put(needed);
            Err(Status::BufferTooSmall)
        }
        Err(error) => Err(error.into()),
    }
}
