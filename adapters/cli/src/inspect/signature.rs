use std::path::Path;

use redox_auth_sandbox::{PublicKeys, SignatureCheck};
use serde_json::Value;

use crate::args::InspectArgs;
use crate::connect::parse_key;
use crate::failure::Failure;
use crate::terminal::shown_path;
use crate::{input, key, secrets};

/// The result of the check of a signature.
pub(super) enum Signature {
    /// No key was given.
    Unchecked,
    /// This key made it.
    By {
        /// Its `kid`, or its file.
        key: String,
        /// Whether the JWK Set has a key with the assertion's `kid`; `None` without a set.
        is_in_set: Option<bool>,
    },
    /// None of the keys made it.
    ByNone,
}

/// Checks the signature with each given key.
pub(super) fn check(args: &InspectArgs, compact: &str) -> Result<Signature, Failure> {
    let mut is_in_set = None;
    if let Some(path) = &args.jwks {
        match jwk_set(path)?.check(compact) {
            SignatureCheck::By { key, named } => {
                let is_in_set = Some(named);
                return Ok(Signature::By { key, is_in_set });
            }
            SignatureCheck::ByNone { named } => is_in_set = Some(named),
            _ => {}
        }
    }
    for path in &args.key {
        if let SignatureCheck::By { key, .. } = one_key(path)?.check(compact) {
            return Ok(Signature::By { key, is_in_set });
        }
    }
    Ok(match args.key.is_empty() && args.jwks.is_none() {
        true => Signature::Unchecked,
        false => Signature::ByNone,
    })
}

fn jwk_set(path: &Path) -> Result<PublicKeys, Failure> {
    let shown = shown_path(path);
    if path.to_str().is_some_and(|path| path.contains("://")) {
        return Err(Failure::usage(format!(
            "--jwks takes a file; save {shown} to one first, for example with curl"
        )));
    }
    let text = input::read_text(path, "JWK Set", MAX_JWKS)?;
    PublicKeys::parse(&text).map_err(|error| Failure::usage(format!("JWK Set in {shown}: {error}")))
}

/// The public half of the key in this file, of any kind.
fn one_key(path: &Path) -> Result<PublicKeys, Failure> {
    let content = secrets::read_key(path)?;
    let name = secrets::shown(path);
    let wrong = |error| Failure::usage(format!("key in {name}: {error}"));
    if let Ok((label, der)) = pem_rfc7468::decode_vec(&content)
        && ["PUBLIC KEY", "CERTIFICATE"].contains(&label)
    {
        return PublicKeys::from_der(&der, &name).map_err(wrong);
    }
    let jwk: Option<Value> = serde_json::from_slice(&content).ok();
    let is_private = |jwk: &Value| jwk.get("d").is_some();
    if let Some(public) = jwk.as_ref().filter(|jwk| !is_private(jwk)) {
        return PublicKeys::parse(&public.to_string()).map_err(wrong);
    }
    match parse_key(&name, &content, None, None) {
        Ok(key) => {
            let algorithm = jwk.as_ref().and_then(|jwk| jwk.get("alg"));
            let set = without_algorithm(key::jwk_set(&[key])?, algorithm);
            PublicKeys::parse(&set).map_err(wrong)
        }
        Err(failure) => PublicKeys::from_der(&content, &name).map_err(|_| failure),
    }
}

/// The JWK Set of one key, for any algorithm unless the key names one.
fn without_algorithm(set: String, own: Option<&Value>) -> String {
    let mut parsed: Value = serde_json::from_str(&set).unwrap_or_default();
    match parsed.pointer_mut("/keys/0").and_then(Value::as_object_mut) {
        Some(jwk) if own.is_none() => {
            jwk.remove("alg");
            parsed.to_string()
        }
        _ => set,
    }
}

/// The longest JWK Set, in bytes: about a thousand keys.
const MAX_JWKS: u64 = 1 << 20;
