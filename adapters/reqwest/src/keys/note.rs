use core::fmt;

use serde::Deserialize;
use serde_json::Value;

use super::text::TakenOff;

/// Something unusual about the file or the variable of a key, which its owner may want to change. The key is usable.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum KeyNote {
    /// Something was removed.
    TakenOff(TakenOff),
    /// It is the only private key of a JWK Set.
    OneOfSet,
    /// A member of the JWK names another purpose than signing.
    OtherUse {
        /// `use`, `key_ops` or `alg`.
        member: &'static str,
        /// Its value, as JSON.
        found: String,
    },
}

impl fmt::Display for KeyNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TakenOff(what) => what.fmt(f),
            Self::OneOfSet => f.write_str("it is a JWK Set, and its only private key was taken"),
            Self::OtherUse { member, found } => write!(
                f,
                "`{member}` of the JWK is {found}, which is not signing; servers may refuse the key"
            ),
        }
    }
}

impl KeyNote {
    /// The purpose that this JWK, public or private, names, if that is not signing.
    #[must_use]
    pub fn of_jwk(jwk: &str) -> Vec<Self> {
        let Ok(purpose) = serde_json::from_str::<Purpose>(jwk) else {
            return Vec::new();
        };
        let members = [
            ("use", purpose.usage, is_signing as fn(&Value) -> bool),
            ("key_ops", purpose.key_ops, allows_signing),
            ("alg", purpose.alg, is_signature),
        ];
        let others = members.into_iter().filter_map(|(member, value, is_fine)| {
            let value = value.filter(|value| !is_fine(value))?;
            let found = value.to_string().chars().take(SHOWN_CHARS).collect();
            Some(Self::OtherUse { member, found })
        });
        others.collect()
    }
}

/// The purpose of a JWK (RFC 7517 §4.2 to 4.4). None of it is secret.
#[derive(Deserialize)]
struct Purpose {
    #[serde(rename = "use")]
    usage: Option<Value>,
    key_ops: Option<Value>,
    alg: Option<Value>,
}

fn is_signing(usage: &Value) -> bool {
    usage == "sig"
}

/// A public key verifies what the private key signs.
fn allows_signing(key_ops: &Value) -> bool {
    let operations = key_ops.as_array();
    operations.is_some_and(|it| it.iter().any(|it| it == "sign" || it == "verify"))
}

/// Whether it is no algorithm of encryption (RFC 7518 §4.1). Core compares those of signatures with the key.
fn is_signature(alg: &Value) -> bool {
    let name = alg.as_str().unwrap_or_default();
    !["RSA1_5", "RSA-OAEP", "ECDH-ES"]
        .iter()
        .any(|it| name.starts_with(it))
}

/// How much of a value a note shows.
const SHOWN_CHARS: usize = 100;
