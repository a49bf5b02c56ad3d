use super::{Format, Group};

/// The format of a text that begins with neither `<` nor a brace.
pub(super) fn of(text: &str) -> Format {
    let segment = |names: &[&str]| {
        let is_it = |name: &&str| begins_segment(text, name, &['|', '^']);
        names.iter().any(is_it)
    };
    let x12 = |name: &&str| begins_segment(text, name, &['*', '|', '^', '~', ':']);
    if begins_segment(text, "MSH", &[]) || text.starts_with("msh|") {
        Format::new("HL7 v2", Group::Hl7v2)
    } else if segment(&["FHS", "BHS"]) {
        Format::new("a batch of HL7 v2", Group::Hl7v2)
    } else if segment(&["EVN", "PID", "PV1", "OBR", "OBX", "ORC", "MSA", "SCH"]) {
        Format::new("segments of HL7 v2 without MSH", Group::Segments)
    } else if begins_segment(text, "ISA", &[]) {
        Format::document("X12")
    } else if ["GS", "ST"].iter().any(x12) {
        Format::document("X12 without its envelope")
    } else if is_interchange(text, "UIB") {
        Format::document("NCPDP SCRIPT")
    } else if is_interchange(text, "UNB") || text.starts_with("UNA:") {
        Format::document("EDIFACT")
    } else {
        key(text).unwrap_or_else(|| table(text))
    }
}

/// Whether the text begins with this name and a delimiter: one of these, or any punctuation mark if the list is empty.
fn begins_segment(text: &str, name: &str, delimiters: &[char]) -> bool {
    let next = text.strip_prefix(name).and_then(|it| it.chars().next());
    next.is_some_and(|next| match delimiters {
        [] => next.is_ascii_punctuation(),
        _ => delimiters.contains(&next),
    })
}

/// Whether the text is an interchange whose first segment has this name, after an optional service string advice (UNA).
fn is_interchange(text: &str, name: &str) -> bool {
    let is_first = |text: &str| begins_segment(text, name, &['+', '\u{1d}']);
    let behind = text.strip_prefix("UNA").and_then(|it| it.get(6..));
    is_first(text) || behind.is_some_and(|it| is_first(it.trim_start()))
}

/// Keys, tokens and encrypted files.
fn key(text: &str) -> Option<Format> {
    let line = text.lines().next().unwrap_or_default();
    let is_pem = line.starts_with("-----BEGIN ");
    let is_secret = |found| Some(Format::new(found, Group::Secret));
    if is_pem && line.contains("PGP MESSAGE") {
        Some(Format::new("a file encrypted by PGP", Group::Encrypted))
    } else if (is_pem && line.contains("PRIVATE KEY")) || line.starts_with("PuTTY-User-Key") {
        is_secret("a private key")
    } else if is_pem || line.starts_with("ssh-") || line.starts_with("ecdsa-sha2-") {
        is_secret("a key or certificate in PEM")
    } else if line.starts_with("eyJ") && line.matches('.').count() == 2 {
        is_secret("a JWT")
    } else {
        None
    }
}

/// CSV if a second line has as many fields as the first, and at least two.
fn table(text: &str) -> Format {
    let (first, rest) = text.split_once(['\r', '\n']).unwrap_or((text, ""));
    let second = rest
        .trim_start()
        .split(['\r', '\n'])
        .next()
        .unwrap_or_default();
    let is_table = [',', ';', '\t', '|'].into_iter().any(|separator| {
        let fields = |line: &str| line.matches(separator).count();
        fields(first) > 0 && fields(first) == fields(second)
    });
    Format::document(if is_table { "CSV" } else { "plain text" })
}
