use base64ct::{Base64, Encoding};
use zeroize::Zeroize;

use super::error::find;
use super::{Found, KeyError, KeyForm};

/// The DER in the first PEM block of `input` that may be a private key, decoded into `scratch`.
pub(super) fn decode<'b>(input: &[u8], scratch: &'b mut [u8]) -> Result<&'b [u8], KeyError> {
    let mut rest = input;
    loop {
        let block = Block::first_of(rest)?;
        match block.label {
            b"EC PARAMETERS" => rest = block.after,
            b"PRIVATE KEY" | b"EC PRIVATE KEY" | b"RSA PRIVATE KEY" => {
                return block.decode(scratch);
            }
            label => return Err(KeyError::NoPrivateKey(instead_of_a_key(label))),
        }
    }
}

/// A PEM block (RFC 7468 §3) and what stands after it.
struct Block<'i> {
    label: &'i [u8],
    /// The label of the last line, which must be the same.
    end_label: &'i [u8],
    /// What stands between its two boundaries.
    body: &'i [u8],
    after: &'i [u8],
}

impl<'i> Block<'i> {
    fn first_of(input: &'i [u8]) -> Result<Self, KeyError> {
        Self::find(input).ok_or(KeyError::Malformed(KeyForm::Pem))
    }

    fn find(input: &'i [u8]) -> Option<Self> {
        let (_, from_label) = split_at(input, BEGIN)?;
        let (label, from_body) = split_at(from_label, DASHES)?;
        let (body, from_end) = split_at(from_body, END)?;
        let (end_label, after) = split_at(from_end, DASHES)?;
        Some(Self {
            label,
            end_label,
            body,
            after,
        })
    }

    fn decode<'b>(&self, scratch: &'b mut [u8]) -> Result<&'b [u8], KeyError> {
        // OpenSSL's own encryption of PKCS#1 and SEC1 keys keeps the label and adds headers (RFC 1421 §4.6).
        if find(self.body, b"Proc-Type: 4,ENCRYPTED").is_some() {
            return Err(KeyError::NoPrivateKey(Found::EncryptedKey));
        }
        let malformed = KeyError::Malformed(KeyForm::Pem);
        if self.end_label != self.label {
            return Err(malformed);
        }
        let mut text = self
            .body
            .iter()
            .copied()
            .filter(|byte| !byte.is_ascii_whitespace());
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

/// What stands before the first `mark` and after it.
fn split_at<'i>(input: &'i [u8], mark: &[u8]) -> Option<(&'i [u8], &'i [u8])> {
    let (before, from_mark) = input.split_at_checked(find(input, mark)?)?;
    Some((before, from_mark.get(mark.len()..)?))
}

fn instead_of_a_key(label: &[u8]) -> Found {
    match label {
        b"ENCRYPTED PRIVATE KEY" => Found::EncryptedKey,
        b"PUBLIC KEY" | b"RSA PUBLIC KEY" | b"EC PUBLIC KEY" => Found::PublicKey,
        b"CERTIFICATE" | b"X509 CERTIFICATE" | b"TRUSTED CERTIFICATE" => Found::Certificate,
        b"CERTIFICATE REQUEST" | b"NEW CERTIFICATE REQUEST" => Found::CertificateRequest,
        b"OPENSSH PRIVATE KEY" => Found::OpenSshKey,
        _ => Found::OtherPem,
    }
}

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";
const DASHES: &[u8] = b"-----";

/// How many characters are decoded at a time; RFC 7468 §2 has as many on a line.
const LINE_LEN: usize = 64;
