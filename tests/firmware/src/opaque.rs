use core::fmt::{self, Display, Write};
use core::hint::black_box;

/// A text that the optimizer does not know.
#[must_use]
pub fn text(text: &'static str) -> &'static str {
    black_box(text)
}

/// The value, or nothing once the error is written.
pub fn ok<T, E: Display>(result: Result<T, E>) -> Option<T> {
    match result {
        Ok(value) => Some(black_box(value)),
        Err(error) => {
            show(&error)?;
            None
        }
    }
}

/// Writes a text that nobody reads.
pub fn show(value: &dyn Display) -> Option<()> {
    write!(Nowhere, "{value}").ok()
}

struct Nowhere;

impl Write for Nowhere {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        black_box(text);
        Ok(())
    }
}
