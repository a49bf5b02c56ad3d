use base64ct::{Base64, Encoding};
use zeroize::Zeroize;

use super::error::find;
use super::{Found, KeyError, KeyForm, PublicKeyError};

/// Decodes the DER of the only PEM block in `input` that is a private key, into `scratch`. Other blocks may come before
/// and after it.
pub(super) fn decode<'b>(input: &[u8], scratch: &'b mut [u8]) -> Result<&'b [u8], KeyError> {
    let mut key: Option<Block<'_>> = None;
    let mut other = None;
    let mut rest = input;
    while let Some((label, after)) = next_label(rest) {
        rest = after;
        if !label.ends_with(b"PRIVATE KEY") {
            other = other.or(Some(label));
            continue;
        }
        let block = Block::new(label, after);
        match &key {
            None => key = Some(block),
            Some(first) if first.is_copy_of(&block) => {}
            Some(first) => {
                return Err(KeyError::TwoKeys {
                    first_line: first.line_in(input),
                    second_line: block.line_in(input),
                });
            }
        }
    }
    match (key, other) {
        (Some(key), _) => match key.label {
            b"PRIVATE KEY" | b"EC PRIVATE KEY" | b"RSA PRIVATE KEY" => key.decode(scratch),
            b"RSA-PSS PRIVATE KEY" => Err(KeyError::Unsupported("a key for RSA-PSS")),
            b"DSA PRIVATE KEY" => Err(KeyError::Unsupported("a DSA key")),
            label => Err(KeyError::NoPrivateKey(instead_of_a_key(label))),
        },
        (None, Some(label)) => Err(KeyError::NoPrivateKey(instead_of_a_key(label))),
        (None, None) => Err(KeyError::Malformed(KeyForm::Pem)),
    }
}

/// Decodes the DER of the first PEM block in `input` that is a public key, into `scratch`.
pub(super) fn decode_public<'b>(
    input: &[u8],
    scratch: &'b mut [u8],
) -> Result<&'b [u8], PublicKeyError> {
    let mut found = None;
    let mut rest = input;
    while let Some((label, after)) = next_label(rest) {
        rest = after;
        let other = match label {
            b"PUBLIC KEY" => return Ok(Block::new(label, after).decode(scratch)?),
            _ if label.ends_with(b"PRIVATE KEY") => PublicKeyError::PrivateKey,
            _ => PublicKeyError::NoPublicKey(instead_of_a_key(label)),
        };
        found = found.or(Some(other));
    }
    Err(found.unwrap_or(PublicKeyError::Malformed))
}

/// The label of the next PEM block, and the text after its first line.
fn next_label(input: &[u8]) -> Option<(&[u8], &[u8])> {
    let (_, from_label) = split_at(input, BEGIN)?;
    split_at(from_label, DASHES)
}

/// A PEM block (RFC 7468 §3).
struct Block<'i> {
    label: &'i [u8],
    /// The label of the last line, which must be the same; empty without such a line.
    end_label: &'i [u8],
    /// The text between the two boundaries.
    body: &'i [u8],
    /// The body and everything after it.
    from_body: &'i [u8],
}

impl<'i> Block<'i> {
    fn new(label: &'i [u8], from_body: &'i [u8]) -> Self {
        let (body, from_end) = split_at(from_body, END).unwrap_or((from_body, &[]));
        let (end_label, _) = split_at(from_end, DASHES).unwrap_or_default();
        Self {
            label,
            end_label,
            body,
            from_body,
        }
    }

    /// Whether the other block has the same content, with any line breaks.
    fn is_copy_of(&self, other: &Self) -> bool {
        self.label == other.label && self.digits().eq(other.digits())
    }

    /// The body without line breaks and blanks.
    fn digits(&self) -> impl Iterator<Item = u8> + Clone {
        let digits = self.body.iter().copied();
        digits.filter(|byte| !byte.is_ascii_whitespace())
    }

    /// The line of `input` on which the block begins, counted from 1.
    fn line_in(&self, input: &[u8]) -> usize {
        let before = input.len().saturating_sub(self.from_body.len());
        let before = input.get(..before).unwrap_or(&[]);
        let ends = before.iter().filter(|&&byte| byte == b'\n').count();
        ends.saturating_add(1)
    }

    fn decode<'b>(&self, scratch: &'b mut [u8]) -> Result<&'b [u8], KeyError> {
        // OpenSSL's own encryption of PKCS#1 and SEC1 keys keeps the label and adds headers (RFC 1421 §4.6).
        if find(self.body, b"Proc-Type: 4,ENCRYPTED").is_some() {
            return Err(KeyError::NoPrivateKey(Found::EncryptedKey));
        }
        if self.body.contains(&b'\\') {
            return Err(KeyError::NoPrivateKey(Found::EscapedText));
        }
        let malformed = KeyError::Malformed(KeyForm::Pem);
        if self.end_label != self.label {
            return Err(malformed);
        }
        let mut text = self.digits();
        let digits = text.clone().filter(|&byte| byte != b'=').count();
        let needed = digits.saturating_mul(3) / 4;
        let room = scratch
            .get_mut(..needed)
            .ok_or(KeyError::ScratchTooSmall { needed })?;
        let mut line = [0; LINE_LEN];
        let mut decoded = Ok(());
        for part in room.chunks_mut(LINE_LEN / 4 * 3) {
            let mut len = 0_usize;
            for (slot, byte) in line.iter_mut().zip(&mut text) {
                *slot = byte;
                len = len.saturating_add(1);
            }
            let part_len = part.len();
            match Base64::decode(line.get(..len).unwrap_or(&[]), part) {
                Ok(bytes) if bytes.len() == part_len => {}
                _ => decoded = Err(malformed),
            }
        }
        line.zeroize();
        decoded?;
        match text.next() {
            None => Ok(room),
            Some(_) => Err(malformed),
        }
    }
}

/// The text before the first `mark` and the text after it.
fn split_at<'i>(input: &'i [u8], mark: &[u8]) -> Option<(&'i [u8], &'i [u8])> {
    let (before, from_mark) = input.split_at_checked(find(input, mark)?)?;
    Some((before, from_mark.get(mark.len()..)?))
}

fn instead_of_a_key(label: &[u8]) -> Found {
    let known = OTHERS.iter().find(|(name, _)| name.as_bytes() == label);
    match known {
        Some((_, found)) => *found,
        None if label.ends_with(b"PARAMETERS") => Found::Parameters,
        None => Found::OtherPem,
    }
}

/// The labels of blocks that are often mistaken for a private key. A table takes less flash than a `match`.
const OTHERS: [(&str, Found); 12] = [
    ("ENCRYPTED PRIVATE KEY", Found::EncryptedKey),
    ("PUBLIC KEY", Found::PublicKey),
    ("RSA PUBLIC KEY", Found::PublicKey),
    ("EC PUBLIC KEY", Found::PublicKey),
    ("CERTIFICATE", Found::Certificate),
    ("X509 CERTIFICATE", Found::Certificate),
    ("TRUSTED CERTIFICATE", Found::Certificate),
    ("CERTIFICATE REQUEST", Found::CertificateRequest),
    ("NEW CERTIFICATE REQUEST", Found::CertificateRequest),
    ("OPENSSH PRIVATE KEY", Found::OpenSshKey),
    ("PGP PRIVATE KEY BLOCK", Found::PgpKey),
    ("PGP PUBLIC KEY BLOCK", Found::PgpKey),
];

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";
const DASHES: &[u8] = b"-----";

/// The number of characters decoded at a time; a line has as many (RFC 7468 §2).
const LINE_LEN: usize = 64;
