use super::{Format, Group, beginning};

/// The format of a file that its first bytes identify, or of a file that is not text.
pub(super) fn of(content: &[u8]) -> Option<Format> {
    // A text may contain any word.
    let head = content.get(..HEAD).unwrap_or(content);
    let has_nul = head.contains(&0);
    let signature = SIGNATURES.iter().find(|(at, bytes, _)| {
        let is_there = content.get(*at..).is_some_and(|it| it.starts_with(bytes));
        is_there && (*at == 0 || has_nul)
    });
    if let Some((_, _, format)) = signature {
        return Some(*format);
    }
    if is_utf16(content) {
        return Some(Format::new("text in UTF-16", Group::Utf16));
    }
    let text = beginning(content);
    if is_telecommunication(&text) {
        return Some(Format::document("NCPDP Telecommunication"));
    }
    let is_binary = text.contains(|c: char| c.is_control() && !TEXT_CONTROLS.contains(&c));
    is_binary.then_some(Format::document("bytes that are no text"))
}

/// With its mark, or two characters of ASCII without one.
fn is_utf16(content: &[u8]) -> bool {
    matches!(content, [0xff, 0xfe, ..] | [0xfe, 0xff, ..])
        || matches!(content, [a, 0, b, 0, ..] | [0, a, 0, b, ..] if is_printable(*a) && is_printable(*b))
}

const fn is_printable(byte: u8) -> bool {
    byte.is_ascii_graphic() || byte.is_ascii_whitespace()
}

/// A transaction has its version and its code after the BIN of six digits, and its segments begin with RS, FS and AM. A
/// batch begins with STX and 00.
fn is_telecommunication(text: &str) -> bool {
    let is_header = text
        .get(..6)
        .is_some_and(|bin| bin.bytes().all(|it| it.is_ascii_digit()));
    (is_header && text.contains("\u{1e}\u{1c}AM")) || text.starts_with("\u{2}00")
}

/// Controls that texts and their protocols have.
const TEXT_CONTROLS: [char; 9] = [
    '\t', '\n', '\r', '\u{b}', '\u{c}', '\u{1a}', '\u{1c}', '\u{1d}', '\u{1e}',
];

/// As long as the header of a tar archive, in bytes.
const HEAD: usize = 512;

/// Position, bytes, and their format.
const SIGNATURES: &[(usize, &[u8], Format)] = &[
    (
        0,
        b"\x1f\x8b",
        packed("a file compressed by gzip", "gzip -dc"),
    ),
    (0, b"BZh", packed("a file compressed by bzip2", "bzip2 -dc")),
    (
        0,
        b"\xfd7zXZ\0",
        packed("a file compressed by xz", "xz -dc"),
    ),
    (
        0,
        b"\x28\xb5\x2f\xfd",
        packed("a file compressed by zstd", "zstd -dc"),
    ),
    (
        0,
        b"7z\xbc\xaf\x27\x1c",
        Format::document("a 7-Zip archive"),
    ),
    (0, b"PK\x03\x04", Format::document("a zip archive")),
    (257, b"ustar", Format::document("a tar archive")),
    (0, b"%PDF", Format::document("a PDF")),
    (128, b"DICM", Format::document("DICOM")),
    (0, b"\x89PNG", Format::document("an image")),
    (0, b"\xff\xd8\xff", Format::document("an image")),
    (0, b"GIF8", Format::document("an image")),
    (0, b"II*\0", Format::document("an image")),
    (0, b"MM\0*", Format::document("an image")),
    (0, b"{\\rtf", Format::document("RTF")),
    (
        0,
        b"\xd0\xcf\x11\xe0",
        Format::document("a document of Microsoft Office"),
    ),
];

const fn packed(name: &'static str, command: &'static str) -> Format {
    Format::new(name, Group::Packed(command))
}
