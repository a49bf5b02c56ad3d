//! Servers that ask the client for a certificate.

use rcgen::KeyPair;
use redox_auth_reqwest::{ClientCertificate, ClientCertificateError, Connections};
use rustls::pki_types::CertificateDer;

use crate::server::{Authority, CaFile, named, pem, start_asking};

struct Clinic {
    root: Authority,
    url: String,
    file: CaFile,
}

impl Clinic {
    /// A server of an authority that asks for a certificate of the same.
    fn start() -> Self {
        let root = Authority::root("Clinic CA");
        let (certificate, key) = root.server(|_| {});
        Self {
            url: start_asking(&[certificate], &key, &root),
            file: CaFile::new(pem(core::slice::from_ref(&root.certificate))),
            root,
        }
    }

    async fn said(&self, certificate: Option<ClientCertificate>) -> String {
        let mut builder = self.file.client(&self.url);
        if let Some(certificate) = certificate {
            builder = builder.client_certificate(certificate);
        }
        match builder.build().unwrap().token().await {
            Ok(token) => token.expose().to_owned(),
            Err(error) => error.to_string(),
        }
    }
}

/// A client's certificate and its key.
fn issued(authority: &Authority) -> (CertificateDer<'static>, KeyPair) {
    let key = KeyPair::generate().unwrap();
    (authority.sign(&named("client"), &key), key)
}

fn key_pem(key: &KeyPair) -> String {
    let der = key.serialized_der();
    pem_rfc7468::encode_string("PRIVATE KEY", pem_rfc7468::LineEnding::LF, der).unwrap()
}

fn with_key(certificates: &[CertificateDer<'_>], key: &KeyPair) -> String {
    pem(certificates) + &key_pem(key)
}

#[tokio::test]
async fn the_server_sees_the_certificate_that_it_asks_for() {
    let clinic = Clinic::start();
    let (own, key) = issued(&clinic.root);
    let root = clinic.root.certificate.clone();
    // NSS writes the issuers first.
    for chain in [
        vec![own.clone()],
        vec![own.clone(), root.clone()],
        vec![root, own],
    ] {
        let certificate = ClientCertificate::from_pem(with_key(&chain, &key).as_bytes());
        assert_eq!(clinic.said(Some(certificate.unwrap())).await, "granted");
    }
}

#[tokio::test]
async fn the_error_names_the_objection_of_the_server() {
    let clinic = Clinic::start();
    let said = clinic.said(None).await;
    let part = "the server requires a client certificate; give one that the server knows (`Builder::client_certificate`, --client-cert)";
    assert!(said.contains(part), "{said}");
    let (other, key) = issued(&Authority::root("Other CA"));
    let certificate = ClientCertificate::from_pem(with_key(&[other], &key).as_bytes());
    let said = clinic.said(Some(certificate.unwrap())).await;
    let part = "the server does not trust the authority of the client certificate";
    assert!(said.contains(part), "{said}");
}

#[tokio::test]
async fn callers_that_set_up_the_rest_have_both_as_well() {
    let clinic = Clinic::start();
    let (own, key) = issued(&clinic.root);
    // In another order, with a key behind its own that is none of its.
    let other = KeyPair::generate().unwrap();
    let mixed = [
        key_pem(&key),
        with_key(&[clinic.root.certificate.clone(), own], &other),
    ];
    let certificate = ClientCertificate::from_pem(mixed.concat().as_bytes()).unwrap();
    let builder = clinic.file.client(&clinic.url).http(|http| http);
    let redox = builder.client_certificate(certificate.clone()).build();
    assert_eq!(redox.unwrap().token().await.unwrap().expose(), "granted");

    let connections = Connections::new().ca_file(&clinic.file.path).unwrap();
    let connections = connections.client_certificate(certificate);
    let client = connections.client_for(&clinic.url).unwrap();
    client.get(&clinic.url).send().await.unwrap();
}

#[test]
fn an_unusable_pair_is_named() {
    let root = Authority::root("Clinic CA");
    let ((own, key), (other, _)) = (issued(&root), issued(&root));
    let key_pem = key_pem(&key);
    let encrypted = key_pem.replace("PRIVATE", "ENCRYPTED PRIVATE");
    let own = core::slice::from_ref(&own);
    for (input, expected, part) in [
        (String::new(), ClientCertificateError::NoKey, "--tls-key"),
        (pem(own), ClientCertificateError::NoKey, "--tls-key"),
        (
            key_pem.clone(),
            ClientCertificateError::NoCertificate,
            "found none",
        ),
        (
            pem(own) + &encrypted,
            ClientCertificateError::EncryptedKey,
            "(umask 077 && openssl pkey -in FILE -out client-key.pem)",
        ),
        (
            with_key(&[other], &key),
            ClientCertificateError::OtherKey,
            "give the two that belong together",
        ),
        (
            pem(own) + &key_pem.replacen('M', "!", 1),
            ClientCertificateError::Damaged,
            "copy the whole file again",
        ),
    ] {
        let error = ClientCertificate::from_pem(input.as_bytes()).unwrap_err();
        assert_eq!(error, expected);
        assert!(error.to_string().contains(part), "{error}");
    }
    let error = ClientCertificate::from_pem(b"\x30\x82\x01\x00\x02\x01\x03\x30").unwrap_err();
    assert_eq!(
        error.to_string(),
        "expected a certificate and its private key in PEM, found a PKCS#12 file; convert it: (umask 077 && openssl pkcs12 -in FILE -nodes -out client.pem)"
    );
    // Not even the debugging form shows the key.
    let whole = ClientCertificate::from_pem(with_key(own, &key).as_bytes()).unwrap();
    assert_eq!(format!("{whole:?}"), "ClientCertificate([redacted])");
}
