//! The parts of a certificate that errors show, read from its DER (RFC 5280 §4.1). No decision depends on them.

/// The name of the certificate's issuer, as in `CN=Clinic CA, O=Clinic`. `None` for bytes that are not a certificate.
pub(super) fn issuer(certificate: &[u8]) -> Option<String> {
    let [_, _, issuer, ..] = fields(certificate)?;
    let mut names = Vec::new();
    let mut sets = issuer;
    while let Some((_, set, rest)) = element(sets) {
        sets = rest;
        let (_, attribute, _) = element(set)?;
        let (_, kind, value) = element(attribute)?;
        let (tag, value, _) = element(value)?;
        if let Some(place) = SHOWN.iter().position(|(oid, _)| *oid == kind) {
            names.push((place, text(tag, value)));
        }
    }
    names.sort();
    let shown = names.iter().filter_map(|(place, name)| {
        let (_, label) = SHOWN.get(*place)?;
        Some(format!("{label}={name}"))
    });
    match names.is_empty() {
        true => Some("a name without CN, OU and O".to_owned()),
        false => Some(shown.collect::<Vec<_>>().join(", ")),
    }
}

/// Whether a certificate names itself as its issuer.
pub(super) fn is_self_issued(certificate: &[u8]) -> bool {
    fields(certificate).is_some_and(|[_, _, issuer, _, subject, _]| issuer == subject)
}

/// How many bits the RSA key of a certificate has, if it has one (RFC 8017 §A.1.1).
pub(super) fn rsa_bits(certificate: &[u8]) -> Option<usize> {
    let [.., key] = fields(certificate)?;
    let (_, algorithm, bits) = element(key)?;
    let (_, algorithm, _) = element(algorithm)?;
    if algorithm != RSA {
        return None;
    }
    let (_, bits, _) = element(bits)?;
    let (_, numbers, _) = element(bits.get(1..)?)?;
    let (_, modulus, _) = element(numbers)?;
    let zeros = modulus.iter().take_while(|&&byte| byte == 0).count();
    let first = modulus.get(zeros)?;
    let bytes = modulus.len().checked_sub(zeros)?;
    bytes
        .checked_mul(8)?
        .checked_sub(usize::try_from(first.leading_zeros()).ok()?)
}

/// Contents of serial number, signature algorithm, issuer, validity, subject and public key.
fn fields(certificate: &[u8]) -> Option<[&[u8]; 6]> {
    let (_, certificate, _) = element(certificate)?;
    let (_, signed, _) = element(certificate)?;
    let mut rest = match element(signed)? {
        (VERSION, _, rest) => rest,
        _ => signed,
    };
    let mut fields = [&[][..]; 6];
    for field in &mut fields {
        let (_, value, after) = element(rest)?;
        (*field, rest) = (value, after);
    }
    Some(fields)
}

/// Tag and value of the first element, and what comes after it (X.690 §8.1).
fn element(input: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = input.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (len, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81..=0x84 => {
            let (bytes, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            let len = bytes.iter().try_fold(0_usize, |len, &byte| {
                len.checked_mul(256)?.checked_add(usize::from(byte))
            })?;
            (len, rest)
        }
        _ => return None,
    };
    let (value, rest) = rest.split_at_checked(len)?;
    Some((tag, value, rest))
}

/// A string of a name, without characters that control a terminal, and cut off.
fn text(tag: u8, value: &[u8]) -> String {
    let text = match tag {
        BMP_STRING => {
            let (units, _) = value.as_chunks::<2>();
            let units = units.iter().map(|&unit| u16::from_be_bytes(unit));
            char::decode_utf16(units)
                .map(|it| it.unwrap_or(char::REPLACEMENT_CHARACTER))
                .collect()
        }
        _ => String::from_utf8_lossy(value).into_owned(),
    };
    let shown = |c: char| match c.is_control() {
        true => char::REPLACEMENT_CHARACTER,
        false => c,
    };
    text.chars().take(LONGEST_NAME).map(shown).collect()
}

/// The parts of a name that errors show (RFC 5280 §A.1), in this order.
const SHOWN: [(&[u8], &str); 3] = [
    (&[0x55, 4, 3], "CN"),
    (&[0x55, 4, 11], "OU"),
    (&[0x55, 4, 10], "O"),
];

/// `[0]`, which version 1 does not have.
const VERSION: u8 = 0xa0;

const BMP_STRING: u8 = 0x1e;

/// rsaEncryption, 1.2.840.113549.1.1.1.
const RSA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01";

/// In characters.
const LONGEST_NAME: usize = 100;
