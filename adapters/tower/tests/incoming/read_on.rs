//! The part of a refused body that is read before the answer.

use core::convert::Infallible;
use core::pin::Pin;
use core::sync::atomic::{AtomicUsize, Ordering};
use core::task::{Context, Poll};
use core::time::Duration;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response, StatusCode, Version};
use http_body::{Body, Frame, SizeHint};
use http_body_util::{BodyExt, Full};
use redox_auth_tower::{VerifiedBody, VerifyLayer};
use tokio::time::Instant;
use tower::{Layer, ServiceExt, service_fn};

use crate::support::{TOKEN, TestServer, layer};

/// A body of so many bytes, 1,000 at a time, that then ends or stalls; it counts what is read of it.
struct Slow {
    left: usize,
    announced: u64,
    ends: bool,
    read: Arc<AtomicUsize>,
}

impl Body for Slow {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.left == 0 {
            return if self.ends {
                Poll::Ready(None)
            } else {
                Poll::Pending
            };
        }
        let len = self.left.min(1_000);
        self.left = self.left.saturating_sub(len);
        self.read.fetch_add(len, Ordering::Relaxed);
        Poll::Ready(Some(Ok(Frame::data(vec![b'a'; len].into()))))
    }

    fn size_hint(&self) -> SizeHint {
        let mut hint = SizeHint::new();
        hint.set_lower(self.announced);
        hint
    }
}

/// The answer to a request, the length of the body that was read, and the time.
async fn answer(
    layer: &VerifyLayer,
    request: http::request::Builder,
    body: Slow,
) -> (StatusCode, usize, Duration) {
    let read = Arc::clone(&body.read);
    let service = layer.layer(service_fn(
        |request: Request<VerifiedBody<Slow>>| async move {
            let read = request.into_body().collect().await;
            let status = match read {
                Ok(_) => StatusCode::OK,
                Err(error) if error.is::<http_body_util::LengthLimitError>() => {
                    StatusCode::PAYLOAD_TOO_LARGE
                }
                Err(_) => StatusCode::BAD_REQUEST,
            };
            let mut answer = Response::new(Full::<Bytes>::default());
            *answer.status_mut() = status;
            Ok::<_, Infallible>(answer)
        },
    ));
    let before = Instant::now();
    let answer = service.oneshot(request.body(body).unwrap()).await.unwrap();
    (
        answer.status(),
        read.load(Ordering::Relaxed),
        before.elapsed(),
    )
}

fn body(len: usize, announced: u64, ends: bool) -> Slow {
    Slow {
        left: len,
        announced,
        ends,
        read: Arc::default(),
    }
}

/// A request without the token, and one with it.
fn both() -> [http::request::Builder; 2] {
    let post = || Request::post("/redox");
    [post(), post().header("verification-token", TOKEN)]
}

#[tokio::test(start_paused = true)]
async fn a_refused_body_is_read_to_its_end_before_it_is_answered() {
    let layer = layer().body_limit(50_000);
    let expected = [StatusCode::UNAUTHORIZED, StatusCode::PAYLOAD_TOO_LARGE];
    for announced in [0, 5_000_000] {
        for (request, expected) in both().into_iter().zip(expected) {
            let found = answer(&layer, request, body(5_000_000, announced, true)).await;
            let expected = match announced {
                // Beyond the limit, from any sender.
                5_000_000 => StatusCode::PAYLOAD_TOO_LARGE,
                _ => expected,
            };
            assert_eq!(found, (expected, 5_000_000, Duration::ZERO), "{announced}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn it_is_read_so_far_and_so_long_and_no_further() {
    let secs = Duration::from_secs(7);
    let layer = layer().body_limit(50_000).read_on(100_000, secs);
    for request in both() {
        // It stalls.
        let (status, read, took) = answer(&layer, request, body(60_000, 0, false)).await;
        assert_ne!(status, StatusCode::OK);
        assert_eq!(read, 60_000);
        assert!(
            took >= secs && took < secs + Duration::from_millis(10),
            "{took:?}"
        );
    }
    for request in both() {
        // The body never ends. The bytes before the refusal do not count.
        let (status, read, took) = answer(&layer, request, body(usize::MAX, 0, false)).await;
        assert_ne!(status, StatusCode::OK);
        assert!((100_000..=152_000).contains(&read), "{read}");
        assert_eq!(took, Duration::ZERO);
    }
    // It announces more than is ever read.
    let request = Request::post("/redox");
    let found = answer(&layer, request, body(usize::MAX, 100_001, false)).await;
    assert_eq!(found, (StatusCode::PAYLOAD_TOO_LARGE, 0, Duration::ZERO));
}

#[tokio::test(start_paused = true)]
async fn where_reading_on_does_not_help_the_answer_comes_at_once() {
    let announced = 30_000;
    let post = || Request::post("/redox");
    let never = layer().read_on(0, Duration::from_secs(1));
    let no_time = layer().read_on(1_000_000, Duration::ZERO);
    for (layer, request) in [
        (layer(), post().header("expect", "100-continue")),
        (layer(), post().version(Version::HTTP_2)),
        (never, post()),
        (no_time, post()),
    ] {
        let found = answer(&layer, request, body(30_000, announced, false)).await;
        assert_eq!(found, (StatusCode::UNAUTHORIZED, 0, Duration::ZERO));
    }
}

#[test]
fn without_a_runtime_nothing_is_read() {
    let request = Request::post("/redox");
    let layer = layer();
    let answer = answer(&layer, request, body(30_000, 30_000, false));
    let mut answer = core::pin::pin!(async {
        let (status, read, _) = answer.await;
        (status, read)
    });
    let mut cx = Context::from_waker(core::task::Waker::noop());
    let found = answer.as_mut().poll(&mut cx);
    assert_eq!(found, Poll::Ready((StatusCode::UNAUTHORIZED, 0)));
}

/// A body of one frame, whose end is an error or none. It must not be polled again.
struct Once {
    frames: Vec<Option<Result<Frame<Bytes>, &'static str>>>,
}

impl Body for Once {
    type Data = Bytes;
    type Error = &'static str;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, &'static str>>> {
        let next = self.frames.pop();
        Poll::Ready(next.unwrap_or_else(|| panic!("polled after its end")))
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_is_not_polled_again_after_its_end_or_its_error() {
    for (end, headers, expected) in [
        (None, false, StatusCode::UNAUTHORIZED),
        (Some(Err("torn")), false, StatusCode::BAD_REQUEST),
        (None, true, StatusCode::OK),
        (Some(Err("torn")), true, StatusCode::BAD_REQUEST),
    ] {
        let service = layer().layer(service_fn(
            |request: Request<VerifiedBody<Once>>| async move {
                let mut body = request.into_body();
                while let Some(Ok(_)) = body.frame().await {}
                assert!(body.frame().await.is_none());
                Ok::<_, Infallible>(Response::new(Full::<Bytes>::default()))
            },
        ));
        let data = Frame::data(Bytes::from_static(b"{}"));
        let frames = vec![end, Some(Ok(data))];
        let request = match headers {
            true => Request::post("/redox").header("verification-token", TOKEN),
            false => Request::post("/redox"),
        };
        let answer = service.oneshot(request.body(Once { frames }).unwrap());
        assert_eq!(answer.await.unwrap().status(), expected);
    }
}

#[tokio::test]
async fn a_sender_over_a_socket_sees_the_status_and_may_send_another_request() {
    let long = "a".repeat(5_000_000);
    for server in TestServer::both(&layer().body_limit(1_000_000)).await {
        for (headers, body, status) in [
            (&[][..], long.as_str(), 413),
            (&[], &long[..900_000], 401),
            (&["verification-token: another"], &long[..900_000], 401),
        ] {
            let answer = server.send("POST /redox", headers, body).await;
            assert_eq!(answer.status, status, "{}", server.kind);
        }
        assert!(server.seen().is_empty());
    }
}
