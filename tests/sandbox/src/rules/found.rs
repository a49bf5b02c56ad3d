use serde_json::Value;

/// A value in an objection: as JSON, at most a line.
pub(super) fn found(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(SHOWN_CHARS) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

/// Names in a sentence: `a`, `a or b`, `a, b or c`.
pub(super) fn either(names: &[impl AsRef<str>]) -> String {
    match names {
        [] => "nothing".to_owned(),
        [one] => one.as_ref().to_owned(),
        [all @ .., last] => {
            let all: Vec<_> = all.iter().map(AsRef::as_ref).collect();
            format!("{} or {}", all.join(", "), last.as_ref())
        }
    }
}

const SHOWN_CHARS: usize = 120;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_joined_and_a_long_value_is_cut() {
        assert_eq!(either(&["a"]), "a");
        assert_eq!(either(&["a", "b"]), "a or b");
        assert_eq!(either(&["a", "b", "c"]), "a, b or c");
        let long = found(&Value::from("é".repeat(500)));
        assert_eq!(long.chars().count(), SHOWN_CHARS + 1);
        assert_eq!(found(&Value::from("a\u{1b}")), "\"a\\u001b\"");
    }
}
