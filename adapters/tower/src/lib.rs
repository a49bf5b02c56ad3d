//! `tower` layers for programs that talk to Redox. One layer verifies the requests that a service receives, and the other
//! authorizes the requests that a client sends. Each is a feature. Neither is on by default, because they share few
//! dependencies:
//!
//! | Feature | Layer | For | Stands on |
//! |---|---|---|---|
//! | `incoming` | `VerifyLayer` | axum, hyper and other servers | `redox-auth-core` |
//! | `outgoing` | `AuthorizeLayer` | hyper's client, reqwest's and others | `redox-auth-reqwest`, with aws-lc |
//!
//! # Requests from Redox
//! Redox sends a challenge to a destination when the destination is set up, and sends messages after that. A verification
//! token proves both. The layer answers the challenge, passes verified requests on, and refuses every other request. It also
//! refuses a body beyond its limit.
//!
//! Each refusal is one event of `tracing` under the target `redox_auth_tower`, with the fields `reason`, `place` and
//! `status`, and one count of `metrics`. Neither holds a value of the request:
//!
//! | name | kind | labels | what it counts |
//! |---|---|---|---|
//! | `redox_auth_incoming_refusals_total` | counter | `reason`: `no_token`, `wrong_token`, `challenge`, `too_long`, `cut_off`; `place`: `header` (`verification-token`), `authorization`, `body`, `query`, `request` | requests that did not get to the service, and bodies that went beyond the limit there |
#![cfg_attr(
    feature = "incoming",
    doc = r##"
```
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::DefaultBodyLimit;
use axum::routing::post;
use http::{Request, StatusCode};
use http_body_util::BodyExt;
use redox_auth_tower::{IncomingError, VerifyLayer};
use tower::ServiceExt;

async fn receive(message: Bytes) -> StatusCode {
    println!("a message of {} bytes", message.len());
    StatusCode::OK
}

fn service(token: &str) -> Result<Router, IncomingError> {
    Ok(Router::new()
        .route("/redox", post(receive))
        .layer(VerifyLayer::new(token)?)
        // axum's own limit is 2 MB, and Redox's messages have up to 40.
        .layer(DefaultBodyLimit::disable()))
}

# #[tokio::main(flavor = "current_thread")]
# async fn main() -> Result<(), Box<dyn core::error::Error>> {
let service = service("3f9c2a7e")?;
let challenge = r#"{"verification-token":"3f9c2a7e","challenge":"8d0a5b1c"}"#;
let request = Request::post("/redox").body(Body::from(challenge))?;
let answer = service.clone().oneshot(request).await?;
assert_eq!(answer.status(), StatusCode::OK);
assert_eq!(answer.into_body().collect().await?.to_bytes(), "8d0a5b1c");

let message = Request::post("/redox").header("verification-token", "3f9c2a7e");
let answer = service.clone().oneshot(message.body(Body::from("{}"))?).await?;
assert_eq!(answer.status(), StatusCode::OK);

let from_elsewhere = Request::post("/redox").body(Body::from("{}"))?;
let answer = service.oneshot(from_elsewhere).await?;
assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
# Ok(())
# }
```

A server of hyper takes it as `TowerToHyperService::new(layer.layer(service))`, where the service gets a
`Request<VerifiedBody<Incoming>>`.
"##
)]
//!
//! # Requests to Redox
//! [`Redox::send`](https://docs.rs/redox-auth-reqwest) is the shorter way. Use the layer with a client that you have already,
//! with its timeouts, limits and traces. The client must not follow redirects. The layer makes no DPoP proofs (RFC 9449): for
//! a token that is bound to a DPoP key it returns an error.
#![cfg_attr(
    feature = "outgoing",
    doc = r##"
```
use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use redox_auth_reqwest::{Key, Redox, write_jwk_set};
use redox_auth_sandbox::{Destination, OAuthKey, Server, ServerOptions, Source};
use redox_auth_tower::{Api, AuthorizeLayer};
use tower::{Service, ServiceBuilder, ServiceExt};

# // The key of RFC 7515, appendix A.3.
# const KEY: &[u8] = br#"{"kty":"EC","crv":"P-256",
#     "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
#     "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
#     "d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}"#;
# #[tokio::main(flavor = "current_thread")]
# async fn main() -> Result<(), Box<dyn core::error::Error>> {
# let key = Key::parse(KEY)?;
# let public_key = key.public_key().ok_or("a key without its public half")?;
# let mut jwks = [0; 1024];
# let jwks = write_jwk_set(&[(key.key_id(), public_key)], &mut jwks)?;
# let sandbox = Server::start(ServerOptions::new()).await?;
# let client_id = sandbox.sandbox().register_oauth_key(OAuthKey::new().jwks(jwks))?;
# let source_id = sandbox.sandbox().add_source(Source::new("Clinic"))?;
# sandbox.sandbox().add_destination(Destination::new("Hospital").slug("hospital"))?;
// Redox, or the local one of redox-auth-sandbox.
let redox = Redox::builder()
    .base_url(sandbox.base_url())
    .oauth_key(client_id, key)
    .source_id(source_id)
    .build()?;
let mut client = ServiceBuilder::new()
    .layer(AuthorizeLayer::new(redox, Api::Fhir))
    .service(Client::builder(TokioExecutor::new()).build_http());

let url = format!("{}/fhir/R4/hospital/Development/Patient", sandbox.base_url());
let request = Request::get(url).body(Full::<Bytes>::default())?;
let answer = client.ready().await?.call(request).await?;
assert_eq!(answer.status(), 200);
# Ok(())
# }
```

reqwest's client is a service of its own type of request:

```
use redox_auth_reqwest::Redox;
use redox_auth_tower::{Api, AuthorizeLayer};
use tower::{Layer, Service};

type Error = redox_auth_tower::OutgoingError<reqwest::Error>;

fn client(
    redox: Redox,
) -> reqwest::Result<impl Service<reqwest::Request, Response = reqwest::Response, Error = Error>> {
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()?;
    let try_clone = reqwest::Request::try_clone;
    Ok(AuthorizeLayer::with_try_clone(redox, Api::DataModel, try_clone).layer(client))
}
```
"##
)]

/// The example of `README.md`, as a test.
#[cfg(all(doctest, feature = "incoming"))]
#[doc = include_str!("../README.md")]
struct Readme;

#[cfg(feature = "incoming")]
mod incoming;
#[cfg(feature = "outgoing")]
mod outgoing;

#[cfg(feature = "incoming")]
pub use incoming::{BODY_LIMIT, VerifiedBody, Verify, VerifyLayer};
#[cfg(feature = "outgoing")]
pub use outgoing::{Authorize, AuthorizeLayer, OutgoingError, OutgoingRequest, OutgoingResponse};

#[cfg(feature = "incoming")]
pub use redox_auth_core::IncomingError;
#[cfg(feature = "outgoing")]
pub use redox_auth_reqwest::{Api, TokenSource};
