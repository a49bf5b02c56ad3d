//! Over TLS with the sandbox: one pair of buffers, many connections.
#![cfg(test)]
#![expect(
    clippy::arithmetic_side_effects,
    reason = "an overflow would fail the test"
)]

use core::sync::atomic::{AtomicU64, Ordering};
use core::time::Duration;
use std::net::TcpStream;
use std::time::Instant as StdInstant;

use embassy_futures::block_on;
use embedded_io::{ErrorKind, ErrorType, Read, Write};
use embedded_io_adapters::std::FromStd;
use rand_core::{CryptoRngCore, OsRng, RngCore as _};
use redox_auth_core::{
    Api, BlockingSigner, Channel, Client, Es256Key, Instant, Now, OAuthKey, Server as RedoxServer,
    Session, UnixTime, write_jwk_set,
};
use redox_auth_embedded_tls::embedded_tls::pki::CertVerifier;
use redox_auth_embedded_tls::embedded_tls::{
    Aes128GcmSha256, Certificate, CryptoProvider, TlsClock, TlsError, TlsVerifier,
};
use redox_auth_embedded_tls::{AsyncTls, Records, Tls};
use redox_auth_gateway::{
    AsyncConnect, Buffers, Cause, Connect, Connector, Device, Endpoint, Error, ExchangeError,
    Gateway, Request,
};
use redox_auth_sandbox::{
    Disconnect, Fault, OAuthKey as RegisteredKey, Place, Server, ServerOptions, Times,
};
use tokio::runtime::Runtime;

/// The handshake's parameters.
struct Provider<'a>(CertVerifier<'a, Aes128GcmSha256, SessionTime, 1024>);

impl CryptoProvider for Provider<'_> {
    type CipherSuite = Aes128GcmSha256;
    /// The client has no certificate and signs nothing.
    type Signature = [u8; 0];

    fn rng(&mut self) -> impl CryptoRngCore {
        OsRng
    }

    fn verifier(&mut self) -> Result<&mut impl TlsVerifier<Aes128GcmSha256>, TlsError> {
        Ok(&mut self.0)
    }
}

/// The session's time.
struct SessionTime;

/// In seconds; 0 while it is unknown.
static TIME: AtomicU64 = AtomicU64::new(0);

impl SessionTime {
    fn set(time: Option<UnixTime>) {
        TIME.store(time.map_or(0, UnixTime::as_secs), Ordering::Relaxed);
    }
}

impl TlsClock for SessionTime {
    fn now() -> Option<u64> {
        Some(TIME.load(Ordering::Relaxed)).filter(|time| *time > 0)
    }
}

/// Connects to loopback with TCP, whatever the host is.
struct Loopback {
    connections: u32,
    last: Option<TcpStream>,
}

impl Loopback {
    const fn new() -> Self {
        Self {
            connections: 0,
            last: None,
        }
    }

    /// Waits until bytes or the end have arrived on the last connection.
    fn wait_for_bytes(&self) {
        let stream = self.last.as_ref().unwrap();
        stream.set_nonblocking(false).unwrap();
        stream.peek(&mut [0]).unwrap();
        stream.set_nonblocking(true).unwrap();
    }
}

/// Blocks in asynchronous calls, too, unless no byte has come.
struct Connection(FromStd<TcpStream>);

impl Connector for Loopback {
    type Connection = Connection;
    type Error = std::io::Error;
}

impl Connect for Loopback {
    fn connect(&mut self, to: Endpoint<'_>) -> std::io::Result<(Connection, Channel)> {
        assert!(!to.is_tls, "TLS is not this connector's business");
        self.connections += 1;
        let stream = TcpStream::connect(("127.0.0.1", to.port))?;
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        self.last = Some(stream.try_clone()?);
        Ok((Connection(FromStd::new(stream)), Channel::Unauthenticated))
    }
}

impl AsyncConnect for Loopback {
    async fn connect(&mut self, to: Endpoint<'_>) -> std::io::Result<(Connection, Channel)> {
        let connected = Connect::connect(self, to)?;
        connected.0.0.inner().set_nonblocking(true)?;
        Ok(connected)
    }
}

impl ErrorType for Connection {
    type Error = std::io::Error;
}

impl Read for Connection {
    fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        self.0.read(buf)
    }
}

impl Write for Connection {
    fn write(&mut self, buf: &[u8]) -> std::io::Result<usize> {
        self.0.write(buf)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}

impl embedded_io_async::Read for Connection {
    async fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        core::future::poll_fn(|context| match Read::read(self, buf) {
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {
                context.waker().wake_by_ref();
                core::task::Poll::Pending
            }
            read => core::task::Poll::Ready(read),
        })
        .await
    }
}

impl embedded_io_async::Write for Connection {
    async fn write(&mut self, buf: &[u8]) -> std::io::Result<usize> {
        Write::write(self, buf)
    }

    async fn flush(&mut self) -> std::io::Result<()> {
        Write::flush(self)
    }
}

struct Board {
    started: StdInstant,
    knows_time: bool,
}

impl Device for Board {
    fn now(&mut self) -> Now {
        let millis = self.started.elapsed().as_millis();
        let since = std::time::UNIX_EPOCH.elapsed().unwrap();
        Now {
            instant: Instant::from_millis(u64::try_from(millis).unwrap()),
            unix: self
                .knows_time
                .then_some(UnixTime::from_secs(since.as_secs())),
        }
    }

    fn random(&mut self) -> Option<[u8; 16]> {
        let mut bytes = [0; 16];
        OsRng.fill_bytes(&mut bytes);
        Some(bytes)
    }
}

type TestGateway<'b, K, C> = Gateway<'b, Client<'b, K>, Board, C, [u8; 1024]>;

/// A sandbox with TLS, and the parts of a gateway that connects to it.
struct Scene {
    runtime: Runtime,
    server: Server,
    authority: Vec<u8>,
    key: Es256Key,
    awaited_key: BlockingSigner<Es256Key>,
    client_id: String,
}

impl Scene {
    fn new() -> Self {
        let runtime = Runtime::new().unwrap();
        let options = ServerOptions::new().tls().host(HOST);
        let server = runtime.block_on(Server::start(options)).unwrap();
        let key = Es256Key::from_secret_scalar(&[7; 32]).unwrap();
        let awaited_key = BlockingSigner(Es256Key::from_secret_scalar(&[7; 32]).unwrap());
        let mut jwks = [0; 512];
        let jwks = write_jwk_set(&[("key-1", &key.public_key())], &mut jwks).unwrap();
        let registered = RegisteredKey::new().jwks(jwks);
        let client_id = server.sandbox().register_oauth_key(registered).unwrap();
        let authority = server.ca_certificate().unwrap().der().to_vec();
        Self {
            runtime,
            server,
            authority,
            key,
            awaited_key,
            client_id,
        }
    }

    fn provider<'a>(&self, authority: &'a [u8]) -> Provider<'a> {
        Provider(CertVerifier::new(Certificate::X509(authority)))
    }

    fn key(&self) -> OAuthKey<'_, Es256Key> {
        OAuthKey::new(&self.client_id, "key-1", &self.key)
    }

    fn awaited_key(&self) -> OAuthKey<'_, BlockingSigner<Es256Key>> {
        OAuthKey::with_async_signer(&self.client_id, "key-1", &self.awaited_key)
    }

    /// Calls `run` with a gateway whose connector comes from `connector`.
    fn with<K, C: Connector>(
        &self,
        key: OAuthKey<'_, K>,
        knows_time: bool,
        connector: C,
        run: impl FnOnce(&mut TestGateway<'_, K, C>),
    ) {
        let token_url = self.server.token_url();
        let redox = RedoxServer::new(self.server.base_url(), &token_url).unwrap();
        let keys = [key];
        let client = Client::new(redox).with_oauth_keys(&keys);
        let (mut wire, mut token) = ([0; 2048], [0; 2048]);
        let buffers = Buffers {
            wire: &mut wire,
            token: &mut token,
        };
        let board = Board {
            started: StdInstant::now(),
            knows_time,
        };
        let session = Session::<_, [u8; 1024]>::new(client);
        run(&mut Gateway::new(session, board, connector, buffers));
    }

    fn stop(self) {
        self.runtime.block_on(self.server.stop()).unwrap();
    }
}

const HOST: &str = "sandbox.test";

/// A message that the sandbox answers with an error.
fn message() -> Request<'static, redox_auth_gateway::Bytes<'static>> {
    Request::post(Api::DataModel, "/endpoint").body(b"{}")
}

#[test]
fn one_pair_of_buffers_serves_one_connection_after_the_other() {
    let scene = Scene::new();
    let (mut read, mut write) = ([0; Records::READ_LEN], [0; Records::WRITE_LEN]);
    let records = Records::new(&mut read, &mut write);
    let provider = scene.provider(&scene.authority);
    let tls = Tls::new(Loopback::new(), &records, provider);
    scene.with(
        scene.key(),
        true,
        tls.on_handshake(SessionTime::set),
        |gateway| {
            for _ in 0..3 {
                gateway.authorize().unwrap();
                gateway.send(message()).unwrap();
                gateway.disconnect();
            }
            assert_eq!(gateway.connector_mut().transport_mut().connections, 3);
        },
    );
    let tls = AsyncTls::new(Loopback::new(), &records, scene.provider(&scene.authority));
    scene.with(
        scene.awaited_key(),
        true,
        tls.on_handshake(SessionTime::set),
        |gateway| {
            for _ in 0..3 {
                block_on(gateway.authorize_async()).unwrap();
                block_on(gateway.send_async(message())).unwrap();
                gateway.disconnect();
            }
            assert_eq!(gateway.connector_mut().transport_mut().connections, 3);
        },
    );
    assert_eq!(scene.server.counters().tokens_minted, 2);
    scene.stop();
}

#[test]
fn a_kept_connection_is_used_again_until_the_server_closes_it() {
    let scene = Scene::new();
    let (mut read, mut write) = ([0; Records::READ_LEN], [0; Records::WRITE_LEN]);
    let records = Records::new(&mut read, &mut write);
    let tls = AsyncTls::new(Loopback::new(), &records, scene.provider(&scene.authority));
    scene.with(scene.awaited_key(), true, tls, |gateway| {
        let mut post = || {
            let mut answer = block_on(gateway.send_async(message())).unwrap();
            let mut body = [0; 4096];
            block_on(answer.read_all_async(&mut body)).unwrap();
            drop(answer);
            gateway.connector_mut().transport_mut().connections
        };
        assert_eq!(post(), 1);
        assert_eq!(post(), 1);
        let closing = Fault::Disconnect(Disconnect::AfterAnswer);
        let mut sandbox = scene.server.sandbox();
        sandbox.inject(Place::Api, closing, Times::Next(1));
        drop(sandbox);
        assert_eq!(post(), 1);
        gateway.connector_mut().transport_mut().wait_for_bytes();
        let mut answer = block_on(gateway.send_async(message())).unwrap();
        let mut body = [0; 4096];
        block_on(answer.read_all_async(&mut body)).unwrap();
        drop(answer);
        assert_eq!(gateway.connector_mut().transport_mut().connections, 2);
    });
    scene.stop();
}

#[test]
fn a_look_decides_whether_a_kept_connection_of_blocking_calls_is_used_again() {
    let scene = Scene::new();
    let (mut read, mut write) = ([0; Records::READ_LEN], [0; Records::WRITE_LEN]);
    let records = Records::new(&mut read, &mut write);
    let looks: [fn(&mut Loopback) -> bool; 2] = [|_| true, |_| false];
    for (look, connections) in looks.into_iter().zip([1, 2]) {
        let tls = Tls::new(Loopback::new(), &records, scene.provider(&scene.authority));
        scene.with(scene.key(), true, tls.with_look(look), |gateway| {
            gateway.authorize().unwrap();
            gateway.send(message()).unwrap();
            let made = gateway.connector_mut().transport_mut().connections;
            assert_eq!(made, connections);
        });
    }
    scene.stop();
}

#[test]
fn a_second_connection_has_to_wait_for_the_buffers() {
    let scene = Scene::new();
    let (mut read, mut write) = ([0; Records::READ_LEN], [0; Records::WRITE_LEN]);
    let records = Records::new(&mut read, &mut write);
    let tls = || Tls::new(Loopback::new(), &records, scene.provider(&scene.authority));
    scene.with(scene.key(), true, tls(), |one| {
        one.authorize().unwrap();
        scene.with(scene.key(), true, tls(), |other| {
            assert_eq!(
                connect_failure(other.authorize()),
                Some(ErrorKind::AddrInUse)
            );
        });
        one.disconnect();
        scene.with(scene.key(), true, tls(), |other| other.authorize().unwrap());
    });
    scene.stop();
}

#[test]
fn a_server_with_a_certificate_by_another_authority_gets_no_secret() {
    let (scene, stranger) = (Scene::new(), Scene::new());
    let (mut read, mut write) = ([0; Records::READ_LEN], [0; Records::WRITE_LEN]);
    let records = Records::new(&mut read, &mut write);
    let tls = Tls::new(
        Loopback::new(),
        &records,
        scene.provider(&stranger.authority),
    );
    scene.with(scene.key(), true, tls, |gateway| {
        assert!(connect_failure(gateway.authorize()).is_some());
    });
    let tls = AsyncTls::new(
        Loopback::new(),
        &records,
        scene.provider(&stranger.authority),
    );
    scene.with(scene.awaited_key(), true, tls, |gateway| {
        let refused = block_on(gateway.authorize_async());
        assert!(connect_failure(refused).is_some());
    });
    assert_eq!(scene.server.counters().token_requests, 0);
    scene.stop();
    stranger.stop();
}

#[test]
fn a_device_without_a_clock_connects_anew_once_it_knows_the_time() {
    let scene = Scene::new();
    let (mut read, mut write) = ([0; Records::READ_LEN], [0; Records::WRITE_LEN]);
    let records = Records::new(&mut read, &mut write);
    let tls = Tls::new(Loopback::new(), &records, scene.provider(&scene.authority));
    scene.with(scene.key(), false, tls, |gateway| {
        gateway.authorize().unwrap();
        assert_eq!(gateway.connector_mut().transport_mut().connections, 2);
    });
    let tls = AsyncTls::new(Loopback::new(), &records, scene.provider(&scene.authority));
    scene.with(scene.awaited_key(), false, tls, |gateway| {
        block_on(gateway.authorize_async()).unwrap();
        assert_eq!(gateway.connector_mut().transport_mut().connections, 2);
    });
    scene.stop();
}

/// The kind of the connector's error, if there was no connection.
fn connect_failure(result: Result<(), Error>) -> Option<ErrorKind> {
    match result {
        Err(Error::NoToken {
            cause: Some(Cause::Exchange(ExchangeError::Connect(kind))),
            ..
        }) => Some(kind),
        _ => None,
    }
}
