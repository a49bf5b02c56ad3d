//! A key or a secret in place of the name of its file. Errors must show nothing of it.

use core::fmt;
use std::path::Path;

use zeroize::Zeroizing;

use super::text::{TakenOff, plain_key, trim};

/// The content that was found in place of the name of a file. It holds nothing of the text.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Content {
    /// A private key as text: PEM, JWK or the format of another program.
    PrivateKey,
    /// A PEM block. Its type may be cut off.
    Pem,
    /// A key or a certificate in base64.
    Base64,
    /// JSON.
    Json,
    /// A JWT.
    Token,
    /// A text with a line end or another control character.
    ControlCharacter,
    /// A text that is longer than the name of any file.
    TooLong,
    /// A text that may be a secret, and that names no file.
    MayBeSecret,
}

impl Content {
    /// Finds a private key or PEM in a text, in every form that [`Key::parse`](crate::Key::parse) takes: with quotation
    /// marks, with escapes, in base64. The text may be cut off.
    #[must_use]
    pub fn of_key(text: &str) -> Option<Self> {
        // Base64 that ends after the first of four digits cannot be decoded.
        let shorter = text
            .char_indices()
            .next_back()
            .and_then(|(end, _)| text.get(..end));
        let mut texts = [Some(text), shorter].into_iter().flatten();
        texts.find_map(|text| {
            let (plain, taken_off) = plain_key(text.as_bytes());
            let is_decoded = taken_off.contains(&TakenOff::Base64);
            match core::str::from_utf8(plain.as_slice()) {
                Ok(plain) => of_plain_text(trim(plain)),
                Err(_) => is_decoded.then_some(Self::Base64),
            }
        })
    }

    /// Finds a text that cannot be the name of a file, without access to the file system.
    #[must_use]
    pub fn in_place_of_file(path: &Path) -> Option<Self> {
        let text = path.to_string_lossy();
        let is_long = |name: &str| name.chars().count() > LONGEST_NAME;
        Self::of_key(&text).or_else(|| {
            Some(if text.contains("-----BEGIN") {
                Self::Pem
            } else if text.contains('{') {
                Self::Json
            } else if text.starts_with("eyJ") && text.matches('.').count() >= 2 {
                Self::Token
            } else if text.contains(char::is_control) {
                Self::ControlCharacter
            } else if text.split(std::path::is_separator).any(is_long) {
                Self::TooLong
            } else {
                return None;
            })
        })
    }

    /// Finds a text that may be a secret. Use it for a path that cannot be opened, because a file may have such a name.
    #[must_use]
    pub fn in_place_of_missing_file(path: &Path) -> Option<Self> {
        let texts = [Some(path.as_os_str()), path.file_name()];
        let mut texts = texts.into_iter().flatten();
        texts
            .any(|text| may_be_secret(&text.to_string_lossy()))
            .then_some(Self::MayBeSecret)
    }
}

impl fmt::Display for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::PrivateKey => "the text of a private key",
            Self::Pem => "text in PEM",
            Self::Base64 => "a key or a certificate in base64",
            Self::Json => "JSON",
            Self::Token => "a token",
            Self::ControlCharacter => "a line end or another control character in it",
            Self::TooLong => "more than 255 characters",
            Self::MayBeSecret => {
                "no file of this name, which is not shown because it may be a secret"
            }
        })
    }
}

fn of_plain_text(text: &str) -> Option<Content> {
    let is_key = PRIVATE_KEYS.iter().any(|it| text.contains(it)) || is_private_jwk(text);
    let is_pem = text.starts_with("-----BEGIN") || text.contains("\n-----BEGIN ");
    match (is_key, is_pem) {
        (true, _) => Some(Content::PrivateKey),
        (false, true) => Some(Content::Pem),
        (false, false) => None,
    }
}

/// Whether this looks like a JWK with a private member (RFC 7518 §6), or like several of them. A shell may have removed the
/// quotation marks, and the end may be cut off.
fn is_private_jwk(text: &str) -> bool {
    if !text.starts_with(['{', '[']) {
        return false;
    }
    let mut bare = Zeroizing::new(String::with_capacity(text.len()));
    bare.extend(
        text.chars()
            .filter(|c| !c.is_whitespace() && !"\"'\\".contains(*c)),
    );
    let has = |member: &str| {
        bare.contains(&format!("{{{member}:")) || bare.contains(&format!(",{member}:"))
    };
    has("kty") && PRIVATE_MEMBERS.iter().any(|member| has(member))
}

/// Whether this has the form of a secret: base64, base64url or hexadecimal digits, and many of them. Words with a slash
/// between them are a path.
fn may_be_secret(text: &str) -> bool {
    let digits = text.trim_end_matches('=');
    let has = |is: fn(&char) -> bool| digits.chars().any(|c| is(&c));
    let is_mixed =
        has(char::is_ascii_uppercase) && has(char::is_ascii_lowercase) && has(char::is_ascii_digit);
    digits.len() >= SHORTEST_SECRET
        && digits
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "+/-_".contains(c))
        && (is_mixed || !digits.contains('/'))
}

/// Every private key of every program contains one of these, and nothing else does.
const PRIVATE_KEYS: [&str; 4] = [
    "PRIVATE KEY----",
    "PuTTY-User-Key-File-",
    "<RSAKeyValue",
    "AGE-SECRET-KEY-",
];

const PRIVATE_MEMBERS: [&str; 3] = ["d", "k", "priv"];

/// The longest name of a file on usual file systems, in characters.
const LONGEST_NAME: usize = 255;

/// As long as 30 bytes in base64. Names of files are shorter or have a dot.
const SHORTEST_SECRET: usize = 40;

#[cfg(test)]
mod tests {
    use base64ct::{Base64, Base64UrlUnpadded, Encoding as _};

    use super::*;

    const PEM: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIGh1c2hodXNo\n-----END PRIVATE KEY-----\n";

    fn der() -> Vec<u8> {
        [&[0x30, 0x82, 1, 0][..], &[0xfe; 256]].concat()
    }

    #[test]
    fn a_key_is_found_in_every_form_and_cut_off_at_any_place() {
        use Content::{Pem, PrivateKey};
        let in_base64 = Base64::encode_string(PEM.as_bytes());
        for (text, expected) in [
            (PEM.to_owned(), PrivateKey),
            (PEM[..20].to_owned(), Pem),
            (PEM.replace('\n', "\\n"), PrivateKey),
            (format!("'{PEM}'"), PrivateKey),
            (format!("\u{feff}{PEM}"), PrivateKey),
            (in_base64.clone(), PrivateKey),
            (in_base64[..61].to_owned(), PrivateKey),
            (format!("\"{in_base64}\""), PrivateKey),
            (Base64UrlUnpadded::encode_string(PEM.as_bytes()), PrivateKey),
            (Base64::encode_string(&der()), Content::Base64),
            (Base64::encode_string(&der()[..46]), Content::Base64),
            (r#"{"kty":"EC","d":"hush"}"#.to_owned(), PrivateKey),
            (r#"[{ "kty" : "EC", "d" : "hush"#.to_owned(), PrivateKey),
            (
                r#"\u{feff}{"keys":[{"k":"hush","kty":"oct"}]}"#.replace("\\u{feff}", "\u{feff}"),
                PrivateKey,
            ),
            (r#"{\"kty\":\"EC\",\"d\":\"hush\"}"#.to_owned(), PrivateKey),
            ("{kty:EC,d:hush}".to_owned(), PrivateKey),
            ("PuTTY-User-Key-File-2: ssh-rsa".to_owned(), PrivateKey),
        ] {
            assert_eq!(Content::of_key(&text), Some(expected), "{text}");
            let found = Content::in_place_of_file(text.as_ref());
            assert_eq!(found, Some(expected), "{text}");
        }
    }

    #[test]
    fn other_content_is_no_private_key() {
        let public = r#"{"kty":"EC","x":"d","y":"priv"}"#;
        for text in [
            "",
            "=",
            "key.pem",
            "--claim=name=\u{e9}",
            public,
            &Base64::encode_string(format!("{public}                ").as_bytes()),
            "4pTwSDCoTMrTMkV0cnYTPeRQGSpqmcjPy0iSqMFpKzs",
        ] {
            assert_eq!(Content::of_key(text), None, "{text}");
        }
    }

    #[test]
    fn the_name_of_a_file_differs_from_its_content() {
        let token = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJhIn0.hush";
        let long = "a".repeat(256);
        for (text, expected) in [
            ("{}", Content::Json),
            (token, Content::Token),
            ("key.pem\n", Content::ControlCharacter),
            ("a\u{1b}[2Jb", Content::ControlCharacter),
            (&long, Content::TooLong),
        ] {
            let found = Content::in_place_of_file(text.as_ref());
            assert_eq!(found, Some(expected), "{text}");
        }
        let folders = "a/".repeat(300);
        for text in [
            "key.pem",
            "eyes.tar.gz",
            "/dev/fd/63",
            &long[..255],
            &folders,
        ] {
            assert_eq!(Content::in_place_of_file(text.as_ref()), None, "{text}");
        }
        let name = "redox-production-private-key";
        for (text, is_secret) in [
            ("0123456789abcdef0123456789abcdef01234567", true),
            ("keys/0123456789abcdef0123456789abcdef01234567", true),
            ("aB3/aB3/aB3/aB3/aB3/aB3/aB3/aB3/aB3/aB3/aB==", true),
            ("0123456789abcdef0123456789abcdef0123456", false),
            ("0123456789abcdef0123456789abcdef01234567.pem", false),
            (&format!("/run/secrets/{name}/private-key"), false),
        ] {
            let found = Content::in_place_of_missing_file(text.as_ref());
            assert_eq!(found.is_some(), is_secret, "{text}");
        }
    }
}
