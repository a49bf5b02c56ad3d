use super::text::Text;
use super::{MAX_DEPTH, Value};
use crate::{ParseError, ParseErrorKind};

/// A place in a JSON text, moved forward token by token.
pub(super) struct Cursor<'b> {
    bytes: &'b [u8],
    at: usize,
    first: bool,
}

impl<'b> Cursor<'b> {
    pub(super) const fn new(json: &'b str) -> Self {
        Self {
            bytes: json.as_bytes(),
            at: 0,
            first: true,
        }
    }

    /// Steps into the object that the whole text must be.
    pub(super) fn open_object(&mut self) -> Result<(), ParseError> {
        let kind = match self.peek_after_space() {
            Some(b'{') => {
                self.step();
                return Ok(());
            }
            None => ParseErrorKind::Empty,
            Some(b'<') => ParseErrorKind::Html,
            Some(_) => ParseErrorKind::NotAnObject,
        };
        Err(self.error(kind))
    }

    /// The name of the next member with its place, the cursor before its value; nothing at the closing brace.
    pub(super) fn next_name(&mut self) -> Result<Option<(Text, usize)>, ParseError> {
        match self.require_after_space()? {
            b'}' => {
                self.step();
                return Ok(None);
            }
            b',' if !self.first => {
                self.step();
                self.require_after_space()?;
            }
            _ if self.first => {}
            _ => return Err(self.syntax()),
        }
        self.first = false;
        let at = self.at;
        let name = self.string()?;
        self.colon()?;
        Ok(Some((name, at)))
    }

    /// A whole value, however deep, with its place.
    pub(super) fn value(&mut self) -> Result<(Value, usize), ParseError> {
        let first = self.require_after_space()?;
        let at = self.at;
        let value = if matches!(first, b'{' | b'[') {
            self.container()?;
            Value::Other
        } else {
            self.scalar(first)?
        };
        Ok((value, at))
    }

    /// Nothing but space may follow.
    pub(super) fn end(&mut self) -> Result<(), ParseError> {
        match self.peek_after_space() {
            None => Ok(()),
            Some(_) => Err(self.syntax()),
        }
    }

    /// An array or an object, skipped. The kinds of those still open are the bits of a stack in one integer.
    fn container(&mut self) -> Result<(), ParseError> {
        let mut objects = 0_u64;
        let mut depth = 0_u32;
        let mut expect = Expect::Value;
        loop {
            let byte = self.require_after_space()?;
            let in_object = objects & 1 == 1;
            match (expect, byte) {
                (Expect::Value | Expect::ValueOrEnd, b'[' | b'{') => {
                    self.step();
                    depth = depth.saturating_add(1);
                    if depth >= MAX_DEPTH {
                        return Err(self.error(ParseErrorKind::TooDeep));
                    }
                    objects = (objects << 1) | u64::from(byte == b'{');
                    expect = if byte == b'{' {
                        Expect::NameOrEnd
                    } else {
                        Expect::ValueOrEnd
                    };
                }
                (Expect::ValueOrEnd, b']') | (Expect::NameOrEnd, b'}') => {
                    self.step();
                    depth = depth.saturating_sub(1);
                    objects >>= 1;
                    expect = Expect::CommaOrEnd;
                }
                (Expect::CommaOrEnd, b']' | b'}') if in_object == (byte == b'}') => {
                    self.step();
                    depth = depth.saturating_sub(1);
                    objects >>= 1;
                }
                (Expect::CommaOrEnd, b',') => {
                    self.step();
                    expect = if in_object {
                        Expect::Name
                    } else {
                        Expect::Value
                    };
                }
                (Expect::Value | Expect::ValueOrEnd, _) => {
                    self.scalar(byte)?;
                    expect = Expect::CommaOrEnd;
                }
                (Expect::Name | Expect::NameOrEnd, _) => {
                    self.string()?;
                    self.colon()?;
                    expect = Expect::Value;
                }
                (Expect::CommaOrEnd, _) => return Err(self.syntax()),
            }
            if depth == 0 {
                return Ok(());
            }
        }
    }

    fn scalar(&mut self, first: u8) -> Result<Value, ParseError> {
        match first {
            b'"' => self.string().map(Value::Text),
            b't' => self.word(b"true").map(|()| Value::Other),
            b'f' => self.word(b"false").map(|()| Value::Other),
            b'n' => self.word(b"null").map(|()| Value::Null),
            _ => self.number(),
        }
    }

    fn word(&mut self, word: &[u8]) -> Result<(), ParseError> {
        for &expected in word {
            if self.require()? != expected {
                return Err(self.syntax());
            }
            self.step();
        }
        Ok(())
    }

    fn number(&mut self) -> Result<Value, ParseError> {
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
        let end = self.at;
        Ok(Value::Number { start, end })
    }

    fn digits(&mut self) -> Result<(), ParseError> {
        if !self.require()?.is_ascii_digit() {
            return Err(self.syntax());
        }
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.step();
        }
        Ok(())
    }

    fn string(&mut self) -> Result<Text, ParseError> {
        if self.require()? != b'"' {
            return Err(self.syntax());
        }
        self.step();
        let start = self.at;
        let mut escaped = false;
        loop {
            let rest = self.bytes.get(self.at..).unwrap_or(&[]);
            let plain = rest
                .iter()
                .position(|&byte| byte == b'"' || byte == b'\\' || byte < 0x20);
            self.at = self.at.saturating_add(plain.unwrap_or(rest.len()));
            match self.require()? {
                b'"' => break,
                b'\\' => {
                    escaped = true;
                    self.escape()?;
                }
                _ => return Err(self.syntax()),
            }
        }
        let end = self.at;
        self.step();
        Ok(Text {
            start,
            end,
            escaped,
        })
    }

    fn escape(&mut self) -> Result<(), ParseError> {
        self.step();
        match self.require()? {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => {
                self.step();
                Ok(())
            }
            b'u' => match self.unicode_escape()? {
                0xd800..0xdc00 => {
                    self.word(b"\\")?;
                    match self.unicode_escape()? {
                        0xdc00..0xe000 => Ok(()),
                        _ => Err(self.syntax()),
                    }
                }
                0xdc00..0xe000 => Err(self.syntax()),
                _ => Ok(()),
            },
            _ => Err(self.syntax()),
        }
    }

    /// `u` and four hexadecimal digits.
    fn unicode_escape(&mut self) -> Result<u32, ParseError> {
        self.word(b"u")?;
        let mut unit = 0_u32;
        for _ in 0..4 {
            let digit = char::from(self.require()?)
                .to_digit(16)
                .ok_or_else(|| self.syntax())?;
            unit = (unit << 4) | digit;
            self.step();
        }
        Ok(unit)
    }

    fn colon(&mut self) -> Result<(), ParseError> {
        self.require_after_space()?;
        self.word(b":")
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn require(&self) -> Result<u8, ParseError> {
        self.peek()
            .ok_or_else(|| self.error(ParseErrorKind::Truncated))
    }

    fn peek_after_space(&mut self) -> Option<u8> {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.step();
        }
        self.peek()
    }

    fn require_after_space(&mut self) -> Result<u8, ParseError> {
        self.peek_after_space();
        self.require()
    }

    fn step(&mut self) {
        self.at = self.at.saturating_add(1);
    }

    fn syntax(&self) -> ParseError {
        self.error(ParseErrorKind::Syntax)
    }

    const fn error(&self, kind: ParseErrorKind) -> ParseError {
        ParseError { kind, at: self.at }
    }
}

/// What may come next inside an array or an object.
#[derive(Clone, Copy)]
enum Expect {
    Value,
    ValueOrEnd,
    Name,
    NameOrEnd,
    CommaOrEnd,
}
