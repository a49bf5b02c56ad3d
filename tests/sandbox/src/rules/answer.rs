use core::iter;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::{CACHE_CONTROL, PRAGMA};
use http::{HeaderName, HeaderValue, StatusCode};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::case::Case;
use super::error::RulesError;
use super::objection::Objection;
use super::profile::{Profile, Refusal, Success, TokenForm};
use super::site::Site;
use super::template::Values;
use crate::exchange::{PLAIN_TEXT, Response};
use crate::random::Random;

/// The parts of the request that an answer may repeat.
#[derive(Clone, Copy)]
pub(crate) struct Occasion<'a> {
    pub(crate) site: &'a Site,
    pub(crate) now: Timestamp,
    pub(crate) client_id: Option<&'a str>,
    pub(crate) key_id: Option<&'a str>,
    pub(crate) scope: Option<&'a str>,
    /// A new nonce for a proof of possession.
    pub(crate) nonce: Option<&'a str>,
}

impl Occasion<'_> {
    fn values(&self, random: &mut Random) -> Values {
        let mut values = self.site.values();
        values.set("uuid", random.uuid());
        values.set("now_ms", self.now.as_millisecond().to_string());
        values.set("client", self.client_id.unwrap_or("unknown"));
        values.set("kid", self.key_id.unwrap_or("none"));
        values.set_some("nonce", self.nonce);
        values
    }
}

/// The server's refusal.
pub(super) fn refuse(
    profile: &Profile,
    objection: &Objection,
    occasion: &Occasion<'_>,
    random: &mut Random,
) -> Response {
    let refusal = refusal(profile, objection);
    let mut values = occasion.values(random);
    values.set("about", objection.about());
    values.set_some("error", refusal.error.as_deref());
    let words = refusal.words.as_deref();
    let words = words.and_then(|words| values.fill(words));
    values.set_some("words", words);
    let status = status(&refusal).unwrap_or(StatusCode::BAD_REQUEST);
    let mut response = match (&refusal.text, &refusal.body) {
        (Some(text), _) => Response::new(status, PLAIN_TEXT, text),
        (None, Some(template)) => Response::json(status, &values.fill_object(&template.0).into()),
        (None, None) => Response::new(status, PLAIN_TEXT, ""),
    };
    for (name, template) in &refusal.headers {
        let value = values.fill(template).map(HeaderValue::try_from);
        if let (Ok(name), Some(Ok(value))) = (HeaderName::try_from(name), value) {
            response.headers.insert(name, value);
        }
    }
    uncached(response).explained(&objection.to_string())
}

/// The server's answer with a token; and the token itself.
pub(super) fn grant(
    success: &Success,
    occasion: &Occasion<'_>,
    random: &mut Random,
) -> (Response, String) {
    let scope = success.scope.as_deref().or(occasion.scope);
    let token = token(success, occasion, scope, random);
    let mut values = occasion.values(random);
    values.set("token", token.as_str());
    values.set("lifetime", success.lifetime_secs);
    values.set("lifetime_text", success.lifetime_secs.to_string());
    values.set_some("scope", scope);
    let body = values.fill_object(&success.body.0).into();
    (uncached(Response::json(StatusCode::OK, &body)), token)
}

fn token(
    success: &Success,
    occasion: &Occasion<'_>,
    scope: Option<&str>,
    random: &mut Random,
) -> String {
    let mut token = match success.token {
        TokenForm::Opaque => random.token(),
        TokenForm::Jwt => {
            let now = occasion.now.as_second();
            let claims = json!({
                "iss": occasion.site.values().fill("{issuer}"),
                "sub": occasion.client_id,
                "client_id": occasion.client_id,
                "scope": scope,
                "iat": now,
                "exp": now.saturating_add(success.lifetime_secs.into()),
                "jti": random.uuid(),
            });
            let header = json!({ "alg": "RS256", "typ": "at+jwt" });
            let parts = [header, claims].map(|part| encode(&part));
            format!("{}.", parts.join("."))
        }
    };
    // A signature of whole bytes, with at least one piece.
    let missing = success.token_chars.saturating_sub(token.len());
    let missing = missing.max(PIECE_CHARS).next_multiple_of(4);
    let pieces = iter::repeat_with(|| random.token()).take(missing.div_ceil(PIECE_CHARS));
    let filling: String = pieces.collect();
    if success.token == TokenForm::Jwt || token.len() < success.token_chars {
        token.push_str(filling.get(..missing).unwrap_or_default());
    }
    token
}

/// Finds entries that cannot form an answer.
pub(super) fn check(profile: &Profile) -> Result<(), RulesError> {
    check_refusal("refusal", &profile.refusal)?;
    let mut refusals = profile.refusals.iter();
    refusals.try_for_each(|(case, own)| {
        check_refusal(&format!("refusals.{case}"), &own.or(&profile.refusal))
    })
}

fn check_refusal(key: &str, refusal: &Refusal) -> Result<(), RulesError> {
    let wrong = |name: &str, problem: String| {
        Err(RulesError::invalid(format_args!("{key}.{name}: {problem}")))
    };
    if status(refusal).is_none_or(|status| status.is_success()) {
        let found = refusal.status;
        let found = found.map_or_else(|| "none".to_owned(), |it| it.to_string());
        return wrong(
            "status",
            format!("expected the status of a refusal, found {found}"),
        );
    }
    if refusal.body.is_none() && refusal.text.is_none() {
        return wrong(
            "body",
            "expected a body or a text, found neither".to_owned(),
        );
    }
    for (name, template) in &refusal.headers {
        if HeaderName::try_from(name).is_err() {
            return wrong("headers", format!("{name:?} is no header"));
        }
        if HeaderValue::try_from(template).is_err() {
            let problem = format!("expected visible characters in {name}, found {template:?}");
            return wrong("headers", problem);
        }
    }
    Ok(())
}

/// The refusal for an objection: the most specific one.
fn refusal(profile: &Profile, objection: &Objection) -> Refusal {
    let cases = Case::of(objection);
    let near = cases.iter().filter_map(|case| profile.refusals.get(case));
    let merged = near.fold(Refusal::default(), |merged, next| merged.or(next));
    merged.or(&profile.refusal)
}

fn status(refusal: &Refusal) -> Option<StatusCode> {
    StatusCode::from_u16(refusal.status?).ok()
}

/// Caches must not store token answers (RFC 6749 §5.1, §5.2).
fn uncached(response: Response) -> Response {
    response
        .header(CACHE_CONTROL, "no-store")
        .header(PRAGMA, "no-cache")
}

fn encode(part: &Value) -> String {
    URL_SAFE_NO_PAD.encode(part.to_string())
}

/// The length of one piece of random characters.
const PIECE_CHARS: usize = 43;
