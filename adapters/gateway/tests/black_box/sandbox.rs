//! Tests against the sandbox over TCP, blocking and asynchronous.
#![expect(
    clippy::arithmetic_side_effects,
    reason = "an overflow would fail the test"
)]

use core::time::Duration;
use std::net::{Shutdown, TcpStream};
use std::time::Instant as StdInstant;

use embassy_futures::block_on;
use embedded_io::{ErrorType, Read, Write};
use embedded_io_adapters::std::FromStd;
use redox_auth_core::{
    Api, BlockingSigner, Channel, Client, Dialect, DpopIdentity, DpopKey, Es256Key, Instant,
    JwtType, Now, OAuthKey, Server as RedoxServer, Session, UnixTime, write_jwk_set,
};
use redox_auth_gateway::{
    AsyncConnect, Buffers, Cause, Connect, Connector, Device, Dpop, Endpoint, Error, Gateway,
    Request,
};
use redox_auth_sandbox::{
    Destination, Disconnect, Fault, OAuthKey as RegisteredKey, Place, RetryAfter, Server,
    ServerOptions, Source, Times,
};
use tokio::runtime::Runtime;

/// TCP, with a fixed address for the host.
struct Tcp {
    connections: u32,
}

struct Connection(FromStd<TcpStream>);

impl Connector for Tcp {
    type Connection = Connection;
    type Error = std::io::Error;
}

impl Connect for Tcp {
    fn connect(&mut self, to: Endpoint<'_>) -> std::io::Result<(Connection, Channel)> {
        assert!(
            !to.is_tls,
            "the sandbox of these tests speaks plain http on loopback"
        );
        self.connections += 1;
        let stream = TcpStream::connect((to.host, to.port))?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        stream.set_nodelay(true)?;
        Ok((Connection(FromStd::new(stream)), Channel::Authenticated))
    }
}

impl AsyncConnect for Tcp {
    async fn connect(&mut self, to: Endpoint<'_>) -> std::io::Result<(Connection, Channel)> {
        Connect::connect(self, to)
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

/// Blocks, because the executor of these tests has no other task.
impl embedded_io_async::Read for Connection {
    async fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        self.0.read(buf)
    }
}

impl embedded_io_async::Write for Connection {
    async fn write(&mut self, buf: &[u8]) -> std::io::Result<usize> {
        self.0.write(buf)
    }

    async fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        // The other end may have closed it already.
        let _ = self.0.inner().shutdown(Shutdown::Both);
    }
}

/// The clock of this machine, advanced by the time that a test skips.
struct Host<'s> {
    started: StdInstant,
    passed: Duration,
    server: &'s Server,
    knows_time: bool,
    behind_secs: u64,
    random: u8,
}

impl Host<'_> {
    fn pass(&mut self, by: Duration) {
        self.passed += by;
        self.server.clock().advance(by);
    }
}

impl Device for Host<'_> {
    fn now(&mut self) -> Now {
        let millis = (self.started.elapsed() + self.passed).as_millis();
        let unix = u64::try_from(self.server.clock().now().as_second()).unwrap();
        Now {
            instant: Instant::from_millis(u64::try_from(millis).unwrap()),
            unix: self
                .knows_time
                .then_some(UnixTime::from_secs(unix - self.behind_secs)),
        }
    }

    fn random(&mut self) -> Option<[u8; 16]> {
        self.random += 1;
        Some([self.random; 16])
    }
}

/// A sandbox with a registered key, and the parts of a message.
struct Bench {
    runtime: Runtime,
    server: Server,
    key: Es256Key,
    client_id: String,
    message: String,
}

impl Bench {
    fn new() -> Self {
        Self::with(ServerOptions::new())
    }

    fn with(options: ServerOptions) -> Self {
        let runtime = Runtime::new().unwrap();
        let server = runtime.block_on(Server::start(options)).unwrap();
        let key = Es256Key::parse(KEY).unwrap();
        let mut jwks = [0; 512];
        let jwks = write_jwk_set(&[("key-1", &key.public_key())], &mut jwks).unwrap();
        let (client_id, message) = {
            let mut state = server.sandbox();
            let client_id = state
                .register_oauth_key(RegisteredKey::new().jwks(jwks))
                .unwrap();
            let source = state.add_source(Source::new("Clinic")).unwrap();
            let destination = state.add_destination(Destination::new("Hospital")).unwrap();
            let message = serde_json::json!({
                "Meta": {
                    "DataModel": "PatientAdmin",
                    "EventType": "NewPatient",
                    "Source": { "ID": source },
                    "Destinations": [{ "ID": destination }],
                },
            });
            (client_id, message.to_string())
        };
        Self {
            runtime,
            server,
            key,
            client_id,
            message,
        }
    }

    fn host(&self) -> Host<'_> {
        Host {
            started: StdInstant::now(),
            passed: Duration::ZERO,
            server: &self.server,
            knows_time: true,
            behind_secs: 0,
            random: 0,
        }
    }

    fn message(&self) -> Request<'_, redox_auth_gateway::Bytes<'_>> {
        Request::post(Api::DataModel, "/endpoint")
            .content_type("application/json")
            .body(self.message.as_bytes())
    }

    /// Sends a message, and returns the status of its answer.
    fn send(&self, gateway: &mut Blocking<'_, '_>) -> Result<u16, Error> {
        let mut answer = gateway.send(self.message())?;
        let mut body = [0; 4096];
        answer.read_all(&mut body)?;
        Ok(answer.status())
    }

    fn stop(self) {
        drop(self.server);
        self.runtime.shutdown_background();
    }
}

type Blocking<'b, 'k> = Gateway<'b, Client<'k, Es256Key>, Host<'k>, Tcp, [u8; 1024]>;

/// Runs a test with a blocking gateway.
fn blocking(test: impl FnOnce(&Bench, &mut Blocking<'_, '_>)) {
    let bench = Bench::new();
    {
        let keys = [OAuthKey::new(&bench.client_id, "key-1", &bench.key)];
        let session = Session::new(client(&bench, &keys));
        let (mut wire, mut token) = ([0; 1024], [0; 1024]);
        let buffers = Buffers {
            wire: &mut wire,
            token: &mut token,
        };
        let tcp = Tcp { connections: 0 };
        let mut gateway = Gateway::new(session, bench.host(), tcp, buffers);
        test(&bench, &mut gateway);
    }
    bench.stop();
}

fn client<'k, S>(bench: &'k Bench, keys: &'k [OAuthKey<'k, S>]) -> Client<'k, S> {
    let base_url = bench.server.base_url();
    let token_url: &'static str = format!("{base_url}/v2/auth/token").leak();
    Client::new(RedoxServer::new(base_url, token_url).unwrap()).with_oauth_keys(keys)
}

#[test]
fn messages_are_accepted_on_one_connection_with_one_token() {
    blocking(|bench, gateway| {
        for _ in 0..3 {
            assert_eq!(bench.send(gateway), Ok(200));
        }
        let counters = bench.server.counters();
        assert_eq!((counters.messages_accepted, counters.tokens_minted), (3, 1));
        assert_eq!(gateway.connector_mut().connections, 1);
    });
}

#[test]
fn an_awaited_gateway_does_the_same() {
    let bench = Bench::new();
    {
        let signer = BlockingSigner(&bench.key);
        let keys = [OAuthKey::with_async_signer(
            &bench.client_id,
            "key-1",
            &signer,
        )];
        let session = Session::<_, [u8; 1024]>::new(client(&bench, &keys));
        let (mut wire, mut token) = ([0; 1024], [0; 1024]);
        let buffers = Buffers {
            wire: &mut wire,
            token: &mut token,
        };
        let tcp = Tcp { connections: 0 };
        let mut gateway = Gateway::new(session, bench.host(), tcp, buffers);
        for _ in 0..3 {
            block_on(async {
                let mut answer = gateway.send_async(bench.message()).await.unwrap();
                let mut body = [0; 4096];
                answer.read_all_async(&mut body).await.unwrap();
                assert_eq!(answer.status(), 200);
            });
        }
        let counters = bench.server.counters();
        assert_eq!((counters.messages_accepted, counters.tokens_minted), (3, 1));
        assert_eq!(gateway.connector_mut().connections, 1);
    }
    bench.stop();
}

/// The sandbox verifies proofs with code of its own, and asks for a nonce in the proofs of token requests.
#[test]
fn a_server_that_binds_tokens_takes_them_with_their_proofs() {
    let bench = Bench::with(ServerOptions::new().like("helseid"));
    {
        let settings = bench.server.client_settings().unwrap();
        let (audience, scope) = (settings.audience.unwrap(), settings.scope.unwrap());
        let token_url = bench.server.token_url();
        let server = RedoxServer::new(bench.server.base_url(), &token_url).unwrap();
        let server = server
            .with_audience(&audience)
            .with_typ(JwtType::ClientAuthentication)
            .with_scope(&scope);
        let dialect = Dialect::USUAL
            .with_lifetime_secs(60)
            .with_backdate_secs(0)
            .with_not_before()
            .with_client_id();
        let keys = [OAuthKey::new(&bench.client_id, "key-1", &bench.key)];
        let client = Client::new(server)
            .with_oauth_keys(&keys)
            .with_dialect(&dialect);
        let proof_key = Es256Key::from_secret_scalar(&[7; 32]).unwrap();
        let public_key = proof_key.public_key();
        let client = DpopIdentity::new(client, DpopKey::new(&public_key));
        let (mut wire, mut token) = ([0; 2048], [0; 2048]);
        let buffers = Buffers {
            wire: &mut wire,
            token: &mut token,
        };
        let tcp = Tcp { connections: 0 };
        let session = Session::<_, [u8; 1024]>::new(client);
        let gateway = Gateway::new(session, bench.host(), tcp, buffers);
        let mut gateway = gateway.with_dpop(Dpop::<_, 256>::new(&proof_key));
        let mut send = || {
            let mut answer = gateway.send(bench.message()).unwrap();
            let mut body = [0; 4096];
            let said = String::from_utf8_lossy(answer.read_all(&mut body).unwrap()).into_owned();
            assert_eq!(answer.status(), 200, "{said}");
        };
        send();
        send();
        bench.server.sandbox().revoke_all_tokens();
        send();
        let counters = bench.server.counters();
        assert_eq!((counters.messages_accepted, counters.tokens_minted), (3, 2));
        assert_eq!(gateway.connector_mut().connections, 1);
    }
    bench.stop();
}

#[test]
fn a_device_without_a_clock_learns_the_time_and_sends() {
    blocking(|bench, gateway| {
        gateway.device_mut().knows_time = false;
        assert_eq!(bench.send(gateway), Ok(200));
        assert!(gateway.session().has_learned_time());
    });
}

#[test]
fn a_revoked_token_costs_one_new_one() {
    blocking(|bench, gateway| {
        assert_eq!(bench.send(gateway), Ok(200));
        bench.server.sandbox().revoke_all_tokens();
        assert_eq!(bench.send(gateway), Ok(200));
        let counters = bench.server.counters();
        assert_eq!((counters.tokens_minted, counters.unauthorized), (2, 1));
        assert_eq!(counters.messages_accepted, 2);
    });
}

#[test]
fn a_busy_token_endpoint_is_asked_again_when_it_says() {
    blocking(|bench, gateway| {
        let busy = Fault::TooManyRequests(RetryAfter::Secs(30));
        bench
            .server
            .sandbox()
            .inject(Place::Token, busy, Times::Next(1));
        let Err(Error::NoToken { until, .. }) = bench.send(gateway) else {
            panic!("the endpoint is busy");
        };
        assert!(matches!(bench.send(gateway), Err(Error::NoToken { .. })));
        assert_eq!(
            bench.server.counters().token_requests,
            0,
            "a fault answered the one"
        );
        let now = gateway.device_mut().now().instant;
        let wait = Duration::from_millis(until.as_millis() - now.as_millis());
        assert!(wait > Duration::from_secs(25), "{wait:?}");
        gateway.device_mut().pass(wait);
        assert_eq!(bench.send(gateway), Ok(200));
    });
}

#[test]
fn an_answer_of_the_api_is_the_applications_business() {
    blocking(|bench, gateway| {
        let busy = Fault::TooManyRequests(RetryAfter::Secs(7));
        bench
            .server
            .sandbox()
            .inject(Place::Api, busy, Times::Next(1));
        let answer = gateway.send(bench.message()).unwrap();
        assert_eq!(answer.status(), 429);
        assert_eq!(answer.header("retry-after"), Some(&b"7"[..]));
    });
}

#[test]
fn a_token_is_renewed_before_its_end() {
    blocking(|bench, gateway| {
        bench.server.clock().freeze();
        assert_eq!(bench.send(gateway), Ok(200));
        gateway.device_mut().pass(Duration::from_secs(250));
        assert_eq!(bench.send(gateway), Ok(200));
        let counters = bench.server.counters();
        assert_eq!((counters.tokens_minted, counters.unauthorized), (2, 0));
    });
}

#[test]
fn a_wrong_clock_is_put_right() {
    blocking(|bench, gateway| {
        gateway.device_mut().behind_secs = 3_600;
        assert_eq!(bench.send(gateway), Ok(200));
        let counters = bench.server.counters();
        assert_eq!(
            (counters.outside_time_window, counters.tokens_minted),
            (1, 1)
        );
        assert!(gateway.session().has_learned_time());
    });
}

#[test]
fn a_dropped_connection_costs_the_attempt_and_not_its_jti() {
    for disconnect in [Disconnect::Unanswered, Disconnect::WithinBody] {
        blocking(|bench, gateway| {
            let fault = Fault::Disconnect(disconnect);
            bench
                .server
                .sandbox()
                .inject(Place::Token, fault, Times::Next(1));
            let Err(Error::NoToken { until, cause }) = gateway.authorize() else {
                panic!("{disconnect:?}: there is no token");
            };
            assert!(matches!(cause, Some(Cause::Exchange(_))), "{cause:?}");
            let now = gateway.device_mut().now().instant;
            let wait = until.as_millis() - now.as_millis();
            gateway.device_mut().pass(Duration::from_millis(wait));
            assert_eq!(bench.send(gateway), Ok(200));
            let counters = bench.server.counters();
            assert_eq!((counters.jti_replays, counters.messages_accepted), (0, 1));
        });
    }
}

#[test]
fn half_an_answer_to_a_message_is_none() {
    blocking(|bench, gateway| {
        let fault = Fault::Disconnect(Disconnect::WithinBody);
        bench
            .server
            .sandbox()
            .inject(Place::Api, fault, Times::Next(1));
        let found = bench.send(gateway);
        assert!(matches!(found, Err(Error::Exchange(_))), "{found:?}");
        assert!(found.is_err_and(|error| error.may_have_arrived()));
        assert_eq!(bench.send(gateway), Ok(200));
    });
}

#[test]
fn a_message_that_may_come_twice_survives_the_end_of_a_kept_connection() {
    blocking(|bench, gateway| {
        assert_eq!(bench.send(gateway), Ok(200));
        let fault = Fault::Disconnect(Disconnect::Unanswered);
        bench
            .server
            .sandbox()
            .inject(Place::Api, fault, Times::Next(1));
        let answer = gateway.send(bench.message().idempotent()).unwrap();
        assert_eq!(answer.status(), 200);
        drop(answer);
        assert_eq!(gateway.connector_mut().connections, 2);
        assert_eq!(bench.server.counters().tokens_minted, 1);
    });
}

/// A message that is never in memory as a whole.
struct Stream<'m>(&'m [u8], &'m [u8]);

impl redox_auth_gateway::Payload for Stream<'_> {
    fn content_length(&self) -> Option<u64> {
        None
    }

    fn rewind(&mut self) -> bool {
        self.1 = self.0;
        true
    }
}

impl ErrorType for Stream<'_> {
    type Error = core::convert::Infallible;
}

impl Read for Stream<'_> {
    fn read(&mut self, buf: &mut [u8]) -> Result<usize, Self::Error> {
        let room = buf.len().min(50);
        self.1.read(&mut buf[..room])
    }
}

#[test]
fn a_streamed_message_is_sent_again_from_its_beginning() {
    blocking(|bench, gateway| {
        assert_eq!(bench.send(gateway), Ok(200));
        bench.server.sandbox().revoke_all_tokens();
        let bytes = bench.message.as_bytes();
        let request = Request::post(Api::DataModel, "/endpoint")
            .content_type("application/json")
            .stream(Stream(bytes, bytes));
        assert_eq!(gateway.send(request).unwrap().status(), 200);
        assert_eq!(bench.server.counters().messages_accepted, 2);
    });
}

/// The key of RFC 7515, appendix A.3.
const KEY: &[u8] = br#"{"kty":"EC","crv":"P-256",
    "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    "d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}"#;
