use http::StatusCode;
use http::header::{AUTHORIZATION, CACHE_CONTROL, PRAGMA};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::assertion::{Assertion, Expected};
use crate::clock::plus;
use crate::counters::count;
use crate::exchange::{Request, Response};
use crate::form::{Duplicate, Form};
use crate::grant::{Grant, Holder};
use crate::{Refusal, Sandbox};

/// The token endpoint (Redox: authenticate an OAuth API key).
pub(crate) const PATH: &str = "/v2/auth/token";

/// Answers a POST to the token endpoint.
pub(crate) fn handle(sandbox: &mut Sandbox, now: Timestamp, request: &Request) -> Response {
    count(&mut sandbox.counters.token_requests);
    match mint(sandbox, now, request) {
        Ok(response) => {
            count(&mut sandbox.counters.tokens_minted);
            response
        }
        Err(refusal) => {
            refusal.count(&mut sandbox.counters);
            refusal.response()
        }
    }
}

/// The unverified client ID of a token request, used only to find the JWK Set.
pub(crate) fn claimed_client_id(request: &Request) -> Option<String> {
    let form = Form::parse(&request.body).ok()?;
    let assertion = Assertion::parse(form.get("client_assertion")?).ok()?;
    assertion.client_id().ok().map(ToOwned::to_owned)
}

fn mint(sandbox: &mut Sandbox, now: Timestamp, request: &Request) -> Result<Response, Refusal> {
    let form = read_form(request)?;
    let compact = form.get("client_assertion");
    let assertion = Assertion::parse(compact.ok_or(Refusal::MissingAssertion)?)?;
    let (key_id, client_id) = (assertion.key_id()?, assertion.client_id()?);
    if form.get("client_id").is_some_and(|id| id != client_id) {
        return Err(Refusal::SecondAuthentication);
    }

    let client = sandbox.directory.client(client_id);
    let client = client.ok_or(Refusal::KeyNotFound)?;
    let key = client.keys.as_ref().and_then(|keys| keys.find(key_id));
    assertion.verify(key.ok_or(Refusal::KeyNotFound)?)?;
    let environment = client.environment;
    let token_url = sandbox.token_url();
    let accepted = assertion.check(&Expected {
        client_id,
        audience: &token_url,
        jwks_url: client.jwks_url.as_deref(),
        now: now.as_second(),
    })?;

    // Last, because only the key's owner may use up a jti. The sandbox remembers it until the assertion has expired.
    let used = (client_id.to_owned(), accepted.jti.to_owned());
    sandbox.used_assertions.forget_dead(now);
    if sandbox.used_assertions.get(now, &used).is_some() {
        return Err(Refusal::ReplayedAssertion);
    }
    let dead_at = Timestamp::from_second(accepted.dead_at).unwrap_or(Timestamp::MAX);
    sandbox.used_assertions.insert(used, dead_at, ());

    let token = sandbox.random.token();
    let grant = Grant {
        environment,
        holder: Holder::OAuth {
            client_id: client_id.to_owned(),
        },
        bound_to: None,
    };
    let expires_at = plus(
        now,
        SignedDuration::from_secs(sandbox.token_lifetime_secs.into()),
    );
    sandbox.give_out(now, token.clone(), expires_at, grant);
    sandbox.directory.count_token(client_id, key_id, now);
    Ok(success(
        &token,
        form.get("scope"),
        sandbox.token_lifetime_secs,
    ))
}

/// Reads the form and checks everything except the assertion, in the order of Redox's error table.
fn read_form(request: &Request) -> Result<Form, Refusal> {
    if request.media_type().as_deref() != Some("application/x-www-form-urlencoded") {
        return Err(Refusal::ContentType);
    }
    let form = Form::parse(&request.body).map_err(|Duplicate(_)| Refusal::DuplicateParameter)?;
    match form.get("grant_type") {
        None => return Err(Refusal::MissingGrantType),
        Some("client_credentials") => {}
        Some(_) => return Err(Refusal::WrongGrantType),
    }
    match form.get("client_assertion_type") {
        None => return Err(Refusal::MissingAssertionType),
        Some(ASSERTION_TYPE) => {}
        Some(_) => return Err(Refusal::WrongAssertionType),
    }
    if form.get("client_secret").is_some() || request.headers.contains_key(AUTHORIZATION) {
        return Err(Refusal::SecondAuthentication);
    }
    Ok(form)
}

/// RFC 6749 §5.1. Grants the requested scope; Redox issues tokens without one.
fn success(token: &str, scope: Option<&str>, lifetime_secs: u32) -> Response {
    let mut body = json!({
        "access_token": token,
        "token_type": "Bearer",
        "expires_in": lifetime_secs,
    });
    if let (Some(scope), Some(body)) = (scope, body.as_object_mut()) {
        body.insert("scope".to_owned(), scope.into());
    }
    Response::json(StatusCode::OK, &body)
        .header(CACHE_CONTROL, "no-store")
        .header(PRAGMA, "no-cache")
}

/// RFC 7523 §2.2.
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// The lifetime of an access token: five minutes (Redox: authentication overview).
pub(crate) const LIFETIME_SECS: u32 = 300;
