use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use redox_auth_reqwest::{CertificateChain, CertificateMember};
use serde_json::Value;

/// RFC 7515, appendix B: an authority of 2006, and two above it that sign with SHA-1.
fn published() -> (Vec<Vec<u8>>, Value) {
    let vector: Value = serde_json::from_str(include_str!("vectors/rfc7515_b.json")).unwrap();
    let certificates = vector["x5c"].as_array().unwrap().iter();
    let certificates = certificates.map(|it| STANDARD.decode(it.as_str().unwrap()).unwrap());
    (certificates.collect(), vector["x5c"].clone())
}

#[test]
fn a_published_chain_is_written_as_it_is_published() {
    let (certificates, x5c) = published();
    let chain = CertificateChain::parse(&certificates.concat()).unwrap();
    assert_eq!(chain.count(), 3);
    let header = chain.header(&[CertificateMember::X5c]);
    let header: Value = serde_json::from_str(&header).unwrap();
    assert_eq!(header["x5c"], x5c);
}

#[test]
fn a_published_certificate_says_whose_it_is_and_when() {
    let (certificates, _) = published();
    let chain = CertificateChain::parse(&certificates.concat()).unwrap();
    let subject = chain.subject();
    assert!(
        subject.contains("CN=Go Daddy Secure Certification Authority"),
        "{subject}"
    );
    assert!(subject.ends_with(",C=US"), "{subject}");
    // 2006-11-16 01:54:37 and twenty years later.
    assert_eq!(chain.not_before().as_secs(), 1_163_642_077);
    assert_eq!(chain.not_after().as_secs(), 1_794_794_077);
}

#[test]
fn a_published_fingerprint_is_ours() {
    let (certificates, _) = published();
    let chain = CertificateChain::parse(&certificates.concat()).unwrap();
    let hex = |hash: &[u8]| -> String { hash.iter().map(|byte| format!("{byte:02X}")).collect() };
    // As browsers and certificate stores list this authority.
    assert_eq!(
        hex(&chain.sha1()),
        "7C4656C3061F7F4C0D67B319A855F60EBC11FC44"
    );
}

#[test]
fn a_damaged_signature_of_a_published_certificate_is_found() {
    let (mut certificates, _) = published();
    *certificates[1].last_mut().unwrap() ^= 1;
    let error = CertificateChain::parse(&certificates.concat()).unwrap_err();
    let shown = error.to_string();
    assert!(
        shown.starts_with("certificate 2 names certificate 3 as its issuer"),
        "{shown}"
    );
}
