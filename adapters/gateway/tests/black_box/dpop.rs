//! Tokens that are bound to a key (RFC 9449): the headers of requests, and the answers that ask for a nonce.
#![expect(
    clippy::arithmetic_side_effects,
    reason = "an overflow would fail the test"
)]

use core::cell::{Cell, RefCell};
use core::convert::Infallible;
use core::future::ready;
use core::pin::pin;
use core::task::{Context, Poll, Waker};
use std::collections::HashSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use embassy_futures::block_on;
use embedded_io::{ErrorType, Read};
use proptest::prelude::*;
use redox_auth_core::{
    Algorithm, AnswerError, Api, AsyncSigner, AuthorizeError, Client, DpopIdentity, DpopKey,
    DpopNonceError, Es256Key, LegacyKey, OAuthKey, ParseErrorKind, RequestError, Server, Session,
    SignError, Signer, Url, WriteError,
};
use redox_auth_gateway::{
    Buffers, Bytes, Cause, Dpop, Error, Gateway, HeadError, Payload, Request,
};
use serde_json::Value;

use crate::support::peer::{Network, Reply, Script, Then};
use crate::support::{BOTH, FakeSigner, Flavour, Memory, Outcome, TestDevice, message, redox};

const NONCE_MAX: usize = 20;

/// The signer of the proofs.
#[derive(Default)]
struct ProofSigner {
    is_broken: Cell<bool>,
    /// The signature that is slow, counted from the next one, the clock that it moves, and its duration.
    slow: RefCell<Option<(u8, TestDevice, u64)>>,
}

impl Signer for ProofSigner {
    fn algorithm(&self) -> Algorithm {
        Algorithm::Es256
    }

    fn signature_len(&self) -> usize {
        64
    }

    fn sign(&self, _: &[u8], signature: &mut [u8]) -> Result<(), SignError> {
        signature.fill(9);
        match self.slow.take() {
            Some((0, device, millis)) => device.pass_millis(millis),
            Some((after, device, millis)) => {
                *self.slow.borrow_mut() = Some((after - 1, device, millis));
            }
            None => {}
        }
        match self.is_broken.get() {
            true => Err(SignError::Backend),
            false => Ok(()),
        }
    }
}

impl AsyncSigner for ProofSigner {
    fn algorithm(&self) -> Algorithm {
        Signer::algorithm(self)
    }

    fn signature_len(&self) -> usize {
        Signer::signature_len(self)
    }

    fn sign(
        &self,
        message: &[u8],
        signature: &mut [u8],
    ) -> impl Future<Output = Result<(), SignError>> {
        ready(Signer::sign(self, message, signature))
    }
}

type Bound = DpopIdentity<'static, Client<'static, FakeSigner>>;
type Proving<'b> =
    Gateway<'b, Bound, TestDevice, Network, [u8; 1024], Dpop<'static, ProofSigner, NONCE_MAX>>;

/// The client, with tokens bound to a key.
fn bound(client: Client<'static, FakeSigner>) -> Bound {
    let public_key = Es256Key::from_secret_scalar(&[1; 32]).unwrap().public_key();
    DpopIdentity::new(client, DpopKey::new(Box::leak(Box::new(public_key))))
}

fn proving_of<'b>(
    buffers: Buffers<'b>,
    scripts: Vec<Script>,
    client: Client<'static, FakeSigner>,
) -> Proving<'b> {
    proving_by(Box::leak(Box::default()), buffers, scripts, client)
}

fn proving_by<'b>(
    signer: &'static ProofSigner,
    buffers: Buffers<'b>,
    scripts: Vec<Script>,
    client: Client<'static, FakeSigner>,
) -> Proving<'b> {
    let device = TestDevice::new();
    let network = Network::new(scripts, &device);
    let session = Session::new(bound(client));
    Gateway::new(session, device, network, buffers).with_dpop(Dpop::new(signer))
}

/// All requests go over one connection.
fn proving(memory: &mut Memory, replies: impl IntoIterator<Item = Reply>) -> Proving<'_> {
    proving_of(memory.buffers(), vec![Script::new(replies)], redox())
}

fn exchange<P>(flavour: Flavour, gateway: &mut Proving<'_>, request: Request<'_, P>) -> Outcome
where
    P: Payload + Read + embedded_io_async::Read,
{
    let mut body = [0; 512];
    let (status, body) = match flavour {
        Flavour::Blocking => {
            let mut answer = gateway.send(request)?;
            (answer.status(), answer.read_all(&mut body)?)
        }
        Flavour::Async => block_on(async {
            let mut answer = gateway.send_async(request).await?;
            Ok::<_, Error>((answer.status(), answer.read_all_async(&mut body).await?))
        })?,
    };
    Ok((status, body.to_vec()))
}

fn authorize(flavour: Flavour, gateway: &mut Proving<'_>) -> Result<(), Error> {
    match flavour {
        Flavour::Blocking => gateway.authorize(),
        Flavour::Async => block_on(gateway.authorize_async()),
    }
}

fn get() -> Request<'static, Bytes<'static>> {
    Request::get(Api::Fhir, "/fhir/R4/clinic/Production/Patient?family=Bixby")
}

/// A bound token, with more headers.
fn token(headers: &str) -> Reply {
    let body = r#"{"access_token":"granted","token_type":"DPoP","expires_in":300}"#;
    Reply::ok(
        200,
        &format!("Date: Fri, 15 Jan 2027 08:00:00 GMT\r\n{headers}"),
        body,
    )
}

/// The answer of a token endpoint that asks for this nonce.
fn wants(nonce: &str) -> Reply {
    let body = r#"{"error":"use_dpop_nonce","error_description":"a nonce is required"}"#;
    Reply::ok(400, &format!("DPoP-Nonce: {nonce}\r\n"), body)
}

/// The answer of an API that asks for this nonce.
fn api_wants(nonce: &str) -> Reply {
    let challenge = r#"WWW-Authenticate: Bearer realm="a"
WWW-Authenticate: DPoP algs="ES256", error="use_dpop_nonce""#;
    let challenge = challenge.replace('\n', "\r\n");
    let head = format!("{challenge}\r\nDPoP-Nonce: {nonce}\r\n");
    Reply::ok(401, &head, "no")
}

fn fine(headers: &str) -> Reply {
    Reply::ok(200, headers, "fine")
}

/// The value of a header in a recorded request, which has it at most once.
fn header<'r>(request: &'r str, name: &str) -> Option<&'r str> {
    let (head, _) = request.split_once("\r\n\r\n").unwrap();
    let lines = head.lines().filter_map(|line| line.split_once(": "));
    let mut fields = lines.filter(|(field, _)| field.eq_ignore_ascii_case(name));
    let value = fields.next().map(|(_, value)| value);
    assert!(fields.next().is_none(), "{name} twice: {request}");
    value
}

/// The claims of a request's proof.
fn proof(request: &str) -> Value {
    let proof = header(request, "dpop").unwrap_or_else(|| panic!("no proof: {request}"));
    let parts: Vec<_> = proof.split('.').collect();
    let part = |at: usize| -> Value {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(parts[at]).unwrap()).unwrap()
    };
    assert_eq!(part(0)["typ"], "dpop+jwt");
    assert_eq!(parts[2], URL_SAFE_NO_PAD.encode([9; 64]));
    part(1)
}

fn nonces(gateway: &mut Proving<'_>) -> Vec<Value> {
    let requests = gateway.connector_mut().requests();
    let nonce = |request: &String| proof(request)["nonce"].clone();
    requests.iter().map(nonce).collect()
}

#[test]
fn every_request_has_a_proof_of_its_own() {
    for flavour in BOTH {
        let mut memory = Memory::new();
        let mut gateway = proving(&mut memory, [token(""), fine(""), fine("")]);
        for _ in 0..2 {
            let found = exchange(flavour, &mut gateway, get());
            assert_eq!(found, Ok((200, b"fine".to_vec())));
        }
        let requests = gateway.connector_mut().requests();
        let proofs: Vec<_> = requests.iter().map(|request| proof(request)).collect();
        assert_eq!(proofs[0]["htm"], "POST");
        assert_eq!(
            proofs[0]["htu"],
            "https://api.redoxengine.com/v2/auth/token"
        );
        assert!(proofs[0].get("ath").is_none());
        assert_eq!(header(&requests[0], "authorization"), None);
        for (request, claims) in requests.iter().zip(&proofs).skip(1) {
            assert_eq!(header(request, "authorization"), Some("DPoP granted"));
            assert_eq!(claims["htm"], "GET");
            let url = "https://api.redoxengine.com/fhir/R4/clinic/Production/Patient";
            assert_eq!(claims["htu"], url);
            // The hash of the token `granted`.
            assert_eq!(claims["ath"], "3VFdGXW45ag7qzQgvqXazv5UUax89hfSPEOTzHnk25k");
            assert_eq!(claims["iat"], 1_800_000_000 - 5);
        }
        let ids: HashSet<_> = proofs
            .iter()
            .map(|claims| claims["jti"].to_string())
            .collect();
        assert_eq!(ids.len(), 3);
        assert_eq!(gateway.connector_mut().endpoints().len(), 1);
    }
}

#[test]
fn a_nonce_costs_one_repetition_at_each_server_and_is_remembered() {
    for flavour in BOTH {
        let mut memory = Memory::new();
        let replies = [
            wants("as-1"),
            token("DPoP-Nonce: as-2\r\n"),
            api_wants("api-1"),
            fine("DPoP-Nonce: api-2\r\n"),
            fine("DPoP-Nonce: api-3\r\n"),
            // The nonce changes later.
            api_wants("api-4"),
            fine("DPoP-Nonce: api-5\r\n"),
        ];
        let mut gateway = proving(&mut memory, replies);
        for _ in 0..3 {
            let request = Request::post(Api::DataModel, "/endpoint").body(b"{}");
            let found = exchange(flavour, &mut gateway, request);
            assert_eq!(found, Ok((200, b"fine".to_vec())));
        }
        let expected = [
            Value::Null,
            "as-1".into(),
            Value::Null,
            "api-1".into(),
            "api-2".into(),
            "api-3".into(),
            "api-4".into(),
        ];
        assert_eq!(nonces(&mut gateway), expected);
        // Neither counts as a failure, and no token was dropped.
        let counters = gateway.session().counters();
        assert_eq!((counters.refusals, counters.rejections), (0, 0));
        assert_eq!(gateway.last_failure(), None);
        assert_eq!(gateway.device_mut().log, [""; 0]);
        let requests = gateway.connector_mut().requests();
        assert!(requests[3].ends_with("\r\n\r\n{}"), "{}", requests[3]);
        let assertion = |at: usize| requests[at].split_once("client_assertion=").unwrap().1;
        assert_ne!(assertion(0), assertion(1), "an assertion is used once");
        assert_eq!(gateway.connector_mut().endpoints().len(), 1);
    }
}

#[test]
fn a_token_endpoint_that_always_wants_another_nonce_is_asked_twice() {
    for flavour in BOTH {
        let mut memory = Memory::new();
        let many = (0..9).map(|n| wants(&format!("nonce-{n}")));
        let mut gateway = proving(&mut memory, many);
        for _ in 0..3 {
            let error = exchange(flavour, &mut gateway, get()).unwrap_err();
            let Error::NoToken { cause, .. } = error else {
                panic!("{error}");
            };
            assert!(matches!(cause, Some(Cause::Refused(_))), "{cause:?}");
        }
        assert_eq!(nonces(&mut gateway), [Value::Null, "nonce-0".into()]);
        assert_eq!(gateway.session().counters().refusals, 1);
        assert_eq!(gateway.device_mut().log.len(), 1);
    }
}

#[test]
fn an_api_that_always_wants_another_nonce_is_asked_twice_and_costs_no_token() {
    for flavour in BOTH {
        let mut memory = Memory::new();
        let many = (0..9).map(|n| api_wants(&format!("nonce-{n}")));
        let mut gateway = proving(&mut memory, core::iter::once(token("")).chain(many));
        let found = exchange(flavour, &mut gateway, get());
        assert_eq!(found, Ok((401, b"no".to_vec())));
        assert_eq!(
            nonces(&mut gateway),
            [Value::Null, Value::Null, "nonce-0".into()]
        );
        assert_eq!(gateway.session().counters().rejections, 0);
        // The next call may repeat its own request once.
        let found = exchange(flavour, &mut gateway, get());
        assert_eq!(found, Ok((401, b"no".to_vec())));
        assert_eq!(gateway.connector_mut().requests().len(), 5);
    }
}

#[test]
fn any_other_401_is_about_the_token() {
    for head in [
        "WWW-Authenticate: DPoP error=\"invalid_token\"\r\nDPoP-Nonce: one\r\n",
        // The answer asks for a nonce without naming it.
        "WWW-Authenticate: DPoP error=\"use_dpop_nonce\"\r\n",
        "DPoP-Nonce: one\r\n",
        "",
    ] {
        for flavour in BOTH {
            let mut memory = Memory::new();
            let replies = [token(""), Reply::ok(401, head, "no"), token(""), fine("")];
            let mut gateway = proving(&mut memory, replies);
            let found = exchange(flavour, &mut gateway, get());
            assert_eq!(found, Ok((200, b"fine".to_vec())), "{head}");
            assert_eq!(gateway.connector_mut().requests().len(), 4, "{head}");
            assert_eq!(gateway.session().counters().rejections, 1, "{head}");
        }
    }
}

#[test]
fn a_rejected_token_and_a_nonce_cost_three_requests_and_no_more() {
    let mut memory = Memory::new();
    let replies = [
        token(""),
        api_wants("one"),
        Reply::ok(401, "", "no"),
        token(""),
        api_wants("two"),
        fine(""),
    ];
    let mut gateway = proving(&mut memory, replies);
    let found = exchange(Flavour::Blocking, &mut gateway, get());
    assert_eq!(found, Ok((401, b"no".to_vec())));
    assert_eq!(gateway.connector_mut().requests().len(), 5);
}

#[test]
fn a_token_of_the_other_type_is_not_taken() {
    for flavour in BOTH {
        let mut memory = Memory::new();
        let mut gateway = proving(&mut memory, [Reply::token("one")]);
        let error = authorize(flavour, &mut gateway).unwrap_err();
        let Error::NoToken {
            cause: Some(Cause::Answer(AnswerError::Parse(error))),
            ..
        } = error
        else {
            panic!("{error}");
        };
        assert_eq!(error.kind, ParseErrorKind::NotDpop);
    }
}

#[test]
fn a_nonce_that_cannot_be_sent_back_is_named_and_repeats_nothing() {
    let long = "n".repeat(NONCE_MAX + 1);
    let too_long = DpopNonceError::TooLong {
        found: NONCE_MAX + 1,
        capacity: NONCE_MAX,
    };
    for (nonce, expected) in [
        (&*long, too_long),
        ("a b", DpopNonceError::Character { at: 1 }),
        ("", DpopNonceError::Empty),
    ] {
        for flavour in BOTH {
            let mut memory = Memory::new();
            let mut gateway = proving(&mut memory, [wants(nonce), wants(nonce), wants(nonce)]);
            let error = authorize(flavour, &mut gateway).unwrap_err();
            assert!(matches!(error, Error::NoToken { .. }), "{nonce}: {error}");
            assert_eq!(gateway.dpop().nonce_error(), Some(expected), "{nonce}");
            assert_eq!(gateway.connector_mut().requests().len(), 2, "{nonce}");

            let mut memory = Memory::new();
            let mut gateway = proving(&mut memory, [token(""), api_wants(nonce), fine("")]);
            let found = exchange(flavour, &mut gateway, get());
            assert_eq!(found, Ok((401, b"no".to_vec())), "{nonce}");
            assert_eq!(gateway.dpop().nonce_error(), Some(expected), "{nonce}");
            assert_eq!(gateway.connector_mut().requests().len(), 2, "{nonce}");
            assert_eq!(gateway.session().counters().rejections, 0, "{nonce}");

            // An unneeded nonce does no harm.
            let mut memory = Memory::new();
            let unused = format!("DPoP-Nonce: {nonce}\r\n");
            let mut gateway = proving(&mut memory, [token(&unused), fine(&unused)]);
            let found = exchange(flavour, &mut gateway, get());
            assert_eq!(found, Ok((200, b"fine".to_vec())), "{nonce}");
        }
    }
    let mut memory = Memory::new();
    let longest = "n".repeat(NONCE_MAX);
    let mut gateway = proving(&mut memory, [wants(&long), wants(&longest), token("")]);
    // The second answer is a refusal, but its nonce counts.
    assert!(authorize(Flavour::Blocking, &mut gateway).is_err());
    assert_eq!(gateway.dpop().nonce_error(), None);
}

#[test]
fn no_server_sees_the_nonce_of_another() {
    const FILES: &str = "https://files.example/upload";
    const THIRD: &str = "https://third.example/api";
    let server = Server::new("https://api.example", "https://api.example/token").unwrap();
    let third = vec![Url::parse(THIRD).unwrap()];
    let server = server
        .with_upload_url(FILES)
        .unwrap()
        .also_trust(third.leak());
    let keys = vec![OAuthKey::new("client-1", "key-1", &FakeSigner)];
    let client = Client::new(server).with_oauth_keys(keys.leak());
    let one = |reply: Reply| Script::new([reply]);
    let scripts = vec![
        Script::new([
            token("DPoP-Nonce: tokens\r\n"),
            fine("DPoP-Nonce: base\r\n"),
            fine(""),
        ]),
        one(fine("DPoP-Nonce: files\r\n")),
        one(fine("")),
        Script::new([
            api_wants("third"),
            fine("DPoP-Nonce: third-2\r\n"),
            fine(""),
        ]),
        one(fine("")),
    ];
    let mut memory = Memory::new();
    let mut gateway = proving_of(memory.buffers(), scripts, client);
    let base = "https://api.example/a";
    for url in [base, base, FILES, base, THIRD, THIRD, FILES] {
        let found = exchange(
            Flavour::Blocking,
            &mut gateway,
            Request::get(Api::Other, url),
        );
        assert_eq!(found, Ok((200, b"fine".to_vec())), "{url}");
    }
    let expected = [
        Value::Null,
        Value::Null,
        "base".into(),
        Value::Null,
        Value::Null,
        Value::Null,
        "third".into(),
        Value::Null,
        Value::Null,
    ];
    assert_eq!(nonces(&mut gateway), expected);
}

#[test]
fn a_nonce_that_cannot_be_kept_leaves_none_of_another_host() {
    let server = Server::new("https://api.example", "https://api.example/token").unwrap();
    let server = server.with_upload_url("https://files.example/a").unwrap();
    let keys = vec![OAuthKey::new("client-1", "key-1", &FakeSigner)];
    let client = Client::new(server).with_oauth_keys(keys.leak());
    let scripts = vec![
        Script::new([token(""), fine("DPoP-Nonce: base\r\n")]),
        Script::new([fine("DPoP-Nonce: a b\r\n"), fine("")]),
    ];
    let mut memory = Memory::new();
    let mut gateway = proving_of(memory.buffers(), scripts, client);
    for url in ["/a", "https://files.example/a", "https://files.example/a"] {
        let request = Request::get(Api::Other, url);
        let found = exchange(Flavour::Blocking, &mut gateway, request);
        assert_eq!(found, Ok((200, b"fine".to_vec())), "{url}");
    }
    assert_eq!(nonces(&mut gateway), [(); 4].map(|()| Value::Null));
}

#[test]
fn without_what_makes_proofs_nothing_is_sent() {
    let device = TestDevice::new();
    let network = Network::new(vec![Script::good()], &device);
    let mut memory = Memory::new();
    let session = Session::<_, [u8; 1024]>::new(bound(redox()));
    let mut gateway = Gateway::new(session, device, network, memory.buffers());
    let expected = Error::Authorize(AuthorizeError::NeedsProof);
    assert_eq!(gateway.authorize(), Err(expected));
    assert_eq!(block_on(gateway.authorize_async()), Err(expected));
    assert_eq!(gateway.send(get()).unwrap_err(), expected);
    assert!(gateway.connector_mut().endpoints().is_empty());
}

#[test]
fn a_session_without_a_bound_key_makes_no_proofs_with_it() {
    let device = TestDevice::new();
    let network = Network::new(vec![Script::good()], &device);
    let mut memory = Memory::new();
    let session = Session::<_, [u8; 1024]>::new(redox());
    let signer = ProofSigner {
        is_broken: Cell::new(true),
        ..ProofSigner::default()
    };
    let gateway = Gateway::new(session, device, network, memory.buffers());
    let mut gateway = gateway.with_dpop(Dpop::<_, NONCE_MAX>::new(&signer));
    assert_eq!(gateway.send(get()).unwrap().status(), 200);
    for request in gateway.connector_mut().requests() {
        assert_eq!(header(&request, "dpop"), None);
        assert_ne!(header(&request, "authorization"), Some("DPoP good"));
    }
}

#[test]
fn a_buffer_too_short_for_a_proof_is_refused_with_the_exact_need() {
    for flavour in BOTH {
        // Enough for the token request, but not for the proof after it.
        let (mut wire, mut len, mut needs) = (vec![0; 2048], 0, Vec::new());
        loop {
            let mut token_buffer = vec![0; len];
            let buffers = Buffers {
                wire: &mut wire,
                token: &mut token_buffer,
            };
            let scripts = vec![Script::new([token(""), fine("")])];
            let mut gateway = proving_of(buffers, scripts, redox());
            match authorize(flavour, &mut gateway) {
                Ok(()) => break,
                Err(Error::NotWritten(RequestError::Write(WriteError::BufferTooSmall {
                    needed,
                }))) => {
                    assert!(needed > len, "{needed} after {len}");
                    needs.push(needed);
                    len = needed;
                }
                Err(error) => panic!("{error}"),
            }
        }
        assert_eq!(needs.len(), 2, "{needs:?}");
        let mut token_buffer = vec![0; len - 1];
        let buffers = Buffers {
            wire: &mut wire,
            token: &mut token_buffer,
        };
        let mut gateway = proving_of(buffers, vec![Script::good()], redox());
        assert!(authorize(flavour, &mut gateway).is_err(), "one byte less");

        // The wire buffer's error also gives the length needed.
        let mut memory = Memory::new();
        memory.wire = vec![0; 300];
        let mut gateway = proving(&mut memory, [token("")]);
        let error = authorize(flavour, &mut gateway).unwrap_err();
        let Error::Head(HeadError::BufferTooSmall { needed }) = error else {
            panic!("{error}");
        };
        let mut memory = Memory::new();
        memory.wire = vec![0; needed];
        let mut gateway = proving(&mut memory, [token("")]);
        assert_eq!(authorize(flavour, &mut gateway), Ok(()));
    }
}

#[test]
fn a_signer_that_fails_sends_nothing() {
    for flavour in BOTH {
        let signer: &ProofSigner = Box::leak(Box::default());
        let scripts = vec![Script::new([token(""), fine(""), fine("")])];
        let mut memory = Memory::new();
        let mut gateway = proving_by(signer, memory.buffers(), scripts, redox());
        signer.is_broken.set(true);
        let failure = WriteError::Sign(SignError::Backend);
        let Err(Error::NoToken { cause, until }) = exchange(flavour, &mut gateway, get()) else {
            panic!("there is no token");
        };
        assert_eq!(cause, Some(Cause::NotSigned(failure)));
        assert!(gateway.connector_mut().requests().is_empty());
        let wait = until.as_millis() - gateway.device_mut().instant().as_millis();
        gateway.device_mut().pass_millis(wait);
        signer.is_broken.set(false);
        let found = exchange(flavour, &mut gateway, get());
        assert_eq!(found, Ok((200, b"fine".to_vec())));
        signer.is_broken.set(true);
        let expected = Error::NotWritten(RequestError::Write(failure));
        assert_eq!(exchange(flavour, &mut gateway, get()), Err(expected));
        assert_eq!(gateway.connector_mut().requests().len(), 2);
    }
}

#[test]
fn the_proof_of_a_token_that_ended_meanwhile_is_in_no_other_request() {
    let legacy =
        r#"{"accessToken":"one","expires":"2027-01-16T08:00:00.000Z","refreshToken":"two"}"#;
    for flavour in BOTH {
        let signer: &ProofSigner = Box::leak(Box::default());
        let refused = || Reply::ok(400, "", r#"{"error":"invalid_client"}"#);
        let scripts = vec![
            Script::new([token(""), fine("")]),
            Script::new([refused()]),
            // The second request comes after the token has expired.
            Script::new([refused(), Reply::ok(200, "", legacy), fine("")]),
        ];
        let client = redox().with_legacy_key(LegacyKey::new("key-1", "s3cret"));
        let mut memory = Memory::new();
        let mut gateway = proving_by(signer, memory.buffers(), scripts, client);
        let send = |gateway: &mut Proving<'_>| {
            let found = exchange(flavour, gateway, message(b"{}"));
            assert_eq!(found, Ok((200, b"fine".to_vec())));
        };
        send(&mut gateway);
        // The renewal is refused, and the proof after it takes longer to sign than the token lives.
        let device = gateway.device_mut().clone();
        device.pass_millis(280_000);
        *signer.slow.borrow_mut() = Some((1, device, 60_000));
        send(&mut gateway);
        let requests = gateway.connector_mut().requests();
        assert!(requests[4].starts_with("POST /auth/authenticate "));
        for request in &requests[4..] {
            assert_eq!(header(request, "dpop"), None, "{request}");
        }
        let sent = header(&requests[5], "authorization");
        assert_eq!(sent, Some("Bearer one"));
    }
}

#[test]
fn a_token_that_ends_at_any_moment_of_a_call_is_no_fault_of_the_caller() {
    let (mut sent, mut without_token) = (0, 0);
    for millis in 0..60 {
        let mut memory = Memory::new();
        let renewal = Reply::ok(500, "", "");
        let scripts = vec![
            Script::new([token(""), fine(""), renewal, fine(""), fine("")]),
            Script::good(),
            Script::good(),
        ];
        let mut gateway = proving_of(memory.buffers(), scripts, redox());
        for until in [0, 295_000] {
            gateway.device_mut().pass_millis(until);
            let found = exchange(Flavour::Blocking, &mut gateway, get());
            assert_eq!(found, Ok((200, b"fine".to_vec())));
        }
        let device = gateway.device_mut();
        device.pass_millis(4_970 + millis);
        device.tick_ms = 1;
        match exchange(Flavour::Blocking, &mut gateway, get()) {
            Ok(_) => sent += 1,
            Err(Error::NoToken { .. }) => without_token += 1,
            Err(error) => panic!("{millis} ms: {error}"),
        }
    }
    assert!(sent > 0 && without_token > 0, "{sent} {without_token}");
}

#[test]
fn the_application_adds_no_proof_of_its_own() {
    let mut memory = Memory::new();
    let mut gateway = proving(&mut memory, [token(""), fine("")]);
    let request = get().headers(&[("dpop", "a.b.c")]);
    let found = exchange(Flavour::Blocking, &mut gateway, request);
    assert_eq!(found, Err(Error::Head(HeadError::Name)));
    assert_eq!(gateway.connector_mut().requests().len(), 1);
}

#[test]
fn a_request_that_is_sent_again_has_a_new_proof() {
    let mut memory = Memory::new();
    let scripts = vec![
        Script::new([token(""), fine(""), Reply::close()]),
        Script::new([fine("")]),
    ];
    let mut gateway = proving_of(memory.buffers(), scripts, redox());
    for _ in 0..2 {
        let found = exchange(Flavour::Blocking, &mut gateway, get());
        assert_eq!(found, Ok((200, b"fine".to_vec())));
    }
    let requests = gateway.connector_mut().requests();
    assert_eq!(requests.len(), 4);
    assert_ne!(proof(&requests[2])["jti"], proof(&requests[3])["jti"]);
}

/// A body that cannot be sent twice.
struct Once(&'static [u8]);

impl Payload for Once {
    fn content_length(&self) -> Option<u64> {
        Some(2)
    }

    fn rewind(&mut self) -> bool {
        false
    }
}

impl ErrorType for Once {
    type Error = Infallible;
}

impl Read for Once {
    fn read(&mut self, buf: &mut [u8]) -> Result<usize, Infallible> {
        Ok(self.0.read(buf).unwrap())
    }
}

#[test]
fn a_body_that_cannot_be_sent_again_is_not() {
    let mut memory = Memory::new();
    let scripts = vec![
        Script::new([token(""), api_wants("one")]),
        Script::new([fine("")]),
    ];
    let mut gateway = proving_of(memory.buffers(), scripts, redox());
    for expected in [401, 200] {
        let request = Request::post(Api::DataModel, "/endpoint").stream(Once(b"{}"));
        assert_eq!(gateway.send(request).unwrap().status(), expected);
    }
    assert_eq!(nonces(&mut gateway).last(), Some(&"one".into()));
}

#[test]
fn buffers_are_empty_after_a_call_that_is_dropped_anywhere() {
    for polls in 1.. {
        let mut memory = Memory::new();
        let replies = [wants("as"), token(""), api_wants("api"), fine("")];
        let scripts = vec![Script::new(replies).split(30), Script::good()];
        let mut gateway = proving_of(memory.buffers(), scripts, redox());
        let is_done;
        {
            let mut call = pin!(async {
                let mut answer = gateway.send_async(get()).await.unwrap();
                let mut body = [0; 100];
                answer.read_all_async(&mut body).await.unwrap().len()
            });
            let mut context = Context::from_waker(Waker::noop());
            is_done =
                (0..polls).any(|_| matches!(call.as_mut().poll(&mut context), Poll::Ready(_)));
        }
        let open = gateway.connector_mut().open();
        assert_eq!(open, usize::from(is_done), "at {polls}");
        // Leaked instead of dropped: the buffers still have the bytes that the call left there.
        core::mem::forget(gateway);
        assert!(
            memory.wire.iter().all(|&byte| byte == 0),
            "at {polls}: the wire"
        );
        assert!(
            memory.token.iter().all(|&byte| byte == 0),
            "at {polls}: the token"
        );
        if is_done {
            assert!(polls > 20, "{polls} places to drop it");
            break;
        }
    }
}

proptest! {
    /// With any answers, a call ends after a few requests, and each request has a new proof.
    #[test]
    fn repetitions_are_bounded_whatever_the_answers(
        answers in prop::collection::vec((0_u8..8, "[ -~]{0,24}"), 40),
    ) {
        let reply = |(kind, nonce): &(u8, String)| match kind {
            0 => wants(nonce),
            1 => token(&format!("DPoP-Nonce: {nonce}\r\n")),
            2 => api_wants(nonce),
            3 => fine(&format!("DPoP-Nonce: {nonce}\r\n")),
            4 => Reply::ok(401, "", "no"),
            5 => Reply::ok(500, "", ""),
            6 => Reply::token("bearer"),
            _ => Reply::raw("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}", Then::Close),
        };
        for flavour in BOTH {
            let scripts = answers.iter().map(|answer| Script::new([reply(answer), reply(answer)]));
            let mut memory = Memory::new();
            let mut gateway = proving_of(memory.buffers(), scripts.collect(), redox());
            for call in 1..=3 {
                let _ = exchange(flavour, &mut gateway, get());
                let requests = gateway.connector_mut().requests();
                prop_assert!(requests.len() <= call * 12, "{} requests", requests.len());
                let ids = requests.iter().map(|request| proof(request)["jti"].to_string());
                let ids: HashSet<_> = ids.collect();
                prop_assert_eq!(ids.len(), requests.len());
            }
        }
    }
}
