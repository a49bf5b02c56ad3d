mod letters;
mod page;
mod phrase;
mod secret;

pub use phrase::Phrase;

use core::fmt::{self, Display, Write};

use crate::json::{self, Member, Text, Value, elements_at, read_at, read_whole};
use letters::Letters;

/// A server's words in a refusal, in one line for a person.
///
/// `Display` shows `error` and `error_description` (RFC 6749 §5.2), each in quotation marks, and the members that other
/// servers write: `statusmessage`, `description`, `message`, `detail` and `diagnostics`, also inside `error`, `errors`
/// and FHIR's `issue`. `error_uri` comes last, without its percent-encoding. For a body without any of these it shows
/// the title of a web page, or else the start of the body. A text has at most 500 characters, a title or start 200.
///
/// Line ends become spaces, and characters that a terminal would obey are escaped. Everything that looks like a secret
/// becomes `[redacted]`: see [`Refusal::words`](crate::Refusal::words).
#[derive(Clone, Copy)]
pub struct Words<'b, 's> {
    body: &'b [u8],
    secrets: &'s [&'s str],
}

impl<'b, 's> Words<'b, 's> {
    /// The words in the whole `body` of a refusal: see [`Refusal::words`](crate::Refusal::words).
    #[must_use]
    pub const fn new(body: &'b [u8], secrets: &'s [&'s str]) -> Self {
        Self { body, secrets }
    }

    /// `error`, such as `invalid_client`.
    #[must_use]
    pub fn error(&self) -> Option<Phrase<'b, 's>> {
        self.named("error")
    }

    /// `error_description`. Redox leaves it blank for most wrong values.
    #[must_use]
    pub fn description(&self) -> Option<Phrase<'b, 's>> {
        self.named("error_description")
    }

    /// `error_uri`, unchanged: the URL of a page about the error.
    #[must_use]
    pub fn uri(&self) -> Option<Phrase<'b, 's>> {
        self.named(URI)
    }

    /// The title of a web page from a proxy, a gateway or a captive portal. `None` for any other body, and for a page
    /// without a title.
    #[must_use]
    pub fn page_title(&self) -> Option<Phrase<'b, 's>> {
        let title = self.phrase(Letters::Plain(page::title(self.body)?), BEGINNING_MAX);
        (!title.is_blank()).then_some(title)
    }

    /// Whether the body has no words at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        write!(Nothing, "{self}").is_ok()
    }

    fn named(&self, name: &'static str) -> Option<Phrase<'b, 's>> {
        let [member] = json::members(self.body, [name]).ok()?;
        match member?.value {
            Value::Text(text) => Some(self.phrase(Letters::json(text, self.body), TEXT_MAX)),
            _ => None,
        }
    }

    const fn phrase(&self, letters: Letters<'b>, max: usize) -> Phrase<'b, 's> {
        Phrase::new(letters, self.secrets, max)
    }
}

impl Display for Words<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut line = Line {
            words: *self,
            f,
            count: 0,
        };
        let mut found = [None; NAMES.len()];
        if read_whole(self.body, &NAMES, &mut found).is_ok() {
            let [uri, members @ ..] = found;
            for member in members.into_iter().flatten() {
                line.say_all_of(member)?;
            }
            if let Some(Value::Text(uri)) = uri.map(|uri| uri.value) {
                line.say("; ", ["see ", ""], Letters::uri(uri, self.body), TEXT_MAX)?;
            }
        }
        if line.count == 0
            && let Some(title) = page::title(self.body)
        {
            let around = ["the web page \"", "\""];
            line.say("", around, Letters::Plain(title), BEGINNING_MAX)?;
        }
        if line.count == 0 {
            line.say("", QUOTES, Letters::Plain(self.body), BEGINNING_MAX)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Words<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Display::fmt(self, f)
    }
}

/// The line under construction.
struct Line<'f, 'g, 'b, 's> {
    words: Words<'b, 's>,
    f: &'f mut fmt::Formatter<'g>,
    /// The number of phrases in the line.
    count: usize,
}

impl Line<'_, '_, '_, '_> {
    /// Writes a text, the texts of an object, or the texts of the objects in an array.
    fn say_all_of(&mut self, member: Member) -> fmt::Result {
        self.say_texts_of(member)?;
        if matches!(member.value, Value::Other) {
            let elements = elements_at(self.words.body, member.at());
            for element in elements.take(PHRASES_MAX) {
                self.say_texts_of(element)?;
            }
        }
        Ok(())
    }

    fn say_texts_of(&mut self, member: Member) -> fmt::Result {
        match member.value {
            Value::Text(text) => self.say_text(text),
            Value::Other => {
                let mut found = [None; NESTED.len()];
                // A value that is no object has no texts.
                let _ = read_at(self.words.body, member.at(), &NESTED, &mut found);
                for nested in found.into_iter().flatten() {
                    if let Value::Text(text) = nested.value {
                        self.say_text(text)?;
                    }
                }
                Ok(())
            }
            Value::Number(_) | Value::Null => Ok(()),
        }
    }

    fn say_text(&mut self, text: Text) -> fmt::Result {
        self.say(": ", QUOTES, Letters::json(text, self.words.body), TEXT_MAX)
    }

    fn say(
        &mut self,
        separator: &str,
        [before, after]: [&str; 2],
        letters: Letters<'_>,
        max: usize,
    ) -> fmt::Result {
        let phrase = Phrase::new(letters, self.words.secrets, max);
        if phrase.is_blank() || self.count >= PHRASES_MAX {
            return Ok(());
        }
        if self.count > 0 {
            self.f.write_str(separator)?;
        }
        self.count = self.count.saturating_add(1);
        self.f.write_str(before)?;
        phrase.fmt(self.f)?;
        self.f.write_str(after)
    }
}

/// A writer that fails at the first byte.
struct Nothing;

impl Write for Nothing {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if text.is_empty() {
            Ok(())
        } else {
            Err(fmt::Error)
        }
    }
}

const QUOTES: [&str; 2] = ["\"", "\""];

const URI: &str = "error_uri";

/// The first name is that of a URL. The line shows the others in this order.
const NAMES: [&str; 10] = [
    URI,
    "error",
    "error_description",
    "statusmessage",
    "description",
    "message",
    "detail",
    "diagnostics",
    "errors",
    "issue",
];

/// The members shown of a nested object.
const NESTED: [&str; 4] = ["message", "detail", "description", "diagnostics"];

/// The number of characters shown of a text.
const TEXT_MAX: usize = 500;

/// The number of characters shown of a body without a known text.
const BEGINNING_MAX: usize = 200;

/// The number of texts shown.
const PHRASES_MAX: usize = 8;
