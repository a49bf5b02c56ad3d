use core::fmt;

use redox_auth_reqwest::Key;
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::key;
use crate::terminal::shown;

/// The registered public keys of a client, with all their other members.
#[derive(Clone, Debug)]
pub(super) struct KeySet(Vec<Value>);

impl KeySet {
    /// The member `jwkSet` of the Platform API; `None` unless it is a set of keys with IDs.
    pub(super) fn parse(jwk_set: &Value) -> Option<Self> {
        let keys = jwk_set.get("keys")?.as_array()?;
        let all_have_ids = keys.iter().all(|jwk| key_id(jwk).is_some());
        all_have_ids.then(|| Self(keys.clone()))
    }

    /// The public half of one key.
    pub(super) fn of(key: &Key) -> Result<Self, Failure> {
        let json = key::jwk_set(core::slice::from_ref(key))?;
        serde_json::from_str(&json)
            .ok()
            .and_then(|jwk_set| Self::parse(&jwk_set))
            .ok_or_else(|| Failure::usage("the public key could not be written"))
    }

    pub(super) fn has(&self, id: &str) -> bool {
        self.0.iter().any(|jwk| key_id(jwk) == Some(id))
    }

    /// These keys, followed by those of `other`.
    pub(super) fn and(&self, other: &Self) -> Self {
        Self([self.0.as_slice(), &other.0].concat())
    }

    pub(super) fn without(&self, id: &str) -> Self {
        let others = self.0.iter().filter(|jwk| key_id(jwk) != Some(id));
        Self(others.cloned().collect())
    }

    pub(super) fn to_json(&self) -> Value {
        json!({ "keys": self.0 })
    }

    fn essence(&self) -> Vec<[Option<&str>; ESSENCE.len()]> {
        let mut keys: Vec<_> = self
            .0
            .iter()
            .map(|jwk| ESSENCE.map(|name| jwk.get(name).and_then(Value::as_str)))
            .collect();
        keys.sort_unstable();
        keys
    }
}

/// Compares only the public keys and their IDs: the server may reorder the keys and add members such as their use.
impl PartialEq for KeySet {
    fn eq(&self, other: &Self) -> bool {
        self.essence() == other.essence()
    }
}

/// The key IDs.
impl fmt::Display for KeySet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids: Vec<_> = self.0.iter().filter_map(key_id).map(shown).collect();
        f.write_str(&ids.join(", "))
    }
}

fn key_id(jwk: &Value) -> Option<&str> {
    jwk.get("kid")?.as_str()
}

/// The ID and the members of the public key itself (RFC 7518 §6).
const ESSENCE: [&str; 7] = ["kid", "kty", "crv", "x", "y", "n", "e"];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::KeySet;

    fn set(keys: serde_json::Value) -> KeySet {
        KeySet::parse(&json!({ "keys": keys })).unwrap()
    }

    #[test]
    fn sets_are_the_same_in_any_order_and_not_with_another_key() {
        let two = set(json!([
            { "kid": "a", "kty": "EC", "x": "1" },
            { "kid": "b", "kty": "RSA", "n": "2" },
        ]));
        let kept_otherwise = set(json!([
            { "kty": "RSA", "kid": "b", "n": "2", "use": "sig" },
            { "kid": "a", "kty": "EC", "x": "1" },
        ]));
        assert_eq!(two, kept_otherwise);
        assert_ne!(two, two.without("a"));
        let replaced = two.without("a");
        let replaced = replaced.and(&set(json!([{ "kid": "a", "kty": "EC", "x": "3" }])));
        assert_eq!(replaced.to_string(), "b, a");
        assert_ne!(two, replaced);
    }

    #[test]
    fn what_has_a_key_without_an_id_is_no_set() {
        for wrong in [
            json!({}),
            json!({ "keys": {} }),
            json!({ "keys": [{ "kty": "EC" }] }),
            json!({ "keys": [1] }),
        ] {
            assert!(KeySet::parse(&wrong).is_none(), "{wrong}");
        }
    }
}
