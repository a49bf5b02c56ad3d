use core::ffi::c_char;
use core::ptr;

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
