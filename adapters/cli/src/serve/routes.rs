use core::future::pending;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, QueryRejection};
use axum::extract::{DefaultBodyLimit, Query, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use futures_util::FutureExt as _;
use metrics_exporter_prometheus::PrometheusHandle;
use redox_auth_reqwest::{Redox, Renewal, Token};
use serde::Deserialize;
use serde_json::json;

use super::answer;
use super::guard::{self, Guarded};
use super::problem::Problem;
use super::profiles::Profiles;
use super::tokens::{Tokens, token_of};
use crate::failure::Failure;
use crate::token::members;
use crate::watch::{News, live_token};

/// All routes. A layer guards the routes before it.
pub(super) fn router(served: Arc<Served>, metrics: PrometheusHandle, port: Guarded) -> Router {
    let secret = from_fn_with_state(port.clone(), guard::secret);
    let secret_for_query = from_fn_with_state(port.clone(), guard::secret_for_query);
    Router::new()
        .route("/token", get(token))
        .route("/token/refused", post(refused))
        .route_layer(secret)
        .merge(
            Router::new()
                .route("/ready", get(ready))
                .route_layer(secret_for_query),
        )
        .route("/health", get(health))
        .route("/metrics", get(async move || in_prometheus_text(&metrics)))
        .fallback(no_such_path)
        .method_not_allowed_fallback(no_such_method)
        .layer(DefaultBodyLimit::max(LONGEST_REPORT))
        .layer(from_fn_with_state(port, guard::origin))
        .with_state(served)
}

/// The available tokens.
pub(super) struct Served {
    /// The token of the options and the environment.
    pub(super) tokens: Option<Tokens>,
    pub(super) profiles: Profiles,
}

impl Served {
    /// See [`Tokens::renew`].
    pub(super) async fn renew(&self, tell: impl FnMut(News<'_>)) -> Failure {
        match &self.tokens {
            Some(tokens) => tokens.renew(tell).await,
            None => pending().await,
        }
    }

    /// Reads the key files again, and reports each on standard error.
    pub(super) async fn read_files_again(&self) {
        if let Some(tokens) = &self.tokens {
            tokens.read_files_again().await;
        }
        self.profiles.read_files_again().await;
    }

    /// Whose token is asked for.
    fn whose<'a>(&'a self, asked: &'a Asked) -> Result<Whose<'a>, Problem> {
        let profiles = &self.profiles;
        match (&asked.profile, &self.tokens) {
            (Some(name), _) if profiles.has(name) => Ok(Whose::Profile(name)),
            (None, Some(tokens)) => Ok(Whose::Own(tokens)),
            (found, tokens) => {
                let found = match found {
                    Some(name) => format!("{name:?}"),
                    None => "no profile".to_owned(),
                };
                let names = profiles.names();
                let text = match (names.is_empty(), tokens.is_some()) {
                    (true, _) => {
                        format!(
                            "expected no profile, because this command serves none by name; found {found}"
                        )
                    }
                    (false, true) => {
                        format!("expected one of the profiles {names}, or none; found {found}")
                    }
                    (false, false) => {
                        format!("expected one of the profiles {names}; found {found}")
                    }
                };
                Err(Problem::of_request(StatusCode::NOT_FOUND, "profile", &text))
            }
        }
    }
}

/// The origin of a token.
enum Whose<'a> {
    /// The token of the options and the environment.
    Own(&'a Tokens),
    Profile(&'a str),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    profile: Option<String>,
}

type Question = Result<Query<Asked>, QueryRejection>;

/// The token of a profile, or that of the options and the environment.
async fn token(State(served): State<Arc<Served>>, asked: Question) -> Result<Response, Problem> {
    let asked = read(asked)?;
    Ok(match served.whose(&asked)? {
        Whose::Own(tokens) => {
            let redox = tokens.client();
            let token = token_of(redox).await;
            let token = token.map_err(|error| Problem::of_token(&error))?;
            granted(redox, &token, tokens.source_id())
        }
        Whose::Profile(name) => {
            let token = served.profiles.token(name).await;
            let (redox, token) = token.map_err(|error| Problem::of_profile(&error))?;
            granted(&redox, &token, served.profiles.source_id(name))
        }
    })
}

/// The members of RFC 6749 §5.1, the token's source, and, if the token is within its margin, why there is no newer
/// token.
fn granted(redox: &Redox, token: &Token, source_id: Option<&str>) -> Response {
    let mut members = members(token, redox.time_left(token));
    if let Some(source_id) = source_id {
        members.insert("source_id".to_owned(), source_id.into());
    }
    let problem = match redox.renewal(token) {
        Renewal::NotDue => None,
        Renewal::Late { cause, retry_in } => Some(Problem::of_renewal(cause.as_deref(), retry_in)),
        _ => Some(Problem::under_way()),
    };
    if let Some(problem) = problem {
        members.insert("renewal".to_owned(), problem.members().into());
    }
    answer(StatusCode::OK, &members.into())
}

/// The report of a program.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Report {
    access_token: String,
}

/// A program reports that the API refused a token: the next answer has another token.
async fn refused(
    State(served): State<Arc<Served>>,
    asked: Question,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Problem> {
    let asked = read(asked)?;
    let client = match served.whose(&asked)? {
        Whose::Own(tokens) => Some(tokens.client().clone()),
        Whose::Profile(name) => served.profiles.existing(name),
    };
    let body = body.map_err(|error| {
        Problem::of_request(
            error.status(),
            "body",
            &format!("expected a body of at most {LONGEST_REPORT} bytes"),
        )
    })?;
    // An error of the parser may quote the token.
    let report = serde_json::from_slice::<Report>(&body).map_err(|_| {
        Problem::of_request(
            StatusCode::BAD_REQUEST,
            "body",
            "expected the JSON {\"access_token\": \"…\"} with the token that the API refused",
        )
    })?;
    match client.map(|client| client.reject(&report.access_token)) {
        Some(Err(kept_for)) => Err(Problem::reported_too_often(kept_for)),
        Some(Ok(())) | None => Ok(StatusCode::NO_CONTENT.into_response()),
    }
}

/// Whether a request for a token would get one now. Waits only for a profile, whose token this command does not renew
/// before the first request.
async fn ready(State(served): State<Arc<Served>>, asked: Question) -> Result<Response, Response> {
    let asked = read(asked).map_err(IntoResponse::into_response)?;
    let problem = match (&served.tokens, &asked.profile) {
        (None, None) => None,
        _ => match served.whose(&asked).map_err(IntoResponse::into_response)? {
            Whose::Own(tokens) => match live_token(tokens.client()).now_or_never() {
                Some(token) => token.err().map(|error| Problem::of_token(&error)),
                None => Some(Problem::under_way()),
            },
            Whose::Profile(name) => {
                let token = served.profiles.token(name).await;
                token.err().map(|error| Problem::of_profile(&error))
            }
        },
    };
    match problem {
        None => Ok(answer(StatusCode::OK, &json!({ "ready": true }))),
        Some(problem) => Err(problem.without_text()),
    }
}

/// Whether this program runs. `/ready` answers whether it has a token.
async fn health() -> Response {
    answer(StatusCode::OK, &json!({ "status": "ok" }))
}

/// The counters so far, without secrets.
fn in_prometheus_text(metrics: &PrometheusHandle) -> Response {
    let headers = [(CONTENT_TYPE, "text/plain; version=0.0.4")];
    (headers, metrics.render()).into_response()
}

async fn no_such_path() -> Problem {
    Problem::of_request(
        StatusCode::NOT_FOUND,
        "path",
        "expected /token, /token/refused, /ready, /health or /metrics",
    )
}

async fn no_such_method() -> Problem {
    Problem::of_request(
        StatusCode::METHOD_NOT_ALLOWED,
        "method",
        "expected POST to /token/refused, and GET to every other path",
    )
}

fn read(asked: Question) -> Result<Asked, Problem> {
    match asked {
        Ok(Query(asked)) => Ok(asked),
        Err(_) => Err(Problem::of_request(
            StatusCode::BAD_REQUEST,
            "query",
            "expected no query, or `profile` alone, once",
        )),
    }
}

/// The longest report of a refused token, in bytes. No header can carry a token of that length.
const LONGEST_REPORT: usize = 256 * 1024;

#[cfg(test)]
mod tests {
    use core::time::Duration;

    use axum::body::to_bytes;
    use redox_auth_sandbox::http::StatusCode;
    use redox_auth_sandbox::{Fault, Place, RetryAfter, Server, ServerOptions, Times};
    use serde_json::Value;
    use tokio::task::yield_now;
    use tokio::time::timeout;

    use super::*;
    use crate::serve::machine::{Machine, serving};

    async fn renewal(redox: &Redox, token: &Token) -> Value {
        let answer = granted(redox, token, None);
        assert_eq!(answer.status(), StatusCode::OK);
        let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        let mut members: Value = serde_json::from_slice(&body).unwrap();
        members["renewal"].take()
    }

    #[tokio::test]
    async fn a_token_with_less_than_its_margin_left_comes_with_why_there_is_no_other() {
        let server = Server::start(ServerOptions::new()).await.unwrap();
        let machine = Machine::of(&server);
        let (redox, _) = serving(&server, &machine).await;
        let token = redox.token().await.unwrap();
        machine.move_by(200_000, 200);
        assert_eq!(renewal(&redox, &token).await, Value::Null);
        // 59 s are left of 300 s.
        machine.move_by(41_000, 41);
        server.clock().advance(Duration::from_secs(241));
        let found = renewal(&redox, &token).await;
        assert_eq!(found["reason"], "under_way", "{found}");

        let busy = Fault::Unavailable(StatusCode::SERVICE_UNAVAILABLE, RetryAfter::Secs(30));
        server
            .sandbox()
            .inject(Place::Token, busy, Times::UntilCleared);
        let same = redox.token().await.unwrap();
        assert_eq!(same.expose(), token.expose());
        let failed = async {
            while redox.last_failure().is_none() {
                yield_now().await;
            }
        };
        timeout(Duration::from_secs(60), failed).await.unwrap();
        let found = renewal(&redox, &token).await;
        assert_eq!(found["kind"], "refused", "{found}");
        assert_eq!(found["status"], 503, "{found}");
        assert_eq!(found["reason"], "try_later", "{found}");
        assert_eq!(found["retry_in"], 30, "{found}");
        let text = found["error"].as_str().unwrap();
        assert!(text.contains("status 503"), "{text}");
        assert!(!text.contains(token.expose()), "{text}");
    }

    #[tokio::test]
    async fn a_clock_that_was_set_forward_is_why_a_token_is_about_to_end() {
        let server = Server::start(ServerOptions::new()).await.unwrap();
        let machine = Machine::of(&server);
        let (redox, _) = serving(&server, &machine).await;
        let token = redox.token().await.unwrap();
        machine.move_by(0, 280);
        let found = renewal(&redox, &token).await;
        assert_eq!(found["reason"], "clock", "{found}");
        assert_eq!(found["retry_in"], 20, "{found}");
    }
}
