use super::letters::Letters;

/// Finds what must not be shown while a text is read from its beginning on.
pub(super) struct Scan<'s> {
    /// These are secrets wherever they stand.
    known: &'s [&'s str],
    /// A token or a word may begin here.
    is_start: bool,
    /// The last word is the name of a secret, and only `:`, `=`, quotes and spaces came since.
    is_named: bool,
    /// Among them was a quote.
    has_quote: bool,
    /// And a sign between a name and its value.
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

    /// What follows the secret with which `letters` begin.
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

    /// Takes note of the next letter, or of a secret that is no letter of any word.
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

/// What follows `text`, if the letters begin with it, in upper or lower case.
fn after<'b>(mut letters: Letters<'b>, text: &str) -> Option<Letters<'b>> {
    let mut is_next = |expected: char| {
        let letter = letters.next();
        letter.is_some_and(|letter| letter.eq_ignore_ascii_case(&expected))
    };
    let is_there = text.chars().all(&mut is_next);
    is_there.then_some(letters)
}

/// What follows a token, if the letters begin with one: a JWT (RFC 7519), whole or cut off, or so many characters of
/// base64url with a digit among them that no word and no UUID has as many.
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

/// What follows the value of a name, if the letters begin with one.
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

/// Whether the word with which the letters begin is the name of a secret, such as `client_assertion` or `accessToken`.
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

/// What may stand between a name and its value.
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

/// What the names of secrets have in them.
const NAMES: [&str; 4] = ["token", "secret", "assertion", "password"];

/// `{"` in base64url.
const JWT_START: &str = "eyJ";

/// The fewest characters that are taken for the beginning of a JWT.
const JWT_MIN: usize = 16;

/// The fewest characters without a dot that are taken for a secret. A UUID has 36.
const PART_MIN: usize = 40;
