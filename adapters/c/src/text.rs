use core::ffi::c_char;
use core::ptr;

use redox_auth_core::WriteError;

use crate::pointer::Out;
use crate::redox_auth_status as Status;

/// Text that does not end with a NUL: print it with `"%.*s", (int)text.len, text.data`.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct redox_auth_text {
    /// The first byte, or NULL without a text.
    pub data: *const c_char,
    /// The number of bytes.
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

/// Several texts in one buffer, a NUL behind each. It keeps counting past the end.
#[cfg(feature = "metadata")]
pub(crate) struct Texts<'o> {
    out: &'o mut [u8],
    len: usize,
}

#[cfg(feature = "metadata")]
impl<'o> Texts<'o> {
    pub(crate) const fn new(out: &'o mut [u8]) -> Self {
        Self { out, len: 0 }
    }

    /// Writes a whole text, and returns where it begins.
    pub(crate) fn put(&mut self, text: &str) -> usize {
        let start = self.len;
        self.add(text);
        self.end();
        start
    }

    /// Writes a part of a text.
    pub(crate) fn add(&mut self, part: &str) {
        let rest = self.out.get_mut(self.len..);
        if let Some(room) = rest.and_then(|rest| rest.get_mut(..part.len())) {
            room.copy_from_slice(part.as_bytes());
        }
        self.len = self.len.saturating_add(part.len());
    }

    /// Ends a text.
    pub(crate) fn end(&mut self) {
        self.add("\0");
    }

    /// How many bytes all of them take.
    pub(crate) const fn needed(&self) -> usize {
        self.len
    }

    /// What is written, if it fits.
    pub(crate) fn finish(self) -> Option<&'o [u8]> {
        let out: &'o [u8] = self.out;
        out.get(..self.len)
    }
}
