use super::letters::Letters;

/// Finds secrets while a text is read from its start.
pub(super) struct Scan<'s> {
    /// These texts are secrets wherever they are.
    known: &'s [&'s str],
    /// A token or a word may start here.
    is_start: bool,
    /// The last word is the name of a secret, and only `:`, `=`, quotes and spaces followed.
    is_named: bool,
    /// A quote was among them.
    has_quote: bool,
    /// A sign between a name and its value was among them.
    has_sign: bool,
}

impl<'s> Scan<'s> {
    pub(super) const fn new(known: &'s [&'s str]) -> Self {
        Self {
            known,
            is_start: true,
            is_named: false,
            has_quote: false,
            has_sign: false,
        }
    }

    /// The letters after the secret that `letters` start with.
    pub(super) fn after_secret<'b>(&mut self, letters: &Letters<'b>) -> Option<Letters<'b>> {
        let mut known = self.known.iter().filter(|secret| !secret.is_empty());
        if let Some(rest) = known.find_map(|secret| after(letters.clone(), secret)) {
            return Some(rest);
        }
        if self.is_named && self.has_quote && self.has_sign {
            return after_value(letters.clone());
        }
        if !self.is_start {
            return None;
        }
        let rest = after_token(letters.clone());
        if rest.is_none() && letters.clone().next().is_some_and(is_of_token) {
            self.is_named = names_secret(letters.clone());
            (self.has_quote, self.has_sign) = (false, false);
        }
        rest
    }

    /// Records the next letter, or the end of a secret, which belongs to no word.
    pub(super) const fn pass(&mut self, letter: char) {
        self.is_start = !is_of_token(letter);
        match letter {
            '"' => self.has_quote = true,
            ':' => self.has_sign = true,
            '=' => (self.has_quote, self.has_sign) = (true, true),
            _ if is_separator(letter) || is_of_token(letter) => (),
            _ => self.is_named = false,
        }
    }
}

/// The letters after `text`, if the letters start with it, in upper or lower case.
fn after<'b>(mut letters: Letters<'b>, text: &str) -> Option<Letters<'b>> {
    let mut is_next = |expected: char| {
        let letter = letters.next();
        letter.is_some_and(|letter| letter.eq_ignore_ascii_case(&expected))
    };
    let is_there = text.chars().all(&mut is_next);
    is_there.then_some(letters)
}

/// The letters after a token, if the letters start with one: a JWT (RFC 7519), whole or truncated, or a run of
/// base64url with a digit that is longer than any word or UUID.
fn after_token(mut letters: Letters<'_>) -> Option<Letters<'_>> {
    let is_jwt = after(letters.clone(), JWT_START).is_some();
    let (mut len, mut part_len, mut has_digit, mut is_long) = (0_usize, 0_usize, false, false);
    loop {
        let before = letters.clone();
        match letters.next() {
            Some('.') => (part_len, has_digit) = (0, false),
            Some(letter) if is_of_token(letter) => {
                part_len = part_len.saturating_add(1);
                has_digit |= letter.is_ascii_digit();
                is_long |= has_digit && part_len >= PART_MIN;
            }
            _ => {
                let is_token = is_long || (is_jwt && len >= JWT_MIN);
                return is_token.then_some(before);
            }
        }
        len = len.saturating_add(1);
    }
}

/// The letters after the value of a name, if the letters start with one.
fn after_value(mut letters: Letters<'_>) -> Option<Letters<'_>> {
    let mut is_empty = true;
    loop {
        let before = letters.clone();
        match letters.next() {
            Some(letter) if !ends_value(letter) => is_empty = false,
            _ => return (!is_empty).then_some(before),
        }
    }
}

/// Whether the letters start with the name of a secret, such as `client_assertion` or `accessToken`.
fn names_secret(mut letters: Letters<'_>) -> bool {
    loop {
        if NAMES
            .iter()
            .any(|name| after(letters.clone(), name).is_some())
        {
            return true;
        }
        if !letters.next().is_some_and(is_of_token) {
            return false;
        }
    }
}

/// A character that may separate a name and its value.
const fn is_separator(letter: char) -> bool {
    matches!(letter, '"' | '\'' | ':' | '=' | '\\') || letter.is_ascii_whitespace()
}

const fn ends_value(letter: char) -> bool {
    matches!(
        letter,
        '"' | '\'' | '\\' | '&' | ',' | ';' | '<' | '>' | '(' | ')' | '{' | '}' | '[' | ']'
    ) || letter.is_ascii_whitespace()
}

/// Base64url, and the dot between the parts of a JWT.
const fn is_of_token(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.')
}

/// The parts that names of secrets contain.
const NAMES: [&str; 4] = ["token", "secret", "assertion", "password"];

/// `{"` in base64url.
const JWT_START: &str = "eyJ";

/// The fewest characters that count as the start of a JWT.
const JWT_MIN: usize = 16;

/// The fewest characters without a dot that count as a secret. A UUID has 36.
const PART_MIN: usize = 40;
