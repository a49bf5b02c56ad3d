use core::fmt::{self, Write};

use super::letters::Letters;
use super::secret::Scan;
use crate::json::Text;
use crate::peer_text::is_obeyed;

/// A text from a server, for a person to read: bounded, in one line, and without anything that looks like a secret.
#[derive(Clone)]
pub struct Phrase<'b, 's> {
    letters: Letters<'b>,
    secrets: &'s [&'s str],
    max: usize,
}

impl<'b, 's> Phrase<'b, 's> {
    /// `max` is the number of characters shown.
    pub(super) const fn new(letters: Letters<'b>, secrets: &'s [&'s str], max: usize) -> Self {
        Self {
            letters,
            secrets,
            max,
        }
    }

    /// A text in `body`. Only texts that look like a secret are hidden.
    pub(crate) fn of_json(text: Text, body: &'b [u8], max: usize) -> Self {
        Self::new(Letters::json(text, body), &[], max)
    }

    pub(super) fn is_blank(&self) -> bool {
        self.letters.clone().all(is_space)
    }
}

impl fmt::Display for Phrase<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut letters = self.letters.clone();
        let mut scan = Scan::new(self.secrets);
        let (mut shown, mut is_space_due) = (0_usize, false);
        loop {
            let secret_end = scan.after_secret(&letters);
            let letter = match &secret_end {
                Some(_) => '…',
                None => match letters.next() {
                    Some(letter) => letter,
                    None => return Ok(()),
                },
            };
            scan.pass(letter);
            if is_space(letter) {
                is_space_due = shown > 0;
                continue;
            }
            shown = shown.saturating_add(is_space_due.into());
            if shown >= self.max {
                return f.write_char('…');
            }
            if is_space_due {
                f.write_char(' ')?;
            }
            shown = shown.saturating_add(1);
            is_space_due = false;
            if let Some(rest) = secret_end {
                f.write_str("[redacted]")?;
                letters = rest;
            } else if is_obeyed(letter) {
                write!(f, "{}", letter.escape_unicode())?;
            } else {
                f.write_char(letter)?;
            }
        }
    }
}

impl fmt::Debug for Phrase<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

const fn is_space(letter: char) -> bool {
    letter.is_ascii_whitespace()
}
