//! Events, spans and metrics of a client, for `tracing` and `metrics`. Every name is here and in the table of the guide's
//! page `observability`.

use core::fmt;
use core::time::Duration;

use metrics::{counter, gauge, histogram};
use redox_auth_core::{Algorithm, Api, Rejected, ServedBy};
use reqwest::{Method, StatusCode};
use tracing::{Span, debug, debug_span, info, info_span, warn};

use crate::error::Error;
use crate::error::refused_answer::RefusedAnswer;
use crate::error::store::StoreError;
use crate::error::tenant::TenantError;

/// Around everything that gets one token.
pub(crate) fn flight(is_renewal: bool) -> Span {
    if is_renewal {
        counter!("redox_auth_renewals_total").increment(1);
    }
    info_span!("redox_auth.token", is_renewal)
}

/// Around a request to the API with all its repetitions. Its URL may be about a patient.
pub(crate) fn request(api: Api, method: &Method) -> Span {
    debug_span!("redox_auth.request", ?api, %method)
}

/// A token came for an attempt of this client.
pub(crate) fn minted(served_by: ServedBy, took: Duration) {
    let credential = credential(served_by);
    counter!("redox_auth_tokens_total", "from" => credential).increment(1);
    histogram!("redox_auth_token_request_seconds").record(took);
    info!(from = credential, ?took, "got a token");
}

/// A token came with less scope than was asked for.
pub(crate) fn narrower_scope(not_granted: &str) {
    warn!(
        not_granted,
        "the server granted less scope than was asked for"
    );
}

/// An assertion names a certificate that has expired, or is not valid yet.
pub(crate) fn certificate_out_of_date(key_id: &str) {
    warn!(
        key_id,
        "the certificate of the key is not valid now; the server may refuse it"
    );
}

/// A file holds another key with this ID and algorithm, or another secret.
pub(crate) fn file_taken(path: &str, key: Option<&(String, Algorithm)>) {
    counter!("redox_auth_file_changes_total", "outcome" => "taken").increment(1);
    match key {
        Some((key_id, algorithm)) => {
            info!(path, key_id, %algorithm, "the key file changed; the next token is requested with its key");
        }
        None => info!(
            path,
            "the secret file changed; the next token is requested with its secret"
        ),
    }
}

/// A file has become unusable, and its last usable content stays in use.
pub(crate) fn file_unusable(error: &impl fmt::Display) {
    counter!("redox_auth_file_changes_total", "outcome" => "unusable").increment(1);
    warn!(%error, "the file is unusable; its last usable content stays in use");
}

/// The files could not be read in time.
pub(crate) fn files_not_read() {
    counter!("redox_auth_file_changes_total", "outcome" => "unread").increment(1);
    warn!("the key files could not be read in time; the keys stay in use");
}

/// A token was taken over from another process.
pub(crate) fn taken_over() {
    counter!("redox_auth_tokens_total", "from" => "fleet").increment(1);
    info!(from = "fleet", "got a token");
}

/// The server refused.
fn refused(answer: &RefusedAnswer, reason: &'static str) {
    counter!("redox_auth_refusals_total", "reason" => reason).increment(1);
    let sent = answer.sent.as_ref();
    warn!(
        reason,
        status = answer.refused.status,
        client_id = sent.map(|it| it.client_id.as_str()),
        key_id = sent.map(|it| it.key_id.as_str()),
        words = answer.words(),
        hint = answer.hint(),
        "a token was refused"
    );
}

/// An attempt brought no token.
pub(crate) fn failed(error: &Error) {
    let kind = error.label();
    if let Error::Refused(answer) = error {
        return refused(answer, kind);
    }
    counter!("redox_auth_failures_total", "kind" => kind).increment(1);
    warn!(kind, %error, "an attempt to obtain a token failed");
}

/// A server asks for the token request on another connection; the next attempt uses one.
pub(crate) fn sent_elsewhere(status: u16) {
    debug!(status, "the token is requested on another connection");
}

/// The client has another token, which `lives_for`; the token before was in use for `age`.
pub(crate) fn replaced(lives_for: Duration, age: Option<Duration>) {
    gauge!("redox_auth_token_lives_for_seconds").set(lives_for);
    if let Some(age) = age {
        histogram!("redox_auth_token_age_seconds").record(age);
    }
}

/// A caller had to wait for a token.
pub(crate) fn waited(wait: Duration) {
    histogram!("redox_auth_token_wait_seconds").record(wait);
}

/// The clock was wrong, or unset, and the client uses the server's time. `skew` is the difference, if the clock was set.
pub(crate) fn clock_corrected(behind_secs: Option<i64>) {
    if let Some(secs) = behind_secs {
        // A clock that deviates by more than 68 years counts as 68 years off.
        let shown = i32::try_from(secs).unwrap_or(if secs < 0 { i32::MIN } else { i32::MAX });
        gauge!("redox_auth_clock_skew_seconds").set(f64::from(shown));
    }
    warn!(
        behind_secs,
        "the clock is wrong; the client uses the time of the server"
    );
}

/// The API did not accept the token.
pub(crate) fn rejected(what: Rejected) {
    let what = match what {
        Rejected::Dropped => "dropped",
        Rejected::Replaced => "replaced",
        Rejected::Kept => "kept",
    };
    counter!("redox_auth_rejections_total", "token" => what).increment(1);
    warn!(token = what, "the API answered 401");
}

/// The client sends a request to the API again.
pub(crate) fn repeated(why: Result<StatusCode, &reqwest::Error>) {
    let why = match why {
        Ok(status) => status.as_str().to_owned(),
        Err(error) if error.is_connect() => "connect".to_owned(),
        Err(_) => "no_answer".to_owned(),
    };
    debug!(why, "a request is sent again");
    counter!("redox_auth_retries_total", "why" => why).increment(1);
}

/// A request may have been done, or not.
pub(crate) fn ambiguous() {
    counter!("redox_auth_ambiguous_total").increment(1);
    warn!("no answer; the request may have been done");
}

/// The wall clock advanced by more than the lifetime of the token, and the clock that measures the token did not.
pub(crate) fn outrun() {
    warn!("the clock was set forward, or the machine comes from a snapshot; the token is replaced");
}

/// The store of the fleet failed.
pub(crate) fn store_failed(error: &StoreError) {
    counter!("redox_auth_store_failures_total").increment(1);
    warn!(%error, "the store failed; the client continues without the fleet");
}

/// The number of tenants that have a client.
pub(crate) fn tenants(number: usize) {
    gauge!("redox_auth_tenants").set(f64::from(u32::try_from(number).unwrap_or(u32::MAX)));
}

/// An attempt to create a tenant's client ended. No label names the tenant, because there may be any number of them.
pub(crate) fn tenant_made(error: Option<&TenantError>) {
    let outcome = match error {
        None => "made",
        Some(TenantError::Panicked) => "panicked",
        Some(TenantError::TimedOut { .. }) => "timed_out",
        Some(TenantError::Full { .. }) => "full",
        Some(TenantError::SameClient { .. }) => "same_client",
        Some(_) => "failed",
    };
    counter!("redox_auth_tenants_made_total", "outcome" => outcome).increment(1);
    match error {
        None => debug!("created the client of a tenant"),
        Some(error) => warn!(outcome, %error, "the client of a tenant could not be created"),
    }
}

const fn credential(served_by: ServedBy) -> &'static str {
    match served_by {
        ServedBy::OAuth { .. } => "oauth",
        ServedBy::Legacy => "legacy",
    }
}
