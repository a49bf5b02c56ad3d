//! A server on this machine with any certificates at all, and the authority that issues them.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;

use pem_rfc7468::LineEnding;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair,
    SigningKey as _,
};
use redox_auth_reqwest::{Builder, Key, Redox};
use rustls::crypto::aws_lc_rs::{default_provider, sign::any_supported_type};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::danger::ClientCertVerifier;
use rustls::server::{ClientHello, ResolvesServerCert, WebPkiClientVerifier};
use rustls::sign::CertifiedKey;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};
use tempfile::TempDir;

/// Somebody who issues certificates.
pub(crate) struct Authority {
    params: CertificateParams,
    pub(crate) key: KeyPair,
    pub(crate) certificate: CertificateDer<'static>,
}

impl Authority {
    /// A root.
    pub(crate) fn root(name: &str) -> Self {
        let params = authority(name);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap().der().clone();
        Self {
            params,
            key,
            certificate,
        }
    }

    /// An authority that this one vouches for, changed in some way.
    pub(crate) fn authority(
        &self,
        name: &str,
        change: impl FnOnce(&mut CertificateParams),
    ) -> Self {
        let mut params = authority(name);
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        let certificate = self.sign(&params, &key);
        Self {
            params,
            key,
            certificate,
        }
    }

    /// A certificate for `localhost` and its key, changed in some way.
    pub(crate) fn server(
        &self,
        change: impl FnOnce(&mut CertificateParams),
    ) -> (CertificateDer<'static>, KeyPair) {
        let mut params = named("server");
        let names = CertificateParams::new(["localhost".to_owned()]).unwrap();
        params.subject_alt_names = names.subject_alt_names;
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        (self.sign(&params, &key), key)
    }

    /// What this authority says of a key.
    pub(crate) fn sign(
        &self,
        params: &CertificateParams,
        key: &KeyPair,
    ) -> CertificateDer<'static> {
        let issuer = Issuer::from_params(&self.params, &self.key);
        params.signed_by(key, &issuer).unwrap().der().clone()
    }

    /// Another certificate with these fields, up to the public key or to the extensions.
    pub(crate) fn sign_fields(&self, fields: &[Vec<u8>]) -> CertificateDer<'static> {
        let signed = tlv(0x30, &fields.concat());
        let signature = self.key.sign(&signed).unwrap();
        assemble(&signed, ECDSA_SHA256, &signature)
    }
}

/// The fields of what an authority has signed, each with its tag (RFC 5280 §4.1).
pub(crate) fn fields(certificate: &[u8]) -> Vec<Vec<u8>> {
    let (_, content, _) = element(certificate);
    let (_, mut signed, _) = element(content);
    let mut fields = Vec::new();
    while !signed.is_empty() {
        let (tag, value, rest) = element(signed);
        fields.push(tlv(tag, value));
        signed = rest;
    }
    fields
}

/// A certificate of what was signed, the algorithm and a signature.
pub(crate) fn assemble(
    signed: &[u8],
    algorithm: &[u8],
    signature: &[u8],
) -> CertificateDer<'static> {
    let signature = tlv(3, &[&[0], signature].concat());
    tlv(0x30, &[signed, algorithm, &signature].concat()).into()
}

/// An element in DER.
pub(crate) fn tlv(tag: u8, value: &[u8]) -> Vec<u8> {
    let [high, low] = u16::try_from(value.len()).unwrap().to_be_bytes();
    let len = match (high, low) {
        (0, ..0x80) => vec![low],
        (0, _) => vec![0x81, low],
        _ => vec![0x82, high, low],
    };
    [&[tag], &len[..], value].concat()
}

fn element(input: &[u8]) -> (u8, &[u8], &[u8]) {
    let (len, start) = match input[1] {
        0x81 => (usize::from(input[2]), 3),
        0x82 => (usize::from(u16::from_be_bytes([input[2], input[3]])), 4),
        len => (usize::from(len), 2),
    };
    let (value, rest) = input[start..].split_at(len);
    (input[0], value, rest)
}

fn authority(name: &str) -> CertificateParams {
    let mut params = named(name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
}

pub(crate) fn named(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params
}

pub(crate) fn pem(certificates: &[CertificateDer<'_>]) -> String {
    let block = |it: &CertificateDer<'_>| {
        pem_rfc7468::encode_string("CERTIFICATE", LineEnding::LF, it).unwrap()
    };
    certificates.iter().map(block).collect()
}

/// The URL of a server that shows these certificates, and gives a token to those who accept them.
pub(crate) fn start(chain: &[CertificateDer<'static>], key: &KeyPair) -> String {
    start_with(chain, key, None)
}

/// The same, which asks for a client certificate of this authority.
pub(crate) fn start_asking(
    chain: &[CertificateDer<'static>],
    key: &KeyPair,
    authority: &Authority,
) -> String {
    let mut roots = RootCertStore::empty();
    roots.add(authority.certificate.clone()).unwrap();
    let provider = Arc::new(default_provider());
    let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), provider);
    start_with(chain, key, Some(verifier.build().unwrap()))
}

fn start_with(
    chain: &[CertificateDer<'static>],
    key: &KeyPair,
    verifier: Option<Arc<dyn ClientCertVerifier>>,
) -> String {
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let key = any_supported_type(&key).unwrap();
    let builder = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap();
    let builder = match verifier {
        Some(verifier) => builder.with_client_cert_verifier(verifier),
        None => builder.with_no_client_auth(),
    };
    let shown = CertifiedKey::new(chain.to_vec(), key);
    let config = Arc::new(builder.with_cert_resolver(Arc::new(Shows(Arc::new(shown)))));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let config = Arc::clone(&config);
            thread::spawn(move || serve(config, stream));
        }
    });
    format!("https://localhost:{port}")
}

/// The server's own, whatever is in it.
#[derive(Debug)]
struct Shows(Arc<CertifiedKey>);

impl ResolvesServerCert for Shows {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }
}

fn serve(config: Arc<ServerConfig>, stream: TcpStream) {
    let connection = ServerConnection::new(config).unwrap();
    let mut stream = StreamOwned::new(connection, stream);
    let mut request = [0; 4096];
    if stream.read(&mut request).is_ok_and(|read| read > 0) {
        let _ = stream.write_all(ANSWER.as_bytes());
        stream.conn.send_close_notify();
    }
    let _ = stream.flush();
    // Reads what the client still sends. Otherwise the client would see a reset instead of the refusal.
    let _ = stream.sock.shutdown(Shutdown::Write);
    let _ = stream.sock.read_to_end(&mut Vec::new());
}

/// A folder with a file of authorities.
pub(crate) struct CaFile {
    _folder: TempDir,
    pub(crate) path: PathBuf,
}

impl CaFile {
    pub(crate) fn new(content: impl AsRef<[u8]>) -> Self {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("ca.pem");
        std::fs::write(&path, content).unwrap();
        Self {
            _folder: folder,
            path,
        }
    }

    /// A client of a server, which trusts what is in the file as well.
    pub(crate) fn client(&self, url: &str) -> Builder {
        client(url).ca_file(&self.path)
    }
}

/// A client of a server.
pub(crate) fn client(url: &str) -> Builder {
    let key = Key::generate().unwrap();
    Redox::builder().base_url(url).oauth_key("client-1", key)
}

const ANSWER: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 65\r\nconnection: close\r\n\r\n{\"access_token\":\"granted\",\"token_type\":\"Bearer\",\"expires_in\":300}";

/// ecdsa-with-SHA256 (RFC 5758 §3.2).
const ECDSA_SHA256: &[u8] = b"\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02";
