use url::form_urlencoded::parse;

/// The text of a segment of a path.
pub(super) fn decode(segment: &str) -> String {
    // What a form would take for a sign stands for itself in a path.
    let segment = segment
        .replace('+', "%2B")
        .replace('&', "%26")
        .replace('=', "%3D");
    let pair = parse(segment.as_bytes()).next();
    pair.map_or_else(String::new, |(text, _)| text.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_is_decoded() {
        for (segment, text) in [
            ("key-1", "key-1"),
            ("a%20b", "a b"),
            ("%C3%A4%2F%3F%23%252F", "ä/?#%2F"),
            ("%3Ci%3E", "<i>"),
            ("", ""),
        ] {
            assert_eq!(decode(segment), text);
        }
    }

    #[test]
    fn signs_of_forms_stand_for_themselves() {
        assert_eq!(decode("a+b&c=d"), "a+b&c=d");
    }
}
