use core::fmt::Write as _;

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::terminal::shown;

/// The header and the claims of an assertion, each a JSON object, with the meaning of each member.
pub(crate) fn explanation(header: &str, claims: &str) -> String {
    let mut text = String::new();
    for (name, json, meanings) in [
        ("header of the assertion", header, HEADER.as_slice()),
        ("claims of the assertion", claims, CLAIMS.as_slice()),
    ] {
        let members: Map<String, Value> = serde_json::from_str(json).unwrap_or_default();
        let _ = writeln!(text, "  {name}");
        for (member, value) in &members {
            let meaning = meanings.iter().find(|(known, _)| known == member);
            let meaning = meaning.map_or("added by the settings of this client", |(_, it)| it);
            let _ = writeln!(text, "    {:<5} {}", shown(member), value_of(member, value));
            let _ = writeln!(text, "          {meaning}");
        }
    }
    text
}

/// The value, and the date of a time.
fn value_of(member: &str, value: &Value) -> String {
    let text = shown(&value.to_string());
    let secs = value.as_i64().filter(|_| TIMES.contains(&member));
    match secs.and_then(|secs| Timestamp::from_second(secs).ok()) {
        Some(at) => format!("{text} ({at}, {})", from_now(at)),
        None => text,
    }
}

fn from_now(at: Timestamp) -> String {
    let secs = at.as_second().saturating_sub(Timestamp::now().as_second());
    match secs {
        0.. => format!("in {secs} s"),
        _ => format!("{} s ago", secs.unsigned_abs()),
    }
}

const TIMES: [&str; 3] = ["iat", "nbf", "exp"];

const HEADER: [(&str, &str); 7] = [
    (
        "alg",
        "the algorithm of the signature, which the key decides",
    ),
    (
        "kid",
        "the key ID: the server looks for the public key with this ID among the client's keys",
    ),
    ("typ", "the type of this token"),
    (
        "x5c",
        "the certificate of the key, and those of its issuers",
    ),
    (
        "x5t",
        "the SHA-1 of the key's certificate, with which the server finds the key",
    ),
    (
        "x5t#S256",
        "the SHA-256 of the key's certificate, with which the server finds the key",
    ),
    ("jku", "the URL of the JWK Set with the public key"),
];

const CLAIMS: [(&str, &str); 7] = [
    (
        "iss",
        "the issuer: the client ID, because the client signs for itself",
    ),
    (
        "sub",
        "the subject: the client ID, or the user or device that the token is for",
    ),
    (
        "aud",
        "the audience: the server that the assertion is for; the server compares it letter by letter",
    ),
    (
        "iat",
        "issued at: on the server's clock this must be neither in the future nor long ago",
    ),
    (
        "nbf",
        "not before: the server refuses the assertion until then",
    ),
    (
        "exp",
        "the expiry: the server refuses the assertion from then on",
    ),
    (
        "jti",
        "the ID of this assertion: the server refuses a second assertion with the same ID",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_member_is_explained_and_times_are_dates() {
        let header = r#"{"alg":"ES384","kid":"a\u001b[2J"}"#;
        let text = explanation(header, r#"{"exp":1700000000,"tenant":7}"#);
        for part in [
            "alg   \"ES384\"\n          the algorithm",
            "kid   \"a\\u001b[2J\"",
            "exp   1700000000 (2023-11-14T22:13:20Z, ",
            " s ago)",
            "tenant 7\n          added by",
        ] {
            assert!(text.contains(part), "{part:?} is not in {text}");
        }
        assert!(!text.contains('\u{1b}'));
    }
}
