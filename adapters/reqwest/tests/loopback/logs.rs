//! The content of logs in which every library of the process logs everything.

pub(crate) mod recorder;

use core::time::Duration;
use std::collections::BTreeSet;
use std::net::TcpListener;

use redox_auth_reqwest::{
    Algorithm, Api, Builder, Environment, Error, Key, Method, Redox, Retries, SharedRecord,
    SharedTokens, StoreError, StoreFuture, TurnId,
};
use redox_auth_sandbox::{FaultOrder, ServerOptions};
use reqwest::ClientBuilder;

use crate::secrets::secrets_of;
use crate::support::canned::{Answer, Canned};
use crate::support::clocks::Clocks;
use crate::support::keys::{self, ALGORITHMS};
use crate::support::{
    Sandbox, client_of, everything, forms, good_token, is_inner, run_inner, settled,
};
use recorder::RECORDER;

/// Nor do those of others, but for bytes that somebody wants to see: the crate's documentation says which.
#[tokio::test]
async fn no_line_shows_a_secret() {
    if !is_inner() {
        return run_inner("logs::no_line_shows_a_secret", &[]);
    }
    RECORDER.start();
    let mut run = Run::default();
    for options in [ServerOptions::new(), ServerOptions::new().tls()] {
        let sandbox = Sandbox::start_with(options).await;
        run.with_a_sandbox(&sandbox, |http| http).await;
        run.meet_every_fault(&sandbox).await;
    }
    let sandbox = Sandbox::start().await;
    run.with_a_sandbox(&sandbox, |http| http.http2_prior_knowledge())
        .await;
    run.without_an_answer().await;
    run.with_answers_that_are_known().await;
    assert_eq!(run.found(), BTreeSet::new());

    let sandbox = Sandbox::start().await;
    run.with_a_sandbox(&sandbox, |http| http.connection_verbose(true))
        .await;
    let bytes = "reqwest::connect::verbose";
    let all = ["URL of a request", "assertion", "secret", "token"];
    let expected = all.map(|what| (bytes.to_owned(), what));
    assert_eq!(run.found(), BTreeSet::from(expected));
}

#[tokio::test]
async fn less_scope_than_asked_for_and_a_refusals_words_are_logged() {
    if !is_inner() {
        return run_inner(
            "logs::less_scope_than_asked_for_and_a_refusals_words_are_logged",
            &[],
        );
    }
    RECORDER.start();
    let refusal = r#"{"error":"invalid_client","error_description":"it's \"no\""}"#;
    let token = r#"{"access_token":"t","expires_in":300,"scope":"system/Patient.rs"}"#;
    let server = Canned::start(vec![
        Answer::json("401 Unauthorized", refusal),
        Answer::json("200 OK", token),
    ]);
    let redox = client_of(&server)
        .also_key(keys::key_called("second", Algorithm::Es384))
        .scope("system/Patient.rs system/Group.rs");
    redox.build().unwrap().token().await.unwrap();
    let lines = RECORDER.lines();
    for parts in [
        [
            "the server granted less scope than was asked for",
            "system/Group.rs",
        ],
        ["a token was refused", r#""invalid_client": "it's "no"""#],
    ] {
        let is_there = |line: &recorder::Line| parts.iter().all(|part| line.text.contains(part));
        assert!(lines.iter().any(is_there), "{parts:?}");
    }
}

#[cfg(feature = "certificates")]
#[tokio::test]
async fn a_certificate_that_has_expired_is_logged_and_used() {
    use redox_auth_reqwest::{CertificateChain, CertificateMember};

    if !is_inner() {
        return run_inner(
            "logs::a_certificate_that_has_expired_is_logged_and_used",
            &[],
        );
    }
    RECORDER.start();
    let sandbox = Sandbox::start().await;
    let logged = || {
        let lines = RECORDER.lines();
        let is_it = |line: &&recorder::Line| line.text.contains("is not valid now");
        lines.iter().filter(is_it).count()
    };
    for (until, expected) in [(3000, 0), (2021, 1)] {
        let pkcs8 = keys::pkcs8(Algorithm::Es256);
        let mut params = rcgen::CertificateParams::new(Vec::new()).unwrap();
        params.not_before = rcgen::date_time_ymd(2020, 1, 1);
        params.not_after = rcgen::date_time_ymd(until, 1, 1);
        let pair = rcgen::KeyPair::try_from(pkcs8.as_slice()).unwrap();
        let certificate = params.self_signed(&pair).unwrap();
        let chain = CertificateChain::parse(certificate.der()).unwrap();
        let key = Key::parse(&pkcs8).unwrap();
        let key = key.with_certificate(&chain, &[CertificateMember::X5c]);
        let redox = sandbox.client(key.unwrap()).build().unwrap();
        redox.token().await.unwrap();
        assert_eq!(logged(), expected, "until {until}");
    }
}

/// Everything that a client does, and what must not be seen of it.
#[derive(Default)]
struct Run {
    secrets: Vec<(&'static str, Vec<u8>)>,
}

impl Run {
    async fn with_a_sandbox(&mut self, sandbox: &Sandbox, configure: Configure) {
        let clocks = Clocks::with(sandbox.server.clock());
        for algorithm in ALGORITHMS {
            let pkcs8 = keys::pkcs8(algorithm);
            for secret in secrets_of(&pkcs8) {
                self.secrets.push(("key", secret));
            }
            let key = Key::parse(&pkcs8).unwrap();
            let redox = with_http(sandbox, sandbox.client(key), configure).clock(clocks.now());
            let redox = redox.source_id(&sandbox.source_id).build().unwrap();
            self.use_client(sandbox, &clocks, &redox).await;
            let assertion = redox.assertion(sandbox.now()).unwrap();
            let token = redox.exchange(&assertion).await.unwrap();
            self.hide("token", token.expose());
        }
        let legacy = sandbox.register_legacy();
        self.hide("secret", legacy.expose_secret());
        let redox = Redox::builder()
            .base_url(sandbox.server.base_url())
            .legacy_key(legacy.api_key(), legacy.expose_secret())
            .clock(clocks.now());
        let redox = with_http(sandbox, redox, configure).build().unwrap();
        self.use_legacy_client(sandbox, &clocks, &redox).await;
    }

    async fn use_client(&mut self, sandbox: &Sandbox, clocks: &Clocks, redox: &Redox) {
        clocks.set_ahead(Some(4_000));
        let token = redox.token().await.unwrap();
        self.hide("token", token.expose());
        clocks.set_ahead(Some(0));
        sandbox.server.sandbox().revoke_all_tokens();
        assert_eq!(sandbox.send_message(redox).await.status(), 200);
        self.hide("token", redox.token().await.unwrap().expose());
        let patients = redox.fhir("hospital", Environment::Development);
        let patients = patients.get("Patient").query(&[("family", FAMILY)]);
        assert_eq!(patients.send().await.unwrap().status(), 200);
        let token = redox.token().await.unwrap();
        clocks.advance_secs(290);
        let next = redox.token_after(&token).await.unwrap();
        self.hide("token", next.expose());
        let record = redox.save().unwrap();
        self.log(&redox.restore(&record).unwrap_err());
        self.secrets.push(("record", record[..32].to_vec()));
        settled(redox).await;
    }

    async fn use_legacy_client(&mut self, sandbox: &Sandbox, clocks: &Clocks, redox: &Redox) {
        let token = redox.token().await.unwrap();
        self.hide("token", token.expose());
        assert_eq!(sandbox.send_message(redox).await.status(), 200);
        clocks.advance_secs(24 * 60 * 60 - 5);
        let next = redox.token_after(&token).await.unwrap();
        self.hide("token", next.expose());
        let rotated = sandbox.rotate_legacy();
        self.hide("secret", rotated.expose_secret());
        let message = sandbox.message(redox);
        let answer = redox.send(Api::DataModel, message).await;
        assert!(answer.is_err() || answer.unwrap().status() == 401);
    }

    /// All sources and all uses of tokens, one after the other.
    async fn meet_every_fault(&mut self, sandbox: &Sandbox) {
        for fault in FAULTS {
            for place in ["token", "api"] {
                let builder = with_http(sandbox, sandbox.client(keys::es256()), |http| http);
                let redox = builder.retries(Retries::NONE).build().unwrap();
                {
                    let mut state = sandbox.server.sandbox();
                    state.clear_faults();
                    let order =
                        format!("{place}:{fault}").replace("BASE", sandbox.server.base_url());
                    state.order(order.parse::<FaultOrder>().unwrap());
                }
                match redox.token().await {
                    Ok(token) => self.hide("token", token.expose()),
                    Err(error) => self.log(&error),
                }
                let path = format!("/fhir/R4/hospital/Development/Patient?family={FAMILY}");
                if let Err(error) = redox.get(&path).send().await {
                    self.log(&error);
                }
            }
        }
        sandbox.server.sandbox().clear_faults();
    }

    /// No server, a server without a trusted certificate, and a store that fails.
    async fn without_an_answer(&mut self) {
        let nobody = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", nobody.local_addr().unwrap());
        drop(nobody);
        let redox = Redox::builder()
            .base_url(url)
            .oauth_key("client-1", keys::es256());
        self.log(&redox.build().unwrap().token().await.unwrap_err());

        let sandbox = Sandbox::start_with(ServerOptions::new().tls()).await;
        let redox = sandbox.client(keys::es256()).build().unwrap();
        self.log(&redox.token().await.unwrap_err());

        let redox = with_http(&sandbox, sandbox.client(keys::es256()), |http| http)
            .shared_tokens(OutOfOrder);
        let token = redox.build().unwrap().token().await.unwrap();
        self.hide("token", token.expose());
    }

    /// A server that shows what it was sent, and sends a refresh token that is known.
    async fn with_answers_that_are_known(&mut self) {
        let token = r#"{"accessToken":"access-hush","expires":"2099-11-21T20:52:35.000Z","refreshToken":"refresh-hush"}"#;
        self.hide("token", "access-hush");
        self.hide("refresh token", "refresh-hush");
        let clocks = Clocks::alone();
        let server = Canned::always(Answer::json("200 OK", token));
        let redox = Redox::builder()
            .base_url(server.url())
            .legacy_key("key-1", "secret")
            .clock(clocks.now());
        let redox = redox.build().unwrap();
        redox.token().await.unwrap();
        clocks.advance_secs(100 * 366 * 24 * 60 * 60);
        self.log(&redox.token().await.unwrap_err());
        assert!(server.requests()[1].contains("refresh-hush"));

        let busy = Answer::with("503 Service Unavailable", "retry-after: 0", "");
        let server = Canned::start(vec![good_token(), busy, Answer::raw("")]);
        let redox = client_of(&server).build().unwrap();
        self.hide("token", "granted");
        let request = redox.request(Method::POST, &format!("/{FAMILY}")).unwrap();
        self.log(&redox.send(Api::Other, request).await.unwrap_err());
        let requests = server.requests();
        let (_, assertion) = requests[0].split_once("client_assertion=").unwrap();
        assert!(assertion.starts_with(ASSERTION));
    }

    fn hide(&mut self, what: &'static str, secret: &str) {
        self.secrets.push((what, secret.as_bytes().to_vec()));
    }

    /// What becomes of an error in most programs.
    fn log(&self, error: &Error) {
        tracing::error!(target: "redox_auth, by its user", "{}", everything(error));
    }

    /// What is seen where.
    fn found(&self) -> BTreeSet<(String, &'static str)> {
        let mut secrets: Vec<(&str, String)> = Vec::new();
        for (what, secret) in &self.secrets {
            secrets.extend(forms(secret).map(|form| (*what, form)));
        }
        secrets.extend([
            ("assertion", ASSERTION.to_owned()),
            ("URL of a request", FAMILY.to_owned()),
        ]);
        let lines = RECORDER.lines();
        assert!(lines.iter().any(|line| line.text.contains("got a token")));
        let mut found = BTreeSet::new();
        for line in lines {
            let shown = secrets.iter().filter(|(_, it)| line.text.contains(it));
            found.extend(shown.map(|(what, _)| (line.target.clone(), *what)));
        }
        found
    }
}

/// The same, which trusts the certificate of the sandbox if it has one.
fn with_http(sandbox: &Sandbox, builder: Builder, configure: Configure) -> Builder {
    let authority = sandbox.server.ca_certificate();
    let authority = authority.map(|it| reqwest::Certificate::from_der(it.der()).unwrap());
    builder.http(move |http| configure(http.tls_certs_only(authority.clone())))
}

/// What is done to an HTTP client.
type Configure = fn(ClientBuilder) -> ClientBuilder;

#[derive(Debug)]
struct OutOfOrder;

impl OutOfOrder {
    fn fail<T: Send + 'static>() -> StoreFuture<'static, T> {
        Box::pin(async { Err(StoreError::new("out of order")) })
    }
}

impl SharedTokens for OutOfOrder {
    fn load(&self) -> StoreFuture<'_, Option<SharedRecord>> {
        Self::fail()
    }

    fn store<'s>(&'s self, _: &'s [u8], _: Duration) -> StoreFuture<'s, ()> {
        Self::fail()
    }

    fn take_turn(&self, _: TurnId, _: Duration) -> StoreFuture<'_, bool> {
        Self::fail()
    }

    fn end_turn(&self, _: TurnId) -> StoreFuture<'_, ()> {
        Self::fail()
    }
}

/// Every one that the sandbox knows.
const FAULTS: [&str; 24] = [
    "429",
    "500",
    "503:retry-after=1",
    "blank",
    "unknown-key",
    "redirect=BASE/hush",
    "html",
    "empty",
    "wrong-types",
    "long-token=5000",
    "oversized=100000",
    "endless",
    "drop=unanswered",
    "drop=before",
    "drop=within",
    "drop=after",
    "latency=1ms",
    "slow=16/1ms",
    "truncated",
    "revoked",
    "undated",
    "date=1h",
    "garbled-date",
    "age=10",
];

/// The first letters of every JWT: those of `{"`.
const ASSERTION: &str = "eyJ";

/// What a request asks for.
const FAMILY: &str = "Bixby-hush";
