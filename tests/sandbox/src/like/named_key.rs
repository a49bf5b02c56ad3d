use aws_lc_rs::digest::{Algorithm, SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::Value;

use crate::assertion::Assertion;
use crate::jwks::{Key, KeySet};
use crate::object::Object;
use crate::public_key::PublicKey;
use crate::rules::{KeyName, Objection, ObjectionKind, Rules};

/// Checks that the signing key is registered for the client, and that the header names it as the server requires.
pub(super) fn check(
    rules: &Rules,
    keys: Option<&KeySet>,
    assertion: &Assertion<'_>,
) -> Result<(), Objection> {
    let header = assertion.header();
    let mut keys: Vec<&Key> = keys.map(KeySet::keys).unwrap_or_default().iter().collect();
    for name in rules.key_named_by() {
        match name {
            KeyName::Kid => keys_of_id(header, &mut keys),
            KeyName::X5c => keys_of_certificate(header, &mut keys)?,
            KeyName::X5t => keys_of_hash(name, &SHA1_FOR_LEGACY_USE_ONLY, header, &mut keys)?,
            KeyName::X5tS256 => keys_of_hash(name, &SHA256, header, &mut keys)?,
            KeyName::Jwk => keys_of_jwk(header, &mut keys)?,
        }
    }
    if keys.is_empty() {
        let text = "the header names no registered key of the client";
        return Err(Objection::new(ObjectionKind::KeyUnknown, "kid", text));
    }
    let (message, signature) = assertion.signature();
    let algorithm = header.text("alg").unwrap_or_default();
    let is_signer = |key: &&&Key| key.has_signed(algorithm, message, signature);
    let signer = keys.iter().find(is_signer).ok_or_else(|| {
        let text = "the signature does not verify";
        Objection::new(ObjectionKind::Signature, "", text)
    })?;
    let bits = PublicKey::of_jwk(signer.jwk()).and_then(|key| key.rsa_bits());
    match bits.filter(|bits| *bits < rules.least_rsa_bits()) {
        Some(bits) => {
            let least = rules.least_rsa_bits();
            let text = format!("the RSA key has {bits} bits; the server requires at least {least}");
            Err(Objection::new(ObjectionKind::KeyWeak, "", text))
        }
        None => Ok(()),
    }
}

fn keys_of_id(header: &Object, keys: &mut Vec<&Key>) {
    if let Some(id) = header.text("kid") {
        keys.retain(|key| key.id() == id);
    }
}

/// The keys whose certificate comes first in `x5c` (RFC 7515 §4.1.6). Does not check the issuer.
fn keys_of_certificate(header: &Object, keys: &mut Vec<&Key>) -> Result<(), Objection> {
    let Some(chain) = header.get("x5c") else {
        return Ok(());
    };
    let wrong = |text| Objection::new(ObjectionKind::Certificate, "x5c", text);
    let chain = certificates(chain).ok_or_else(|| {
        wrong("x5c must be a list of certificates in base64, with the key's certificate first")
    })?;
    let mut chain = chain.into_iter();
    let own = chain.next();
    keys.retain(|key| own.is_some() && PublicKey::of_jwk(key.jwk()) == own);
    if keys.is_empty() {
        return Err(wrong(
            "the first certificate in x5c belongs to no registered key",
        ));
    }
    Ok(())
}

/// The keys of all certificates in the chain.
fn certificates(chain: &Value) -> Option<Vec<PublicKey>> {
    let chain = chain.as_array()?.iter();
    let keys = chain.map(|one| PublicKey::of_certificate(&STANDARD.decode(one.as_str()?).ok()?));
    keys.collect()
}

/// The keys whose certificate has this hash (RFC 7515 §4.1.7, §4.1.8). Certificates are known only from `x5c` in the
/// header or in the registered JWK.
fn keys_of_hash(
    name: KeyName,
    algorithm: &'static Algorithm,
    header: &Object,
    keys: &mut Vec<&Key>,
) -> Result<(), Objection> {
    let name = name.as_str();
    let Some(hash) = header.get(name) else {
        return Ok(());
    };
    let wrong = |text| Objection::new(ObjectionKind::Certificate, name, text);
    let hash = hash
        .as_str()
        .and_then(|hash| URL_SAFE_NO_PAD.decode(hash).ok());
    let hash = hash.filter(|hash| hash.len() == algorithm.output_len());
    let hash = hash.ok_or_else(|| {
        wrong(format!(
            "{name} must be the hash of a certificate in base64url"
        ))
    })?;
    let first_of = |chain: Option<&Value>| {
        let der = STANDARD
            .decode(chain?.as_array()?.first()?.as_str()?)
            .ok()?;
        Some(digest(algorithm, &der))
    };
    let shown = first_of(header.get("x5c"));
    keys.retain(|key| {
        let registered = first_of(key.jwk().get("x5c"));
        let mut known = registered.iter().chain(&shown);
        known.all(|known| known.as_ref() == hash)
    });
    if keys.is_empty() {
        return Err(wrong(format!("{name} is not the hash of the certificate")));
    }
    Ok(())
}

/// The keys in the header (RFC 7515 §4.1.3).
fn keys_of_jwk(header: &Object, keys: &mut Vec<&Key>) -> Result<(), Objection> {
    let Some(jwk) = header.get("jwk") else {
        return Ok(());
    };
    let shown = jwk.as_object().and_then(PublicKey::of_jwk);
    keys.retain(|key| shown.is_some() && PublicKey::of_jwk(key.jwk()) == shown);
    if keys.is_empty() {
        let text = "jwk in the header is not a registered key";
        return Err(Objection::new(ObjectionKind::KeyUnknown, "jwk", text));
    }
    Ok(())
}
