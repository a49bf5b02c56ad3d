//! A server that wants to see the client's certificate when it connects (mutual TLS).

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::thread;

use pem_rfc7468::LineEnding;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};

use crate::support::{Call, Folder};

/// The port of a server on this machine that gives a token to the holder of this certificate, and the file with its own.
fn start(folder: &Folder, client: &str) -> u16 {
    let CertifiedKey { cert, signing_key } =
        generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let authority = pem_rfc7468::encode_string("CERTIFICATE", LineEnding::LF, cert.der());
    folder.write("authority.pem", authority.unwrap());
    let mut roots = RootCertStore::empty();
    let client = CertificateDer::from_pem_file(folder.path(client)).unwrap();
    roots.add(client).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), Arc::clone(&provider));
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(verifier.build().unwrap())
        .with_single_cert(
            vec![cert.der().clone()],
            PrivateKeyDer::try_from(signing_key.serialize_der()).unwrap(),
        )
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut stream = StreamOwned::new(connection, stream);
            let mut request = [0; 4096];
            // One without a certificate ends here.
            if stream.read(&mut request).is_ok() {
                let _ = stream.write_all(ANSWER.as_bytes());
                stream.conn.send_close_notify();
                let _ = stream.flush();
            }
        }
    });
    port
}

fn token(folder: &Folder, port: u16) -> Call {
    let url = format!("https://localhost:{port}/token");
    let call = folder.call(&["token", "--client-id", "client-1", "--key", "key.pem"]);
    call.args(&["--token-url", &url]).env(
        "SSL_CERT_FILE",
        folder.path("authority.pem").to_str().unwrap(),
    )
}

#[test]
fn the_certificate_is_shown_to_the_server_that_asks_for_one() {
    let folder = Folder::new();
    for name in ["key", "tls", "other"] {
        let key = format!("{name}.pem");
        folder.make_key(&key, "ES256");
        let call = folder.call(&["key", "certificate", "--key", &key]);
        call.args(&["--out", &format!("{name}.crt")]).run().done();
    }
    let port = start(&folder, "tls.crt");
    let shown = token(&folder, port);
    let shown = shown.args(&["--tls-certificate", "tls.crt", "--tls-key", "tls.pem"]);
    assert_eq!(shown.run().done(), "granted");
    // Certificate and key in one file, under the shorter name.
    let pair = ["tls.crt", "tls.pem"].map(|name| folder.read(name));
    folder.write("pair.pem", pair.concat());
    let shown = token(&folder, port).args(&["--client-cert", "pair.pem"]);
    assert_eq!(shown.run().done(), "granted");
    // A key that is named counts, and not one in the certificate's file.
    let mixed = ["tls.crt", "other.pem"].map(|name| folder.read(name));
    folder.write("mixed.pem", mixed.concat());
    let shown = token(&folder, port);
    let shown = shown.args(&["--tls-certificate", "mixed.pem", "--tls-key", "tls.pem"]);
    assert_eq!(shown.run().done(), "granted");
    // More than a server needs, in any order.
    let both = ["tls.crt", "other.crt"].map(|name| folder.read(name));
    folder.write("both.crt", both.concat());
    let shown = token(&folder, port);
    let shown = shown.args(&["--tls-certificate", "both.crt", "--tls-key", "tls.pem"]);
    let shown = shown.run();
    assert_eq!(shown.code, Some(0), "{shown:?}");
    let note =
        "note: TLS certificate in both.crt: certificate 1 names certificate 2 as its issuer, but ";
    assert!(shown.stderr.contains(note), "{shown:?}");
    let alone = token(&folder, port).run().failed(3);
    let part = "the server requires a client certificate";
    assert!(alone.contains(part), "{alone}");
    let other = token(&folder, port);
    let other = other.args(&["--tls-certificate", "other.crt", "--tls-key", "other.pem"]);
    other.run().failed(3);
}

#[test]
fn half_a_pair_or_something_else_is_wrong_use() {
    let folder = Folder::new();
    folder.make_key("key.pem", "ES256");
    folder.write("no.pem", "nothing");
    let alone = token(&folder, 1).args(&["--tls-key", "key.pem"]);
    let alone = alone.run().failed(2);
    assert!(alone.contains("--client-cert"), "{alone}");
    for name in ["tls", "other"] {
        let key = format!("{name}.pem");
        folder.make_key(&key, "ES256");
        let call = folder.call(&["key", "certificate", "--key", &key]);
        call.args(&["--out", &format!("{name}.crt")]).run().done();
    }
    let pair = ["tls.crt", "tls.pem"].map(|name| folder.read(name));
    folder.write("pair.pem", pair.concat());
    for (certificate, key, expected) in [
        ("no.pem", "tls.pem", "TLS certificate in no.pem: "),
        ("tls.pem", "tls.pem", "TLS certificate in tls.pem: "),
        (
            "tls.crt",
            "other.pem",
            "TLS certificate in tls.crt: certificate 1: expected the certificate of the private key",
        ),
        (
            "tls.crt",
            "no.pem",
            "client certificate in no.pem: expected the private key of the certificate in PEM, found none",
        ),
        (
            "pair.pem",
            "no.pem",
            "client certificate in no.pem: expected the private key",
        ),
        (
            "tls.crt",
            "tls.crt",
            "client certificate in tls.crt: expected the private key",
        ),
    ] {
        let wrong = token(&folder, 1);
        let wrong = wrong.args(&["--tls-certificate", certificate, "--tls-key", key]);
        let shown = wrong.run().failed(2);
        assert!(shown.contains(expected), "{certificate} {key}: {shown}");
    }
}

#[test]
fn a_pkcs12_file_is_told_how_to_be_converted() {
    let folder = Folder::new();
    folder.make_key("key.pem", "ES256");
    folder.write("it's.p12", b"\x30\x82\x01\x00\x02\x01\x03\x30\x82");
    let shown = token(&folder, 1).args(&["--client-cert", "it's.p12"]);
    let shown = shown.run().failed(2);
    let part = r"found a PKCS#12 file; convert it: (umask 077 && openssl pkcs12 -in 'it'\''s.p12' -nodes -out client.pem)";
    assert!(shown.contains(part), "{shown}");
}

const ANSWER: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 65\r\nconnection: close\r\n\r\n{\"access_token\":\"granted\",\"token_type\":\"Bearer\",\"expires_in\":300}";
