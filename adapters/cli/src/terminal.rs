use core::fmt;
use std::io::Write;
use std::path::Path;

/// Says something on standard error. Where nobody takes it any more, what is being done goes on: `eprintln!` would panic in
/// the midst of it.
pub(crate) fn say(line: impl fmt::Display) {
    let _ = writeln!(std::io::stderr(), "redox-auth: {line}");
}

/// A stranger's text as a terminal may show it: control characters escaped, and no more than a screen of it.
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

/// A path in the same way.
pub(crate) fn shown_path(path: &Path) -> String {
    shown(&path.display().to_string())
}

/// How many characters are shown.
const SHOWN_CHARS: usize = 2000;

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn control_characters_are_escaped_and_the_rest_is_not() {
        assert_eq!(
            shown("a \"b\" \u{1b}[2J\n\u{9b}é"),
            "a \"b\" \\u{1b}[2J\\n\\u{9b}é"
        );
        assert_eq!(shown(&"x".repeat(3000)).len(), 2000);
    }
}
