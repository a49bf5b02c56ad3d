//! Keys and secrets in the forms that users have: in UTF-16, with escaped line ends, in base64 once more. All of these are
//! accepted, because none can be anything else.

use core::fmt;

use base64ct::{Base64Unpadded, Base64UrlUnpadded, Encoding as _};
use zeroize::Zeroizing;

/// The part that was removed before a file or a variable could be read.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum TakenOff {
    /// The text was in UTF-16.
    Utf16,
    /// There was a byte-order mark before the text.
    ByteOrderMark,
    /// There was white space around the text, in addition to one line end after it.
    WhiteSpace,
    /// There were quotation marks around the text.
    Quotes,
    /// Line ends or quotation marks were written with a backslash.
    Escapes,
    /// The text was in base64 as a whole.
    Base64,
}

impl fmt::Display for TakenOff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Utf16 => "the text is in UTF-16; UTF-8 is usual",
            Self::ByteOrderMark => "a byte-order mark was taken off",
            Self::WhiteSpace => "white space was taken off",
            Self::Quotes => "quotation marks around it were taken off",
            Self::Escapes => "line ends written as `\\n` were taken for line ends",
            Self::Base64 => "it is base64 as a whole, and was decoded",
        })
    }
}

/// Bytes that may be the caller's own; others are wiped on drop.
pub(crate) enum Bytes<'i> {
    Given(&'i [u8]),
    Made(Zeroizing<Vec<u8>>),
}

impl Bytes<'_> {
    pub(crate) fn as_slice(&self) -> &[u8] {
        match self {
            Self::Given(bytes) => bytes,
            Self::Made(bytes) => bytes,
        }
    }
}

/// A key in the form of its own tool, and the list of what was removed.
pub(crate) fn plain_key(input: &[u8]) -> (Bytes<'_>, Vec<TakenOff>) {
    let mut bytes = Bytes::Given(input);
    let mut taken_off = Vec::new();
    // Somebody may have applied several conversions, but nobody this many.
    for _ in 0..MAX_STEPS {
        let Some((what, next)) = step(bytes.as_slice()) else {
            break;
        };
        taken_off.push(what);
        bytes = Bytes::Made(next);
    }
    (bytes, taken_off)
}

fn step(bytes: &[u8]) -> Option<(TakenOff, Zeroizing<Vec<u8>>)> {
    if let Some(text) = from_utf16(bytes) {
        return Some((TakenOff::Utf16, text));
    }
    // DER and other binary files may begin with any byte; white space in them is content.
    let text = core::str::from_utf8(bytes).ok()?;
    let text = text.trim_start_matches(MARK).trim();
    if let Some(inside) = without_quotes(text) {
        return Some((TakenOff::Quotes, copy(inside.as_bytes())));
    }
    if let Some(unescaped) = without_escapes(text) {
        return Some((TakenOff::Escapes, unescaped));
    }
    from_base64(text).map(|decoded| (TakenOff::Base64, decoded))
}

/// A secret without the characters that pasting or saving adds, and the list of those. `None` for bytes that are not text.
pub(crate) fn plain_secret(input: &[u8]) -> Option<(Zeroizing<String>, Option<TakenOff>)> {
    if let Some(text) = from_utf16(input) {
        let (text, _) = plain_secret(&text)?;
        return Some((text, Some(TakenOff::Utf16)));
    }
    let text = core::str::from_utf8(input).ok()?;
    let unmarked = text.trim_start_matches(MARK);
    let bare = unmarked.trim_end_matches(['\r', '\n']);
    let trimmed = trim(unmarked);
    let taken_off = if unmarked.len() < text.len() {
        Some(TakenOff::ByteOrderMark)
    } else if trimmed.len() < bare.len() {
        Some(TakenOff::WhiteSpace)
    } else {
        None
    };
    Some((Zeroizing::new(trimmed.to_owned()), taken_off))
}

/// A text without white space and byte-order marks around it.
pub(crate) fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || c == MARK)
}

/// Text in UTF-16 as UTF-8: with a mark, or where every other byte of its beginning is zero.
fn from_utf16(bytes: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let is_big_endian = match bytes {
        [0xff, 0xfe, ..] => false,
        [0xfe, 0xff, ..] => true,
        [b'!'..=b'~', 0, b'!'..=b'~', 0, ..] => false,
        [0, b'!'..=b'~', 0, b'!'..=b'~', ..] => true,
        _ => return None,
    };
    let (pairs, []) = bytes.as_chunks::<2>() else {
        return None;
    };
    let units = pairs.iter().map(|&pair| match is_big_endian {
        true => u16::from_be_bytes(pair),
        false => u16::from_le_bytes(pair),
    });
    // A unit takes three bytes at most. Therefore the buffer never grows and leaves no copies behind.
    let mut text = Zeroizing::new(String::with_capacity(pairs.len().saturating_mul(3)));
    for character in char::decode_utf16(units) {
        text.push(character.ok()?);
    }
    Some(copy(text.trim_start_matches(MARK).as_bytes()))
}

/// The text in quotation marks, as a shell or a file of settings has them.
fn without_quotes(text: &str) -> Option<&str> {
    let inside = |quote| text.strip_prefix(quote)?.strip_suffix(quote);
    inside('"').or_else(|| inside('\''))
}

/// A PEM whose line ends are written out, and a JWK whose quotation marks are.
fn without_escapes(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let is_pem = !text.starts_with('{') && has_escaped_block(text);
    let is_jwk = text.starts_with("{\\");
    if !(is_pem || is_jwk) {
        return None;
    }
    let mut plain = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'\\' {
            plain.push(byte);
            continue;
        }
        // Somebody may have escaped the backslash as well.
        match bytes.by_ref().find(|&it| it != b'\\') {
            Some(b'n' | b'r') => plain.push(b'\n'),
            Some(b't') => plain.push(b' '),
            Some(other) => plain.push(other),
            None => {}
        }
    }
    Some(plain)
}

/// Whether there is a backslash in a PEM block. Around blocks there may be one in a name.
fn has_escaped_block(text: &str) -> bool {
    let blocks = text.split("-----BEGIN ").skip(1);
    let mut bodies = blocks.filter_map(|block| block.split("-----END ").next());
    bodies.any(|body| body.contains('\\'))
}

/// The content of base64, if it is a known kind: a PEM, DER, JSON, or a key store.
fn from_base64(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let is_digit = |c: char| c.is_ascii_alphanumeric() || "+/-_".contains(c);
    let mut digits = Zeroizing::new(String::with_capacity(text.len()));
    digits.extend(text.chars().filter(|c| !c.is_ascii_whitespace()));
    let digits = digits.trim_end_matches('=');
    if digits.len() < SHORTEST_BASE64 || !digits.chars().all(is_digit) {
        return None;
    }
    let mut room = Zeroizing::new(vec![0; digits.len()]);
    let decoded = match digits.contains(['-', '_']) {
        true => Base64UrlUnpadded::decode(digits, &mut room),
        false => Base64Unpadded::decode(digits, &mut room),
    };
    let decoded = decoded.ok()?;
    let start = decoded.strip_prefix(b"\xef\xbb\xbf").unwrap_or(decoded);
    let is_known = matches!(decoded, [0x30, 0x2f..=0x84, ..])
        || JAVA_KEY_STORES.iter().any(|it| decoded.starts_with(it))
        || matches!(start.trim_ascii_start(), [b'{' | b'-', ..])
        || decoded.windows(BEGIN.len()).any(|it| it == BEGIN);
    is_known.then(|| copy(decoded))
}

fn copy(bytes: &[u8]) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(bytes.to_owned())
}

/// The byte-order mark, which is not white space in Unicode.
const MARK: char = '\u{feff}';

/// The first bytes of a Java key store: JKS and JCEKS.
const JAVA_KEY_STORES: [&[u8]; 2] = [b"\xfe\xed\xfe\xed", b"\xce\xce\xce\xce"];

/// Shorter than any key in base64.
const SHORTEST_BASE64: usize = 60;

const BEGIN: &[u8] = b"-----BEGIN ";

const MAX_STEPS: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    const PEM: &str = "-----BEGIN PRIVATE KEY-----\nMIGHAgEA\n-----END PRIVATE KEY-----";

    fn utf16(text: &str, to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(to_bytes).collect()
    }

    #[test]
    fn whatever_was_done_to_a_pem_is_undone() {
        let escaped = PEM.replace('\n', "\\n");
        let base64 = base64ct::Base64::encode_string(PEM.as_bytes());
        let url = Base64UrlUnpadded::encode_string(PEM.as_bytes());
        let in_lines = format!("{}\r\n{}\n", &base64[..40], &base64[40..]);
        let marked = |text: &str| format!("{MARK}{text}");
        use TakenOff::{Base64, Escapes, Quotes, Utf16};
        let cases: [(Vec<u8>, &[TakenOff]); 12] = [
            (PEM.into(), &[]),
            (escaped.clone().into(), &[Escapes]),
            (PEM.replace('\n', "\\r\\n").into(), &[Escapes]),
            (PEM.replace('\n', "\\\\n").into(), &[Escapes]),
            (format!("\"{escaped}\"\n").into(), &[Quotes, Escapes]),
            (base64.clone().into(), &[Base64]),
            (url.into(), &[Base64]),
            (in_lines.into(), &[Base64]),
            (utf16(PEM, u16::to_le_bytes), &[Utf16]),
            (utf16(PEM, u16::to_be_bytes), &[Utf16]),
            (utf16(&marked(PEM), u16::to_le_bytes), &[Utf16]),
            (utf16(&marked(&base64), u16::to_be_bytes), &[Utf16, Base64]),
        ];
        for (input, expected) in cases {
            let (bytes, taken_off) = plain_key(&input);
            let text = core::str::from_utf8(bytes.as_slice()).unwrap();
            assert_eq!(text.replace("\n\n", "\n"), PEM, "{expected:?}");
            assert_eq!(taken_off, expected, "{}", input.escape_ascii());
        }
    }

    #[test]
    fn a_backslash_outside_of_a_block_is_no_escape() {
        let named = format!("friendlyName: CORP\\name\n{PEM}\n# C:\\key.pem\n{PEM}\n");
        let (bytes, taken_off) = plain_key(named.as_bytes());
        assert_eq!(
            (bytes.as_slice(), &taken_off[..]),
            (named.as_bytes(), &[][..])
        );
    }

    #[test]
    fn white_space_around_a_secret_is_removed_with_a_note() {
        for (input, expected) in [
            (&b"secret"[..], None),
            (b"secret\r\n", None),
            (b" secret\n", Some(TakenOff::WhiteSpace)),
            (b"secret \n", Some(TakenOff::WhiteSpace)),
            (b"\xef\xbb\xbfsecret\n", Some(TakenOff::ByteOrderMark)),
            (b"\xff\xfes\0e\0c\0r\0e\0t\0\r\0\n\0", Some(TakenOff::Utf16)),
        ] {
            let (secret, taken_off) = plain_secret(input).unwrap();
            assert_eq!((secret.as_str(), taken_off), ("secret", expected));
        }
        assert!(plain_secret(b"\xff\xff").is_none());
    }
}
