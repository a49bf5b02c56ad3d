mod objections;

use core::fmt::Write;

use base64ct::{Base64UrlUnpadded, Encoding};
use jiff::Timestamp;
use redox_auth_core::scopes_not_granted;
use serde_json::{Map, Value};

use crate::args::InspectArgs;
use crate::failure::Failure;
use crate::input;
use crate::terminal::shown;

/// Shows an assertion: header, claims, times as dates, and what Redox would object to now.
pub(crate) fn run(args: &InspectArgs) -> Result<String, Failure> {
    let text = if args.jwt == "-" {
        input::read_text("-".as_ref(), "assertion", MAX_JWT)?
    } else {
        args.jwt.trim().to_owned().into()
    };
    report(&text, args.scope.as_deref(), Timestamp::now())
}

fn report(jwt: &str, asked: Option<&str>, now: Timestamp) -> Result<String, Failure> {
    let jwt = Jwt::parse(jwt)?;
    let mut report = String::new();
    section(&mut report, "header", &jwt.header);
    section(&mut report, "claims", &jwt.claims);
    let objections = objections::all(&jwt.header, &jwt.claims, now);
    let _ = write!(
        report,
        "signature: {} bytes, not checked here",
        jwt.signature_len
    );
    if let (Some(asked), Some(granted)) = (asked, granted(&jwt.claims)) {
        let missing: Vec<_> = scopes_not_granted(asked, &granted).collect();
        if !missing.is_empty() {
            let missing = shown(&missing.join(" "));
            let _ = write!(
                report,
                "\nnote: the server granted less scope than was asked for; not granted: {missing}"
            );
        }
    }
    if objections.is_empty() {
        report.push_str("\nRedox would find nothing wrong with header and claims.");
    }
    for objection in objections {
        let _ = write!(report, "\nRedox would object: {}", shown(&objection));
    }
    Ok(report)
}

/// The scope of a token that is a JWT: `scope` (RFC 9068 §2.2.3), or the `scp` of Okta and Entra, a text or an array.
fn granted(claims: &Map<String, Value>) -> Option<String> {
    match claims.get("scope").or_else(|| claims.get("scp"))? {
        Value::String(names) => Some(names.clone()),
        Value::Array(names) => {
            let names: Vec<_> = names.iter().filter_map(Value::as_str).collect();
            Some(names.join(" "))
        }
        _ => None,
    }
}

/// The three parts of a compact JWS (RFC 7515 §7.1), decoded.
pub(crate) struct Jwt {
    header: Map<String, Value>,
    claims: Map<String, Value>,
    signature_len: usize,
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
}

fn object(name: &str, part: &str) -> Result<Map<String, Value>, Failure> {
    serde_json::from_slice(&decode(name, part)?).map_err(|error| {
        Failure::usage(format!(
            "{name} of the JWT: expected a JSON object, found a mistake: {error}"
        ))
    })
}

fn decode(name: &str, part: &str) -> Result<Vec<u8>, Failure> {
    Base64UrlUnpadded::decode_vec(part).map_err(|_| {
        Failure::usage(format!(
            "{name} of the JWT: expected base64url without padding, found something else"
        ))
    })
}

fn section(report: &mut String, name: &str, members: &Map<String, Value>) {
    let _ = writeln!(report, "{name}");
    for (member, value) in members {
        let (name, text) = (shown(member), shown(&value.to_string()));
        let _ = write!(report, "  {name:<6} {text}");
        if matches!(member.as_str(), "iat" | "exp" | "nbf")
            && let Some(at) = value
                .as_i64()
                .and_then(|secs| Timestamp::from_second(secs).ok())
        {
            let _ = write!(report, "  ({at})");
        }
        report.push('\n');
    }
}

/// The longest JWT that is read, in bytes.
const MAX_JWT: u64 = 1 << 20;
