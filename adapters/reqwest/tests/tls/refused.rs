//! Each row of the table in `NETWORK.md` about servers' certificates that a server here can show.

use rcgen::{
    BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, KeyPair,
    NameConstraints, SanType, date_time_ymd,
};
use redox_auth_reqwest::Error;
use rustls::pki_types::CertificateDer;

use crate::server::{Authority, CaFile, assemble, client, fields, named, pem, start, tlv};

/// The error of a client that trusts `root` about a server with these certificates.
async fn said(root: &Authority, chain: &[CertificateDer<'static>], key: &KeyPair) -> String {
    let file = CaFile::new(pem(core::slice::from_ref(&root.certificate)));
    let redox = file.client(&start(chain, key)).build().unwrap();
    let error = redox.token().await.unwrap_err();
    assert!(
        matches!(error.cause(), Error::Transport(error) if error.is_connect()),
        "{error}"
    );
    error.cause().to_string()
}

/// The same about a server's certificate alone, which is changed in some way.
async fn said_of(change: impl FnOnce(&mut CertificateParams)) -> String {
    let root = Authority::root("Clinic CA");
    let (certificate, key) = root.server(change);
    said(&root, &[certificate], &key).await
}

#[track_caller]
fn expect(said: &str, parts: &[&str]) {
    for part in parts {
        assert!(said.contains(part), "expected {part:?}, found {said}");
    }
}

#[tokio::test]
async fn the_right_one_is_accepted() {
    let root = Authority::root("Clinic CA");
    let middle = root.authority("Clinic servers", |_| {});
    let (certificate, key) = middle.server(|_| {});
    let url = start(&[certificate, middle.certificate], &key);
    let file = CaFile::new(pem(core::slice::from_ref(&root.certificate)));
    let redox = file.client(&url).build().unwrap();
    assert_eq!(redox.token().await.unwrap().expose(), "granted");
}

#[tokio::test]
async fn another_name() {
    let said = said_of(|params| {
        let names = ["a.example", "*.b.example"];
        let dns = |name: &str| SanType::DnsName(name.try_into().unwrap());
        params.subject_alt_names = names.map(dns).to_vec();
        params
            .subject_alt_names
            .push(SanType::IpAddress([192, 0, 2, 1].into()));
    });
    expect(
        &said.await,
        &[
            "the server's certificate is not for localhost: it is for a.example, *.b.example, 192.0.2.1; ",
            "one of the certificate's names",
        ],
    );
    let said = said_of(|params| params.subject_alt_names.clear());
    expect(&said.await, &["it is for no name at all; "]);
}

#[tokio::test]
async fn out_of_date() {
    let said = said_of(|params| {
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(2021, 2, 3);
    });
    expect(
        &said.await,
        &[
            "expired at 2021-02-03T00:00:00Z; the clock here shows 20",
            "renew it",
        ],
    );
    let said = said_of(|params| {
        params.not_before = date_time_ymd(2999, 1, 2);
        params.not_after = date_time_ymd(2999, 2, 3);
    });
    expect(
        &said.await,
        &[
            "is not valid before 2999-01-02T00:00:00Z",
            "set the clock here",
        ],
    );
}

#[tokio::test]
async fn an_unknown_issuer() {
    let (root, other) = (Authority::root("Clinic CA"), Authority::root("Other CA"));
    let (certificate, key) = other.server(|_| {});
    expect(
        &said(&root, &[certificate], &key).await,
        &[
            "no trusted authority issued the server's certificate: its issuer is \"CN=Other CA\"",
            "trusted are 1 from ",
            "ca.pem (CA file)",
            "(`Builder::ca_file`, --ca-file, SSL_CERT_FILE)",
        ],
    );
    // The authority in between is not sent along.
    let middle = root.authority("Clinic servers", |_| {});
    let (certificate, key) = middle.server(|_| {});
    expect(
        &said(&root, &[certificate], &key).await,
        &[
            "its issuer is \"CN=Clinic servers\"",
            "send the certificates of its issuers",
        ],
    );
}

#[tokio::test]
async fn an_interceptor() {
    let root = Authority::root("Clinic CA");
    for (name, product) in [("mitmproxy", "mitmproxy"), ("Zscaler Root CA", "Zscaler")] {
        let (certificate, key) = Authority::root(name).server(|_| {});
        expect(
            &said(&root, &[certificate], &key).await,
            &[
                &format!("intercepted: {product} issued the server's certificate (\"CN={name}\")"),
                "ask your network's operator",
            ],
        );
    }
}

#[tokio::test]
async fn one_that_is_signed_by_itself() {
    let root = Authority::root("Clinic CA");
    let key = KeyPair::generate().unwrap();
    let certificate = named("server").self_signed(&key).unwrap().der().clone();
    expect(
        &said(&root, &[certificate], &key).await,
        &[
            "is signed by itself (\"CN=server\")",
            "trust that certificate",
        ],
    );
}

#[tokio::test]
async fn an_authority_as_a_server() {
    let said = said_of(|params| params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained));
    expect(
        &said.await,
        &[
            "the certificate of an authority (CA:TRUE) as its own",
            "CA:FALSE",
        ],
    );
}

#[tokio::test]
async fn a_server_as_an_authority() {
    let root = Authority::root("Clinic CA");
    let middle = root.authority("Clinic server", |params| params.is_ca = IsCa::ExplicitNoCa);
    let (certificate, key) = middle.server(|_| {});
    expect(
        &said(&root, &[certificate, middle.certificate], &key).await,
        &["issued by one that is no authority's (CA:FALSE)"],
    );
}

#[tokio::test]
async fn one_that_is_not_for_servers() {
    let said = said_of(|params| {
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    });
    expect(
        &said.await,
        &[
            "is not for servers: its extended key usage is client authentication; ",
            "serverAuth",
        ],
    );
}

#[tokio::test]
async fn sha_1() {
    let root = Authority::root("Clinic CA");
    let (certificate, key) = root.server(|_| {});
    for (algorithm, name) in [
        (ECDSA_SHA1, "SHA-1 with ECDSA"),
        (RSA_SHA1, "SHA-1 with RSA"),
        (RSA_MD5, "MD5 with RSA"),
    ] {
        let mut fields = fields(&certificate);
        fields[2] = algorithm.to_vec();
        let signed = tlv(0x30, &fields.concat());
        let old = assemble(&signed, algorithm, b"not looked at");
        expect(
            &said(&root, &[old], &key).await,
            &[
                &format!("signed with {name}, which is not accepted"),
                "SHA-256",
            ],
        );
    }
}

#[tokio::test]
async fn version_1() {
    let root = Authority::root("Clinic CA");
    let (certificate, key) = root.server(|_| {});
    // Neither version nor extensions.
    let old = root.sign_fields(&fields(&certificate)[1..7]);
    expect(
        &said(&root, &[old], &key).await,
        &["of X.509 version 1", "version 3 is required", "-extfile"],
    );
}

#[tokio::test]
async fn a_short_key() {
    let root = Authority::root("Clinic CA");
    let middle = root.authority("Clinic servers", |_| {});
    let mut fields_of_middle = fields(&middle.certificate);
    fields_of_middle[6] = rsa_key(1024);
    let short = root.sign_fields(&fields_of_middle);
    let (certificate, key) = middle.server(|_| {});
    let mut fields = fields(&certificate);
    fields[2] = RSA_SHA256.to_vec();
    let signed = tlv(0x30, &fields.concat());
    let own = assemble(&signed, RSA_SHA256, &[1; 128]);
    expect(
        &said(&root, &[own, short], &key).await,
        &["has 1024 bits; 2048 are the least", "a longer key"],
    );
}

#[tokio::test]
async fn a_wrong_signature() {
    let root = Authority::root("Clinic CA");
    let namesake = Authority::root("Clinic CA");
    let (certificate, key) = namesake.server(|_| {});
    expect(
        &said(&root, &[certificate], &key).await,
        &["does not verify", "another authority has the same name"],
    );
}

#[tokio::test]
async fn a_name_that_the_authority_may_not_issue_for() {
    let root = Authority::root("Clinic CA");
    let middle = root.authority("Clinic servers", |params| {
        params.name_constraints = Some(NameConstraints {
            permitted_subtrees: vec![GeneralSubtree::DnsName("clinic.example".to_owned())],
            excluded_subtrees: Vec::new(),
        });
    });
    let (certificate, key) = middle.server(|_| {});
    expect(
        &said(&root, &[certificate, middle.certificate], &key).await,
        &["one that its authority may not issue certificates for"],
    );
}

#[tokio::test]
async fn too_many_authorities() {
    let root = Authority::root("Clinic CA");
    let first = root.authority("First", |params| {
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    });
    let second = first.authority("Second", |_| {});
    let (certificate, key) = second.server(|_| {});
    let chain = [certificate, second.certificate, first.certificate];
    expect(
        &said(&root, &chain, &key).await,
        &["may not issue for further authorities"],
    );
}

#[tokio::test]
async fn a_damaged_one() {
    let root = Authority::root("Clinic CA");
    let (certificate, key) = root.server(|_| {});
    let cut = certificate[..certificate.len() - 9].to_vec().into();
    expect(
        &said(&root, &[cut], &key).await,
        &["of the server is damaged"],
    );
}

#[tokio::test]
async fn a_server_without_tls() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        use std::io::{Read as _, Write as _};
        for mut stream in listener.incoming().flatten() {
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
        }
    });
    let redox = client(&format!("https://localhost:{port}"))
        .build()
        .unwrap();
    let said = redox.token().await.unwrap_err().to_string();
    expect(&said, &["there is no TLS at this port", "http://"]);
}

/// `SubjectPublicKeyInfo` of an RSA key of this length (RFC 8017 §A.1.1).
fn rsa_key(bits: usize) -> Vec<u8> {
    let modulus = tlv(2, &[&[0][..], &vec![0xab; bits / 8]].concat());
    let numbers = tlv(0x30, &[modulus, tlv(2, &[1, 0, 1])].concat());
    let algorithm = b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00";
    let key = tlv(3, &[&[0], &numbers[..]].concat());
    tlv(0x30, &[&algorithm[..], &key].concat())
}

/// Algorithms of signatures (RFC 8017 §A.2.4, RFC 5758 §3.2).
const ECDSA_SHA1: &[u8] = b"\x30\x09\x06\x07\x2a\x86\x48\xce\x3d\x04\x01";
const RSA_MD5: &[u8] = b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x04\x05\x00";
const RSA_SHA1: &[u8] = b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05\x05\x00";
const RSA_SHA256: &[u8] = b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x05\x00";
