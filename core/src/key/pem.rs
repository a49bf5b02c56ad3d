use pem_rfc7468::Decoder;

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

/// A PEM block with its two boundaries, and what stands after it.
struct Block<'i> {
    label: &'i [u8],
    whole: &'i [u8],
    after: &'i [u8],
}

impl<'i> Block<'i> {
    fn first_of(input: &'i [u8]) -> Result<Self, KeyError> {
        Self::find(input).ok_or(KeyError::Malformed(KeyForm::Pem))
    }

    fn find(input: &'i [u8]) -> Option<Self> {
        let start = find(input, BEGIN)?;
        let from_start = input.get(start..)?;
        let from_label = from_start.get(BEGIN.len()..)?;
        let label = from_label.get(..find(from_label, DASHES)?)?;
        let end = find(from_start, END)?;
        let from_end = from_start.get(end..)?.get(END.len()..)?;
        let after = from_end
            .get(find(from_end, DASHES)?..)?
            .get(DASHES.len()..)?;
        let whole_len = from_start.len().checked_sub(after.len())?;
        Some(Self {
            label,
            whole: from_start.get(..whole_len)?,
            after,
        })
    }

    fn decode<'b>(&self, scratch: &'b mut [u8]) -> Result<&'b [u8], KeyError> {
        // OpenSSL's own encryption of PKCS#1 and SEC1 keys keeps the label and adds headers (RFC 1421 §4.6).
        if find(self.whole, b"Proc-Type: 4,ENCRYPTED").is_some() {
            return Err(KeyError::NoPrivateKey(Found::EncryptedKey));
        }
        let malformed = |_| KeyError::Malformed(KeyForm::Pem);
        let mut decoder = Decoder::new_detect_wrap(self.whole).map_err(malformed)?;
        let needed = decoder.remaining_len();
        let scratch = scratch
            .get_mut(..needed)
            .ok_or(KeyError::ScratchTooSmall { needed })?;
        decoder.decode(scratch).map_err(malformed)
    }
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
