//! A sandbox with a dashboard at a fixed time, and clients of both.

use std::sync::LazyLock;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use axum::body::Body;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http_body_util::BodyExt;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use redox_auth_sandbox::http::{self, HeaderMap, HeaderName, HeaderValue, Method};
use redox_auth_sandbox::jiff::Timestamp;
use redox_auth_sandbox::{Clock, Destination, OAuthKey, Request, Server, ServerOptions, Source};
use serde_json::{Value, json};

/// 2026-01-01T00:00:00Z.
pub(crate) const NOW: i64 = 1_767_225_600;

pub(crate) const CLIENT_ID: &str = "client-1";

static KEY: LazyLock<EcdsaKeyPair> =
    LazyLock::new(|| EcdsaKeyPair::generate(&ECDSA_P384_SHA384_FIXED_SIGNING).unwrap());

/// The public JWK with this `kid`.
pub(crate) fn jwk(key_id: &str) -> Value {
    let (_, point) = KEY.public_key().as_ref().split_first().unwrap();
    let (x, y) = point.split_at(48);
    let encode = |part: &[u8]| URL_SAFE_NO_PAD.encode(part);
    json!({ "kty": "EC", "crv": "P-384", "kid": key_id, "x": encode(x), "y": encode(y) })
}

/// A sandbox with a client, a source and a destination, at [`NOW`].
pub(crate) struct Redox {
    pub(crate) server: Server,
}

/// The answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.map_or("", |value| value.to_str().unwrap())
    }
}

impl Redox {
    pub(crate) async fn start() -> Self {
        Self::start_with(ServerOptions::new()).await
    }

    pub(crate) async fn start_with(options: ServerOptions) -> Self {
        let clock = Clock::frozen_at(Timestamp::from_second(NOW).unwrap());
        let options = options.dashboard(0).clock(clock);
        let server = Server::start(options).await.unwrap();
        let mut sandbox = server.sandbox();
        let jwks = json!({ "keys": [jwk("key-1")] }).to_string();
        let key = OAuthKey::new().client_id(CLIENT_ID).jwks(&jwks);
        sandbox.register_oauth_key(key).unwrap();
        sandbox
            .add_source(Source::new("Clinic").id("source-1"))
            .unwrap();
        let destination = Destination::new("Hospital").id("dest-1").slug("hospital");
        sandbox.add_destination(destination).unwrap();
        drop(sandbox);
        Self { server }
    }

    /// The dashboard's address, as `Host` has it.
    pub(crate) fn host(&self) -> String {
        let url = self.server.dashboard_url().unwrap();
        url.trim_start_matches("http://")
            .trim_end_matches('/')
            .to_owned()
    }

    /// Sends a request to the dashboard as it is.
    pub(crate) async fn ask(
        &self,
        method: Method,
        path: &str,
        headers: &[(&'static str, &str)],
        body: &str,
    ) -> Answer {
        let url = format!("http://{}{path}", self.host());
        let mut request = http::Request::new(Body::from(body.to_owned()));
        *request.method_mut() = method;
        *request.uri_mut() = url.parse().unwrap();
        for (name, value) in headers {
            let value = HeaderValue::from_str(value).unwrap();
            request
                .headers_mut()
                .append(HeaderName::from_static(name), value);
        }
        exchange(request).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, &[], "").await
    }

    /// Calls an operation of the API that has to succeed.
    pub(crate) async fn api(&self, method: Method, path: &str, body: Value) -> Value {
        let name = format!("{method} {path} {body}");
        let answer = self.try_api(method, path, body).await;
        assert!(
            answer.status < 300,
            "{name}: {} {}",
            answer.status,
            answer.text
        );
        answer.json()
    }

    pub(crate) async fn try_api(&self, method: Method, path: &str, body: Value) -> Answer {
        let path = format!("/api/{path}");
        if body.is_null() {
            return self.ask(method, &path, &[], "").await;
        }
        let headers = [("content-type", "application/json")];
        self.ask(method, &path, &headers, &body.to_string()).await
    }

    /// Sends a form as a page of the dashboard would.
    pub(crate) async fn submit(&self, operation: &str, fields: &[(&str, &str)]) -> Answer {
        let page = self.get("/").await.text;
        let (_, rest) = page.split_once("name=\"form_token\" value=\"").unwrap();
        let token = rest.split('"').next().unwrap();
        let form = [("form_token", token), ("operation", operation)];
        self.post_form(&[&form, fields].concat()).await
    }

    pub(crate) async fn post_form(&self, fields: &[(&str, &str)]) -> Answer {
        let request = Request::form("/do", fields);
        let body = String::from_utf8(request.body).unwrap();
        let origin = format!("http://{}", self.host());
        let headers = [
            ("content-type", "application/x-www-form-urlencoded"),
            ("origin", origin.as_str()),
        ];
        self.ask(Method::POST, "/do", &headers, &body).await
    }

    /// Sends a request to the sandbox itself.
    pub(crate) async fn send(&self, request: Request) -> Answer {
        let mut url = format!("http://{}{}", self.server.address(), request.path);
        if let Some(query) = &request.query {
            url = format!("{url}?{query}");
        }
        let mut outgoing = http::Request::new(Body::from(request.body));
        *outgoing.method_mut() = request.method;
        *outgoing.uri_mut() = url.parse().unwrap();
        *outgoing.headers_mut() = request.headers;
        exchange(outgoing).await
    }

    /// Good claims at [`NOW`].
    pub(crate) fn claims(&self, jti: &str) -> Value {
        json!({
            "iss": CLIENT_ID,
            "sub": CLIENT_ID,
            "aud": self.server.token_url(),
            "iat": NOW,
            "exp": NOW + 300,
            "jti": jti,
        })
    }

    /// Asks for a token with these claims.
    pub(crate) async fn ask_token(&self, header: &Value, claims: &Value) -> Answer {
        self.send(token_request(&sign(header, claims))).await
    }

    /// A new token.
    pub(crate) async fn token(&self, jti: &str) -> String {
        let answer = self.ask_token(&header("key-1"), &self.claims(jti)).await;
        let token = answer.json()["access_token"]
            .as_str()
            .map(ToOwned::to_owned);
        token.unwrap_or_else(|| panic!("{}", answer.text))
    }

    /// The newest exchange in full.
    pub(crate) async fn newest(&self) -> Value {
        let list = self.api(Method::GET, "traffic", Value::Null).await;
        let number = &list["exchanges"][0]["number"];
        self.api(Method::GET, &format!("traffic/{number}"), Value::Null)
            .await
    }
}

async fn exchange(request: http::Request<Body>) -> Answer {
    let client: Client<HttpConnector, Body> =
        Client::builder(TokioExecutor::new()).build(HttpConnector::new());
    let (parts, body) = client.request(request).await.unwrap().into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    Answer {
        status: parts.status.as_u16(),
        headers: parts.headers,
        text: String::from_utf8(body.to_vec()).unwrap(),
    }
}

pub(crate) fn header(key_id: &str) -> Value {
    json!({ "alg": "ES384", "kid": key_id, "typ": "JWT" })
}

/// A compact JWS by the one test key.
pub(crate) fn sign(header: &Value, claims: &Value) -> String {
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", encode(header), encode(claims));
    let signature = KEY.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}

pub(crate) fn token_request(assertion: &str) -> Request {
    Request::form(
        "/v2/auth/token",
        &[
            ("grant_type", "client_credentials"),
            (
                "client_assertion_type",
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            ),
            ("client_assertion", assertion),
        ],
    )
}

pub(crate) fn message(token: &str) -> Request {
    let body = json!({
        "Meta": {
            "DataModel": "PatientAdmin",
            "EventType": "NewPatient",
            "Destinations": [{ "ID": "dest-1" }],
        },
        "Patient": { "secret": "hush-in-the-message" },
    });
    Request::json("/endpoint", body.to_string()).bearer(token)
}

/// The verdict of a rule, with what it expected and found.
pub(crate) fn rule<'v>(exchange: &'v Value, name: &str) -> &'v Value {
    let checks = exchange["checks"].as_array().unwrap();
    let found = checks.iter().find(|check| check["rule"] == name);
    found.unwrap_or_else(|| panic!("no rule {name}: {checks:?}"))
}
