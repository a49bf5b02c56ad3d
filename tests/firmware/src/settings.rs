use core::ffi::CStr;
use core::str::FromStr;

use semihosting::fs::File;
use semihosting::io::Read;

/// What the host tells the board, in files of the folder that it started us in.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    lines: &'static str,
}

impl Settings {
    /// Reads `settings.txt`: a name and a value to a line.
    ///
    /// # Panics
    ///
    /// When there is no such file, or it is longer than `buffer`.
    #[must_use]
    pub fn read(buffer: &'static mut [u8]) -> Self {
        let lines = read_file(c"settings.txt", buffer);
        Self {
            lines: str::from_utf8(lines).expect("the host writes text"),
        }
    }

    /// The value of this name.
    ///
    /// # Panics
    ///
    /// When there is none.
    #[must_use]
    pub fn text(&self, name: &str) -> &'static str {
        let mut pairs = self.lines.lines().filter_map(|line| line.split_once(' '));
        let pair = pairs.find(|(found, _)| *found == name);
        pair.expect("the host says all that there is to say").1
    }

    /// The value of this name, parsed.
    ///
    /// # Panics
    ///
    /// When there is none, or it is no such thing.
    #[must_use]
    pub fn value<T: FromStr>(&self, name: &str) -> T {
        let value = self.text(name).parse().ok();
        value.expect("the host says what can be understood")
    }
}

/// Reads a whole file.
///
/// # Panics
///
/// When there is no such file, or it does not fit.
pub fn read_file<'b>(name: &CStr, buffer: &'b mut [u8]) -> &'b [u8] {
    let read = File::open(name).and_then(|mut file| file.read(buffer));
    let len = read.expect("the host made this file");
    assert!(len < buffer.len(), "a file is too long");
    &buffer[..len]
}
