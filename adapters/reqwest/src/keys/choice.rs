//! The one private key in a file that may hold more.

use std::borrow::Cow;
use std::collections::HashMap;

use redox_auth_core::{KeyError, PRIVATE_KEY_SCRATCH_LEN, PrivateKey};
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use super::kind::{JWE, SERVICE_ACCOUNT};
use super::rust::RustKey;
use super::text::trim;
use super::unusable::{Reason, UnusableKey};

/// The part of `content` for core: all of it, the one PEM block that is a private key, or the one private JWK of a set.
pub(crate) fn choose(content: &[u8]) -> Result<&[u8], UnusableKey> {
    let Ok(text) = core::str::from_utf8(content) else {
        return Ok(content);
    };
    let trimmed = trim(text);
    if trimmed.starts_with(['{', '[']) {
        return json(trimmed).map(|chosen| chosen.map_or(content, str::as_bytes));
    }
    let keys: Vec<_> = blocks(text).collect();
    match keys.as_slice() {
        [] | [_] => Ok(content),
        [first, others @ ..] => {
            let named = |block: &str| (place(text, block), identity(block.as_bytes()));
            let first_named = named(first);
            for other in others {
                let other = named(other);
                if other.1 != first_named.1 {
                    return Err(two(first_named, other));
                }
            }
            Ok(first.as_bytes())
        }
    }
}

fn two(first: (String, Identity), second: (String, Identity)) -> UnusableKey {
    let shown = |(place, identity): (String, Identity)| match identity {
        Ok(found) => format!("{place}, {found}"),
        Err(error) => {
            let error = UnusableKey::from(error);
            format!("{place}, {}", error.found().unwrap_or("a damaged key"))
        }
    };
    let (first, second) = (shown(first), shown(second));
    Reason::TwoKeys { first, second }.into()
}

fn place(text: &str, block: &str) -> String {
    let before = (block.as_ptr().addr()).saturating_sub(text.as_ptr().addr());
    let before = text.get(..before).unwrap_or_default();
    let line = before.matches('\n').count().saturating_add(1);
    format!("on line {line}")
}

/// The description of a key, or the reason why it is unusable.
type Identity = Result<String, KeyError>;

fn identity(key: &[u8]) -> Identity {
    let len = PRIVATE_KEY_SCRATCH_LEN.max(key.len());
    let mut scratch = Zeroizing::new(vec![0; len]);
    let key = PrivateKey::parse(key, &mut scratch)?;
    let public_key = RustKey::new(&key)?.public_key()?;
    let algorithm = public_key.algorithm();
    let kind = match algorithm.is_rsa() {
        true => "an RSA key".to_owned(),
        false => format!("a key for {algorithm}"),
    };
    Ok(format!(
        "{kind} with the thumbprint {}",
        public_key.thumbprint()
    ))
}

/// The PEM blocks that are private keys, from their first line to their last or to the next block.
fn blocks(text: &str) -> impl Iterator<Item = &str> {
    let starts = text.match_indices(BEGIN).map(|(at, _)| at);
    starts.filter_map(move |at| {
        let block = text.get(at..)?;
        let label = block.get(BEGIN.len()..)?.split_once("-----")?.0;
        let end = match block.split_once("-----END ") {
            Some((before, after)) => {
                let label = after.split_once("-----").map_or(after, |(label, _)| label);
                before
                    .len()
                    .saturating_add("-----END -----".len())
                    .saturating_add(label.len())
            }
            None => block.len(),
        };
        let next = block.get(BEGIN.len()..)?.find(BEGIN);
        let next = next.map_or(block.len(), |at| at.saturating_add(BEGIN.len()));
        let whole = block.get(..end.min(next)).unwrap_or(block);
        label.ends_with("PRIVATE KEY").then_some(whole)
    })
}

/// The private JWK in a set that holds one; `None` for content that core reads as it is.
fn json(text: &str) -> Result<Option<&str>, UnusableKey> {
    let Some(members) = members(text) else {
        return wrapper(text);
    };
    if has(&members, "kty") {
        Ok(None)
    } else if let Some(keys) = members.get("keys") {
        of_set(keys.get())
    } else if has(&members, "ciphertext") {
        Err(UnusableKey::other(&JWE))
    } else if has(&members, "private_key") && has(&members, "client_email") {
        Err(UnusableKey::other(&SERVICE_ACCOUNT))
    } else {
        wrapper(text)
    }
}

/// The path of a key in other JSON, as `jq` writes it.
fn wrapper(text: &str) -> Result<Option<&str>, UnusableKey> {
    let (mut path, mut value) = (String::new(), text);
    for _ in 0..MAX_DEPTH {
        let Some((step, inside)) = step_to_key(value) else {
            break;
        };
        path.push_str(&step);
        value = inside;
    }
    match path.is_empty() {
        true => Ok(None),
        false => Err(Reason::Wrapped {
            path: format!(".{path}"),
        }
        .into()),
    }
}

/// The member or the element that holds the key.
fn step_to_key(text: &str) -> Option<(String, &str)> {
    if let Some(members) = members(text) {
        if has(&members, "kty") {
            return None;
        }
        let members = members.into_iter().map(|(name, value)| (name, value.get()));
        let found = members.filter(|(_, value)| holds_key(value));
        let (name, value) = found.min_by(|(one, _), (other, _)| one.cmp(other))?;
        let name = serde_json::Value::from(name.as_ref()).to_string();
        // The path is inside quotes of the shell.
        let name = name.replace('\'', "\\u0027");
        return Some((format!("[{name}]"), value));
    }
    let elements: Vec<&RawValue> = serde_json::from_str(text).ok()?;
    let mut elements = elements.iter().map(|it| it.get()).enumerate();
    let (at, value) = elements.find(|(_, value)| holds_key(value))?;
    Some((format!("[{at}]"), value))
}

/// Values stay in place, because a copy of a private number would have to be wiped.
type Members<'t> = HashMap<Cow<'t, str>, &'t RawValue>;

fn members(text: &str) -> Option<Members<'_>> {
    serde_json::from_str(text).ok()
}

fn has(members: &Members<'_>, name: &str) -> bool {
    members.get(name).is_some_and(|it| it.get() != "null")
}

/// Whether there is a private JWK or the PEM of a private key somewhere in a value.
fn holds_key(value: &str) -> bool {
    let count = |needle| value.matches(needle).count();
    let has_base64 = count(BEGIN_IN_BASE64) > count(CERTIFICATE_IN_BASE64);
    let has_member = |name: &str| value.contains(&format!("\"{name}\""));
    let has_jwk = has_member("kty") && ["d", "k"].into_iter().any(has_member);
    value.contains("PRIVATE KEY-----") || has_jwk || has_base64
}

fn of_set(keys: &str) -> Result<Option<&str>, UnusableKey> {
    let keys: Vec<&RawValue> = serde_json::from_str(keys).unwrap_or_default();
    let keys = keys.iter().map(|it| it.get()).enumerate();
    let is_private = |jwk: &str| members(jwk).is_some_and(|it| has(&it, "d") || has(&it, "k"));
    let mut private = keys.filter(|(_, jwk)| is_private(jwk));
    let Some((at, first)) = private.next() else {
        return Ok(None);
    };
    let named = |at: usize, jwk: &str| (format!("in keys[{at}]"), identity(jwk.as_bytes()));
    let first_named = named(at, first);
    for (at, other) in private {
        let other = named(at, other);
        if other.1 != first_named.1 {
            return Err(two(first_named, other));
        }
    }
    Ok(Some(first))
}

const BEGIN: &str = "-----BEGIN ";

/// The first characters of base64 of a PEM, and of a certificate.
const BEGIN_IN_BASE64: &str = "LS0tLS1CRUdJTi";
const CERTIFICATE_IN_BASE64: &str = "LS0tLS1CRUdJTiBDRVJU";

/// The depth of the search for a key.
const MAX_DEPTH: usize = 8;
