use core::cell::RefCell;
use core::future::pending;
use std::string::String;
use std::vec::Vec;

use embassy_futures::block_on;
use embedded_io::{Error as _, ErrorType};

use super::*;

fn endpoint(host: &str) -> Endpoint<'_> {
    Endpoint {
        host,
        port: 8080,
        is_tls: false,
        time: None,
    }
}

/// The address of `host`, and the looked-up names.
fn found(to: Endpoint<'_>) -> (Result<SocketAddr, NalError>, Vec<String>) {
    let names = RefCell::new(Vec::new());
    let found = block_on(address(to, async |host| {
        names.borrow_mut().push(host.into());
        match host {
            "localhost" => Ok(IpAddr::from([127, 0, 0, 1])),
            _ => Err(ErrorKind::NotFound),
        }
    }));
    (found, names.into_inner())
}

#[test]
fn only_names_are_looked_up() {
    for (host, remote, names) in [
        ("127.0.0.1", "127.0.0.1:8080", [].as_slice()),
        ("[::1]", "[::1]:8080", &[]),
        ("[2001:db8::1]", "[2001:db8::1]:8080", &[]),
        ("localhost", "127.0.0.1:8080", &["localhost"]),
    ] {
        let (address, looked_up) = found(endpoint(host));
        assert_eq!(address, Ok(remote.parse().unwrap()), "{host}");
        assert_eq!(looked_up, names, "{host}");
    }
}

#[test]
fn a_name_without_an_address_and_a_url_with_tls_are_refused() {
    let (address, _) = found(endpoint("nowhere.example"));
    assert_eq!(address, Err(NalError::Lookup(ErrorKind::NotFound)));
    let mut to = endpoint("localhost");
    to.is_tls = true;
    let (address, looked_up) = found(to);
    assert_eq!(address, Err(NalError::NoTls));
    assert_eq!(NalError::NoTls.kind(), ErrorKind::Unsupported);
    assert!(looked_up.is_empty());
}

#[test]
fn only_loopback_is_authenticated_without_tls() {
    for (remote, expected) in [
        ("127.0.0.1:80", Channel::Authenticated),
        ("127.9.9.9:80", Channel::Authenticated),
        ("[::1]:80", Channel::Authenticated),
        ("10.0.2.2:80", Channel::Unauthenticated),
        ("0.0.0.0:80", Channel::Unauthenticated),
        ("[fe80::1]:80", Channel::Unauthenticated),
    ] {
        assert_eq!(channel(remote.parse().unwrap()), expected, "{remote}");
    }
}

/// Returns this result, or waits without end.
struct Stream(Option<Result<usize, ErrorKind>>);

impl ErrorType for Stream {
    type Error = ErrorKind;
}

impl Read for Stream {
    async fn read(&mut self, _: &mut [u8]) -> Result<usize, ErrorKind> {
        match self.0 {
            Some(read) => read,
            None => pending().await,
        }
    }
}

#[test]
fn a_kept_connection_is_used_again_only_while_a_read_waits() {
    for (read, quiet) in [
        (None, true),
        (Some(Ok(0)), false),
        (Some(Ok(1)), false),
        (Some(Err(ErrorKind::ConnectionReset)), false),
    ] {
        assert_eq!(is_quiet(&mut Stream(read)), quiet, "{read:?}");
    }
}
