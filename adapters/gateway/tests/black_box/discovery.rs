//! Discovery: the values used from a document, and the documents rejected before anything is signed.

use core::pin::pin;
use core::task::{Context, Poll, Waker};

use embassy_futures::block_on;
use embedded_io::ErrorKind;
use proptest::prelude::*;
use redox_auth_core::{
    Algorithm, Channel, Client, JwtType, MetadataError, MetadataKind, OAuthKey, Session, UrlError,
    WriteError,
};
use redox_auth_gateway::{
    Discovered, Discovery, DiscoveryError, ExchangeError, Gateway, HttpError,
};

use crate::support::peer::{Network, Reply, Script, Then};
use crate::support::{BOTH, FakeSigner, Flavour, Memory, TestDevice, message};

const ISSUER: &str = "https://login.example/tenant-1";
const FHIR: &str = "https://fhir.example/r4";

const OAUTH: &str =
    "GET /.well-known/oauth-authorization-server/tenant-1 HTTP/1.1\r\nHost: login.example\r\n";
const OPENID: &str =
    "GET /tenant-1/.well-known/openid-configuration HTTP/1.1\r\nHost: login.example\r\n";
const SMART: &str = "GET /r4/.well-known/smart-configuration HTTP/1.1\r\nHost: fhir.example\r\n";
const UDAP: &str = "GET /r4/.well-known/udap HTTP/1.1\r\nHost: fhir.example\r\n";

/// The discovery's question.
#[derive(Clone, Copy, Debug)]
enum Ask {
    Issuer,
    Fhir,
}

impl Flavour {
    fn find<'m>(
        self,
        ask: Ask,
        network: &mut Network,
        confirmed: &[&str],
        document: &'m mut [u8],
    ) -> Result<Discovered<'m>, DiscoveryError> {
        let mut wire = [0; 1024];
        let device = TestDevice::new();
        let mut discovery = Discovery::new(device, network, &mut wire).confirm_hosts(confirmed);
        match (self, ask) {
            (Self::Blocking, Ask::Issuer) => discovery.issuer(ISSUER, document),
            (Self::Blocking, Ask::Fhir) => discovery.fhir_server(FHIR, document),
            (Self::Async, Ask::Issuer) => block_on(discovery.issuer_async(ISSUER, document)),
            (Self::Async, Ask::Fhir) => block_on(discovery.fhir_server_async(FHIR, document)),
        }
    }
}

/// Each connection returns one of these answers.
fn network(replies: impl IntoIterator<Item = Reply>) -> Network {
    let scripts = replies.into_iter().map(|reply| Script::new([reply]));
    Network::new(scripts.collect(), &TestDevice::new())
}

fn document(body: &str) -> Reply {
    Reply::ok(200, "", body)
}

/// An issuer's metadata, with `more` members.
fn issuers(more: &str) -> String {
    format!(
        r#"{{"issuer":"{ISSUER}","token_endpoint":"https:\/\/login.example\/tenant-1\/token"{more}}}"#
    )
}

/// The error for an issuer's document.
fn error_of(reply: &Reply) -> DiscoveryError {
    let errors = BOTH.map(|flavour| {
        let mut network = network([reply.clone()]);
        let mut document = [0; 1024];
        let found = flavour.find(Ask::Issuer, &mut network, &[], &mut document);
        let error = found.unwrap_err();
        assert_eq!(network.open(), 0, "{error}: the connection is closed");
        let requests = network.requests();
        assert_eq!(requests.len(), 1, "{error}: {requests:?}");
        error
    });
    assert_eq!(errors[0], errors[1]);
    errors[0]
}

#[test]
fn an_issuer_leads_to_a_token() {
    for flavour in BOTH {
        let lists = r#","scopes_supported":["a","b"],"token_endpoint_auth_signing_alg_values_supported":["ES384","PS256"]"#;
        let scripts = vec![
            Script::new([document(&issuers(lists))]),
            Script::new([Reply::token("one"), Reply::ok(200, "", "fine")]),
        ];
        let mut network = Network::new(scripts, &TestDevice::new());
        let mut memory = [0; 1024];
        let found = flavour.find(Ask::Issuer, &mut network, &[], &mut memory);
        let found = found.unwrap();
        let token_url = "https://login.example/tenant-1/token";
        assert_eq!(found.token_url().as_str(), token_url);
        assert_eq!(found.issuer(), Some(ISSUER));
        assert_eq!(found.metadata().scopes().unwrap().to_string(), "a, b");
        assert!(found.takes(Algorithm::Es384) && !found.takes(Algorithm::Es256));
        assert_eq!(network.open(), 0, "the connection is closed");
        let requests = network.requests();
        assert!(requests[0].starts_with(OAUTH), "{requests:?}");
        assert!(requests[0].contains("\r\nAccept: application/json\r\n"));
        assert!(requests[0].ends_with("\r\n\r\n"));

        let server = found.server("https://login.example/api", JwtType::Jwt);
        let keys = [OAuthKey::new("client-1", "key-1", &FakeSigner)];
        let client = Client::new(server.unwrap()).with_oauth_keys(&keys);
        let session = Session::<_, [u8; 1024]>::new(client);
        let mut buffers = Memory::new();
        let buffers = buffers.buffers();
        let mut gateway = Gateway::new(session, TestDevice::new(), &mut network, buffers);
        let answer = match flavour {
            Flavour::Blocking => gateway.send(message(b"{}")),
            Flavour::Async => block_on(gateway.send_async(message(b"{}"))),
        };
        assert_eq!(answer.unwrap().status(), 200);
        let requests = network.requests();
        assert!(
            requests[1].starts_with("POST /tenant-1/token "),
            "{requests:?}"
        );
        assert!(
            requests[2].starts_with("POST /api/endpoint "),
            "{requests:?}"
        );
    }
}

#[test]
fn the_audience_is_the_token_url_unless_the_type_wants_the_issuer() {
    let mut memory = [0; 512];
    let mut network = network([document(&issuers(""))]);
    let found = Flavour::Blocking.find(Ask::Issuer, &mut network, &[], &mut memory);
    let found = found.unwrap();
    for (typ, expected) in [
        (JwtType::Jwt, found.token_url().as_str()),
        (JwtType::ClientAuthentication, ISSUER),
    ] {
        let server = found.server(FHIR, typ).unwrap();
        assert_eq!((server.typ(), server.audience()), (typ, expected));
        assert_eq!(server.base_url().as_str(), FHIR);
    }
    // A document without a list excludes no algorithm.
    assert!(found.takes(Algorithm::Rs384));
    assert_eq!(
        found.server("http://fhir.example", JwtType::Jwt),
        Err(UrlError::PlainHttp)
    );
}

#[test]
fn the_second_document_is_asked_for_where_the_first_is_missing() {
    for flavour in BOTH {
        for first in [
            Reply::ok(404, "", "no"),
            Reply::ok(403, "", &"no".repeat(2_000)),
            Reply::ok(
                200,
                "Content-Type: text/html; charset=utf-8\r\n",
                &" ".repeat(5_000),
            ),
            Reply::ok(200, "", "\r\n <!DOCTYPE html>"),
            Reply::ok(200, "", "\u{feff}<html>"),
        ] {
            let mut memory = [0; 512];
            let mut network_of_issuer = network([first.clone(), document(&issuers(""))]);
            let found = flavour.find(Ask::Issuer, &mut network_of_issuer, &[], &mut memory);
            assert!(found.is_ok(), "{first:?}: {found:?}");
            let requests = network_of_issuer.requests();
            assert!(requests[0].starts_with(OAUTH) && requests[1].starts_with(OPENID));

            let fhirs = r#"{"token_endpoint":"https://fhir.example/token"}"#;
            let mut network_of_fhir = network([first.clone(), document(fhirs)]);
            let found = flavour.find(Ask::Fhir, &mut network_of_fhir, &[], &mut memory);
            let found = found.unwrap();
            assert_eq!(found.token_url().as_str(), "https://fhir.example/token");
            assert_eq!(found.issuer(), None);
            let requests = network_of_fhir.requests();
            assert!(requests[0].starts_with(SMART) && requests[1].starts_with(UDAP));
        }
        let mut memory = [0; 512];
        let page = Reply::ok(200, "Content-Type: text/html\r\n", "hello");
        let mut neither = network([page, Reply::ok(404, "", "no")]);
        let found = flavour.find(Ask::Issuer, &mut neither, &[], &mut memory);
        let expected = DiscoveryError::Neither {
            first: 200,
            second: 404,
        };
        assert_eq!(found.unwrap_err(), expected);
    }
}

#[test]
fn what_stood_in_the_buffer_before_is_no_part_of_a_document() {
    for flavour in BOTH {
        let mut memory = [b'<'; 512];
        let blank = Reply::ok(200, "", &" ".repeat(200));
        let mut network = network([blank]);
        let found = flavour.find(Ask::Issuer, &mut network, &[], &mut memory);
        let error = found.unwrap_err();
        assert!(matches!(error, DiscoveryError::Document(_)), "{error}");
    }
}

#[test]
fn another_host_is_used_once_it_is_confirmed() {
    let fhirs = r#"{"token_endpoint":"https://login.example:8443/token","issuer":"https://login.example:8443"}"#;
    for (confirmed, is_used) in [
        (&[][..], false),
        (&["login.example"], false),
        (&["login.example:8443"], true),
        (&["evil.example", "LOGIN.example:8443"], true),
        (&["login.example:8443/token"], false),
        (&[""], false),
    ] {
        for flavour in BOTH {
            let mut memory = [0; 512];
            let mut network = network([document(fhirs)]);
            let found = flavour.find(Ask::Fhir, &mut network, confirmed, &mut memory);
            let expected = DiscoveryError::Untrusted(MetadataError::OtherHost);
            match found {
                Ok(found) => {
                    assert!(is_used, "{confirmed:?}");
                    assert_eq!(found.issuer(), Some("https://login.example:8443"));
                }
                Err(error) => assert!(!is_used && error == expected, "{confirmed:?}: {error}"),
            }
            assert_eq!(network.endpoints(), ["tls://fhir.example:443"]);
        }
    }
}

#[test]
fn a_document_that_must_not_be_used_is_refused_with_what_is_wrong() {
    let endpoint = |value: &str| format!(r#"{{"issuer":"{ISSUER}","token_endpoint":{value}}}"#);
    for (body, part) in [
        (
            endpoint(r#""https://evil.example/token""#),
            "on another host than the one that was asked; confirm that host",
        ),
        (
            endpoint(r#""https://login.example:8443/token""#),
            "on another host than the one that was asked; confirm that host",
        ),
        (
            endpoint(r#""https://login.example@evil.example/token""#),
            "without a user name",
        ),
        (
            endpoint(r#""http://login.example/token""#),
            "found http to another host",
        ),
        (endpoint(r#""/token""#), "must start with https://"),
        (endpoint("7"), "expected `token_endpoint` to be a string"),
        (
            endpoint(r#"["https://login.example/token"]"#),
            "expected `token_endpoint` to be a string",
        ),
        (endpoint("null"), "the member `token_endpoint` is missing"),
        (
            issuers(r#","token_endpoint":"https://login.example/token""#),
            "one member `token_endpoint`, found two",
        ),
        (
            issuers(r#","issuer":"https://evil.example""#),
            "one member `issuer`, found two",
        ),
        (
            r#"{"token_endpoint":"https://login.example/token"}"#.to_owned(),
            "the member `issuer` is missing",
        ),
        (
            issuers("").replace(ISSUER, "https://login.example/tenant-2"),
            "is not the URL that was asked",
        ),
        (
            issuers("").replace(ISSUER, "https://login.example/tenant-1/"),
            "a slash at its end",
        ),
        (issuers(r#","scopes_supported":"a""#), "an array of strings"),
        (issuers("").replace('}', ""), "found an early end"),
        ("[]".to_owned(), "found something else"),
        (String::new(), "found nothing"),
    ] {
        let shown = error_of(&document(&body)).to_string();
        assert!(shown.contains(part), "{body}: {shown}");
        assert!(shown.starts_with("the metadata document: "), "{shown}");
    }
}

#[test]
fn a_document_that_does_not_fit_is_refused_with_its_length() {
    let long = |bytes: usize| format!(r#"{{"a":"{}"}}"#, "b".repeat(bytes - 8));
    let too_small = |needed| DiscoveryError::BufferTooSmall { needed };
    assert_eq!(error_of(&document(&long(1_000_000))), too_small(1_000_000));
    assert_eq!(error_of(&document(&long(1_025))), too_small(1_025));
    let longest = error_of(&document(&long(1_024))).to_string();
    assert!(longest.contains("`issuer` is missing"), "{longest}");
    let shown = too_small(1_025).to_string();
    assert!(shown.contains("needs at least 1025 bytes"), "{shown}");

    let endless = Reply::raw("HTTP/1.1 200 OK\r\n\r\nabcdefgh", Then::Repeat);
    assert_eq!(error_of(&endless), too_small(1_025));
    let chunk = format!("400\r\n{}\r\n1\r\na\r\n", long(1_024));
    let chunked = format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{chunk}");
    assert_eq!(
        error_of(&Reply::raw(chunked, Then::Close)),
        too_small(1_025)
    );

    // The buffer first holds the URL of the document.
    let url = "https://login.example/.well-known/oauth-authorization-server/tenant-1";
    for flavour in BOTH {
        for short in [0, 1, url.len() - 1] {
            let mut network = network([document("{}")]);
            let mut memory = vec![0; short];
            let found = flavour.find(Ask::Issuer, &mut network, &[], &mut memory);
            let needed = url.len();
            let expected = DiscoveryError::NotWritten(WriteError::BufferTooSmall { needed });
            assert_eq!(found.unwrap_err(), expected);
            assert!(network.requests().is_empty());
        }
    }
}

#[test]
fn no_redirect_is_followed() {
    for status in [301, 302, 303, 307, 308] {
        for location in ["https://login.example/elsewhere", "https://evil.example/"] {
            let reply = Reply::ok(status, &format!("Location: {location}\r\n"), "");
            assert_eq!(error_of(&reply), DiscoveryError::Redirect { status });
        }
    }
}

#[test]
fn what_is_no_answer_is_no_absence() {
    for status in [429, 500, 503] {
        let reply = Reply::ok(status, "Retry-After: 5\r\n", "{}");
        assert_eq!(error_of(&reply), DiscoveryError::Status { status });
    }
    let http = |error| DiscoveryError::Exchange(ExchangeError::Http(error));
    assert_eq!(error_of(&Reply::close()), http(HttpError::Closed));
    let cut_off = Reply::raw(
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}",
        Then::Close,
    );
    assert_eq!(error_of(&cut_off), http(HttpError::BodyCutOff { found: 2 }));
    let folded = Reply::raw("HTTP/1.1 200 OK\r\n a: b\r\n\r\n", Then::Close);
    assert_eq!(error_of(&folded), http(HttpError::FoldedHeader));
    let reset = Reply::raw("HTTP/1.1 200 OK\r\n", Then::Reset);
    let expected = ExchangeError::Transport(ErrorKind::ConnectionReset);
    assert_eq!(error_of(&reset), DiscoveryError::Exchange(expected));
}

#[test]
fn nothing_is_asked_over_a_connection_that_is_not_authenticated() {
    for flavour in BOTH {
        let mut script = Script::new([document(&issuers(""))]);
        script.channel = Channel::Unauthenticated;
        for (script, expected) in [
            (script, ExchangeError::Unauthenticated),
            (
                Script::refused(),
                ExchangeError::Connect(ErrorKind::ConnectionRefused),
            ),
        ] {
            let mut network = Network::new(vec![script], &TestDevice::new());
            let mut memory = [0; 512];
            let found = flavour.find(Ask::Issuer, &mut network, &[], &mut memory);
            assert_eq!(found.unwrap_err(), DiscoveryError::Exchange(expected));
            assert!(network.requests().is_empty());
            assert_eq!(network.open(), 0);
        }
    }
}

#[test]
fn what_cannot_be_asked_is_refused_before_a_connection() {
    let mut network = network([]);
    let mut wire = [0; 512];
    let mut discovery = Discovery::new(TestDevice::new(), &mut network, &mut wire);
    for (url, error) in [
        ("http://login.example", UrlError::PlainHttp),
        ("https://login.example/a?b=c", UrlError::Query),
        ("login.example", UrlError::Scheme),
    ] {
        let expected = DiscoveryError::Url(error);
        let mut document = [0; 512];
        assert_eq!(discovery.issuer(url, &mut document).unwrap_err(), expected);
        let found = discovery.fhir_server(url, &mut document);
        assert_eq!(found.unwrap_err(), expected);
    }
    let redox = "https://api.redoxengine.com/fhir/R4/clinic/Production";
    assert!(matches!(
        discovery.fhir_server(redox, &mut [0; 512]),
        Err(DiscoveryError::Exchange(_))
    ));
    drop(discovery);
    assert_eq!(network.endpoints(), ["tls://api.redoxengine.com:443"]);
}

#[test]
fn one_document_can_be_looked_at_unverified() {
    for flavour in BOTH {
        let body = r#"{"token_endpoint":"https://evil.example/token"}"#;
        let mut network = network([document(body)]);
        let (mut wire, mut memory) = ([0; 512], [0; 512]);
        let mut discovery = Discovery::new(TestDevice::new(), &mut network, &mut wire);
        let metadata = match flavour {
            Flavour::Blocking => discovery.metadata(MetadataKind::Udap, FHIR, &mut memory),
            Flavour::Async => {
                block_on(discovery.metadata_async(MetadataKind::Udap, FHIR, &mut memory))
            }
        };
        let found = metadata.unwrap().token_endpoint();
        assert_eq!(found, Some("https://evil.example/token"));
    }
}

#[test]
fn a_call_that_is_dropped_anywhere_harms_no_later_one() {
    let body = issuers("");
    for polls in 1.. {
        let scripts = vec![
            Script::new([document(&body)]).split(20),
            Script::new([document(&body)]),
        ];
        let mut network = Network::new(scripts, &TestDevice::new());
        let (mut wire, mut memory) = ([0; 512], [0; 512]);
        let mut discovery = Discovery::new(TestDevice::new(), &mut network, &mut wire);
        {
            let mut call = pin!(discovery.issuer_async(ISSUER, &mut memory));
            let mut context = Context::from_waker(Waker::noop());
            if (0..polls).any(|_| matches!(call.as_mut().poll(&mut context), Poll::Ready(_))) {
                assert!(polls > 10, "{polls} places to drop it");
                break;
            }
        }
        let found = block_on(discovery.issuer_async(ISSUER, &mut memory));
        assert!(found.is_ok(), "at {polls}: {found:?}");
        drop(discovery);
        assert_eq!(network.open(), 0, "at {polls}");
        assert_eq!(wire, [0; 512], "at {polls}");
    }
}

proptest! {
    /// With any change to a document, and any division into reads.
    #[test]
    fn nothing_leads_to_a_host_that_was_neither_asked_nor_confirmed(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        host in "[a-z.@:/\\\\]{0,30}",
        split in 1_usize..40,
    ) {
        let mut body = issuers(&format!(r#","jwks_uri":"https://{host}""#)).into_bytes();
        for (index, byte) in changes {
            let at = index.index(body.len());
            body[at] = byte;
        }
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
        let reply = Reply::raw([head.as_bytes(), &body].concat(), Then::Silence);
        let found = BOTH.map(|flavour| {
            let scripts = vec![Script::new([reply.clone()]).split(split), Script::new([Reply::close()])];
            let mut network = Network::new(scripts, &TestDevice::new());
            let mut memory = [0; 512];
            let found = flavour.find(Ask::Issuer, &mut network, &[], &mut memory);
            found.map(|found| found.token_url().as_str().to_owned())
        });
        prop_assert_eq!(&found[0], &found[1]);
        if let Ok(token_url) = &found[0] {
            prop_assert!(token_url.to_lowercase().starts_with("https://login.example/"), "{}", token_url);
        }
    }
}
