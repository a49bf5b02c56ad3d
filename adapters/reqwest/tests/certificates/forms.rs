//! The accepted and the refused forms of certificates.

use redox_auth_reqwest::{
    Algorithm, CertificateChain, CertificateError, CertificateMember, FileProblem,
};

use crate::keys;
use crate::support::{chain, pem, self_signed, ten, three};

fn refused(input: impl AsRef<[u8]>) -> CertificateError {
    CertificateChain::parse(input.as_ref()).unwrap_err()
}

#[test]
fn every_form_gives_the_same_chain() {
    let key = keys::pkcs8(Algorithm::Es256);
    let certificates = three(&key);
    let expected = chain(&certificates);
    assert_eq!(expected.count(), 3);
    let pem = pem(&certificates);
    let bags = pem.replace(
        "-----BEGIN",
        "Bag Attributes\n    friendlyName: Client -- 1\n-----BEGIN",
    );
    let with_key = format!("{}{pem}", keys::pem("PRIVATE KEY", &key));
    let mut latin_1 = b"M\xfcller\n".to_vec();
    latin_1.extend(pem.as_bytes());
    for (form, input) in [
        ("CRLF", pem.replace('\n', "\r\n").into_bytes()),
        ("one long line", pem.replace("\n", "").into_bytes()),
        ("no last line break", pem.trim_end().into()),
        ("text around", bags.into_bytes()),
        ("a byte order mark", format!("\u{feff}{pem}").into_bytes()),
        ("other encodings around", latin_1),
        ("a private key before", with_key.into_bytes()),
        ("PEM", pem.into_bytes()),
        ("DER", certificates.concat()),
    ] {
        let found = CertificateChain::parse(&input);
        assert_eq!(found.as_ref(), Ok(&expected), "{form}");
    }
}

#[test]
fn other_content_than_a_certificate_is_named() {
    let der = self_signed(&keys::pkcs8(Algorithm::Es256));
    let block = |label: &str| keys::pem(label, &der);
    let with = |label: &str| format!("{}{}", block("CERTIFICATE"), block(label));
    for (input, expected) in [
        (
            String::new(),
            "found nothing; put the certificate of the key into it",
        ),
        (" \n\n".to_owned(), "found nothing; put"),
        ("certificate".to_owned(), "found something else"),
        (block("PRIVATE KEY"), "found only a private key"),
        (block("EC PRIVATE KEY"), "found only a private key"),
        (with("CERTIFICATE REQUEST"), "found a certificate request"),
        (with("PUBLIC KEY"), "found a public key"),
        (with("PKCS7"), "found PKCS#7"),
        (with("X509 CRL"), "found a revocation list"),
        (with("TRUSTED CERTIFICATE"), "OpenSSL's trust settings"),
        (with("ODDITY"), "found a PEM block of another kind"),
    ] {
        let shown = refused(&input).to_string();
        assert!(shown.contains(expected), "{shown}");
        assert!(!shown.contains("ODDITY"), "{shown}");
    }
}

#[test]
fn a_pem_that_was_cut_anywhere_is_no_chain() {
    let pem = pem(&[self_signed(&keys::pkcs8(Algorithm::Es256))]);
    let complete = pem.trim_end().len();
    for len in 0..complete {
        assert!(CertificateChain::parse(&pem.as_bytes()[..len]).is_err());
    }
    assert!(CertificateChain::parse(&pem.as_bytes()[..complete]).is_ok());
    let damaged = CertificateError::Pem { position: 1 };
    for (what, pem) in [
        ("end", pem.replace("-----END CERTIFICATE-----", "")),
        ("end label", pem.replace("END CERT", "END ANOTHER CERT")),
        ("base64", pem.replacen('M', "*", 1)),
    ] {
        assert_eq!(refused(pem), damaged, "{what}");
    }
}

#[test]
fn der_that_is_too_short_or_too_long_is_no_chain() {
    let certificates = three(&keys::pkcs8(Algorithm::Es256));
    let whole = certificates.concat();
    let ends: Vec<_> = (1..=3).map(|n| certificates[..n].concat().len()).collect();
    for len in 0..whole.len() {
        let is_whole = ends.contains(&len);
        let found = CertificateChain::parse(&whole[..len]);
        assert_eq!(found.is_ok(), is_whole, "{len} bytes");
    }
    for after in [&b"\n"[..], b"\0", b"\x30\x00"] {
        let expected = CertificateError::Malformed { position: 4 };
        assert_eq!(refused([&whole, after].concat()), expected, "{after:?}");
    }
    let in_pem = keys::pem("CERTIFICATE", &whole);
    assert_eq!(
        refused(in_pem),
        CertificateError::Malformed { position: 1 },
        "several in one block"
    );
}

#[test]
fn more_than_any_server_reads_is_refused() {
    let one = self_signed(&keys::pkcs8(Algorithm::Es256));
    let many = vec![one.clone(); 11];
    let expected = CertificateError::TooMany { limit: 10 };
    assert_eq!(refused(many.concat()), expected);
    assert_eq!(refused(pem(&many)), expected);
    let ten = ten(&keys::pkcs8(Algorithm::Es256));
    assert_eq!(chain(&ten).count(), 10);

    let pem = pem(core::slice::from_ref(&one));
    let padded = |len: usize| format!("{pem}{}", " ".repeat(len - pem.len()));
    assert!(CertificateChain::parse(padded(65_536).as_bytes()).is_ok());
    let expected = CertificateError::TooLong { limit: 65_536 };
    assert_eq!(refused(padded(65_537)), expected);
}

#[test]
fn a_file_is_read_and_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("certificate.pem");
    let certificates = three(&keys::pkcs8(Algorithm::Es256));
    std::fs::write(&path, pem(&certificates)).unwrap();
    let found = CertificateChain::from_file(&path).unwrap();
    assert_eq!(found, chain(&certificates));

    std::fs::write(&path, "no certificate").unwrap();
    let error = CertificateChain::from_file(&path).unwrap_err();
    let shown = error.to_string();
    assert!(shown.starts_with(path.to_str().unwrap()), "{shown}");
    assert!(
        matches!(
            error.problem,
            FileProblem::Certificate(CertificateError::Missing { .. })
        ),
        "{error:?}"
    );
}

#[test]
fn members_are_written_once_and_in_one_order() {
    let chain = chain(&[self_signed(&keys::pkcs8(Algorithm::Es256))]);
    let [x5c, x5t, x5t_s256] = CertificateMember::ALL;
    let names = |asked_for: &[CertificateMember]| -> Vec<String> {
        let header: serde_json::Value = serde_json::from_str(&chain.header(asked_for)).unwrap();
        header.as_object().unwrap().keys().cloned().collect()
    };
    assert_eq!(names(&[]), [""; 0]);
    assert_eq!(names(&[x5t, x5t]), ["x5t"]);
    assert_eq!(names(&[x5t_s256, x5c, x5t]), ["x5c", "x5t", "x5t#S256"]);
}
