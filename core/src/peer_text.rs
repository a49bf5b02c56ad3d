use core::fmt::{self, Write};

use crate::json::{Chars, Member, Value};
use crate::parse_error::ParseError;

/// A text or a number that the peer wrote, borrowed from the body unchanged, escapes included.
///
/// `Display` decodes the escapes. It writes control characters and characters that change the direction of writing as
/// `\u{1b}`, and therefore no terminal and no log obeys them.
#[derive(Clone, Copy, Debug)]
pub struct PeerText<'b>(&'b str);

impl<'b> PeerText<'b> {
    /// The text of a member, which may also be a number; nothing if the member is absent or `null`.
    pub(crate) fn of(
        member: Option<Member>,
        body: &'b [u8],
        name: &'static str,
    ) -> Result<Option<Self>, ParseError> {
        let Some(member) = member else {
            return Ok(None);
        };
        let raw = match member.value {
            Value::Null => return Ok(None),
            Value::Text(text) => text.raw(body),
            Value::Number(span) => span.of(body),
            Value::Other => return Err(member.wrong_type(name, "a string")),
        };
        // The parser has checked that the body is UTF-8, and a value begins and ends between two characters.
        Ok(Some(Self(core::str::from_utf8(raw).unwrap_or(""))))
    }

    /// The text as in the body; `None` if it has escapes. Redox's IDs have none.
    #[must_use]
    pub fn plain(&self) -> Option<&'b str> {
        self.0.bytes().all(|byte| byte != b'\\').then_some(self.0)
    }

    /// The characters of the text, with escapes decoded.
    pub fn chars(&self) -> impl Iterator<Item = char> + Clone + use<'b> {
        Chars::new(self.0)
    }
}

impl fmt::Display for PeerText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.chars() {
            if is_obeyed(character) {
                write!(f, "{}", character.escape_unicode())?;
            } else {
                f.write_char(character)?;
            }
        }
        Ok(())
    }
}

impl PartialEq<str> for PeerText<'_> {
    fn eq(&self, other: &str) -> bool {
        self.chars().eq(other.chars())
    }
}

impl PartialEq<&str> for PeerText<'_> {
    fn eq(&self, other: &&str) -> bool {
        self == *other
    }
}

/// Control characters, line ends beyond ASCII, and those of Unicode's bidirectional algorithm (UAX #9 §2).
pub(crate) fn is_obeyed(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        )
}
