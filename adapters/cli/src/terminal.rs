use core::fmt;
use std::env;
use std::io::{IsTerminal as _, Write, stderr};
use std::path::Path;

use url::Url;

/// Writes a line to standard error. A terminal shows URLs in it as links. A closed standard error does not stop the work:
/// `eprintln!` would panic.
pub(crate) fn say(line: impl fmt::Display) {
    say_as_it_is(&format!("redox-auth: {line}\n"));
}

/// Writes whole lines to standard error in one piece, without the name of the command before them.
pub(crate) fn say_as_it_is(lines: &str) {
    let _ = match shows_links() {
        true => stderr().lock().write_all(with_links(lines).as_bytes()),
        false => stderr().lock().write_all(lines.as_bytes()),
    };
}

/// A text from outside, safe for a terminal: with control characters escaped, and at most a screenful.
pub(crate) fn shown(text: &str) -> String {
    let mut shown = String::new();
    for character in text.chars().take(SHOWN_CHARS) {
        if character.is_control() {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    shown
}

/// The same for a text of several lines, line by line and of any length.
pub(crate) fn shown_lines(text: &str) -> impl Iterator<Item = String> {
    text.lines().map(|line| {
        let mut shown = String::with_capacity(line.len());
        for character in line.chars() {
            match character {
                '\t' => shown.push(character),
                it if it.is_control() => shown.extend(it.escape_default()),
                it => shown.push(it),
            }
        }
        shown
    })
}

/// The same text, with a link (OSC 8) for each URL of the web in it.
fn with_links(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = ["https://", "http://"]
        .iter()
        .filter_map(|it| rest.find(it))
        .min()
    {
        let (before, from_url) = rest.split_at_checked(at).unwrap_or((rest, ""));
        let len = from_url.find(ends_url).unwrap_or(from_url.len());
        let url = from_url.get(..len).unwrap_or_default();
        let url = url.trim_end_matches(['.', ',', ';', ':', '!', '?']);
        shown.push_str(before);
        shown.push_str(&match Url::parse(url) {
            Ok(_) => format!("\u{1b}]8;;{url}\u{1b}\\{url}\u{1b}]8;;\u{1b}\\"),
            Err(_) => url.to_owned(),
        });
        rest = from_url.get(url.len()..).unwrap_or_default();
    }
    shown.push_str(rest);
    shown
}

fn ends_url(character: char) -> bool {
    !character.is_ascii_graphic() || matches!(character, '"' | '\'' | '<' | '>' | '`' | ')' | ']')
}

/// Whether standard error is a terminal that obeys escape sequences.
fn shows_links() -> bool {
    stderr().is_terminal() && env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// A path, safe for a terminal.
pub(crate) fn shown_path(path: &Path) -> String {
    shown(&path.display().to_string())
}

/// The greatest number of characters.
const SHOWN_CHARS: usize = 2000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_in_a_text_is_a_link() {
        let link = |url: &str| format!("\u{1b}]8;;{url}\u{1b}\\{url}\u{1b}]8;;\u{1b}\\");
        let text = "see https://a.example/x?y=1#z, or \"http://b.example/\". Or http:// or ftp://c";
        let expected = format!(
            "see {}, or \"{}\". Or http:// or ftp://c",
            link("https://a.example/x?y=1#z"),
            link("http://b.example/")
        );
        assert_eq!(with_links(text), expected);
        assert_eq!(with_links("no URL"), "no URL");
    }

    #[test]
    fn control_characters_are_escaped_and_the_rest_is_not() {
        assert_eq!(
            shown("a \"b\" \u{1b}[2J\n\u{9b}é"),
            "a \"b\" \\u{1b}[2J\\n\\u{9b}é"
        );
        assert_eq!(shown(&"x".repeat(3000)).len(), 2000);
    }
}
