use super::plain::plain_len;
use super::span::Span;
use super::text::Text;
use super::{MAX_DEPTH, Member, Value};
use crate::parse_error::{ParseError, ParseErrorKind};

/// A position in a JSON text that moves forward token by token.
///
/// `None` stands for a syntax error, which [`Cursor::error`] then returns. An error in every result would take far more
/// code.
#[derive(Clone)]
pub(super) struct Cursor<'b> {
    bytes: &'b [u8],
    at: usize,
    first: bool,
    mistake: ParseErrorKind,
}

impl<'b> Cursor<'b> {
    /// Starts at this place of a UTF-8 text, before an object or an array.
    pub(super) const fn new(bytes: &'b [u8], at: usize) -> Self {
        Self {
            bytes,
            at,
            first: true,
            mistake: ParseErrorKind::Syntax,
        }
    }

    /// The cause of a `None`.
    pub(super) const fn error(&self) -> ParseError {
        ParseError {
            kind: self.mistake,
            at: self.at,
        }
    }

    /// Parses a whole object, and writes its members with these `names` into the slots next to the names.
    pub(super) fn members(
        &mut self,
        names: &[&'static str],
        found: &mut [Option<Member>],
    ) -> Option<()> {
        self.open_object()?;
        while self.has_next_name()? {
            let at = self.at;
            let name = self.string()?;
            self.colon()?;
            let member = self.value()?;
            for (known, slot) in names.iter().zip(&mut *found) {
                if !name.equals(self.bytes, known) {
                    continue;
                }
                if slot.is_some() {
                    self.at = at;
                    return self.fail(ParseErrorKind::Duplicate(known));
                }
                *slot = Some(member);
            }
        }
        Some(())
    }

    /// The name of the next member of the current object, its value skipped. At the end of the object, which must be
    /// the end of the text, `Some(None)`.
    pub(super) fn next_name(&mut self) -> Option<Option<Text>> {
        if !self.has_next_name()? {
            self.end()?;
            return Some(None);
        }
        let name = self.string()?;
        self.colon()?;
        self.value()?;
        Some(Some(name))
    }

    /// Enters the object that must follow.
    pub(super) fn open_object(&mut self) -> Option<()> {
        let kind = match self.peek_after_space() {
            Some(b'{') => {
                self.step();
                return Some(());
            }
            None => ParseErrorKind::Empty,
            Some(b'<') => ParseErrorKind::Html,
            Some(_) => ParseErrorKind::NotAnObject,
        };
        self.fail(kind)
    }

    /// Whether another member follows. The cursor is then before its name, otherwise after the closing brace.
    fn has_next_name(&mut self) -> Option<bool> {
        let byte = self.require_after_space()?;
        if byte == b'}' {
            self.step();
            return Some(false);
        }
        if !self.first {
            self.word(b",")?;
            self.require_after_space()?;
        }
        self.first = false;
        Some(true)
    }

    /// The next value of the array at the cursor; nothing at its end or if there is none.
    pub(super) fn next_element(&mut self) -> Option<Member> {
        let separator = if self.first { b"[" } else { b"," };
        self.require_after_space()?;
        self.word(separator)?;
        self.first = false;
        self.value()
    }

    /// Parses a whole value, at any depth, with its place. Inlined: a call would return it through memory, in pieces,
    /// which is slow on a host.
    #[inline(always)]
    fn value(&mut self) -> Option<Member> {
        let first = self.require_after_space()?;
        let at = self.at;
        let value = if matches!(first, b'{' | b'[') {
            self.container()?;
            Value::Other
        } else {
            self.scalar(first)?
        };
        Some(Member::new(value, at))
    }

    /// Checks that only white space follows.
    pub(super) fn end(&mut self) -> Option<()> {
        self.peek_after_space().is_none().then_some(())
    }

    /// Skips an array or an object. One integer is the stack of open containers, with one bit for the kind of each.
    fn container(&mut self) -> Option<()> {
        let mut objects = 0_u64;
        let mut depth = 0_u32;
        loop {
            let byte = self.require_after_space()?;
            if matches!(byte, b'[' | b'{') {
                self.step();
                depth = depth.saturating_add(1);
                if depth >= MAX_DEPTH {
                    return self.fail(ParseErrorKind::TooDeep);
                }
                let is_object = byte == b'{';
                objects = (objects << 1) | u64::from(is_object);
                if !matches!(self.require_after_space()?, b']' | b'}') {
                    self.name_if(is_object)?;
                    continue;
                }
            } else {
                self.scalar(byte)?;
            }
            // After a value: the ends of the containers that it completes, or a comma before the next.
            loop {
                let in_object = objects & 1 == 1;
                match self.require_after_space()? {
                    b',' => {
                        self.step();
                        self.name_if(in_object)?;
                        break;
                    }
                    byte @ (b']' | b'}') if in_object == (byte == b'}') => self.step(),
                    _ => return None,
                }
                objects >>= 1;
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(());
                }
            }
        }
    }

    /// The name before a value `in_object`, with its colon.
    fn name_if(&mut self, in_object: bool) -> Option<()> {
        if in_object {
            self.require_after_space()?;
            self.string()?;
            self.colon()?;
        }
        Some(())
    }

    fn scalar(&mut self, first: u8) -> Option<Value> {
        match first {
            b'"' => self.string().map(Value::Text),
            b't' => self.word(b"true").map(|()| Value::Other),
            b'f' => self.word(b"false").map(|()| Value::Other),
            b'n' => self.word(b"null").map(|()| Value::Null),
            _ => self.number(),
        }
    }

    // Not inlined where flash is scarce: a copy for each caller takes more.
    #[cfg_attr(target_os = "none", inline(never))]
    fn word(&mut self, word: &[u8]) -> Option<()> {
        for &expected in word {
            if self.require()? != expected {
                return None;
            }
            self.step();
        }
        Some(())
    }

    fn number(&mut self) -> Option<Value> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.step();
        }
        if self.peek() == Some(b'0') {
            self.step();
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.step();
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.step();
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.step();
            }
            self.digits()?;
        }
        Some(Value::Number(Span::new(start..self.at)))
    }

    /// A number, and nothing after it.
    pub(super) fn only_number(&mut self) -> Option<()> {
        self.number()?;
        self.peek().is_none().then_some(())
    }

    fn digits(&mut self) -> Option<()> {
        if !self.require()?.is_ascii_digit() {
            return None;
        }
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.step();
        }
        Some(())
    }

    pub(super) fn string(&mut self) -> Option<Text> {
        if self.require()? != b'"' {
            return None;
        }
        self.step();
        let start = self.at;
        let mut escaped = false;
        loop {
            let rest = self.bytes.get(self.at..).unwrap_or(&[]);
            self.at = self.at.saturating_add(plain_len(rest));
            match self.require()? {
                b'"' => break,
                b'\\' => {
                    escaped = true;
                    self.escape()?;
                }
                _ => return None,
            }
        }
        let span = Span::new(start..self.at);
        self.step();
        Some(Text { span, escaped })
    }

    fn escape(&mut self) -> Option<()> {
        self.step();
        match self.require()? {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => {
                self.step();
                Some(())
            }
            b'u' => match self.unicode_escape()? {
                0xd800..0xdc00 => {
                    self.word(b"\\")?;
                    match self.unicode_escape()? {
                        0xdc00..0xe000 => Some(()),
                        _ => None,
                    }
                }
                0xdc00..0xe000 => None,
                _ => Some(()),
            },
            _ => None,
        }
    }

    /// `u` and four hexadecimal digits.
    fn unicode_escape(&mut self) -> Option<u32> {
        self.word(b"u")?;
        let mut unit = 0_u32;
        for _ in 0..4 {
            let digit = char::from(self.require()?).to_digit(16)?;
            unit = (unit << 4) | digit;
            self.step();
        }
        Some(unit)
    }

    fn colon(&mut self) -> Option<()> {
        self.require_after_space()?;
        self.word(b":")
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    // Not inlined where flash is scarce: a copy for each caller takes more.
    #[cfg_attr(target_os = "none", inline(never))]
    fn require(&mut self) -> Option<u8> {
        match self.peek() {
            None => self.fail(ParseErrorKind::Truncated),
            byte => byte,
        }
    }

    // Not inlined where flash is scarce: a copy for each caller takes more.
    #[cfg_attr(target_os = "none", inline(never))]
    fn peek_after_space(&mut self) -> Option<u8> {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.step();
        }
        self.peek()
    }

    // Not inlined where flash is scarce: a copy for each caller takes more.
    #[cfg_attr(target_os = "none", inline(never))]
    fn require_after_space(&mut self) -> Option<u8> {
        self.peek_after_space();
        self.require()
    }

    fn step(&mut self) {
        // Called only if there is a byte at the cursor.
        self.at = self.at.wrapping_add(1);
    }

    fn fail<T>(&mut self, kind: ParseErrorKind) -> Option<T> {
        self.mistake = kind;
        None
    }
}
