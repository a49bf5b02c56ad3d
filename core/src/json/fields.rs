use super::{Member, Value, floor_of, read_whole};
use crate::{ParseError, ParseErrorKind};

/// Members of an object that was read, by their place among the names that were looked for. Their escapes are replaced.
pub(crate) struct Fields<'b, 'm> {
    body: &'b [u8],
    names: &'m [&'static str],
    found: &'m [Option<Member>],
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
        Self { body, names, found }
    }

    /// Whether it is there, if only as `null`.
    pub(crate) fn has(&self, index: usize) -> bool {
        self.slot(index).is_some()
    }

    /// Whether it is there and not `null`.
    pub(crate) fn has_value(&self, index: usize) -> bool {
        self.slot(index)
            .is_some_and(|member| !matches!(member.value, Value::Null))
    }

    /// The text of a member that may be absent or `null`.
    pub(crate) fn text(&self, index: usize) -> Result<Option<&'b str>, ParseError> {
        let Some(member) = self.slot(index) else {
            return Ok(None);
        };
        let text = member.text(self.name(index))?;
        Ok(text.and_then(|text| text.plain(self.body)))
    }

    /// A token that can stand in an `Authorization` header: RFC 6749 §A.12 without the space.
    pub(crate) fn token(&self, index: usize) -> Result<Option<&'b str>, ParseError> {
        match self.text(index)? {
            Some(token) if token.is_empty() || !token.bytes().all(|it| it.is_ascii_graphic()) => {
                Err(self.error(index, ParseErrorKind::UnusableToken))
            }
            token => Ok(token),
        }
    }

    /// What [`Fields::text`] or [`Fields::token`] gave for a member that must be there.
    pub(crate) fn required(
        &self,
        index: usize,
        text: Option<&'b str>,
    ) -> Result<&'b str, ParseError> {
        match (text, self.slot(index)) {
            (Some(text), _) => Ok(text),
            (None, Some(null)) => Err(null.wrong_type(self.name(index), "a string")),
            (None, None) => Err(self.error(index, ParseErrorKind::Missing)),
        }
    }

    /// A number rounded down, also one in quotes; the inner `None` for one that is negative or none.
    pub(crate) fn floor(&self, index: usize) -> Result<Option<Option<u32>>, ParseError> {
        let Some(member) = self.slot(index) else {
            return Ok(None);
        };
        let place = match member.value {
            Value::Null => return Ok(None),
            Value::Number { start, end } => start..end,
            Value::Text(text) => text.start..text.end,
            Value::Other => return Err(member.wrong_type(self.name(index), "a number")),
        };
        Ok(Some(self.body.get(place).and_then(floor_of)))
    }

    /// An error with the name and the place of a member.
    pub(crate) fn error(
        &self,
        index: usize,
        kind: impl FnOnce(&'static str) -> ParseErrorKind,
    ) -> ParseError {
        ParseError {
            kind: kind(self.name(index)),
            at: self.slot(index).map_or(0, |member| member.at),
        }
    }

    fn slot(&self, index: usize) -> Option<Member> {
        self.found.get(index).copied().flatten()
    }

    fn name(&self, index: usize) -> &'static str {
        self.names.get(index).copied().unwrap_or("")
    }
}
