//! Calls the two parts of core that come with a panic of somebody else's, so that nothing in `core_calls` has to be
//! forgiven: the guard that the compiler puts at the end of every `async fn`, for whoever polls it once more, and the
//! bounds checks of `serde-json-core`, which `Meta` is written with.
//!
//! The host looks at who calls a panic here: nobody else may. The image ends with 0 when every call did what it should.
#![no_std]
#![no_main]

use core::hint::black_box;
use core::pin::pin;
use core::task::{Context, Poll, Waker};

use board::{SlowElement, ok, show, text};
use cortex_m_rt::entry;
use redox_auth_core::{
    Client, Instant, JwtId, Meta, MetaError, Now, OAuthKey, Party, Region, Server, Session,
    Sources, TokenRequest, Traffic, UnixTime,
};
use semihosting::process;

#[entry]
fn main() -> ! {
    let done = [request(), assertion(), meta(), incomplete_meta()];
    process::exit(i32::from(done.contains(&None)))
}

fn request() -> Option<()> {
    let keys = [key()];
    let client = Client::new(Server::redox(black_box(Region::Us))).with_oauth_keys(&keys);
    let mut session = Session::<_>::new(black_box(client));
    let mut out = [0; 1024];
    let now = Now {
        instant: Instant::from_millis(black_box(0)),
        unix: black_box(Some(NOW)),
    };
    let session = black_box(&mut session);
    let request = session.request_async(now, jwt_id(), black_box(&mut out));
    ok(wait(request)?).map(|_| ())
}

fn assertion() -> Option<()> {
    let jwt_id = jwt_id();
    let mut out = [0; 1024];
    let assertion = key().assertion(text("https://as.example/token"), &jwt_id, black_box(NOW));
    let unsigned = TokenRequest::new(assertion)
        .prepare(black_box(&mut out))
        .ok()?;
    ok(wait(unsigned.sign_async(&SlowElement))?).map(|_| ())
}

/// There is no executor here.
fn wait<F: Future>(future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..2 {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return Some(output);
        }
    }
    None
}

fn meta() -> Option<()> {
    let mut out = [0; 512];
    let clinic = [Party::new(text("clinic")).name(text("Ward \"3\""))];
    let meta = Meta::new(
        text("PatientAdmin"),
        text("NewPatient"),
        black_box(clinic.as_slice()),
    )
    .event_date_time(text("2026-11-21T20:52:35.000Z"))
    .traffic(black_box(Traffic::Test))
    .source(Party::new(text("source")))
    .sources(black_box(Sources::Several))
    .facility_code(text("A"))
    .extensions(text(r#"{"a":{"string":"3"}}"#));
    let written = ok(meta.write(black_box(out.as_mut_slice())))?;
    (written.len() == meta.written_len()).then_some(())
}

fn incomplete_meta() -> Option<()> {
    let clinic = Party::new(text("clinic"));
    let query = Meta::query(text("PatientSearch"), text(""), black_box(&clinic));
    let error = query.write(black_box(&mut [])).err()?;
    show(&error)?;
    matches!(error, MetaError::Missing(_)).then_some(())
}

fn key() -> OAuthKey<'static, SlowElement> {
    OAuthKey::with_async_signer(text("client"), text("key-1"), &SlowElement)
}

fn jwt_id() -> JwtId {
    JwtId::from_random(black_box([7; 16]))
}

const NOW: UnixTime = UnixTime::from_secs(1_800_000_000);
