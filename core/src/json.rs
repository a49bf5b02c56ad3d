//! Parses untrusted JSON (RFC 8259): one object, its members by name, without recursion.
//!
//! `serde-json-core` cannot parse these bodies. It needs the type of each value beforehand, while servers send
//! `expires_in` as a number or as a string. It recurses over skipped values, and nested junk overflows the stack. It
//! accepts illegal JSON in skipped values. It rejects the surrogate pairs that common servers write for non-ASCII text.

mod cursor;
mod fields;
mod number;
mod plain;
mod span;
mod text;

use cursor::Cursor;
pub(crate) use fields::Fields;
pub(crate) use number::floor_of;
pub(crate) use plain::plain_len;
pub(crate) use span::Span;
pub(crate) use text::{Chars, Text};

use crate::parse_error::{ParseError, ParseErrorKind};

/// A member's value: its place, and its type as far as core needs it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Value {
    Text(Text),
    Number(Span),
    Null,
    Other,
}

/// A known member and the place of its value.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Member {
    pub(crate) value: Value,
    at: u32,
}

impl Member {
    fn new(value: Value, at: usize) -> Self {
        let at = span::narrow(at);
        Self { value, at }
    }

    /// The place of the value, in bytes from the start of the body.
    pub(crate) fn at(self) -> usize {
        span::widen(self.at)
    }

    /// The text, or nothing for `null`.
    pub(crate) fn text(self, name: &'static str) -> Result<Option<Text>, ParseError> {
        match self.value {
            Value::Null => Ok(None),
            Value::Text(text) => Ok(Some(text)),
            _ => Err(self.wrong_type(name, "a string")),
        }
    }

    pub(crate) fn wrong_type(self, name: &'static str, expected: &'static str) -> ParseError {
        let kind = ParseErrorKind::WrongType {
            member: name,
            expected,
        };
        ParseError {
            kind,
            at: self.at(),
        }
    }
}

/// Parses all of `body` as one JSON object and returns the members with these `names`, in the order of `names`.
///
/// Checks the whole body against the grammar, other members included; of more than 4 GiB, the first 4 GiB. Rejects a
/// known name that comes twice, because two readers could each trust a different value.
pub(crate) fn members<const N: usize>(
    body: &[u8],
    names: [&'static str; N],
) -> Result<[Option<Member>; N], ParseError> {
    let mut found = [None; N];
    read_whole(body, &names, &mut found)?;
    Ok(found)
}

/// The members with these `names` of the object that begins `at` this place of a `body` that [`members`] has checked.
pub(crate) fn members_at<const N: usize>(
    body: &[u8],
    at: usize,
    names: [&'static str; N],
) -> Result<[Option<Member>; N], ParseError> {
    let mut found = [None; N];
    read_at(body, at, &names, &mut found)?;
    Ok(found)
}

/// As [`members_at`], into the slots next to the names.
pub(crate) fn read_at(
    body: &[u8],
    at: usize,
    names: &[&'static str],
    found: &mut [Option<Member>],
) -> Result<(), ParseError> {
    let mut cursor = Cursor::new(body, at);
    cursor.members(names, found).ok_or(cursor.error())
}

/// The string that begins `at` this place of a `body`.
pub(crate) fn text_at(body: &[u8], at: usize) -> Option<Text> {
    Cursor::new(body, at).string()
}

/// The values of the array that begins `at` this place of a `body` that [`members`] has checked.
pub(crate) fn elements_at(body: &[u8], at: usize) -> Elements<'_> {
    Elements(Cursor::new(body, at))
}

/// Iterates over the values of an array.
#[derive(Clone)]
pub(crate) struct Elements<'b>(Cursor<'b>);

impl Iterator for Elements<'_> {
    type Item = Member;

    /// [`members`] has checked the whole body, and therefore no value here has a syntax error.
    fn next(&mut self) -> Option<Member> {
        self.0.next_element()
    }
}

/// The names of the members of the JSON object `body`, which is UTF-8. The iterator ends with the first syntax error.
pub(crate) fn names(body: &[u8]) -> Names<'_> {
    let mut cursor = Cursor::new(body, 0);
    let opened = cursor.open_object().ok_or(cursor.error());
    Names {
        cursor,
        opened,
        is_over: false,
    }
}

/// Iterates over the names of an object's members.
pub(crate) struct Names<'b> {
    cursor: Cursor<'b>,
    opened: Result<(), ParseError>,
    is_over: bool,
}

impl Iterator for Names<'_> {
    type Item = Result<Text, ParseError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over {
            return None;
        }
        let opened = self.opened;
        let next = opened.and_then(|()| self.cursor.next_name().ok_or(self.cursor.error()));
        self.is_over = !matches!(next, Ok(Some(_)));
        next.transpose()
    }
}

/// As [`members`], into the slots next to the names: one copy of the code for every number of names.
pub(crate) fn read_whole(
    body: &[u8],
    names: &[&'static str],
    found: &mut [Option<Member>],
) -> Result<(), ParseError> {
    let body = body.get(..Span::MAX).unwrap_or(body);
    core::str::from_utf8(body).map_err(|error| ParseError {
        kind: ParseErrorKind::NotUtf8,
        at: error.valid_up_to(),
    })?;
    let mut cursor = Cursor::new(body, 0);
    let read = cursor.members(names, found).and_then(|()| cursor.end());
    read.ok_or(cursor.error())
}

/// The greatest depth of nested arrays and objects. OAuth needs two or three levels.
pub(crate) const MAX_DEPTH: u32 = 64;

#[cfg(test)]
mod tests {
    use std::string::String;
    use std::vec;

    use super::{MAX_DEPTH, Value, members};
    use crate::parse_error::ParseErrorKind::{
        self, Duplicate, Empty, Html, NotAnObject, NotUtf8, Syntax, TooDeep, Truncated,
    };

    fn kind(body: &[u8]) -> Result<(), ParseErrorKind> {
        members(body, []).map(|[]| ()).map_err(|error| error.kind)
    }

    #[test]
    fn every_deviation_from_the_grammar_is_named() {
        for (body, expected) in [
            (&b""[..], Empty),
            (b" \r\n\t", Empty),
            (b"<!DOCTYPE html>", Html),
            (b"Invalid request", NotAnObject),
            (b"[]", NotAnObject),
            (b"\"text\"", NotAnObject),
            (b"{", Truncated),
            (b"{\"a\"", Truncated),
            (b"{\"a\":", Truncated),
            (b"{\"a\":1", Truncated),
            (b"{\"a\":\"b", Truncated),
            (b"{\"a\":[1,2", Truncated),
            (b"{\"a\":tru", Truncated),
            (b"{\"a\":1}}", Syntax),
            (b"{\"a\":1} x", Syntax),
            (b"{\"a\":1,}", Syntax),
            (b"{,}", Syntax),
            (b"{a:1}", Syntax),
            (b"{\"a\" 1}", Syntax),
            (b"{\"a\":01}", Syntax),
            (b"{\"a\":1.}", Syntax),
            (b"{\"a\":-}", Syntax),
            (b"{\"a\":1e}", Syntax),
            (b"{\"a\":+1}", Syntax),
            (b"{\"a\":NaN}", Syntax),
            (b"{\"a\":[1,]}", Syntax),
            (b"{\"a\":[}", Syntax),
            (b"{\"a\":{\"b\"]}", Syntax),
            (b"{\"a\":\"\\x\"}", Syntax),
            (b"{\"a\":\"\\u12g4\"}", Syntax),
            (b"{\"a\":\"\\ud83d\"}", Syntax),
            (b"{\"a\":\"\\ud83d\\u0041\"}", Syntax),
            (b"{\"a\":\"\\udc4d\"}", Syntax),
            (b"{\"a\":\"\n\"}", Syntax),
            (b"{\"a\":\"\xff\"}", NotUtf8),
        ] {
            let text = String::from_utf8_lossy(body);
            assert_eq!(kind(body), Err(expected), "{text}");
        }
    }

    #[test]
    fn nesting_is_bounded_and_costs_no_stack() {
        let nested = |depth: usize| {
            let mut body = b"{\"a\":".to_vec();
            body.extend(vec![b'['; depth]);
            body.extend(vec![b']'; depth]);
            body.push(b'}');
            kind(&body)
        };
        let inner = usize::try_from(MAX_DEPTH).unwrap() - 1;
        assert_eq!(nested(inner), Ok(()));
        assert_eq!(nested(inner + 1), Err(TooDeep));
        assert_eq!(nested(100_000), Err(TooDeep));
    }

    #[test]
    fn a_known_name_is_found_however_it_is_written_and_only_once() {
        let body = br#" { "x" : [ {"a":1}, null ], "\u0061" : null } "#;
        let [member] = members(body, ["a"]).unwrap();
        assert!(matches!(member.unwrap().value, Value::Null));
        let twice = members(br#"{"a":1,"\u0061":2}"#, ["a"]);
        assert_eq!(twice.unwrap_err().kind, Duplicate("a"));
    }
}
