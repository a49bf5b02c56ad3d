use core::fmt;

use redox_auth_core::{Claims, DialectError, FormFields, HeaderMembers};
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::error::build::{Addition, AdditionProblem, BuildError};

/// The caller's additions to assertions and token requests, not checked yet.
#[derive(Default)]
pub(super) struct Additions {
    pub(super) claims: Vec<Given>,
    pub(super) header: Vec<Given>,
    pub(super) fields: Vec<Given>,
}

/// One addition, or several in one text.
pub(super) enum Given {
    /// A name and a value: as it is for a field, as JSON otherwise.
    Pair(String, String),
    /// `name=value`, or a JSON object.
    Text(String),
}

impl Additions {
    /// The claims as [`Claims::as_str`] gives them.
    pub(super) fn claims(&self) -> Result<String, BuildError> {
        members(Addition::Claim, &self.claims, |one| {
            Ok(Claims::parse(one)?.as_str())
        })
    }

    /// The header members as [`HeaderMembers::as_str`] gives them.
    pub(super) fn header(&self) -> Result<String, BuildError> {
        members(Addition::Header, &self.header, |one| {
            Ok(HeaderMembers::parse(one)?.as_str())
        })
    }

    /// The fields as [`FormFields::as_str`] gives them.
    pub(super) fn fields(&self) -> Result<String, BuildError> {
        let mut form = String::new();
        for (name, value) in pairs(Addition::Field, &self.fields)? {
            let field = form_urlencoded::Serializer::new(String::new())
                .append_pair(&name, &value)
                .finish();
            let not_allowed = |error| match error {
                DialectError::Duplicate { .. } => AdditionProblem::Twice,
                other => AdditionProblem::NotAllowed(other),
            };
            let before = if form.is_empty() { "" } else { "&" };
            form = format!("{form}{before}{field}");
            FormFields::parse(&form)
                .map_err(|error| problem(Addition::Field, &name, not_allowed(error)))?;
        }
        Ok(form)
    }
}

/// The additions as members without the braces around them. Each is checked alone, therefore an error can name it.
fn members(
    kind: Addition,
    given: &[Given],
    parse: impl Fn(&str) -> Result<&str, DialectError>,
) -> Result<String, BuildError> {
    let mut names: Vec<String> = Vec::new();
    let mut members: Vec<String> = Vec::new();
    for (name, json) in pairs(kind, given)? {
        let error = |error| problem(kind, &name, error);
        let _: &RawValue =
            serde_json::from_str(&json).map_err(|it| error(AdditionProblem::NotJson(it)))?;
        if names.contains(&name) {
            return Err(error(AdditionProblem::Twice));
        }
        if (kind, name.as_str()) == (Addition::Header, "jwk") && !is_public_jwk(&json) {
            return Err(error(AdditionProblem::NotPublic));
        }
        let object = format!("{{{}:{json}}}", serde_json::Value::from(name.as_str()));
        let member = parse(&object).map_err(|it| error(AdditionProblem::NotAllowed(it)))?;
        members.push(member.to_owned());
        names.push(name);
    }
    Ok(members.join(","))
}

/// Whether this is a JWK without any secret member (RFC 7518 §6).
fn is_public_jwk(json: &str) -> bool {
    let jwk: Result<Members, _> = serde_json::from_str(json);
    let secret = ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"];
    jwk.is_ok_and(|jwk| {
        let mut names = jwk.0.iter().map(|(name, _)| name.as_str());
        names.all(|name| !secret.contains(&name))
    })
}

/// Names and values, in their order: fields as they are, everything else as JSON.
fn pairs(kind: Addition, given: &[Given]) -> Result<Vec<(String, String)>, BuildError> {
    let mut pairs = Vec::new();
    for given in given {
        match given {
            Given::Pair(name, value) => pairs.push((name.clone(), value.clone())),
            Given::Text(text) if text.trim_start().starts_with('{') => {
                let members: Members = serde_json::from_str(text)
                    .map_err(|error| problem(kind, "", AdditionProblem::NotJson(error)))?;
                for (name, json) in members.0 {
                    let value = value(kind, &name, &json)?;
                    pairs.push((name, value));
                }
            }
            Given::Text(text) => {
                let (name, value) = text
                    .split_once('=')
                    .ok_or_else(|| problem(kind, "", AdditionProblem::NoEquals))?;
                pairs.push((name.to_owned(), value.to_owned()));
            }
        }
    }
    Ok(pairs)
}

/// The value of a member; for a field, the text in it.
fn value(kind: Addition, name: &str, json: &RawValue) -> Result<String, BuildError> {
    if kind != Addition::Field {
        return Ok(json.get().to_owned());
    }
    serde_json::from_str(json.get()).map_err(|_| problem(kind, name, AdditionProblem::NotText))
}

fn problem(kind: Addition, name: &str, problem: AdditionProblem) -> BuildError {
    BuildError::Addition {
        kind,
        name: name.to_owned(),
        problem,
    }
}

/// The members of an object in their order, also members with the same name.
struct Members(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(MembersVisitor)
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
