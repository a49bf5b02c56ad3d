//! Proxies on this machine that do what no proxy should, and some that work.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use rcgen::{CertificateParams, KeyPair};
use rustls::crypto::aws_lc_rs::{default_provider, sign::any_supported_type};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::tls_server::Authority;

/// What a proxy does with each connection.
#[derive(Clone)]
pub(crate) enum Conduct {
    /// Sends these bytes when it has read a head, and closes the connection.
    Answer(&'static str),
    /// Sends these bytes at once, before anything is read.
    Banner(&'static str),
    /// Closes the connection when it has read something.
    Close,
    /// Leads every connection to this port of this machine, whatever it is asked for.
    Tunnel(u16),
    /// The same as SOCKS 5 (RFC 1928).
    Socks(u16),
    /// Says that it leads to the server, and shows a certificate of this authority for any name.
    Intercept(Arc<Authority>),
    /// Speaks TLS, with a certificate of this authority for `localhost`.
    OverTls(Arc<Authority>),
    /// The same, and shows a certificate of the second authority for any server.
    InterceptOverTls(Arc<Authority>, Arc<Authority>),
}

/// A proxy on a free port, until the test's process ends.
pub(crate) struct Proxy {
    pub(crate) port: u16,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    pub(crate) fn start(conduct: Conduct) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let proxy = Self {
            port: listener.local_addr().unwrap().port(),
            heads: Arc::default(),
        };
        let heads = Arc::clone(&proxy.heads);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (conduct, heads) = (conduct.clone(), Arc::clone(&heads));
                thread::spawn(move || conduct.serve(stream, &heads));
            }
        });
        proxy
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// What it was asked for.
    pub(crate) fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }
}

impl Conduct {
    fn serve(&self, mut stream: TcpStream, heads: &Mutex<Vec<String>>) {
        match self {
            Self::Banner(banner) => {
                let _ = stream.write_all(banner.as_bytes());
                end(stream);
            }
            Self::OverTls(authority) => tls(authority, stream, |mut stream| {
                let _ = read_head(&mut stream);
                let _ = stream.write_all(b"HTTP/1.1 403 Forbidden\r\n\r\n");
                stream.conn.send_close_notify();
                let _ = stream.flush();
                end(stream.sock);
            }),
            Self::InterceptOverTls(own, shown) => tls(own, stream, |mut stream| {
                let _ = read_head(&mut stream);
                let _ = stream.write_all(ALLOWED);
                tls(shown, stream, |mut stream| drop(read_head(&mut stream)));
            }),
            Self::Socks(port) => socks(stream, *port),
            conduct => {
                heads.lock().unwrap().push(read_head(&mut stream));
                conduct.answer(stream);
            }
        }
    }

    fn answer(&self, mut stream: TcpStream) {
        match self {
            Self::Answer(answer) => {
                let _ = stream.write_all(answer.as_bytes());
                end(stream);
            }
            Self::Tunnel(port) => {
                let _ = stream.write_all(ALLOWED);
                join(stream, *port);
            }
            Self::Intercept(authority) => {
                let _ = stream.write_all(ALLOWED);
                tls(authority, stream, |mut stream| {
                    let _ = read_head(&mut stream);
                    end(stream.sock);
                });
            }
            _ => {}
        }
    }
}

/// The head of a request, read byte by byte: what comes after it is for the server. Of TLS only the beginning, which no
/// proxy takes for a head.
fn read_head(stream: &mut impl Read) -> String {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|read| read > 0) {
        head.push(byte[0]);
        if head == [TLS_HANDSHAKE] {
            break;
        }
    }
    String::from_utf8_lossy(&head).into_owned()
}

/// Ends a connection after what is written, without a reset for what is still to be read.
fn end(mut stream: TcpStream) {
    let _ = stream.shutdown(Shutdown::Write);
    let _ = stream.read_to_end(&mut Vec::new());
}

/// Copies both ways between a connection and a port of this machine.
fn join(client: TcpStream, port: u16) {
    let server = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let mut back = (server.try_clone().unwrap(), client.try_clone().unwrap());
    thread::spawn(move || {
        let _ = std::io::copy(&mut back.0, &mut back.1);
        let _ = back.1.shutdown(Shutdown::Write);
    });
    let mut there = (client, server);
    let _ = std::io::copy(&mut there.0, &mut there.1);
    let _ = there.1.shutdown(Shutdown::Write);
}

/// Takes a client that needs no authentication wherever it wants to go, which is to this port.
fn socks(mut stream: TcpStream, port: u16) {
    let mut greeting = [0; 2];
    stream.read_exact(&mut greeting).unwrap();
    stream.read_exact(&mut vec![0; greeting[1].into()]).unwrap();
    stream.write_all(&[5, 0]).unwrap();
    let mut request = [0; 5];
    stream.read_exact(&mut request).unwrap();
    // The rest of a name, and the port.
    assert_eq!(request[3], 3, "a name is left to the proxy");
    stream
        .read_exact(&mut vec![0; usize::from(request[4]) + 2])
        .unwrap();
    stream.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).unwrap();
    join(stream, port);
}

fn tls<S: Read + Write>(
    authority: &Arc<Authority>,
    stream: S,
    then: impl FnOnce(StreamOwned<ServerConnection, S>),
) {
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(AnyName(Arc::clone(authority))));
    let connection = ServerConnection::new(Arc::new(config)).unwrap();
    then(StreamOwned::new(connection, stream));
}

/// A certificate for the name that is asked for.
struct AnyName(Arc<Authority>);

impl core::fmt::Debug for AnyName {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("AnyName")
    }
}

impl ResolvesServerCert for AnyName {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let name = hello.server_name().unwrap_or("localhost");
        let (certificate, key) = server_of(&self.0, &[name]);
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let key = any_supported_type(&key).unwrap();
        Some(Arc::new(CertifiedKey::new(vec![certificate], key)))
    }
}

/// How each connection over TLS begins (RFC 8446 section 5.1).
const TLS_HANDSHAKE: u8 = 22;

const ALLOWED: &[u8] = b"HTTP/1.1 200 Connection established\r\n\r\n";

/// A certificate for these names, or these addresses, and its key.
pub(crate) fn server_of(
    authority: &Authority,
    names: &[&str],
) -> (CertificateDer<'static>, KeyPair) {
    let names: Vec<_> = names.iter().map(|&it| it.to_owned()).collect();
    let names = CertificateParams::new(names).unwrap().subject_alt_names;
    authority.server(|params| params.subject_alt_names = names)
}
