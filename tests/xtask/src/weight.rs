use std::path::Path;

use crate::command::{Failure, Run};

/// What the sections of an image take, in bytes.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Weight {
    /// Code with constants, and the first values of variables.
    pub(crate) flash: u64,
    /// RAM for variables.
    pub(crate) fixed_ram: u64,
}

impl Weight {
    pub(crate) fn of(image: &Path) -> Result<Self, Failure> {
        Self::by("arm-none-eabi-size", image)
    }

    /// As this program of the image's binutils tells.
    pub(crate) fn by(size: &str, image: &Path) -> Result<Self, Failure> {
        let run = Run::new(size).path(image);
        Self::read(&run.output()?).ok_or_else(|| run.failure("it printed no sizes"))
    }

    /// From the first three columns below the names.
    fn read(printed: &str) -> Option<Self> {
        let mut numbers = printed.lines().nth(1)?.split_whitespace();
        let mut number = || numbers.next()?.parse::<u64>().ok();
        let (code, first_values, zeros) = (number()?, number()?, number()?);
        Some(Self {
            flash: code.checked_add(first_values)?,
            fixed_ram: first_values.checked_add(zeros)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Weight;

    #[test]
    fn first_values_take_flash_and_ram() {
        let printed = "   text\t   data\t    bss\t    dec\t    hex\tfilename\n  30612\t      8\t    100\t  30720\t   7800\timage\n";
        let expected = Weight {
            flash: 30_620,
            fixed_ram: 108,
        };
        assert_eq!(Weight::read(printed), Some(expected));
        assert_eq!(Weight::read("nothing of the kind"), None);
    }
}
