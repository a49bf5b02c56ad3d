//! A server of each kind with the layer in it, and a client that sends the bytes of the test.

use core::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::routing::any;
use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use http_body::Body;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http2::{SendRequest, handshake};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use redox_auth_tower::VerifyLayer;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tower::{BoxError, ServiceBuilder, service_fn};

pub(crate) const TOKEN: &str = "3f9c2a7e-secret";

pub(crate) fn layer() -> VerifyLayer {
    VerifyLayer::new(TOKEN).unwrap()
}

/// A server whose service answers 200 with the body that it got.
pub(crate) struct TestServer {
    pub(crate) kind: &'static str,
    address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    progress: UnboundedReceiver<usize>,
}

/// A request as the service behind the layer saw it.
#[derive(Clone)]
pub(crate) struct Seen {
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    /// The stated length of the body before it was read, and whether it was stated to be empty.
    pub(crate) announced: (Option<u64>, bool),
    /// Whether the body was complete.
    pub(crate) is_whole: bool,
}

impl TestServer {
    /// A server of axum and one of hyper.
    pub(crate) async fn both(layer: &VerifyLayer) -> [Self; 2] {
        [Self::axum(layer).await, Self::hyper(layer).await]
    }

    async fn axum(layer: &VerifyLayer) -> Self {
        let (server, listener, witness) = Self::new("axum").await;
        let handler = any(move |request: axum::extract::Request| witness.serve(request));
        let router = Router::new().route("/redox", handler).layer(layer.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        server
    }

    /// A server of axum with these routes, without a record of requests.
    pub(crate) async fn of(router: Router) -> Self {
        let (server, listener, _) = Self::new("axum").await;
        tokio::spawn(async move { axum::serve(listener, router).await });
        server
    }

    async fn hyper(layer: &VerifyLayer) -> Self {
        let (server, listener, witness) = Self::new("hyper").await;
        let service = service_fn(move |request: Request<_>| {
            let answer = witness.clone().serve(request);
            async move { Ok::<_, core::convert::Infallible>(answer.await) }
        });
        let service = ServiceBuilder::new().layer(layer).service(service);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let service = TowerToHyperService::new(service.clone());
                tokio::spawn(async move {
                    let server = auto::Builder::new(TokioExecutor::new());
                    let stream = TokioIo::new(stream);
                    server.serve_connection(stream, service).await
                });
            }
        });
        server
    }

    async fn new(kind: &'static str) -> (Self, TcpListener, Witness) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let seen = Arc::default();
        let (sender, progress) = unbounded_channel();
        let witness = Witness {
            seen: Arc::clone(&seen),
            progress: sender,
        };
        let server = Self {
            kind,
            address: listener.local_addr().unwrap(),
            seen,
            progress,
        };
        (server, listener, witness)
    }

    pub(crate) async fn connect(&self) -> Client {
        Client(TcpStream::connect(self.address).await.unwrap())
    }

    /// Connects for HTTP/2 with prior knowledge.
    pub(crate) async fn connect_http2<B>(&self) -> SendRequest<B>
    where
        B: Body<Data: Send, Error: Into<BoxError>> + Unpin + Send + 'static,
    {
        let stream = TcpStream::connect(self.address).await.unwrap();
        let opened = handshake(TokioExecutor::new(), TokioIo::new(stream)).await;
        let (sender, connection) = opened.unwrap();
        tokio::spawn(connection);
        sender
    }

    /// Sends a request with these lines of headers and this body, and reads the answer.
    pub(crate) async fn send(&self, start: &str, headers: &[&str], body: &str) -> Answer {
        let length = format!("content-length: {}", body.len());
        let headers = [headers, &[&length]].concat();
        let mut client = self.connect().await;
        client.head(start, &headers).await;
        client.write(body).await;
        client.answer().await
    }

    /// The requests that got to the service.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    /// Waits until the service has at least so many bytes of one body.
    pub(crate) async fn wait_for_bytes(&mut self, least: usize) {
        while self.progress.recv().await.unwrap() < least {}
    }

    /// Waits until the service has had one whole request, or what there is of it.
    pub(crate) async fn wait_for_request(&mut self) -> Seen {
        while self.seen().is_empty() {
            self.progress.recv().await.unwrap();
        }
        self.seen().remove(0)
    }
}

/// The service behind the layer.
#[derive(Clone)]
struct Witness {
    seen: Arc<Mutex<Vec<Seen>>>,
    progress: UnboundedSender<usize>,
}

impl Witness {
    async fn serve<B>(self, request: Request<B>) -> Response<Full<Bytes>>
    where
        B: Body<Data = Bytes> + Unpin,
    {
        let (head, mut rest) = request.into_parts();
        let announced = (rest.size_hint().exact(), rest.is_end_stream());
        let (mut body, mut is_whole) = (Vec::new(), true);
        while let Some(frame) = rest.frame().await {
            match frame.map(http_body::Frame::into_data) {
                Ok(Ok(data)) => body.extend_from_slice(&data),
                Ok(Err(_)) => {}
                Err(_) => {
                    is_whole = false;
                    break;
                }
            }
            // Nobody listens in most tests.
            _ = self.progress.send(body.len());
        }
        let seen = Seen {
            headers: head.headers,
            body: body.clone(),
            announced,
            is_whole,
        };
        self.seen.lock().unwrap().push(seen);
        _ = self.progress.send(body.len());
        Response::new(Full::from(body))
    }
}

/// A connection.
pub(crate) struct Client(TcpStream);

impl Client {
    pub(crate) async fn head(&mut self, start: &str, headers: &[&str]) {
        let lines = headers.join("\r\n");
        let end = if lines.is_empty() { "" } else { "\r\n" };
        let fixed = "host: localhost\r\nconnection: close\r\n";
        self.write(&format!("{start} HTTP/1.1\r\n{fixed}{lines}{end}\r\n"))
            .await;
    }

    pub(crate) async fn write(&mut self, text: &str) {
        self.0.write_all(text.as_bytes()).await.unwrap();
    }

    pub(crate) async fn chunk(&mut self, data: &str) {
        self.write(&format!("{:x}\r\n{data}\r\n", data.len())).await;
    }

    /// Sends nothing more, and still listens.
    pub(crate) async fn hang_up(&mut self) {
        self.0.shutdown().await.unwrap();
    }

    /// Reads to the end of the connection.
    pub(crate) async fn answer(mut self) -> Answer {
        let mut bytes = Vec::new();
        // After an answer that does not wait for the body, the connection may be reset; the bytes before that are here.
        _ = self.0.read_to_end(&mut bytes).await;
        let text = String::from_utf8(bytes).unwrap();
        let parts = text.split_once("\r\n\r\n");
        let (head, body) = parts.unwrap_or_else(|| panic!("{text:?}"));
        Answer {
            status: head.split(' ').nth(1).unwrap().parse().unwrap(),
            // What is left says nothing of when it was sent.
            head: head
                .lines()
                .filter(|line| !line.to_lowercase().starts_with("date:"))
                .map(|line| line.to_lowercase() + "\n")
                .collect(),
            body: body.to_owned(),
        }
    }
}

#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// In lower case.
    pub(crate) head: String,
    pub(crate) body: String,
}
