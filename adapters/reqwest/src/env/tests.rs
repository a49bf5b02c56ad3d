use std::ffi::OsString;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use pem_rfc7468::LineEnding;

use redox_auth_core::Grant;

use super::dialect::*;
use super::dpop::*;
use super::*;

/// The result of these variables and no others.
fn builder(variables: &[(&str, &str)]) -> Result<Builder, EnvError> {
    Variables(|name| {
        let found = variables.iter().find(|(variable, _)| *variable == name);
        found.map(|(_, value)| OsString::from(value))
    })
    .builder()
}

fn pem() -> String {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let der = pair.to_pkcs8v1().unwrap();
    pem_rfc7468::encode_string("PRIVATE KEY", LineEnding::LF, der.as_ref()).unwrap()
}

#[test]
fn every_variable_is_a_setting_of_the_builder() {
    let pem = pem();
    let key = || Key::parse_with_key_id("key-1", pem.as_bytes()).unwrap();
    let oauth = [
        (CLIENT_ID, "client-1"),
        (PRIVATE_KEY, &pem),
        (KEY_ID, "key-1"),
    ];
    let start = || Redox::builder().oauth_key("client-1", key());
    type Case<'a> = (&'a [(&'a str, &'a str)], Builder);
    let cases: [Case<'_>; 25] = [
        (&[], start()),
        (&[(ALG, "ES256")], start()),
        (&[(REGION, "us")], start().region(Region::Us)),
        (&[(REGION, "ca")], start().region(Region::Ca)),
        (&[(TYP, "JWT")], start()),
        (
            &[(TYP, "client-authentication+jwt")],
            start().typ(JwtType::ClientAuthentication),
        ),
        (&[(BASE_URL, "a"), (REGION, "ca")], start().base_url("a")),
        (
            &[(UPLOAD_URL, "b"), (BASE_URL, "a")],
            start().base_url("a").upload_url("b"),
        ),
        (&[(TOKEN_URL, "a")], start().token_url("a")),
        (
            &[(TOKEN_URL, "a"), (FHIR_URL, "b"), (ISSUER, "c")],
            start().base_url("b").token_url("a"),
        ),
        (&[(AUDIENCE, "a")], start().audience("a")),
        (&[(SCOPE, "a b")], start().scope("a b")),
        (&[(SOURCE_ID, "a")], start().source_id("a")),
        (&[(CLAIMS, "a=1")], start().claims("a=1")),
        (&[(HEADER, "{}")], start().headers("{}")),
        (&[(FIELDS, "a=1")], start().fields("a=1")),
        (&[(SUBJECT, "a")], start().subject("a")),
        (&[(LIFETIME, "60")], start().lifetime_secs(60)),
        (&[(BACKDATE, "0")], start().backdate_secs(0)),
        (&[(NBF, "true"), (NO_KID, "false")], start().not_before()),
        (&[(NO_KID, "true")], start().without_key_id()),
        (&[(SEND_CLIENT_ID, "true")], start().send_client_id()),
        (&[(GRANT, "jwt-bearer")], start().grant(Grant::JwtBearer)),
        (&[(LONGEST_TOKEN, "9000")], start().longest_token(9_000)),
        (
            &[(LEGACY_API_KEY, "a"), (LEGACY_SECRET, "b")],
            start().legacy_key("a", "b"),
        ),
    ];
    for (variables, expected) in cases {
        let found = builder(&[&oauth, variables].concat()).unwrap();
        assert_eq!(format!("{found:?}"), format!("{expected:?}"));
    }
    // Empty is absent.
    let empty = [REGION, TYP, KEY_FILE, LEGACY_API_KEY, SOURCE_ID].map(|name| (name, ""));
    let found = builder(&[&oauth[..], &empty].concat()).unwrap();
    assert_eq!(format!("{found:?}"), format!("{:?}", start()));
    // As for the command, a private key without a client ID is ignored.
    let legacy = [
        (LEGACY_API_KEY, "a"),
        (LEGACY_SECRET, "b"),
        (PRIVATE_KEY, &pem),
    ];
    let found = builder(&legacy).unwrap();
    let expected = Redox::builder().legacy_key("a", "b");
    assert_eq!(format!("{found:?}"), format!("{expected:?}"));
}

#[test]
fn a_key_in_place_of_its_file_is_not_shown() {
    let pem = pem();
    let line = pem.lines().nth(1).unwrap();
    let oauth = [(CLIENT_ID, "client-1"), (PRIVATE_KEY, &pem)];
    let legacy = [(LEGACY_API_KEY, "a"), (LEGACY_SECRET_FILE, &pem)];
    for (variable, variables) in [
        (KEY_FILE, &[oauth[0], (KEY_FILE, &pem)]),
        (DPOP_KEY_FILE, &[oauth[0], (DPOP_KEY_FILE, line)]),
        (LEGACY_SECRET_FILE, &legacy),
    ] {
        let error = builder(&[&oauth[1..], variables].concat()).unwrap_err();
        let shown = error.to_string();
        let start = format!("{variable}: expected the name of a file, found ");
        assert!(shown.starts_with(&start), "{shown}");
        let shown = format!("{shown} {error:?}");
        assert!(!shown.contains(&line[..20]), "{shown}");
    }
}

#[test]
fn a_key_in_a_variable_may_be_in_base64_or_have_its_line_ends_written_out() {
    use base64ct::{Base64, Encoding as _};

    let pem = pem();
    let der = pem_rfc7468::decode_vec(pem.as_bytes()).unwrap().1;
    let expected = Redox::builder().oauth_key("client-1", Key::parse(pem.as_bytes()).unwrap());
    for key in [
        pem.replace('\n', "\\n"),
        pem.replace('\n', "\\r\\n"),
        format!("\"{}\"", pem.replace('\n', "\\n")),
        pem.replace('\n', " "),
        Base64::encode_string(pem.as_bytes()),
        Base64::encode_string(&der),
    ] {
        let found = builder(&[(CLIENT_ID, "client-1"), (PRIVATE_KEY, &key)]).unwrap();
        assert_eq!(format!("{found:?}"), format!("{expected:?}"));
    }
    let error = builder(&[(CLIENT_ID, "client-1\n"), (PRIVATE_KEY, &pem)]).unwrap();
    let error = EnvError::Build(error.build().unwrap_err()).to_string();
    assert!(
        error.starts_with("REDOX_CLIENT_ID: client ID: it ends with a line end"),
        "{error}"
    );
}

#[test]
fn tokens_are_bound_to_the_key_of_a_file_or_to_a_new_one() {
    let pem = pem();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), &pem).unwrap();
    let path = file.path().to_str().unwrap();
    let oauth = [(CLIENT_ID, "client-1"), (PRIVATE_KEY, &pem)];
    let key = || Key::parse(pem.as_bytes()).unwrap();
    let expected = Redox::builder().oauth_key("client-1", key()).dpop(key());
    for more in [
        &[(DPOP_KEY_FILE, path)][..],
        &[(DPOP_KEY_FILE, path), (DPOP, "false")],
    ] {
        let found = builder(&[&oauth, more].concat()).unwrap();
        assert_eq!(format!("{found:?}"), format!("{expected:?}"));
    }
    let bound = |value| {
        format!(
            "{:?}",
            builder(&[&oauth[..], &[(DPOP, value)]].concat()).unwrap()
        )
    };
    assert!(
        bound("true").contains("dpop: Some(Key"),
        "{}",
        bound("true")
    );
    assert_ne!(bound("true"), bound("true"), "a new key each time");
    assert!(bound("false").contains("dpop: None"), "{}", bound("false"));
    let wrong = builder(&[&oauth[..], &[(DPOP, "yes")]].concat()).unwrap_err();
    assert_eq!(
        wrong.to_string(),
        "REDOX_DPOP: expected true or false, found \"yes\""
    );
    let absent = builder(&[&oauth[..], &[(DPOP_KEY_FILE, "/no/such/file")]].concat());
    let shown = absent.unwrap_err().to_string();
    assert!(
        shown.starts_with("REDOX_DPOP_KEY_FILE: /no/such/file: "),
        "{shown}"
    );
}

#[test]
fn an_error_names_its_variable_and_shows_no_secret() {
    let pem = pem();
    let half = &pem[..pem.len() / 2];
    let client = (CLIENT_ID, "client-1");
    let oauth = &[client, (PRIVATE_KEY, &pem)][..];
    let legacy = (LEGACY_API_KEY, "key-1");
    for (variables, expected) in [
        (
            &[][..],
            "expected a client ID (REDOX_CLIENT_ID), found none",
        ),
        (
            &[(CLIENT_ID, ""), (PRIVATE_KEY, &pem)],
            "expected a client ID (REDOX_CLIENT_ID), found none",
        ),
        (
            &[client],
            "expected a private key (REDOX_KEY_FILE or REDOX_PRIVATE_KEY), found none",
        ),
        (
            &[client, legacy, (LEGACY_SECRET, "hush")],
            "expected a private key (REDOX_KEY_FILE or REDOX_PRIVATE_KEY), found none",
        ),
        (
            &[legacy],
            "expected the secret of the legacy API key (REDOX_LEGACY_SECRET_FILE or REDOX_LEGACY_SECRET), found none",
        ),
        (
            &[(ALG, "ES384"), oauth[0], oauth[1]],
            "REDOX_ALG: expected a key for ES384, found one for ES256",
        ),
        (
            &[(ALG, "HS256"), oauth[0], oauth[1]],
            "REDOX_ALG: expected ES256 or ES384 or ES512 or RS256 or RS384 or RS512 or PS256, found \"HS256\"",
        ),
        (
            &[(REGION, "eu")],
            "REDOX_REGION: expected us or ca, found \"eu\"",
        ),
        (
            &[(TYP, "at+jwt")],
            "REDOX_TYP: expected JWT or client-authentication+jwt, found \"at+jwt\"",
        ),
        (
            &[client, (PRIVATE_KEY, half)],
            "REDOX_PRIVATE_KEY: expected a PEM block, found a damaged or truncated one",
        ),
        (
            &[client, (KEY_FILE, "/no/such/file"), (PRIVATE_KEY, &pem)],
            "REDOX_KEY_FILE: /no/such/file: cannot be read: ",
        ),
        (
            &[
                legacy,
                (LEGACY_SECRET_FILE, "/no/such/file"),
                (LEGACY_SECRET, "hush"),
            ],
            "REDOX_LEGACY_SECRET_FILE: /no/such/file: cannot be read: ",
        ),
        (
            &[oauth, &[(BASE_URL, "http://as.example")]].concat(),
            "REDOX_BASE_URL: base URL: expected https",
        ),
        (
            &[oauth, &[(UPLOAD_URL, "no URL")]].concat(),
            "REDOX_UPLOAD_URL: upload URL: expected a URL",
        ),
        (
            &[oauth, &[(TOKEN_URL, "no URL")]].concat(),
            "REDOX_TOKEN_URL: token URL: expected a URL",
        ),
        (
            &[oauth, &[(AUDIENCE, "no URL")]].concat(),
            "REDOX_AUDIENCE: audience: expected",
        ),
        (
            &[oauth, &[(SOURCE_ID, "a b")]].concat(),
            "REDOX_SOURCE_ID: source ID: expected",
        ),
        (
            &[oauth, &[(CLAIMS, "hush")]].concat(),
            "REDOX_CLAIMS: claim: expected NAME=VALUE or a JSON object",
        ),
        (
            &[oauth, &[(CLAIMS, "purposeId=hush")]].concat(),
            "REDOX_CLAIMS: claim \"purposeId\": expected JSON, where a text has double quotes",
        ),
        (
            &[oauth, &[(HEADER, r#"{"x5c":["hush"],"kid":"hush"}"#)]].concat(),
            "REDOX_HEADER: header member \"kid\": it cannot be added: set the key ID",
        ),
        (
            &[oauth, &[(FIELDS, r#"{"audience":{"hush":1}}"#)]].concat(),
            "REDOX_FIELDS: form field \"audience\": expected a JSON string",
        ),
        (
            &[oauth, &[(LIFETIME, "301")]].concat(),
            "REDOX_LIFETIME: lifetime of assertions: expected 1 to 300 seconds, found 301",
        ),
        (
            &[oauth, &[(LIFETIME, "a minute")]].concat(),
            "REDOX_LIFETIME: expected a whole number, found \"a minute\"",
        ),
        (
            &[oauth, &[(NBF, "yes")]].concat(),
            "REDOX_NBF: expected true or false, found \"yes\"",
        ),
        (
            &[oauth, &[(GRANT, "password")]].concat(),
            "REDOX_GRANT: expected client-credentials or jwt-bearer, found \"password\"",
        ),
        (&[legacy, (LEGACY_SECRET, " ")], "the secret is empty"),
    ] {
        let built = builder(variables).and_then(|it| it.build().map_err(EnvError::Build));
        let error = built.unwrap_err();
        let shown = format!("{error} {error:?}");
        assert!(error.to_string().starts_with(expected), "{shown}");
        assert!(!shown.contains("hush"), "{shown}");
        for line in half.lines().skip(1) {
            assert!(!shown.contains(line), "{shown}");
        }
    }
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_no_text_is_named() {
    use std::os::unix::ffi::OsStringExt as _;

    for variable in [CLIENT_ID, REGION, BASE_URL] {
        let bytes = |name: &str| (name == variable).then(|| OsString::from_vec(vec![0xff]));
        let error = Variables(bytes).builder().unwrap_err().to_string();
        let expected = format!("{variable}: expected text in UTF-8, found other bytes");
        assert_eq!(error, expected);
    }
}

/// A new private key, and a file with a certificate of it.
#[cfg(feature = "certificates")]
fn certified(folder: &tempfile::TempDir) -> (String, String) {
    let pem = pem();
    let (_, der) = pem_rfc7468::decode_vec(pem.as_bytes()).unwrap();
    let pair = rcgen::KeyPair::try_from(der).unwrap();
    let params = rcgen::CertificateParams::new(Vec::new()).unwrap();
    let file = folder.path().join("certificate.der");
    std::fs::write(&file, params.self_signed(&pair).unwrap().der()).unwrap();
    (pem, file.to_str().unwrap().to_owned())
}

#[cfg(feature = "certificates")]
#[test]
fn a_certificate_is_named_in_the_header_as_the_environment_says() {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    let folder = tempfile::tempdir().unwrap();
    let (pem, file) = certified(&folder);
    let oauth = [(CLIENT_ID, "client-1"), (PRIVATE_KEY, &*pem)];
    for (variables, expected) in [
        (&[(CERTIFICATE_FILE, ""), (CERTIFICATE_AS, "")][..], ""),
        (&[(CERTIFICATE_FILE, &file)], "x5c"),
        (
            &[(CERTIFICATE_FILE, &file), (CERTIFICATE_AS, "x5t#S256")],
            "x5t#S256",
        ),
        (
            &[(CERTIFICATE_FILE, &file), (CERTIFICATE_AS, "x5t#S256, x5c")],
            "x5c x5t#S256",
        ),
    ] {
        let redox = builder(&[&oauth, variables].concat()).unwrap().build();
        let now = redox_auth_core::UnixTime::from_secs(1_800_000_000);
        let assertion = redox.unwrap().assertion(now).unwrap();
        let (header, _) = assertion.split_once('.').unwrap();
        let header = URL_SAFE_NO_PAD.decode(header).unwrap();
        let header: serde_json::Value = serde_json::from_slice(&header).unwrap();
        let members = header.as_object().unwrap().keys();
        let members = members.filter(|name| name.starts_with("x5"));
        let found = members.map(String::as_str).collect::<Vec<_>>().join(" ");
        assert_eq!(found, expected, "{variables:?}");
    }
}

#[cfg(feature = "certificates")]
#[test]
fn an_error_about_a_certificate_names_its_variable() {
    let folder = tempfile::tempdir().unwrap();
    let (_, file) = certified(&folder);
    let pem = pem();
    let oauth = [(CLIENT_ID, "client-1"), (PRIVATE_KEY, &*pem)];
    for (variables, expected) in [
        (
            &[(CERTIFICATE_FILE, &*file)][..],
            "REDOX_CERTIFICATE_FILE: certificate 1: expected the certificate of the private key",
        ),
        (
            &[(CERTIFICATE_FILE, "/no/such/file")],
            "REDOX_CERTIFICATE_FILE: /no/such/file: cannot be read: ",
        ),
        (
            &[(CERTIFICATE_FILE, &file), (CERTIFICATE_AS, "x5c,x5u")],
            "REDOX_CERTIFICATE_AS: expected x5c or x5t or x5t#S256, found \"x5u\"",
        ),
        (
            &[(CERTIFICATE_AS, "x5c")],
            "expected the certificate to name in the header (REDOX_CERTIFICATE_FILE), found none",
        ),
    ] {
        let error = builder(&[&oauth, variables].concat()).unwrap_err();
        let shown = error.to_string();
        assert!(shown.starts_with(expected), "{shown}");
    }
}

#[cfg(not(feature = "certificates"))]
#[test]
fn a_certificate_is_not_left_out_quietly() {
    let pem = pem();
    let oauth = [(CLIENT_ID, "client-1"), (PRIVATE_KEY, &*pem)];
    for variable in [CERTIFICATE_FILE, CERTIFICATE_AS] {
        let error = builder(&[&oauth[..], &[(variable, "x5c")]].concat()).unwrap_err();
        let expected = format!(
            "{variable}: this program was built without the feature `certificates` of redox-auth-reqwest"
        );
        assert!(error.to_string().starts_with(&expected), "{error}");
    }
}
#[test]
fn a_server_that_has_to_be_asked_is_not_taken_for_redox() {
    for (variables, expected) in [
        (
            &[(ISSUER, "https://a.example")][..],
            "REDOX_ISSUER: discovery has to find the server",
        ),
        (
            &[(FHIR_URL, "https://a.example")],
            "REDOX_FHIR_URL: discovery has to find the server",
        ),
        (
            &[(ISSUER, "a"), (FHIR_URL, "b")],
            "set only one of REDOX_ISSUER and REDOX_FHIR_URL; both are set",
        ),
    ] {
        let shown = builder(variables).unwrap_err().to_string();
        assert!(shown.starts_with(expected), "{shown}");
    }
}
