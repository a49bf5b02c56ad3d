//! A session whose signatures are slow, come from another place, or fail.
#![expect(
    clippy::arithmetic_side_effects,
    reason = "an overflow in a test is a failure with a place"
)]

use core::cell::Cell;
use core::future::poll_fn;
use core::mem::replace;
use core::pin::{Pin, pin};
use core::task::{Context, Poll, Waker};

use redox_auth_core::{
    Algorithm, AsyncSigner, Body, Channel, Client, Identity, Instant, JwtId, Method, Next, Now,
    OAuthKey, Prepared, Received, Region, RequestError, Response, Server, Session, SignError,
    Signer, Target, Ticket, WriteError,
};

use crate::support::driver::{START, legacy, legacy_token, refusal, token};

const NOW: Now = Now {
    instant: Instant::from_millis(5_000_000),
    unix: Some(START),
};

fn jwt_id(number: u8) -> JwtId {
    JwtId::from_random([number; 16])
}

/// A key that answers after some polls; at once for a blocking signer.
struct Key {
    waits: usize,
    /// The number of signatures that fail before one succeeds.
    failures: Cell<usize>,
    signed: Cell<usize>,
}

impl Key {
    const fn new(waits: usize, failures: usize) -> Self {
        Self {
            waits,
            failures: Cell::new(failures),
            signed: Cell::new(0),
        }
    }

    fn fill(&self, message: &[u8], signature: &mut [u8]) -> Result<(), SignError> {
        if self.failures.get() > 0 {
            self.failures.set(self.failures.get() - 1);
            return Err(SignError::Backend);
        }
        self.signed.set(self.signed.get() + 1);
        signature.fill(u8::try_from(message.len() % 256).unwrap());
        Ok(())
    }
}

impl Signer for Key {
    fn algorithm(&self) -> Algorithm {
        Algorithm::Es256
    }

    fn signature_len(&self) -> usize {
        64
    }

    fn sign(&self, message: &[u8], signature: &mut [u8]) -> Result<(), SignError> {
        self.fill(message, signature)
    }
}

impl AsyncSigner for Key {
    fn algorithm(&self) -> Algorithm {
        Algorithm::Es256
    }

    fn signature_len(&self) -> usize {
        64
    }

    async fn sign(&self, message: &[u8], signature: &mut [u8]) -> Result<(), SignError> {
        for _ in 0..self.waits {
            yield_once().await;
        }
        self.fill(message, signature)
    }
}

async fn yield_once() {
    let mut yielded = false;
    poll_fn(|_| match replace(&mut yielded, true) {
        true => Poll::Ready(()),
        false => Poll::Pending,
    })
    .await;
}

fn poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

fn client<'a>(keys: &'a [OAuthKey<'a, Key>]) -> Client<'a, Key> {
    Client::new(Server::redox(Region::Us)).with_oauth_keys(keys)
}

fn answer<I: Identity>(session: &mut Session<I>, ticket: Ticket, status: u16, body: &str) -> bool {
    let mut body = body.as_bytes().to_vec();
    let response = Response::new(status, Channel::Authenticated, &mut body);
    matches!(session.receive(ticket, NOW, response), Received::Token(_))
}

/// The body that is written and signed in one step.
fn expected_body(number: u8) -> String {
    let key = Key::new(0, 0);
    let keys = [OAuthKey::new("client-1", "key-1", &key)];
    let mut out = [0; 1_024];
    let mut session = Session::<_>::new(client(&keys));
    let request = session.request(NOW, jwt_id(number), &mut out).unwrap();
    request.expose_body().to_owned()
}

#[test]
fn a_signer_that_is_waited_for_makes_the_same_request() {
    for waits in [0, 1, 5] {
        let key = Key::new(waits, 0);
        let keys = [OAuthKey::with_async_signer("client-1", "key-1", &key)];
        let mut session = Session::<_>::new(client(&keys));
        let mut out = [0; 1_024];
        let ticket = {
            let mut future = pin!(session.request_async(NOW, jwt_id(1), &mut out));
            for wait in 0..waits {
                assert!(poll(future.as_mut()).is_pending(), "poll {wait} of {waits}");
            }
            let Poll::Ready(Ok(request)) = poll(future) else {
                panic!("{waits} waits");
            };
            assert_eq!(request.expose_body(), expected_body(1));
            assert_eq!(request.method, Method::Post);
            request.ticket
        };
        assert!(answer(&mut session, ticket, 200, &token("one", 300)));
    }
}

#[test]
fn a_request_dropped_half_way_leaves_the_session_as_it_was() {
    let key = Key::new(5, 0);
    let keys = [OAuthKey::with_async_signer("client-1", "key-1", &key)];
    let mut session = Session::<_>::new(client(&keys));
    let mut out = [0; 1_024];
    for polls in 0..=5 {
        {
            let mut future = pin!(session.request_async(NOW, jwt_id(2), &mut out));
            for _ in 0..polls {
                assert!(poll(future.as_mut()).is_pending());
            }
        }
        assert!(
            matches!(session.next(NOW.instant), Next::Fetch),
            "after {polls} polls"
        );
        assert_eq!(session.counters().requests, 0, "after {polls} polls");
    }
    assert_eq!(key.signed.get(), 0);
    // The same `jti` may be used again, because it was never sent.
    let mut future = pin!(session.request_async(NOW, jwt_id(2), &mut out));
    while key.signed.get() == 0 {
        let _ = poll(future.as_mut()).is_ready();
    }
}

#[test]
fn a_signature_that_fails_leaves_the_session_as_it_was() {
    let key = Key::new(0, 2);
    let keys = [OAuthKey::new("client-1", "key-1", &key)];
    let mut session = Session::<_>::new(client(&keys));
    let mut out = [0; 1_024];
    let failed = RequestError::Write(WriteError::Sign(SignError::Backend));
    let got = session.request(NOW, jwt_id(1), &mut out);
    assert_eq!(got.err(), Some(failed));
    assert!(matches!(session.next(NOW.instant), Next::Fetch));
    {
        let mut future = pin!(session.request_async(NOW, jwt_id(1), &mut out));
        let Poll::Ready(Err(error)) = poll(future.as_mut()) else {
            panic!("no failure");
        };
        assert_eq!(error, failed);
    }
    let request = session.request(NOW, jwt_id(1), &mut out).unwrap();
    let ticket = request.ticket;
    assert!(answer(&mut session, ticket, 200, &token("one", 300)));
    assert_eq!(session.counters().requests, 1);
}

#[test]
fn a_signature_from_elsewhere_makes_the_same_request() {
    let keys = [OAuthKey::without_signer(
        "client-1",
        "key-1",
        Algorithm::Es256,
        64,
    )];
    let client = Client::new(Server::redox(Region::Us)).with_oauth_keys(&keys);
    let mut session = Session::<_>::new(client);
    let mut out = [0; 1_024];
    let Prepared {
        ticket,
        target,
        body,
        ..
    } = session.prepare(NOW, jwt_id(1), &mut out).unwrap();
    assert_eq!(target, Target::Token);
    let Body::Unsigned { key: 0, unsigned } = body else {
        panic!("{body:?}");
    };
    // The signature takes time. The session is free meanwhile, and asks for no other request.
    assert!(matches!(session.next(NOW.instant), Next::Wait { .. }));
    let mut signature = [0; 64];
    Key::new(0, 0)
        .fill(unsigned.signing_input(), &mut signature)
        .unwrap();
    assert_eq!(unsigned.finish(&signature), Ok(expected_body(1).as_str()));
    assert!(answer(&mut session, ticket, 200, &token("one", 300)));
}

#[test]
fn a_signature_that_is_lost_counts_as_a_request_without_an_answer() {
    let keys = [OAuthKey::without_signer(
        "client-1",
        "key-1",
        Algorithm::Es256,
        64,
    )];
    let client = Client::new(Server::redox(Region::Us)).with_oauth_keys(&keys);
    let mut session = Session::<_>::new(client);
    let mut out = [0; 1_024];
    let Prepared { ticket, .. } = session.prepare(NOW, jwt_id(1), &mut out).unwrap();
    session.failed(ticket, NOW.instant);
    let Next::Wait { until } = session.next(NOW.instant) else {
        panic!("{:?}", session.next(NOW.instant));
    };
    assert!(until > NOW.instant && until <= NOW.instant.saturating_add_secs(1));
    assert!(matches!(session.next(until), Next::Fetch));

    // An attempt whose ticket is lost times out like any other.
    let later = Now {
        instant: until,
        ..NOW
    };
    let Prepared { ticket, .. } = session.prepare(later, jwt_id(2), &mut out).unwrap();
    let deadline = until.saturating_add_secs(60);
    assert_eq!(session.next(until).until(), Some(deadline));
    assert!(matches!(session.next(deadline), Next::Fetch));
    session.abandon();
    assert!(matches!(session.next(until), Next::Fetch));
    assert!(!answer(&mut session, ticket, 200, &token("late", 300)));
}

#[test]
fn what_needs_no_signature_is_complete_when_it_is_prepared() {
    let mut session = Session::<_>::new(legacy());
    let mut outs = [[0; 1_024]; 3];
    let [time, first, renewal] = &mut outs;
    let without_clock = Now { unix: None, ..NOW };
    let prepared = session.prepare(without_clock, jwt_id(1), time).unwrap();
    assert_eq!(prepared.target, Target::Time);
    assert!(matches!(prepared.body, Body::Complete("")));
    let ticket = prepared.ticket;
    session.failed(ticket, NOW.instant);

    let mut session = Session::<_>::new(legacy());
    let prepared = session.prepare(NOW, jwt_id(2), first).unwrap();
    assert_eq!(prepared.target, Target::LegacyAuthenticate);
    let Body::Complete(body) = prepared.body else {
        panic!("{prepared:?}");
    };
    assert_eq!(body, r#"{"apiKey":"legacy-1","secret":"s3cret"}"#);
    let (ticket, dies) = (prepared.ticket, START.saturating_add(100));
    assert!(answer(
        &mut session,
        ticket,
        200,
        &legacy_token("one", dies, "refresh")
    ));

    let later = Now {
        instant: NOW.instant.saturating_add_secs(90),
        ..NOW
    };
    let prepared = session.prepare(later, jwt_id(3), renewal).unwrap();
    assert_eq!(prepared.target, Target::LegacyRefresh);
    assert!(matches!(prepared.body, Body::Complete(_)));
}

#[test]
fn each_target_says_how_to_reach_it() {
    let server = Server::redox(Region::Ca);
    for (target, method, url, path, content_type) in [
        (
            Target::Token,
            "POST",
            "https://api.ca.redoxengine.com/v2/auth/token",
            "",
            Some("application/x-www-form-urlencoded"),
        ),
        (
            Target::Time,
            "GET",
            "https://api.ca.redoxengine.com/v2/auth/token",
            "",
            None,
        ),
        (
            Target::LegacyAuthenticate,
            "POST",
            "https://api.ca.redoxengine.com",
            "/auth/authenticate",
            Some("application/json"),
        ),
        (
            Target::LegacyRefresh,
            "POST",
            "https://api.ca.redoxengine.com",
            "/auth/refreshToken",
            Some("application/json"),
        ),
    ] {
        assert_eq!(target.method().as_str(), method, "{target:?}");
        assert_eq!(target.url(&server).as_str(), url, "{target:?}");
        assert_eq!(target.path(), path, "{target:?}");
        assert_eq!(target.content_type(), content_type, "{target:?}");
    }
}

#[test]
fn every_shorter_buffer_is_refused_with_the_exact_need_before_anything_is_signed() {
    let key = Key::new(0, 0);
    let keys = [OAuthKey::new("client-1", "key-1", &key)];
    let mut session = Session::<_>::new(client(&keys));
    let mut out = [0; 1_024];
    let needed = expected_body(1).len();
    let too_small = Some(RequestError::Write(WriteError::BufferTooSmall { needed }));
    for short in 0..needed {
        let got = session.request(NOW, jwt_id(1), &mut out[..short]);
        assert_eq!(got.err(), too_small, "{short} bytes");
        let got = session.prepare(NOW, jwt_id(1), &mut out[..short]);
        assert_eq!(got.err(), too_small, "{short} bytes");
        let mut future = pin!(session.request_async(NOW, jwt_id(1), &mut out[..short]));
        let Poll::Ready(got) = poll(future.as_mut()) else {
            panic!("{short} bytes");
        };
        assert_eq!(got.err(), too_small, "{short} bytes");
    }
    assert_eq!(key.signed.get(), 0);
    assert_eq!(session.counters().requests, 0);
    assert!(session.request(NOW, jwt_id(1), &mut out[..needed]).is_ok());
}

#[test]
fn a_refused_request_is_never_sent_twice() {
    let key = Key::new(0, 0);
    let keys = [OAuthKey::new("client-1", "key-1", &key)];
    let mut session = Session::<_>::new(client(&keys));
    let mut out = [0; 1_024];
    let first = session.request(NOW, jwt_id(1), &mut out).unwrap();
    let ticket = first.ticket;
    answer(&mut session, ticket, 400, &refusal("jti was used"));
    let until = session.next(NOW.instant).until().unwrap();
    let later = Now {
        instant: until,
        ..NOW
    };
    let again = session.request(later, jwt_id(1), &mut out);
    assert_eq!(again.err(), Some(RequestError::RepeatedJwtId));
    assert!(session.request(later, jwt_id(2), &mut out).is_ok());
}
