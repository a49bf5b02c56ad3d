mod error;

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ECDSA_P521_SHA512_FIXED, ParsedPublicKey,
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA512,
    RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512, RsaParameters,
    RsaPublicKeyComponents, VerificationAlgorithm,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use crate::Refusal;

pub use error::JwksError;

/// A registered JWK Set (RFC 7517 §5).
pub(crate) struct KeySet {
    keys: Vec<Key>,
    json: Value,
    /// Withdrawn keys, which can be restored.
    withdrawn: Vec<Key>,
}

impl KeySet {
    /// Reads a set or a single JWK, because the dashboard accepts either.
    pub(crate) fn parse(json: &str) -> Result<Self, JwksError> {
        let value: Value = serde_json::from_str(json).map_err(|_| JwksError::NotJson)?;
        let json = match value.get("keys") {
            Some(_) => value,
            None => json!({ "keys": [value] }),
        };
        let members = json.get("keys").and_then(Value::as_array);
        let members = members.ok_or(JwksError::NotAKeySet)?;
        if members.is_empty() {
            return Err(JwksError::NoKeys);
        }
        let mut keys = Vec::<Key>::new();
        for (index, member) in members.iter().enumerate() {
            let object = member.as_object().ok_or(JwksError::NotAKeySet)?;
            let key = Key::parse(index, object)?;
            if keys.iter().any(|other| other.id == key.id) {
                return Err(JwksError::DuplicateKeyId { key: index });
            }
            keys.push(key);
        }
        let withdrawn = Vec::new();
        Ok(Self {
            keys,
            json,
            withdrawn,
        })
    }

    /// Withdraws the key of this ID; `false` if there is none.
    pub(crate) fn withdraw(&mut self, id: &str) -> bool {
        let Some(key) = take(&mut self.keys, id) else {
            return false;
        };
        // A withdrawn key cannot be restored next to another key with its ID.
        take(&mut self.withdrawn, id);
        self.withdrawn.push(key);
        self.write();
        true
    }

    /// Restores a withdrawn key; `false` if there is none with this ID, or if another key has this ID.
    pub(crate) fn restore(&mut self, id: &str) -> bool {
        if self.find(id).is_some() {
            return false;
        }
        let Some(key) = take(&mut self.withdrawn, id) else {
            return false;
        };
        self.keys.push(key);
        self.write();
        true
    }

    /// Adds the keys of another set.
    pub(crate) fn add(&mut self, other: Self) -> Result<(), JwksError> {
        let taken = |key: &Key| self.find(&key.id).is_some();
        if let Some(key) = other.keys.iter().position(taken) {
            return Err(JwksError::DuplicateKeyId { key });
        }
        self.keys.extend(other.keys);
        self.write();
        Ok(())
    }

    pub(crate) fn withdrawn(&self) -> &[Key] {
        &self.withdrawn
    }

    fn write(&mut self) {
        let keys: Vec<_> = self.keys.iter().map(|key| key.jwk.clone()).collect();
        self.json = json!({ "keys": keys });
    }

    pub(crate) fn find(&self, id: &str) -> Option<&Key> {
        self.keys.iter().find(|key| key.id == id)
    }

    pub(crate) fn keys(&self) -> &[Key] {
        &self.keys
    }

    /// The registered set.
    pub(crate) const fn json(&self) -> &Value {
        &self.json
    }
}

fn take(keys: &mut Vec<Key>, id: &str) -> Option<Key> {
    let at = keys.iter().position(|key| key.id == id)?;
    Some(keys.remove(at))
}

/// One public key of a set. The key decides the algorithm, never a string from a header.
pub(crate) struct Key {
    id: String,
    jwk: Map<String, Value>,
    /// Its algorithm at Redox. `None` for an unsupported kind of key, which may still be registered.
    own: Option<&'static str>,
    /// By algorithm. An RSA key without an algorithm in its JWK has several, because other servers let the client
    /// choose.
    verifiers: Vec<(&'static str, ParsedPublicKey)>,
}

impl Key {
    fn parse(index: usize, jwk: &Map<String, Value>) -> Result<Self, JwksError> {
        if let Some(member) = PRIVATE_MEMBERS.iter().find(|name| jwk.contains_key(**name)) {
            return Err(JwksError::PrivateMember { key: index, member });
        }
        let read = |member| Members { index, jwk }.text(member);
        let (id, kind) = (read("kid")?, read("kty")?);
        let members = Members { index, jwk };
        let mut verifiers = match kind {
            "RSA" => members.rsa()?,
            "EC" => members.curve()?.into_iter().collect(),
            _ => Vec::new(),
        };
        verifiers.retain(|(algorithm, _)| is_for(jwk, algorithm));
        let own = verifiers.first().map(|(algorithm, _)| *algorithm);
        Ok(Self {
            id: id.to_owned(),
            jwk: jwk.clone(),
            own: own.filter(|own| AT_REDOX.contains(own)),
            verifiers,
        })
    }

    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// The required algorithm of assertions at Redox; `None` for a key that cannot sign them.
    pub(crate) const fn algorithm(&self) -> Option<&'static str> {
        self.own
    }

    /// The registered JWK.
    pub(crate) const fn jwk(&self) -> &Map<String, Value> {
        &self.jwk
    }

    /// Whether this key made the signature of `message` with `algorithm`, which must be one of the key's.
    pub(crate) fn has_signed(&self, algorithm: &str, message: &[u8], signature: &[u8]) -> bool {
        let found = self.verifiers.iter().find(|(own, _)| *own == algorithm);
        found.is_some_and(|(_, key)| key.verify_sig(message, signature).is_ok())
    }

    /// Checks that `algorithm` is this key's, and that the key made the signature of `message`.
    pub(crate) fn verify(
        &self,
        algorithm: Option<&str>,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), Refusal> {
        match self.own {
            Some(own) if algorithm == Some(own) => {
                let is_good = self.has_signed(own, message, signature);
                is_good.then_some(()).ok_or(Refusal::BadSignature)
            }
            _ => Err(Refusal::WrongAlgorithm),
        }
    }
}

/// The members of the JWK at `index`, and the errors that name them.
#[derive(Clone, Copy)]
struct Members<'a> {
    index: usize,
    jwk: &'a Map<String, Value>,
}

impl<'a> Members<'a> {
    fn text(self, member: &'static str) -> Result<&'a str, JwksError> {
        let key = self.index;
        let value = self.jwk.get(member);
        let value = value.ok_or(JwksError::MissingMember { key, member })?;
        let text = value.as_str().filter(|text| !text.is_empty());
        text.ok_or(JwksError::WrongMember { key, member })
    }

    fn bytes(self, member: &'static str) -> Result<Vec<u8>, JwksError> {
        let bytes = URL_SAFE_NO_PAD.decode(self.text(member)?);
        bytes.map_err(|_| self.wrong(member))
    }

    fn rsa(self) -> Result<Vec<(&'static str, ParsedPublicKey)>, JwksError> {
        let (n, e) = (self.bytes("n")?, self.bytes("e")?);
        let bits = rsa_bits(&n);
        if bits < LEAST_RSA_BITS {
            let key = self.index;
            return Err(JwksError::WeakRsaKey { key, bits });
        }
        let verifier = |(name, verification)| {
            let components = RsaPublicKeyComponents { n: &n, e: &e };
            let parsed = components.to_parsed_public_key(verification);
            Ok((name, parsed.map_err(|_| self.wrong("n"))?))
        };
        RSA.into_iter().map(verifier).collect()
    }

    fn curve(self) -> Result<Option<(&'static str, ParsedPublicKey)>, JwksError> {
        match self.text("crv")? {
            "P-256" => self.point(32, &ECDSA_P256_SHA256_FIXED, "ES256").map(Some),
            "P-384" => self.point(48, &ECDSA_P384_SHA384_FIXED, "ES384").map(Some),
            "P-521" => self.point(66, &ECDSA_P521_SHA512_FIXED, "ES512").map(Some),
            _ => Ok(None),
        }
    }

    /// An uncompressed point (SEC 1 §2.3.3); the library checks that it is on the curve.
    fn point(
        self,
        len: usize,
        verification: &'static dyn VerificationAlgorithm,
        algorithm: &'static str,
    ) -> Result<(&'static str, ParsedPublicKey), JwksError> {
        let mut point = vec![0x04];
        for member in ["x", "y"] {
            let coordinate = self.bytes(member)?;
            if coordinate.len() != len {
                return Err(self.wrong(member));
            }
            point.extend(coordinate);
        }
        let parsed = ParsedPublicKey::new(verification, point);
        Ok((algorithm, parsed.map_err(|_| self.wrong("x"))?))
    }

    const fn wrong(self, member: &'static str) -> JwksError {
        let key = self.index;
        JwksError::WrongMember { key, member }
    }
}

/// Whether the JWK's members about its purpose, if any, allow signatures (RFC 7517 §4.2 to §4.4).
fn is_for(jwk: &Map<String, Value>, algorithm: &str) -> bool {
    let says = |member: &str, value: &str| jwk.get(member).is_none_or(|own| own == value);
    let operations = jwk.get("key_ops");
    says("alg", algorithm)
        && says("use", "sig")
        && operations.is_none_or(|operations| {
            let operations = operations.as_array();
            operations.is_some_and(|operations| operations.iter().any(|one| one == "verify"))
        })
}

/// Members of private and of symmetric keys (RFC 7518 §6).
const PRIVATE_MEMBERS: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// The length of an RSA key from its modulus, in bits.
///
/// A modulus has no leading zeros (RFC 7518 §6.3.1), therefore its first byte decides.
pub(crate) fn rsa_bits(modulus: &[u8]) -> usize {
    let unused = modulus.first().map_or(0, |first| first.leading_zeros());
    let bits = modulus.len().saturating_mul(8);
    bits.saturating_sub(usize::try_from(unused).unwrap_or(0))
}

/// The algorithms of an RSA key. At Redox, the first one is the default.
const RSA: [(&str, &RsaParameters); 6] = [
    ("RS384", &RSA_PKCS1_2048_8192_SHA384),
    ("RS256", &RSA_PKCS1_2048_8192_SHA256),
    ("RS512", &RSA_PKCS1_2048_8192_SHA512),
    ("PS256", &RSA_PSS_2048_8192_SHA256),
    ("PS384", &RSA_PSS_2048_8192_SHA384),
    ("PS512", &RSA_PSS_2048_8192_SHA512),
];

/// The algorithms that the sandbox accepts in Redox's place.
const AT_REDOX: [&str; 7] = [
    "RS384", "ES384", "RS256", "RS512", "PS256", "ES256", "ES512",
];

/// RFC 7518 §3.3.
const LEAST_RSA_BITS: usize = 2048;
