use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, HeaderName};
use serde_json::{Map, Value, json};

use crate::assertion::Assertion;
use crate::jwks::KeySet;
use crate::rules::{Dpop, Objection, ObjectionKind};

/// The expected values of a proof of possession.
pub(crate) struct Expected<'a> {
    pub(crate) rule: Dpop,
    pub(crate) method: &'a str,
    pub(crate) url: &'a str,
    /// The access token of the request, if it has one.
    pub(crate) token: Option<&'a str>,
    /// Seconds since 1970.
    pub(crate) now: i64,
    /// Whether the server issued this nonce recently.
    pub(crate) is_nonce: &'a dyn Fn(&str) -> bool,
}

/// A valid proof.
pub(crate) struct Proof {
    pub(crate) jti: String,
    /// The members that identify the key (RFC 7638 §3.2), as JSON.
    pub(crate) key: String,
}

/// Checks the one proof of a request (`DPoP`, RFC 9449 §4.3).
pub(crate) fn check(headers: &HeaderMap, expected: &Expected<'_>) -> Result<Proof, Objection> {
    let mut proofs = headers.get_all(PROOF).iter();
    let Some(proof) = proofs.next() else {
        let text = "the header DPoP is missing; each request needs a proof";
        return Err(Objection::new(ObjectionKind::DpopMissing, "DPoP", text));
    };
    let proof = proof.to_str().unwrap_or_default();
    let proof = Assertion::parse(proof).map_err(|_| wrong("is no compact JWS"))?;
    if proofs.next().is_some() {
        return Err(wrong("appears twice"));
    }
    if proof.header().text("typ") != Some("dpop+jwt") {
        return Err(wrong("has a typ other than dpop+jwt"));
    }
    let key = check_signature(&proof)?;
    let claims = proof.claims();
    if claims.text("htm") != Some(expected.method) {
        return Err(wrong("is for another verb: see htm"));
    }
    if claims.text("htu") != Some(expected.url) {
        return Err(wrong("is for another URL: see htu"));
    }
    let hash = expected.token.map(|token| {
        let hash = digest(&SHA256, token.as_bytes());
        URL_SAFE_NO_PAD.encode(hash)
    });
    if hash.is_some() && claims.text("ath") != hash.as_deref() {
        return Err(wrong("is for another token: see ath"));
    }
    let iat = claims.get("iat").and_then(Value::as_i64);
    let age = iat.map(|iat| expected.now.saturating_sub(iat));
    if age.is_none_or(|age| !(-AHEAD_SECS..=AGE_SECS).contains(&age)) {
        return Err(wrong("is too old or from the future: see iat"));
    }
    let jti = claims.text("jti").ok_or_else(|| wrong("has no jti"))?;
    let has_nonce = claims.text("nonce").is_some_and(expected.is_nonce);
    if expected.rule == Dpop::Nonce && !has_nonce {
        let text = "the DPoP proof lacks the nonce in the answer's DPoP-Nonce";
        return Err(Objection::new(ObjectionKind::DpopNonce, "nonce", text));
    }
    Ok(Proof {
        jti: jti.to_owned(),
        key,
    })
}

/// The objection to a proof with a used `jti`.
pub(crate) fn used() -> Objection {
    wrong("was used before: see jti")
}

/// The key in the header, which must be a public one.
fn check_signature(proof: &Assertion<'_>) -> Result<String, Objection> {
    let jwk = proof.header().get("jwk").and_then(Value::as_object);
    let mut jwk: Map<String, Value> = jwk.ok_or_else(|| wrong("has no jwk"))?.clone();
    let names = ["crv", "e", "kty", "n", "x", "y"];
    let members: Map<String, Value> = names
        .iter()
        .filter_map(|name| Some(((*name).to_owned(), jwk.get(*name)?.clone())))
        .collect();
    jwk.insert("kid".to_owned(), "proof".into());
    let set = KeySet::parse(&json!({ "keys": [jwk] }).to_string());
    let set = set.map_err(|error| wrong(&format!("has a wrong jwk: {error}")))?;
    let (message, signature) = proof.signature();
    let algorithm = proof.header().text("alg").unwrap_or_default();
    let mut keys = set.keys().iter();
    match keys.any(|key| key.has_signed(algorithm, message, signature)) {
        true => Ok(Value::from(members).to_string()),
        false => Err(wrong("has a signature that does not verify")),
    }
}

fn wrong(what: &str) -> Objection {
    let text = format!("the DPoP proof {what}");
    Objection::new(ObjectionKind::DpopWrong, "DPoP", text)
}

const PROOF: HeaderName = HeaderName::from_static("dpop");

/// The greatest age of a proof, which RFC 9449 §11.1 leaves to the server.
const AGE_SECS: i64 = 60;

/// How far its clock may be ahead.
const AHEAD_SECS: i64 = 10;
