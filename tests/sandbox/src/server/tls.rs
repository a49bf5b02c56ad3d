use core::net::SocketAddr;
use std::io;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs::default_provider;
use tokio_rustls::TlsAcceptor;
use url::{Host, Url};

use super::options::reachable;
use crate::certificate::Identity;

/// Takes TLS 1.3 and 1.2 connections as this server.
pub(super) fn acceptor(identity: Identity) -> io::Result<TlsAcceptor> {
    let Identity {
        certificate, key, ..
    } = identity;
    // Named, because a program with two providers in it has no default one.
    let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|config| {
            let config = config.with_no_client_auth();
            config.with_single_cert(vec![certificate], key)
        })
        .map_err(io::Error::other)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// Whatever a client may call the server that listens at `address`.
pub(super) fn names(base_url: &str, address: SocketAddr) -> Vec<String> {
    let mut names = vec!["localhost".to_owned(), reachable(address).ip().to_string()];
    let url = Url::parse(base_url).ok();
    let host = url.as_ref().and_then(Url::host).map(|host| match host {
        Host::Domain(name) => name.to_owned(),
        Host::Ipv4(address) => address.to_string(),
        Host::Ipv6(address) => address.to_string(),
    });
    names.extend(host.filter(|host| !names.contains(host)));
    names
}
