use http::{HeaderMap, HeaderName};
use serde_json::{Map, Value, json};

use crate::assertion::Assertion;
use crate::jwks::KeySet;
use crate::rules::{Dpop, Objection, ObjectionKind};

/// What a proof of possession is checked against.
pub(super) struct Expected<'a> {
    pub(super) rule: Dpop,
    pub(super) token_url: &'a str,
    /// Seconds since 1970.
    pub(super) now: i64,
    /// Whether the server gave out this nonce, and not long ago.
    pub(super) is_nonce: &'a dyn Fn(&str) -> bool,
}

/// Checks the one proof of a token request (`DPoP`, RFC 9449 §4.3), and gives its `jti`.
pub(super) fn check(headers: &HeaderMap, expected: &Expected<'_>) -> Result<String, Objection> {
    let mut proofs = headers.get_all(PROOF).iter();
    let Some(proof) = proofs.next() else {
        let text = "the header DPoP is missing; each request needs a proof";
        return Err(Objection::new(ObjectionKind::DpopMissing, "DPoP", text));
    };
    let proof = proof.to_str().unwrap_or_default();
    let proof = Assertion::parse(proof).map_err(|_| wrong("is no compact JWS"))?;
    if proofs.next().is_some() {
        return Err(wrong("is there twice"));
    }
    if proof.header().text("typ") != Some("dpop+jwt") {
        return Err(wrong("has another typ than dpop+jwt"));
    }
    check_signature(&proof)?;
    let claims = proof.claims();
    if claims.text("htm") != Some("POST") {
        return Err(wrong("is for another verb than POST: see htm"));
    }
    if claims.text("htu") != Some(expected.token_url) {
        return Err(wrong("is for another URL: see htu"));
    }
    let iat = claims.get("iat").and_then(Value::as_i64);
    let age = iat.map(|iat| expected.now.saturating_sub(iat));
    if age.is_none_or(|age| !(-AHEAD_SECS..=AGE_SECS).contains(&age)) {
        return Err(wrong("was not made just now: see iat"));
    }
    let jti = claims.text("jti").ok_or_else(|| wrong("has no jti"))?;
    let has_nonce = claims.text("nonce").is_some_and(expected.is_nonce);
    if expected.rule == Dpop::Nonce && !has_nonce {
        let text = "the DPoP proof lacks the nonce that the answer gives in DPoP-Nonce";
        return Err(Objection::new(ObjectionKind::DpopNonce, "nonce", text));
    }
    Ok(jti.to_owned())
}

/// What is wrong with a proof whose `jti` came before.
pub(super) fn used() -> Objection {
    wrong("was used before: see jti")
}

/// The key is the one in the header, whatever it is, but a public one.
fn check_signature(proof: &Assertion<'_>) -> Result<(), Objection> {
    let jwk = proof.header().get("jwk").and_then(Value::as_object);
    let mut jwk: Map<String, Value> = jwk.ok_or_else(|| wrong("has no jwk"))?.clone();
    jwk.insert("kid".to_owned(), "proof".into());
    let set = KeySet::parse(&json!({ "keys": [jwk] }).to_string());
    let set = set.map_err(|error| wrong(&format!("has a wrong jwk: {error}")))?;
    let (message, signature) = proof.signature();
    let algorithm = proof.header().text("alg").unwrap_or_default();
    let mut keys = set.keys().iter();
    match keys.any(|key| key.has_signed(algorithm, message, signature)) {
        true => Ok(()),
        false => Err(wrong("has a signature that does not verify")),
    }
}

fn wrong(what: &str) -> Objection {
    let text = format!("the DPoP proof {what}");
    Objection::new(ObjectionKind::DpopWrong, "DPoP", text)
}

const PROOF: HeaderName = HeaderName::from_static("dpop");

/// How old a proof may be; RFC 9449 §11.1 leaves it to the server.
const AGE_SECS: i64 = 60;

/// How far ahead its clock may be.
const AHEAD_SECS: i64 = 10;
