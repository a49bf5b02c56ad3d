//! Files of authorities that cannot be used, and those of which a part can.

use redox_auth_reqwest::{AuthoritiesProblem, BuildError, Connections};
use rustls::pki_types::CertificateDer;

use crate::server::{Authority, CaFile, client, pem, start};

/// The error for a file with this content, which the client does not use.
#[track_caller]
fn said(content: impl AsRef<[u8]>) -> String {
    let file = CaFile::new(content);
    let error = file.client("https://localhost").build().unwrap_err();
    assert!(matches!(error, BuildError::CaFile(_)), "{error:?}");
    let path = file.path.display().to_string();
    let said = error.to_string();
    let said = said.strip_prefix(&format!("{path} (CA file): ")).unwrap();
    said.replace(&path, "FILE")
}

#[test]
fn other_content_than_pem_is_named_with_the_command_that_converts_it() {
    let root = Authority::root("Clinic CA").certificate;
    let text = pem(core::slice::from_ref(&root));
    let base64: String = text.lines().filter(|line| !line.starts_with('-')).collect();
    let utf16 = |bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<_>>();
    let (little, big) = (utf16(u16::to_le_bytes), utf16(u16::to_be_bytes));
    let expected = "expected root certificates in PEM, found ";
    for (content, found, command) in [
        (
            root.to_vec(),
            "a certificate in DER",
            "openssl x509 -inform DER -in 'FILE' -out ca.pem",
        ),
        (
            [b"\xef\xbb\xbf", text.as_bytes()].concat(),
            "a byte-order mark before them",
            r"sed '1s/^\xef\xbb\xbf//' 'FILE' > ca.pem",
        ),
        (
            [&[0xff, 0xfe], &little[..]].concat(),
            "text in UTF-16",
            "iconv -f UTF-16 -t UTF-8 'FILE' > ca.pem",
        ),
        (
            little,
            "text in UTF-16",
            "iconv -f UTF-16LE -t UTF-8 'FILE' > ca.pem",
        ),
        (
            big,
            "text in UTF-16",
            "iconv -f UTF-16BE -t UTF-8 'FILE' > ca.pem",
        ),
        (
            b"\x30\x82\x01\x00\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0".to_vec(),
            "certificates in PKCS#7",
            "openssl pkcs7 -inform DER -in 'FILE' -print_certs -out ca.pem",
        ),
        (
            b"-----BEGIN PKCS7-----\nAAAA\n-----END PKCS7-----\n".to_vec(),
            "certificates in PKCS#7",
            "openssl pkcs7 -in 'FILE' -print_certs -out ca.pem",
        ),
        (
            b"\x30\x82\x01\x00\x02\x01\x03\x30\x82".to_vec(),
            "a PKCS#12 file",
            "openssl pkcs12 -in 'FILE' -nokeys -out ca.pem",
        ),
        (
            b"\xfe\xed\xfe\xed\0\0\0\x02".to_vec(),
            "a Java key store",
            "keytool -list -rfc -keystore 'FILE' > ca.pem",
        ),
        (
            text.replace("CERTIFICATE", "TRUSTED CERTIFICATE")
                .into_bytes(),
            "a certificate with OpenSSL's trust settings",
            "openssl x509 -in 'FILE' -out ca.pem",
        ),
        (
            base64.into_bytes(),
            "a certificate in base64 without its PEM lines",
            "base64 -d 'FILE' | openssl x509 -inform DER -out ca.pem",
        ),
        (
            b"\x1f\x8b\x08".to_vec(),
            "a file compressed by gzip",
            "gzip -dc 'FILE' > ca.pem",
        ),
    ] {
        let all = format!("{expected}{found}; convert it: {command}");
        assert_eq!(said(content), all);
    }
    for (content, found) in [
        (&b"-----BEGIN PRIVATE KEY-----\nAAAA\n"[..], "a private key"),
        (
            b"-----BEGIN CERTIFICATE REQUEST-----\n",
            "a certificate request",
        ),
        (b"<!doctype html>", "XML or HTML"),
        (b"\x30\x82\x01\x00\x02", "other or truncated DER"),
        (b"hello", "something else"),
        (b" \n", "an empty file"),
    ] {
        let all = format!("{expected}{found}; put the authority's certificate into it");
        assert_eq!(said(content), all);
    }
}

#[test]
fn a_place_without_a_file_is_named() {
    let folder = tempfile::TempDir::new().unwrap();
    for (path, part) in [
        (
            folder.path().join("missing.pem"),
            "there is no such file; correct the name",
        ),
        (
            folder.path().to_owned(),
            "found a directory; SSL_CERT_DIR names directories",
        ),
        (
            "-----BEGIN CERTIFICATE-----".into(),
            "found the text of a certificate",
        ),
    ] {
        let error = client("https://localhost").ca_file(&path).build();
        let said = error.unwrap_err().to_string();
        assert!(said.contains(part), "{said}");
    }
}

#[test]
fn a_file_of_broken_certificates_is_refused_with_the_line_of_the_first() {
    let root = Authority::root("Clinic CA").certificate;
    let text = pem(core::slice::from_ref(&root));
    let other = CertificateDer::from(b"\x30\x03\x02\x01\x00".to_vec());
    for (content, why) in [
        (
            text.replace("-----END CERTIFICATE-----\n", ""),
            "has no END line",
        ),
        (text.replacen("MI", "M!", 1), "is not in base64"),
        (pem(&[other]), "is no X.509 certificate"),
    ] {
        assert_eq!(
            said(format!("# comment\n{content}")),
            format!(
                "expected root certificates in PEM, found none that can be read: the certificate on line 2 {why}; copy the whole file again"
            )
        );
    }
}

/// 10,000 certificates, one of them broken in each way: the client uses the others, and reports the broken one.
#[tokio::test]
async fn one_broken_certificate_of_many_keeps_none_of_the_others_from_being_used() {
    let root = Authority::root("Clinic CA");
    let text = pem(core::slice::from_ref(&root.certificate));
    // Each with a serial number of its own, which nobody verifies in a root.
    let others = (1..10_000_u16).map(|number| {
        let mut fields = crate::server::fields(&root.certificate);
        fields[1] = crate::server::tlv(2, &[&[1][..], &number.to_be_bytes()].concat());
        root.sign_fields(&fields)
    });
    let mut blocks: Vec<String> = others.map(|it| pem(&[it])).collect();
    blocks.push(text);
    let broken = blocks[5_000].replacen("MI", "M!", 1);
    blocks[5_000] = broken;
    let lines_before: usize = blocks[..5_000].iter().map(|it| it.lines().count()).sum();
    let file = CaFile::new(blocks.concat());

    let connections = Connections::new().ca_file(&file.path).unwrap();
    let authorities = connections.authorities().unwrap();
    let source = &authorities.sources()[0];
    assert_eq!(source.count, Some(9_999));
    let broken = source.broken.unwrap();
    assert_eq!((broken.count, broken.line), (1, lines_before + 1));
    assert_eq!(
        source.to_string(),
        format!("9999 from {} (CA file)", file.path.display())
    );

    // The last one in the file.
    let (certificate, key) = root.server(|_| {});
    let redox = file.client(&start(&[certificate], &key)).build().unwrap();
    redox.token().await.unwrap();
}

#[test]
fn a_bundle_without_an_end_line_loses_only_that_certificate() {
    let roots = ["A", "B", "C"].map(|name| Authority::root(name).certificate);
    let [a, b, c] = roots.map(|root| pem(&[root]));
    let cut = b.replace("-----END CERTIFICATE-----\n", "");
    let file = CaFile::new([a, cut, c].concat().replace('\n', "\r\n"));
    let connections = Connections::new().ca_file(&file.path).unwrap();
    let authorities = connections.authorities().unwrap();
    let source = &authorities.sources()[0];
    assert_eq!(source.count, Some(2));
    assert!(
        source
            .broken
            .unwrap()
            .to_string()
            .contains("has no END line")
    );
}

#[test]
fn a_file_longer_than_any_collection_is_not_read_to_its_end() {
    let file = CaFile::new("");
    let long = std::fs::File::create(&file.path).unwrap();
    long.set_len(1 << 40).unwrap();
    let error = Connections::new().ca_file(&file.path).unwrap_err();
    assert!(
        matches!(error.problem, AuthoritiesProblem::TooLong { .. }),
        "{error}"
    );
}
