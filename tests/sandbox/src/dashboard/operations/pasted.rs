use serde_json::Value;

use crate::dashboard::call::Problem;
use crate::{JwksError, RegisterError};

/// Why a pasted text is no set of public keys: its kind, and what to paste. The message repeats no part of the text,
/// because it may be secret.
pub(super) fn refused(pasted: Option<&str>, error: RegisterError) -> Problem {
    use JwksError as Jwks;
    let RegisterError::Jwks(found) = error else {
        return error.into();
    };
    let what = match found {
        Jwks::NotJson => return Problem::bad(foreign(pasted.unwrap_or_default())),
        Jwks::NotAKeySet | Jwks::MissingMember { .. } if is_other_json(pasted) => {
            "this JSON is no JWK Set: it has neither the member keys nor the member kty; \
             paste {\"keys\": […]} or one JWK"
        }
        Jwks::NoKeys => "this JWK Set has no key; paste one that has your public key",
        Jwks::MissingMember { key, member } => {
            let text = format!("key {key} has no {member}, which each key needs; {WRITTEN}");
            return Problem::bad(text);
        }
        Jwks::WrongMember { key, member: "kty" } => {
            let text = format!("key {key} has a kty that is neither RSA nor EC; {WRITTEN}");
            return Problem::bad(text);
        }
        Jwks::WrongMember { key, member } => {
            let text = format!(
                "key {key} is no valid public key because of its {member}; copy the whole JWK again"
            );
            return Problem::bad(text);
        }
        _ => return error.into(),
    };
    Problem::bad(what)
}

/// Whether the JSON is neither a JWK Set nor a JWK (RFC 7517 §4, §5).
fn is_other_json(pasted: Option<&str>) -> bool {
    let json = pasted.and_then(|pasted| serde_json::from_str::<Value>(pasted).ok());
    json.is_none_or(|json| json.get("keys").is_none() && json.get("kty").is_none())
}

/// The kind of a text that is no JSON, from its beginning.
fn foreign(pasted: &str) -> String {
    let pasted = pasted.trim_start_matches('\u{feff}').trim();
    let starts = |starts: &[&str]| starts.iter().any(|start| pasted.starts_with(start));
    let first = pasted.lines().next().unwrap_or_default();
    let is_pem = starts(&["-----BEGIN", "---- BEGIN"]);
    if is_pem && first.contains("PRIVATE") {
        format!("this is a private key in PEM. The sandbox did not keep it; {WRITTEN}")
    } else if is_pem && first.contains("CERTIFICATE") {
        format!("this is a certificate; {WRITTEN}")
    } else if is_pem {
        format!("this is a key in PEM, not a JWK Set; {WRITTEN}")
    } else if pasted.starts_with("PuTTY-User-Key-File") {
        format!("this is a private key of PuTTY. The sandbox did not keep it; {WRITTEN}")
    } else if starts(&["ssh-", "ecdsa-sha2-", "sk-"]) {
        format!("this is an SSH key, which cannot sign assertions; {WRITTEN}")
    } else if starts(&["http://", "https://"]) {
        "this is a URL; enter it as JWK Set URL".to_owned()
    } else if pasted.starts_with("eyJ") && pasted.contains('.') {
        format!(
            "this is a JWT, signed with a key, and not the key. The sandbox did not keep it; {WRITTEN}"
        )
    } else if pasted.starts_with('<') {
        "this is HTML or XML; open the JWK Set by itself and paste its JSON".to_owned()
    } else if starts(&["{", "["]) {
        "this JSON is cut off or damaged; copy the whole JWK Set again".to_owned()
    } else {
        format!("this is neither a JWK Set nor a JWK, which begin with a brace; {WRITTEN}")
    }
}

const WRITTEN: &str = "paste the JWK Set that `redox-auth key jwks` prints for your private key";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{OAuthKey, Sandbox};

    #[test]
    fn what_is_pasted_in_place_of_public_keys_is_named_and_not_repeated() {
        for (pasted, text) in [
            ("-----BEGIN PRIVATE KEY-----\nhush", "a private key in PEM"),
            (
                "-----BEGIN EC PRIVATE KEY-----\nhush",
                "a private key in PEM",
            ),
            (
                "-----BEGIN ENCRYPTED PRIVATE KEY-----\nhush",
                "a private key in PEM",
            ),
            (
                "-----BEGIN OPENSSH PRIVATE KEY-----\nhush",
                "a private key in PEM",
            ),
            ("-----BEGIN PUBLIC KEY-----\nhush", "a key in PEM"),
            ("-----BEGIN CERTIFICATE-----\nhush", "a certificate"),
            ("PuTTY-User-Key-File-3: hush", "of PuTTY"),
            ("ssh-ed25519 hush", "an SSH key"),
            ("https://hush.example/jwks.json", "a URL"),
            ("eyJhbGciOiJFUzM4NCJ9.eyJodXNoIjoxfQ.hush", "a JWT"),
            ("<html>hush", "HTML"),
            ("{\"keys\": [{\"kty\": \"hush\"", "cut off"),
            ("hush-secret", "begin with a brace"),
            ("\"hush\"", "no JWK Set"),
            ("[]", "no JWK Set"),
            ("{\"hush\":1}", "no JWK Set"),
            ("{\"keys\":[]}", "has no key"),
            ("{\"kty\":\"EC\"}", "key 0 has no kid"),
            ("{\"kty\":\"oct\",\"kid\":\"hush\",\"k\":\"hush\"}", "key 0"),
            (
                "{\"kty\":\"EC\",\"kid\":\"k\",\"crv\":\"P-384\",\"x\":\"hush\",\"y\":\"hush\"}",
                "key 0 is no valid",
            ),
            (
                "{\"kty\":\"RSA\",\"kid\":\"k\",\"n\":\"aHVzaA\",\"e\":\"AQAB\"}",
                "RSA key of",
            ),
        ] {
            let mut sandbox = Sandbox::new("http://sandbox.example", [7; 32]);
            let error = sandbox.register_oauth_key(OAuthKey::new().jwks(pasted));
            let problem = refused(Some(pasted), error.unwrap_err()).to_string();
            assert!(problem.contains(text), "{pasted}: {problem}");
            assert!(!problem.contains("hush"), "{pasted}: {problem}");
        }
    }
}
