use core::fmt;

/// A receiver's words for a person. They print as one line of at most [`Text::MAX_SHOWN`] characters.
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct Text<'a>(&'a [u8]);

impl<'a> Text<'a> {
    /// The most characters that are shown.
    pub const MAX_SHOWN: usize = 200;

    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// The bytes as they arrived, in the receiver's character set.
    #[must_use]
    pub const fn as_bytes(&self) -> &'a [u8] {
        self.0
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Control characters and bytes that are not UTF-8 print as `\u{FFFD}`.
impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use fmt::Write;
        let mut left = Self::MAX_SHOWN;
        for chunk in self.0.utf8_chunks() {
            let invalid = if chunk.invalid().is_empty() {
                ""
            } else {
                REPLACEMENT
            };
            for character in chunk.valid().chars().chain(invalid.chars()) {
                left = match left.checked_sub(1) {
                    Some(left) => left,
                    None => return f.write_str("..."),
                };
                f.write_char(if character.is_control() {
                    char::REPLACEMENT_CHARACTER
                } else {
                    character
                })?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

const REPLACEMENT: &str = "\u{FFFD}";

#[cfg(test)]
mod tests {
    use std::string::ToString;

    use super::*;

    #[test]
    fn a_text_shows_as_one_line() {
        let text = Text::new(b"no\x1b[2J\tsuch\r\npatient \xff M\xc3\xbcller");
        let shown = "no\u{FFFD}[2J\u{FFFD}such\u{FFFD}\u{FFFD}patient \u{FFFD} Müller";
        assert_eq!(text.to_string(), shown);
        assert!(!text.is_empty());
    }

    #[test]
    fn a_long_text_is_cut() {
        let long = [b'x'; 300];
        let shown = Text::new(&long).to_string();
        assert_eq!(shown.len(), Text::MAX_SHOWN + 3);
        assert_eq!(Text::new(&long[..200]).to_string().len(), 200);
    }
}
