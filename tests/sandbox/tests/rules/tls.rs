use core::time::Duration;
use std::io;
use std::sync::Arc;

use redox_auth_sandbox::jiff::{SignedDuration, Timestamp};
use redox_auth_sandbox::{CaCertificate, Clock, Server, ServerOptions};
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, UnixTime};
use rustls::time_provider::TimeProvider;
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, ProtocolVersion, RootCertStore, SupportedProtocolVersion};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::{TlsConnector, client::TlsStream};

use crate::support::*;

/// A server that speaks TLS, with a clock frozen at [`NOW`].
pub(crate) async fn start() -> Server {
    let options = ServerOptions::new()
        .tls()
        .host("sandbox.example")
        .clock(Clock::frozen_at(at(NOW)));
    Server::start(options).await.unwrap()
}

/// Connects as a client that trusts the authority of `server` alone.
pub(crate) async fn connect(server: &Server) -> TlsStream<TcpStream> {
    let authority = server.ca_certificate().unwrap();
    let client = Client::trusting(authority);
    client.connect(server, "sandbox.example").await.unwrap()
}

/// The settings of a TLS client.
struct Client {
    authority: CaCertificate,
    version: &'static SupportedProtocolVersion,
    time: Timestamp,
    /// Its certificates for the server, and their key.
    own: Option<(CertificateDer<'static>, PrivateKeyDer<'static>)>,
}

impl Client {
    fn trusting(authority: &CaCertificate) -> Self {
        Self {
            authority: authority.clone(),
            version: &TLS13,
            time: at(NOW),
            own: None,
        }
    }

    async fn connect(&self, server: &Server, name: &str) -> io::Result<TlsStream<TcpStream>> {
        let mut roots = RootCertStore::empty();
        let authority = CertificateDer::from(self.authority.der().to_vec());
        roots.add(authority).unwrap();
        let provider = Arc::new(default_provider());
        let config = ClientConfig::builder_with_details(provider, Arc::new(Fixed(self.time)))
            .with_protocol_versions(&[self.version])
            .unwrap()
            .with_root_certificates(roots);
        let config = match &self.own {
            None => config.with_no_client_auth(),
            Some((certificate, key)) => config
                .with_client_auth_cert(vec![certificate.clone()], key.clone_key())
                .unwrap(),
        };
        let stream = TcpStream::connect(server.address()).await.unwrap();
        let name = name.to_owned().try_into().unwrap();
        TlsConnector::from(Arc::new(config))
            .connect(name, stream)
            .await
    }

    /// The answer to a request; in TLS 1.3 a client hears only then that it lacks a certificate.
    async fn get(&self, server: &Server) -> io::Result<String> {
        let mut stream = self.connect(server, "localhost").await?;
        let request = b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
        stream.write_all(request).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        Ok(answer)
    }

    /// Why the connection is refused.
    async fn refuses(&self, server: &Server, name: &str) -> String {
        let refused = self.connect(server, name).await;
        refused.err().unwrap().to_string()
    }
}

#[derive(Debug)]
struct Fixed(Timestamp);

impl TimeProvider for Fixed {
    fn current_time(&self) -> Option<UnixTime> {
        let secs = u64::try_from(self.0.as_second()).unwrap();
        Some(UnixTime::since_unix_epoch(Duration::from_secs(secs)))
    }
}

#[tokio::test]
async fn it_speaks_both_versions_and_is_known_by_every_name_it_has() {
    let server = start().await;
    let expected = format!("https://sandbox.example:{}", server.address().port());
    assert_eq!(server.base_url(), expected);
    for (version, spoken) in [
        (&TLS13, ProtocolVersion::TLSv1_3),
        (&TLS12, ProtocolVersion::TLSv1_2),
    ] {
        for name in ["sandbox.example", "localhost", "127.0.0.1"] {
            let client = Client {
                version,
                ..Client::trusting(server.ca_certificate().unwrap())
            };
            let mut stream = client.connect(&server, name).await.unwrap();
            assert_eq!(stream.get_ref().1.protocol_version(), Some(spoken));
            let request = b"GET / HTTP/1.1\r\nHost: sandbox.example\r\nConnection: close\r\n\r\n";
            stream.write_all(request).await.unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).await.unwrap();
            assert!(answer.starts_with("HTTP/1.1 404 "), "{name}: {answer}");
        }
    }
    assert_eq!(server.counters().not_found, 6);
    server.stop().await.unwrap();
}

#[tokio::test]
async fn another_authority_or_another_name_is_refused() {
    let server = start().await;
    let other = start().await;
    let authority = server.ca_certificate().unwrap();
    assert_ne!(Some(authority), other.ca_certificate());

    let client = Client::trusting(authority);
    let reason = client.refuses(&other, "sandbox.example").await;
    assert!(reason.contains("invalid peer certificate"), "{reason}");
    let reason = client.refuses(&server, "other.example").await;
    assert!(reason.contains("not valid for name"), "{reason}");
    assert_eq!(server.counters().requests, 0);
}

#[tokio::test]
async fn the_certificate_is_good_by_either_clock_and_for_a_year() {
    let server = start().await;
    let authority = server.ca_certificate().unwrap();
    let machine = Timestamp::now();
    let year = SignedDuration::from_hours(365 * 24);
    let two_days = SignedDuration::from_hours(48);
    for (time, is_good) in [
        (at(NOW), true),
        (machine, true),
        (machine + year, true),
        (at(NOW) - two_days, false),
        (machine + year + two_days, false),
    ] {
        let client = Client {
            time,
            ..Client::trusting(authority)
        };
        let connected = client.connect(&server, "localhost").await;
        assert_eq!(connected.is_ok(), is_good, "at {time}");
    }
}

#[tokio::test]
async fn a_certificate_ends_when_it_is_told_to_and_its_authority_goes_on() {
    let (day, second) = (SignedDuration::from_hours(24), SignedDuration::from_secs(1));
    for end in [at(NOW) + 3 * day, at(NOW) - 3 * day] {
        let options = ServerOptions::new()
            .tls()
            .clock(Clock::frozen_at(at(NOW)))
            .certificate_until(end);
        let server = Server::start(options).await.unwrap();
        for (time, is_good) in [(end - day, true), (end, true), (end + second, false)] {
            let client = Client {
                time,
                ..Client::trusting(server.ca_certificate().unwrap())
            };
            let connected = client.connect(&server, "localhost").await;
            assert_eq!(connected.is_ok(), is_good, "{end} at {time}");
        }
    }
}

#[tokio::test]
async fn the_authority_is_given_as_der_and_as_pem() {
    let server = start().await;
    let authority = server.ca_certificate().unwrap();
    let pem = authority.pem();
    let lines: Vec<_> = pem.lines().collect();
    let (first, rest) = lines.split_first().unwrap();
    let (last, middle) = rest.split_last().unwrap();
    assert_eq!(*first, "-----BEGIN CERTIFICATE-----");
    assert_eq!(*last, "-----END CERTIFICATE-----");
    assert_eq!(decode(&middle.concat()), authority.der());

    let plain = Server::start(ServerOptions::new()).await.unwrap();
    assert_eq!(plain.ca_certificate(), None);
}

#[tokio::test]
async fn a_client_that_never_says_hello_keeps_nobody_waiting() {
    let server = start().await;
    let mut silent = TcpStream::connect(server.address()).await.unwrap();
    drop(connect(&server).await);
    server.stop().await.unwrap();
    assert_eq!(silent.read(&mut [0; 1]).await.unwrap(), 0);
}

#[tokio::test]
async fn where_the_rules_want_it_only_a_client_with_a_certificate_is_heard() {
    let own = || {
        let key = rcgen::KeyPair::generate().unwrap();
        let certificate = rcgen::CertificateParams::new(Vec::new()).unwrap();
        let certificate = certificate.self_signed(&key).unwrap();
        let pkcs8 = PrivatePkcs8KeyDer::from(key.serialize_der());
        (certificate.der().clone(), PrivateKeyDer::from(pkcs8))
    };
    let (certificate, key) = own();
    for (like, shown, is_heard) in [
        ("cdr", Some((certificate.clone(), key.clone_key())), true),
        ("cdr", None, false),
        ("okta", None, true),
        ("okta", Some((certificate.clone(), key.clone_key())), true),
    ] {
        let options = ServerOptions::new().tls().like(like);
        let server = Server::start(options.clock(Clock::frozen_at(at(NOW))));
        let server = server.await.unwrap();
        for version in [&TLS13, &TLS12] {
            let mut client = Client::trusting(server.ca_certificate().unwrap());
            client.version = version;
            client.own = shown
                .as_ref()
                .map(|(it, key)| (it.clone(), key.clone_key()));
            let case = format!("{like}, {version:?}, {}", client.own.is_some());
            let answer = client.get(&server).await;
            assert_eq!(answer.is_ok(), is_heard, "{case}: {answer:?}");
        }
    }
}
