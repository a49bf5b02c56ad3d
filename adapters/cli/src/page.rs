//! Entries of a report on a terminal, colored and wrapped at its width.

use std::env;
use std::io::{IsTerminal as _, stdout};

use terminal_size::{Width, terminal_size_of};

/// Standard output as a page.
pub(crate) struct Page {
    /// The number of columns; `None` if other programs read the lines, which then do not wrap.
    width: Option<usize>,
    has_colors: bool,
}

/// The color of a verdict.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Color {
    Green,
    Yellow,
    Red,
    Dim,
}

impl Page {
    pub(crate) fn of_stdout() -> Self {
        let is_terminal = stdout().is_terminal();
        let width = terminal_size_of(stdout()).map(|(Width(width), _)| usize::from(width));
        let is_set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
        let is_dumb = env::var_os("TERM").is_some_and(|term| term == "dumb");
        Self {
            width: width.filter(|width| is_terminal && *width > 0),
            // https://no-color.org
            has_colors: is_terminal && !is_set("NO_COLOR") && !is_dumb,
        }
    }

    /// A word in its color, and a text next to it.
    pub(crate) fn entry(&self, word: &str, color: Color, text: &str) -> String {
        let margin = if self.width.is_some_and(|width| width < NARROW) {
            2
        } else {
            MARGIN
        };
        let lines = match self.width {
            // Some terminals break the line after the last column.
            Some(width) => wrapped(text, width.saturating_sub(1), margin),
            None => vec![text.to_owned()],
        };
        let gap = " ".repeat(MARGIN.saturating_sub(word.len()).max(1));
        let word = match self.has_colors {
            true => format!("\u{1b}[{}m{word}\u{1b}[0m", color.code()),
            false => word.to_owned(),
        };
        let indent = format!("\n{}", " ".repeat(margin));
        format!("{word}{gap}{}", lines.join(&indent))
    }
}

impl Color {
    const fn code(self) -> &'static str {
        match self {
            Self::Green => "32",
            Self::Yellow => "33",
            Self::Red => "1;31",
            Self::Dim => "2",
        }
    }
}

/// The text in lines of this width. The first line leaves [`MARGIN`] columns for a word before it, the others begin
/// with `margin` spaces. Long words stay whole: they may be URLs to copy.
fn wrapped(text: &str, width: usize, margin: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = MARGIN;
    for word in text.split(' ') {
        let len = word.chars().count();
        let Some(line) = lines.last_mut() else {
            continue;
        };
        if line.is_empty() || used.saturating_add(len).saturating_add(1) <= width {
            if !line.is_empty() {
                line.push(' ');
                used = used.saturating_add(1);
            }
            line.push_str(word);
            used = used.saturating_add(len);
        } else {
            lines.push(word.to_owned());
            used = margin.saturating_add(len);
        }
    }
    lines
}

/// The columns before the text.
const MARGIN: usize = 6;

/// On fewer columns, later lines begin further to the left.
const NARROW: usize = 40;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_no_wider_than_the_page() {
        let text =
            "token: the server refused with status 400; see https://server.example/a/long/page";
        for width in [20, 30, 40, 60, 80] {
            let page = Page {
                width: Some(width),
                has_colors: false,
            };
            let entry = page.entry("FAIL", Color::Red, text);
            let is_url = |line: &str| line.trim_start().starts_with("https://");
            for line in entry.lines().filter(|line| !is_url(line)) {
                assert!(line.chars().count() < width, "{width}: {entry}");
            }
            let words: Vec<_> = entry.split_whitespace().skip(1).collect();
            assert_eq!(words.join(" "), text, "{width}");
        }
    }

    #[test]
    fn only_the_verdict_is_coloured_and_other_programs_get_one_line() {
        let page = |has_colors| Page {
            width: None,
            has_colors,
        };
        let entry = |has_colors| page(has_colors).entry("ok", Color::Green, "a b");
        assert_eq!(entry(false), "ok    a b");
        assert_eq!(entry(true), "\u{1b}[32mok\u{1b}[0m    a b");
    }
}
