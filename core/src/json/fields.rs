use super::{Member, Value, floor_of, read_whole};
use crate::parse_error::{ParseError, ParseErrorKind};

/// Members of an object that was read, by their place among the names that were looked for. Their escapes are replaced.
///
/// `None` stands for a mistake in one of them, which [`Fields::error`] then names: an error in every result would cost
/// far more code. A member that is absent or `null` is `Some(None)`.
pub(crate) struct Fields<'b, 'm> {
    body: &'b [u8],
    names: &'m [&'static str],
    found: &'m [Option<Member>],
    mistake: ParseError,
}

impl<'b, 'm> Fields<'b, 'm> {
    /// Reads all of `body` as one JSON object, its members of these `names` into the slots beside them.
    pub(crate) fn read(
        body: &'b mut [u8],
        names: &'m [&'static str],
        found: &'m mut [Option<Member>],
    ) -> Result<Self, ParseError> {
        read_whole(body, names, found)?;
        Ok(Self::unescape(body, names, found))
    }

    /// Replaces the escapes of what [`read_whole`] found.
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

    /// Why there was a `None`.
    pub(crate) const fn error(&self) -> ParseError {
        self.mistake
    }

    /// The body that was read, its escapes replaced.
    pub(crate) const fn body(&self) -> &'b [u8] {
        self.body
    }

    /// Whether it is there, if only as `null`.
    pub(crate) fn has(&self, index: usize) -> bool {
        self.slot(index).is_some()
    }

    /// A text that may be missing.
    pub(crate) fn text(&mut self, index: usize) -> Option<Option<&'b str>> {
        match self.slot(index).map(|member| member.value) {
            None | Some(Value::Null) => Some(None),
            Some(Value::Text(text)) => Some(text.plain(self.body)),
            Some(_) => self.fail(index, no_string),
        }
    }

    /// A token that can stand in an `Authorization` header: RFC 6749 §A.12 without the space. It may be missing.
    pub(crate) fn token(&mut self, index: usize) -> Option<Option<&'b str>> {
        let token = self.text(index)?;
        if token.is_some_and(|it| it.is_empty() || !is_graphic(it)) {
            return self.fail(index, ParseErrorKind::UnusableToken);
        }
        Some(token)
    }

    /// What [`Fields::text`] or [`Fields::token`] gave for a member that must be there.
    pub(crate) fn required(&mut self, index: usize, text: Option<&'b str>) -> Option<&'b str> {
        match text {
            None if self.has(index) => self.fail(index, no_string),
            None => self.fail(index, ParseErrorKind::Missing),
            text => text,
        }
    }

    /// A positive number of seconds, also one in quotes, rounded down. It may be missing.
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

    /// Names a mistake in a member.
    pub(crate) fn fail<T>(
        &mut self,
        index: usize,
        kind: fn(&'static str) -> ParseErrorKind,
    ) -> Option<T> {
        self.note(index, kind);
        None
    }

    // One copy of it: a copy for each caller takes more flash.
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

/// Whether there is nothing but printable ASCII without spaces. It does not stop at the first other character, since nearly
/// always there is none: so many can be looked at at once.
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
