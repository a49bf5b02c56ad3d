use std::path::Path;

/// A path, for a terminal and for logs.
pub(crate) fn shown(path: &Path) -> String {
    escaped(&path.display().to_string())
}

/// A text without control characters, which could change what a terminal shows.
pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c.is_control() {
            true => escaped.extend(c.escape_default()),
            false => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_escaped_and_nothing_else() {
        let path = Path::new("/a b/\u{1b}[2J/\n'é");
        assert_eq!(shown(path), r"/a b/\u{1b}[2J/\n'é");
    }
}
