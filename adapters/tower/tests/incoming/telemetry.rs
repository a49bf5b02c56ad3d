//! The layer's telemetry about refusals: one event and one count for each, without a value of the request.

use core::convert::Infallible;
use core::fmt::Debug;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use metrics::{
    Counter, CounterFn, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit,
};
use redox_auth_tower::VerifiedBody;
use tower::{Layer, ServiceExt, service_fn};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Subscriber};

use crate::support::{TOKEN, layer};

/// Everything that was told, one line for each event and each count.
#[derive(Clone, Default)]
struct Told(Arc<Mutex<Vec<String>>>);

#[test]
fn each_refusal_is_one_event_with_its_place_and_no_value() {
    const SECRET: &str = "guessed-by-somebody";
    let challenge = format!(r#"{{"verification-token":"{SECRET}","challenge":"c"}}"#);
    let double = format!(r#"{{"verification-token":"{TOKEN}","challenge":"c","challenge":"d"}}"#);
    let long = "a".repeat(20_001);
    let post = |name: &str, value: &str| Request::post("/redox").header(name, value);
    let get = |query: &str| Request::get(format!("/redox?{query}"));
    let with_token = || post("verification-token", TOKEN);
    for (request, body, status, reason, place) in [
        (post("x", "y"), "{}", 401, "no_token", "request"),
        (
            post("verification-token", SECRET),
            "{}",
            401,
            "wrong_token",
            "header",
        ),
        (
            post("authorization", SECRET),
            "{}",
            401,
            "wrong_token",
            "authorization",
        ),
        (
            post("x", "y"),
            challenge.as_str(),
            401,
            "wrong_token",
            "body",
        ),
        (
            get(&format!("verification-token={SECRET}&challenge=c")),
            "",
            401,
            "wrong_token",
            "query",
        ),
        (with_token(), double.as_str(), 400, "challenge", "body"),
        (
            get("challenge=c&challenge=d"),
            "",
            400,
            "challenge",
            "query",
        ),
        (with_token(), long.as_str(), 413, "too_long", "body"),
    ] {
        let (found, told) = tell(request, Full::from(body.to_owned()));
        assert_eq!(found, status, "{reason} {place}");
        let expected = [
            format!("redox_auth_incoming_refusals_total reason={reason} place={place} +1"),
            format!(
                "redox_auth_tower reason={reason} place={place} status={status} a request was refused"
            ),
        ];
        assert_eq!(told, expected);
        assert!(!told.concat().contains(SECRET) && !told.concat().contains(TOKEN));
    }
    // What gets to the service is not told, unless its body goes on for too long there.
    assert_eq!(
        tell(with_token(), Full::from("{}".to_owned())),
        (200, Vec::new())
    );
    let (status, told) = tell(with_token(), Unannounced(Full::from(long)));
    assert_eq!((status, told.len()), (413, 2), "{told:?}");
    assert!(told[0].contains("reason=too_long place=body"), "{told:?}");
}

/// The status of the answer to a request, and what was told meanwhile.
fn tell<B>(request: http::request::Builder, body: B) -> (u16, Vec<String>)
where
    B: http_body::Body<Data = Bytes, Error = Infallible> + Send + 'static,
{
    let service = layer().body_limit(20_000).layer(service_fn(
        |request: Request<VerifiedBody<B>>| async move {
            let mut answer = Response::new(Full::<Bytes>::default());
            if request.into_body().collect().await.is_err() {
                *answer.status_mut() = StatusCode::PAYLOAD_TOO_LARGE;
            }
            Ok::<_, Infallible>(answer)
        },
    ));
    let told = Told::default();
    let runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = { runtime }.enable_time().build().unwrap();
    let answer = service.oneshot(request.body(body).unwrap());
    let status = metrics::with_local_recorder(&told, || {
        tracing::subscriber::with_default(told.clone(), || runtime.block_on(answer))
    });
    let status = status.unwrap().status().as_u16();
    (status, told.0.lock().unwrap().clone())
}

/// A body that does not say how long it is.
struct Unannounced(Full<Bytes>);

impl http_body::Body for Unannounced {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: core::pin::Pin<&mut Self>,
        cx: &mut core::task::Context<'_>,
    ) -> core::task::Poll<Option<Result<http_body::Frame<Bytes>, Infallible>>> {
        core::pin::Pin::new(&mut self.0).poll_frame(cx)
    }
}

impl Told {
    fn keep(&self, line: String) {
        self.0.lock().unwrap().push(line);
    }
}

impl Recorder for Told {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        let labels = key
            .labels()
            .map(|it| format!(" {}={}", it.key(), it.value()));
        let name = format!("{}{}", key.name(), labels.collect::<String>());
        Counter::from_arc(Arc::new(Count(name, self.clone())))
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::noop()
    }

    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::noop()
    }
}

struct Count(String, Told);

impl CounterFn for Count {
    fn increment(&self, value: u64) {
        self.1.keep(format!("{} +{value}", self.0));
    }

    fn absolute(&self, _: u64) {}
}

impl Subscriber for Told {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let target = event.metadata().target();
        let target = target.split("::").next().unwrap_or(target);
        let mut line = Line(target.to_owned(), String::new());
        event.record(&mut line);
        self.keep(format!("{} {}", line.0, line.1));
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// The target with the fields, and the message.
struct Line(String, String);

impl Visit for Line {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0 += &format!(" {field}={value}");
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        match field.name() {
            "message" => self.1 = format!("{value:?}"),
            name => self.0 += &format!(" {name}={value:?}"),
        }
    }
}
