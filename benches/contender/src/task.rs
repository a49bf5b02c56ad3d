use core::fmt;
use std::collections::BTreeMap;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// The same for every contender: what the assertions say, and the keys that sign them.
#[derive(Clone, Deserialize, Serialize)]
pub struct Task {
    /// `iss` and `sub`.
    pub client_id: String,
    /// `kid`.
    pub key_id: String,
    /// `aud`.
    pub audience: String,
    /// Private keys made for this run alone, as PEM of PKCS#8.
    pub keys: BTreeMap<KeyName, String>,
}

impl Task {
    /// The key of this name, as PEM of PKCS#8.
    ///
    /// # Panics
    /// If the task has none, which is a mistake in the bench.
    #[must_use]
    pub fn key(&self, name: KeyName) -> &str {
        self.keys.get(&name).expect("the task has every key")
    }

    /// Header and claims of an assertion in base64url, joined by a dot: what a bare signature signs.
    #[must_use]
    pub fn signing_input(&self, name: KeyName) -> String {
        let header = json!({ "alg": name.algorithm(), "typ": "JWT", "kid": self.key_id });
        let claims = json!({
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": self.audience,
            "iat": ISSUED_AT,
            "exp": ISSUED_AT.saturating_add(ASSERTION_LIFETIME_SECS),
            "jti": jwt_id(0),
        });
        let [header, claims] = [header, claims].map(|it| base64url(it.to_string().as_bytes()));
        format!("{header}.{claims}")
    }
}

/// `bytes` as base64url without padding.
#[must_use]
pub fn base64url(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

impl fmt::Debug for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Task")
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

/// The keys of a [`Task`], named as the tables name them.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub enum KeyName {
    /// P-256, for ES256.
    #[serde(rename = "ES256")]
    Es256,
    /// P-384, for ES384.
    #[serde(rename = "ES384")]
    Es384,
    /// P-521, for ES512.
    #[serde(rename = "ES512")]
    Es512,
    /// RSA of 2048 bits, for RS256.
    #[serde(rename = "RS256, 2048 bits")]
    Rs256Of2048,
    /// RSA of 2048 bits, for RS384.
    #[serde(rename = "RS384, 2048 bits")]
    Rs384Of2048,
    /// RSA of 4096 bits, for RS384.
    #[serde(rename = "RS384, 4096 bits")]
    Rs384Of4096,
}

impl KeyName {
    /// Every key.
    pub const ALL: [Self; 6] = [
        Self::Es256,
        Self::Es384,
        Self::Es512,
        Self::Rs256Of2048,
        Self::Rs384Of2048,
        Self::Rs384Of4096,
    ];

    /// The name in the tables, which is that of the group of those who sign with it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::Es512 => "ES512",
            Self::Rs256Of2048 => "RS256, 2048 bits",
            Self::Rs384Of2048 => "RS384, 2048 bits",
            Self::Rs384Of4096 => "RS384, 4096 bits",
        }
    }

    /// The value of `alg`.
    #[must_use]
    pub const fn algorithm(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::Es512 => "ES512",
            Self::Rs256Of2048 => "RS256",
            Self::Rs384Of2048 | Self::Rs384Of4096 => "RS384",
        }
    }
}

/// The `jti` of assertion number `index`: 22 characters, a new one for each.
#[must_use]
pub fn jwt_id(index: u64) -> String {
    format!("{index:022}")
}

/// The `iat` of every assertion, in seconds since 1970.
pub const ISSUED_AT: u64 = 1_800_000_000;

/// From `iat` to `exp`, in seconds.
pub const ASSERTION_LIFETIME_SECS: u64 = 300;
