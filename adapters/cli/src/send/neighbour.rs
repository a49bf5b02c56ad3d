//! Files that are no message of the Data Model API, which people have beside those that are.

use core::fmt;

use serde_json::Value;

/// What a file is, of which nobody can send a message, and the way that takes it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Neighbour {
    what: &'static str,
    way: &'static str,
}

impl Neighbour {
    /// What this is, if it is one of them.
    pub(super) fn of(content: &[u8]) -> Option<Self> {
        let new = |what, way| Some(Self { what, way });
        match content {
            [0x1f, 0x8b, ..] => return new("a file compressed by gzip", UNPACK),
            [b'P', b'K', 3, 4, ..] => return new("a zip archive", UPLOAD),
            [b'%', b'P', b'D', b'F', ..] => return new("a PDF", UPLOAD),
            _ => {}
        }
        let text = core::str::from_utf8(content).ok()?;
        // MLLP frames a message by a vertical tab and a file separator.
        let text = text.trim_start_matches(['\u{feff}', '\u{b}']).trim();
        let (first, rest) = text.split_once(['\r', '\n']).unwrap_or((text, ""));
        if ["MSH|", "FHS|", "BHS|"]
            .iter()
            .any(|it| text.starts_with(it))
        {
            new("HL7 v2", MLLP)
        } else if text.starts_with("ISA*") || text.starts_with("ISA|") {
            new("X12", UPLOAD)
        } else if text.starts_with('<') && text.contains("<ClinicalDocument") {
            new("a C-CDA document", UPLOAD)
        } else if text.starts_with('<') {
            new("XML", UPLOAD)
        } else if is_array(text) {
            new("a JSON array", SPLIT)
        } else if rest.trim_start().starts_with('{') && is_object(first) {
            new("a JSON object on each line", "send it with --ndjson")
        } else if !text.starts_with('{') && !is_member(first) && is_table(first, rest) {
            new("CSV", UPLOAD)
        } else {
            None
        }
    }
}

impl fmt::Display for Neighbour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, way } = self;
        write!(f, "expected a message in JSON, found {what}; {way}")
    }
}

fn is_json(text: &str) -> bool {
    serde_json::from_str::<Value>(text).is_ok()
}

fn is_object(text: &str) -> bool {
    text.starts_with('{') && is_json(text)
}

/// Whether it is an array of objects.
fn is_array(text: &str) -> bool {
    let inside = text.strip_prefix('[').unwrap_or_default();
    inside.trim_start().starts_with('{') && is_json(text)
}

/// Whether it begins with the name of a member, as in JSON whose first brace is missing.
fn is_member(line: &str) -> bool {
    let name = line.strip_prefix('"').and_then(|it| it.split_once('"'));
    name.is_some_and(|(_, rest)| rest.trim_start().starts_with(':'))
}

/// Whether a second line has as many fields as the first, and at least two.
fn is_table(first: &str, rest: &str) -> bool {
    let second = rest.trim_start().lines().next().unwrap_or_default();
    [',', ';', '\t'].into_iter().any(|separator| {
        let fields = |line: &str| line.matches(separator).count();
        fields(first) > 0 && fields(first) == fields(second)
    })
}

const UPLOAD: &str = "--upload sends it as a file, for a message to refer to";
const MLLP: &str = "--mllp HOST:PORT sends it over MLLP, and --upload sends it as a file, for a message to refer to";
const UNPACK: &str = "unpack it first, as in: gzip -dc FILE | redox-auth send -";
const SPLIT: &str =
    "send each of its members, as in: jq -c '.[]' FILE | redox-auth send --ndjson -";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_neighbour_is_named_with_the_way_that_takes_it() {
        for (content, what, way) in [
            (&b"MSH|^~\\&|A|B\rPID|1\r"[..], "HL7 v2", MLLP),
            (b"\x0bMSH|^~\\&|A|B\rPID|1\r\x1c\r", "HL7 v2", MLLP),
            (b"ISA*00*          *00*~", "X12", UPLOAD),
            (b"<?xml version=\"1.0\"?><a/>", "XML", UPLOAD),
            (
                b"\xef\xbb\xbf<?xml version=\"1.0\"?>\n<ClinicalDocument xmlns=\"urn:hl7-org:v3\"/>",
                "a C-CDA document",
                UPLOAD,
            ),
            (b"a,b,c\n1,2,3\n", "CSV", UPLOAD),
            (b"a;b\r\n1;2\r\n", "CSV", UPLOAD),
            (b"\"a\",\"b: c\"\n\"1\",\"2\"\n", "CSV", UPLOAD),
            (b"PK\x03\x04", "a zip archive", UPLOAD),
            (b"\x1f\x8b\x08", "a file compressed by gzip", UNPACK),
            (b"%PDF-1.7", "a PDF", UPLOAD),
            (b"[{\"Meta\":{}}]", "a JSON array", SPLIT),
            (
                b"{\"Meta\":{}}\n{\"Meta\":{}}\n",
                "a JSON object on each line",
                "send it with --ndjson",
            ),
        ] {
            let found = Neighbour::of(content);
            assert_eq!(found, Some(Neighbour { what, way }), "{}", content.escape_ascii());
        }
        for other in [
            &b"{\"Meta\":{}}"[..],
            b"\"Meta\": {},\n\"Patient\": {},\n",
            b"{",
            b"",
            b"[]",
            b"text",
            b"\xff",
        ] {
            assert_eq!(Neighbour::of(other), None, "{}", other.escape_ascii());
        }
    }
}
