use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, HeaderName};

use crate::object::Object;
use crate::rules::{Dpop, Objection, ObjectionKind};

/// Checks that a `DPoP` proof is there, with a nonce where the server wants one (RFC 9449 §4.3, §8).
///
/// Whether the proof itself is good is not looked at.
pub(super) fn check(rule: Dpop, headers: &HeaderMap) -> Result<(), Objection> {
    let Some(proof) = headers.get(PROOF).and_then(|proof| proof.to_str().ok()) else {
        let text = "the header DPoP is missing; each request needs a proof";
        return Err(Objection::new(ObjectionKind::DpopMissing, "DPoP", text));
    };
    if rule == Dpop::Nonce && nonce(proof).is_none() {
        let text = "the DPoP proof has no nonce; the answer gives one in DPoP-Nonce";
        return Err(Objection::new(ObjectionKind::DpopNonce, "nonce", text));
    }
    Ok(())
}

fn nonce(proof: &str) -> Option<String> {
    let claims = URL_SAFE_NO_PAD.decode(proof.split('.').nth(1)?).ok()?;
    Object::parse(&claims)?.text("nonce").map(ToOwned::to_owned)
}

const PROOF: HeaderName = HeaderName::from_static("dpop");
