//! What `tower` asks of a layer, with bodies of no server.

use core::convert::Infallible;
use core::future::{Ready, ready};
use core::task::{Context, Poll};

use bytes::{Buf, Bytes};
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use redox_auth_tower::VerifiedBody;
use tower::{Layer, Service, ServiceExt};

use crate::support::{TOKEN, layer};

/// Serves only after it said that it is ready, as a limit on concurrency does; a clone has to be asked anew.
#[derive(Default)]
struct Strict {
    is_ready: bool,
}

impl Clone for Strict {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl<B> Service<Request<VerifiedBody<B>>> for Strict {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.is_ready = true;
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<VerifiedBody<B>>) -> Self::Future {
        assert!(
            core::mem::take(&mut self.is_ready),
            "called before it was ready"
        );
        ready(Ok(Response::new(Full::default())))
    }
}

#[tokio::test]
async fn the_service_that_was_ready_is_the_one_that_serves() {
    let mut service = layer().layer(Strict::default());
    for _ in 0..2 {
        let request = Request::post("/").header("verification-token", TOKEN);
        let request = request.body(Full::<Bytes>::default()).unwrap();
        let ready = ServiceExt::<Request<Full<Bytes>>>::ready(&mut service).await;
        let answer = ready.unwrap().call(request).await.unwrap();
        assert_eq!(answer.status(), 200);
    }
}

#[tokio::test]
async fn a_body_may_have_data_of_any_type() {
    let body = format!(r#"{{"verification-token":"{TOKEN}","challenge":"a"}}"#);
    let (first, second) = body.split_at(10);
    let [first, second] = [first, second].map(|part| Bytes::from(part.to_owned()));
    let request = Request::post("/").body(Full::new(first.chain(second)));
    let request = request.unwrap();
    let answer = layer().layer(Strict::default()).oneshot(request).await;
    let body = answer.unwrap().into_body().collect().await.unwrap();
    assert_eq!(body.to_bytes(), "a");
}
