use super::{Member, Value, floor_of, read_whole};
use crate::parse_error::{ParseError, ParseErrorKind};

/// The members of a parsed object, indexed in the order of the names. Their escapes are decoded.
///
/// `None` stands for an error in one of them, which [`Fields::error`] then returns. An error in every result would take
/// far more code. A member that is absent or `null` is `Some(None)`.
pub(crate) struct Fields<'b, 'm> {
    body: &'b [u8],
    names: &'m [&'static str],
    found: &'m [Option<Member>],
    mistake: ParseError,
}

impl<'b, 'm> Fields<'b, 'm> {
    /// Parses all of `body` as one JSON object, and writes its members with these `names` into the slots next to the
    /// names.
    pub(crate) fn read(
        body: &'b mut [u8],
        names: &'m [&'static str],
        found: &'m mut [Option<Member>],
    ) -> Result<Self, ParseError> {
        read_whole(body, names, found)?;
        Ok(Self::unescape(body, names, found))
    }

    /// Decodes the escapes of the members that [`read_whole`] found.
    pub(crate) fn unescape(
        body: &'b mut [u8],
        names: &'m [&'static str],
        found: &'m mut [Option<Member>],
    ) -> Self {
        for member in found.iter_mut().flatten() {
            if let Value::Text(text) = &mut member.value {
                text.unescape(body);
            }
        }
        let mistake = ParseError {
            kind: ParseErrorKind::Syntax,
            at: 0,
        };
        Self {
            body,
            names,
            found,
            mistake,
        }
    }

    /// The cause of a `None`.
    pub(crate) const fn error(&self) -> ParseError {
        self.mistake
    }

    /// The body, its escapes decoded.
    pub(crate) const fn body(&self) -> &'b [u8] {
        self.body
    }

    /// Whether the member is present, even as `null`.
    pub(crate) fn has(&self, index: usize) -> bool {
        self.slot(index).is_some()
    }

    /// An optional text.
    pub(crate) fn text(&mut self, index: usize) -> Option<Option<&'b str>> {
        match self.slot(index).map(|member| member.value) {
            None | Some(Value::Null) => Some(None),
            Some(Value::Text(text)) => Some(text.plain(self.body)),
            Some(_) => self.fail(index, no_string),
        }
    }

    /// An optional token that an `Authorization` header can carry: RFC 6749 §A.12 without the space.
    pub(crate) fn token(&mut self, index: usize) -> Option<Option<&'b str>> {
        let token = self.text(index)?;
        if token.is_some_and(|it| it.is_empty() || !is_graphic(it)) {
            return self.fail(index, ParseErrorKind::UnusableToken);
        }
        Some(token)
    }

    /// The result of [`Fields::text`] or [`Fields::token`] for a member that is required.
    pub(crate) fn required(&mut self, index: usize, text: Option<&'b str>) -> Option<&'b str> {
        match text {
            None if self.has(index) => self.fail(index, no_string),
            None => self.fail(index, ParseErrorKind::Missing),
            text => text,
        }
    }

    /// An optional positive number of seconds, also as a string, rounded down.
    pub(crate) fn lifetime_secs(&mut self, index: usize) -> Option<Option<u32>> {
        let place = match self.slot(index).map(|member| member.value) {
            None | Some(Value::Null) => return Some(None),
            Some(Value::Number(span)) => span,
            Some(Value::Text(text)) => text.span,
            Some(Value::Other) => {
                return self.fail(index, |member| ParseErrorKind::WrongType {
                    member,
                    expected: "a number",
                });
            }
        };
        match floor_of(place.of(self.body)) {
            None | Some(0) => self.fail(index, |_| ParseErrorKind::Lifetime),
            secs => Some(secs),
        }
    }

    /// Records an error in a member.
    pub(crate) fn fail<T>(
        &mut self,
        index: usize,
        kind: fn(&'static str) -> ParseErrorKind,
    ) -> Option<T> {
        self.note(index, kind);
        None
    }

    // Not inlined: a copy for each caller takes more flash.
    #[inline(never)]
    fn note(&mut self, index: usize, kind: fn(&'static str) -> ParseErrorKind) {
        self.mistake = ParseError {
            kind: kind(self.names.get(index).copied().unwrap_or("")),
            at: self.slot(index).map_or(0, |member| member.at()),
        };
    }

    fn slot(&self, index: usize) -> Option<Member> {
        self.found.get(index).copied().flatten()
    }
}

/// Whether the text is printable ASCII without spaces. It does not stop at the first other character. Nearly every
/// token has none, and without an early end the compiler checks many characters at once.
fn is_graphic(text: &str) -> bool {
    text.bytes()
        .fold(true, |all, byte| all & byte.is_ascii_graphic())
}

const fn no_string(member: &'static str) -> ParseErrorKind {
    ParseErrorKind::WrongType {
        member,
        expected: "a string",
    }
}
