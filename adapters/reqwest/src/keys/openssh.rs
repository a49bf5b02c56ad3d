use base64ct::{Base64Unpadded, Encoding as _};

/// Whether the OpenSSH key in this PEM has a type without a supported algorithm, by its public half, which is never
/// encrypted.
pub(super) fn signs_otherwise(pem: &str) -> bool {
    let lines = pem.lines().skip_while(|line| !line.contains(BEGIN));
    // Cipher and key derivation take at most about 90 bytes (PROTOCOL.key of OpenSSH); the type of the key follows.
    let digits: String = lines.skip(1).take(3).map(str::trim).collect();
    let whole = digits.len().min(HEAD_LEN) & !3;
    let mut room = [0; HEAD_LEN];
    let head = digits.get(..whole).unwrap_or_default();
    let head = Base64Unpadded::decode(head, &mut room).unwrap_or_default();
    is_other_type(&String::from_utf8_lossy(head))
}

/// Whether a text names a type of SSH key without a supported algorithm.
pub(super) fn is_other_type(text: &str) -> bool {
    let others = ["ssh-ed25519", "ssh-ed448", "ssh-dss", "sk-"];
    others.iter().any(|name| text.contains(name))
}

const BEGIN: &str = "-----BEGIN OPENSSH PRIVATE KEY-----";

/// In characters of base64.
const HEAD_LEN: usize = 160;
