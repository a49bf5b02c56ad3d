use core::fmt;

use base64ct::{Base64UrlUnpadded, Encoding};
use jiff::Timestamp;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::{Map, Value};

use crate::failure::Failure;
use crate::terminal::shown;

/// The three parts of a compact JWS (RFC 7515 §7.1), decoded.
pub(crate) struct Jwt {
    pub(super) header: Map<String, Value>,
    pub(super) claims: Map<String, Value>,
    pub(super) signature_len: usize,
}

impl Jwt {
    pub(crate) fn parse(jwt: &str) -> Result<Self, Failure> {
        let parts: Vec<&str> = jwt.split('.').collect();
        let [header, claims, signature] = parts[..] else {
            return Err(Failure::usage(format!(
                "expected a JWT of three parts with dots between them, found {} part{}",
                parts.len(),
                if parts.len() == 1 { "" } else { "s" }
            )));
        };
        Ok(Self {
            header: object("header", header)?,
            claims: object("claims", claims)?,
            signature_len: decode("signature", signature)?.len(),
        })
    }

    /// The time in a claim.
    pub(crate) fn time(&self, claim: &str) -> Option<Timestamp> {
        Timestamp::from_second(self.claims.get(claim)?.as_i64()?).ok()
    }

    /// Header and claims, each a JSON object.
    pub(crate) fn in_json(self) -> [String; 2] {
        [self.header, self.claims].map(|part| Value::Object(part).to_string())
    }

    /// The scope of a token that is a JWT: `scope` (RFC 9068 §2.2.3), or the `scp` of Okta and Entra, a text or an array.
    pub(super) fn scope(&self) -> Option<String> {
        let claims = &self.claims;
        match claims.get("scope").or_else(|| claims.get("scp"))? {
            Value::String(names) => Some(names.clone()),
            Value::Array(names) => {
                let names: Vec<_> = names.iter().filter_map(Value::as_str).collect();
                Some(names.join(" "))
            }
            _ => None,
        }
    }
}

fn object(name: &str, part: &str) -> Result<Map<String, Value>, Failure> {
    let members: Members = serde_json::from_slice(&decode(name, part)?).map_err(|error| {
        Failure::usage(format!(
            "{name} of the JWT: expected a JSON object, found a mistake: {error}"
        ))
    })?;
    let mut object = Map::new();
    for (member, value) in members.0 {
        if object.insert(member.clone(), value).is_some() {
            let member = shown(&member);
            return Err(Failure::usage(format!(
                "{name} of the JWT: expected each member once, found `{member}` twice; servers refuse the JWT, or use one of the two"
            )));
        }
    }
    Ok(object)
}

/// The members of a JSON object in their order, including duplicates.
struct Members(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Members(members))
    }
}

fn decode(name: &str, part: &str) -> Result<Vec<u8>, Failure> {
    Base64UrlUnpadded::decode_vec(part).map_err(|_| {
        Failure::usage(format!(
            "{name} of the JWT: expected base64url without padding, found something else"
        ))
    })
}
