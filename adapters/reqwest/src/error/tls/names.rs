//! Names for the numbers in errors of rustls and webpki.

use rustls::ExtendedKeyPurpose;

/// The names of a certificate, which webpki prints in its debug form.
pub(super) fn presented(names: &[String]) -> String {
    let shown = names.iter().map(|name| {
        let inner = name.split_once('(').map_or(name.as_str(), |(_, it)| it);
        inner.trim_end_matches(')').trim_matches('"')
    });
    let shown: Vec<_> = shown.take(MOST_NAMES).collect();
    match names.len().saturating_sub(MOST_NAMES) {
        _ if names.is_empty() => "no name at all".to_owned(),
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// The purpose of a certificate (RFC 5280 §4.2.1.12).
pub(super) fn purposes(purposes: &[ExtendedKeyPurpose]) -> String {
    let shown = purposes.iter().map(|purpose| match purpose {
        ExtendedKeyPurpose::Other(numbers) => {
            let numbers: Vec<_> = numbers.iter().map(usize::to_string).collect();
            numbers.join(".")
        }
        purpose => purpose.to_string(),
    });
    match purposes.is_empty() {
        true => "nothing".to_owned(),
        false => shown.collect::<Vec<_>>().join(", "),
    }
}

/// An algorithm by its identifier in DER, which begins with the object identifier.
pub(super) fn algorithm(identifier: &[u8]) -> &'static str {
    let mut all = ALGORITHMS.iter();
    let found = all.find(|(oid, _)| identifier.get(2..).is_some_and(|it| it.starts_with(oid)));
    found.map_or("an algorithm without a name here", |(_, name)| name)
}

const ALGORITHMS: [(&[u8], &str); 18] = [
    (b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x02", "MD2 with RSA"),
    (b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x04", "MD5 with RSA"),
    (b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05", "SHA-1 with RSA"),
    (b"\x2b\x0e\x03\x02\x1d", "SHA-1 with RSA"),
    (b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a", "RSASSA-PSS"),
    (b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0e", "SHA-224 with RSA"),
    (b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b", "SHA-256 with RSA"),
    (b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c", "SHA-384 with RSA"),
    (b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0d", "SHA-512 with RSA"),
    (b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01", "RSA"),
    (b"\x2a\x86\x48\xce\x3d\x04\x01", "SHA-1 with ECDSA"),
    (b"\x2a\x86\x48\xce\x3d\x04\x03", "ECDSA"),
    (b"\x2a\x86\x48\xce\x3d\x02\x01", "an elliptic curve"),
    (b"\x2a\x86\x48\xce\x38\x04", "DSA"),
    (b"\x2b\x65\x70", "Ed25519"),
    (b"\x2b\x65\x71", "Ed448"),
    (b"\x2a\x81\x1c\xcf\x55\x01\x83\x75", "SM2"),
    (
        b"\x60\x86\x48\x01\x65\x03\x04\x03",
        "a signature of NIST's list",
    ),
];

const MOST_NAMES: usize = 5;
