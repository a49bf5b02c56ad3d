use redox_auth_core::ParseErrorKind::{Duplicate, TooDeep, WrongType};
use redox_auth_core::{MetadataKind, MetadataUrl, NameList, ParseError, ServerMetadata};
use serde_json::{Map, Value};

/// The metadata of an authorization server.
///
/// # Panics
/// When something else is read than `serde_json` reads, when JSON is taken for none, or when the `url` crate sees another
/// host in a token endpoint that is trusted than the one that was asked or confirmed.
pub fn server_metadata(input: &[u8]) {
    let theirs = serde_json::from_slice::<Value>(input);
    let mut body = input.to_owned();
    let read = match ServerMetadata::parse(&mut body) {
        Ok(read) => read,
        Err(error) => return refused(error, input),
    };
    let theirs = match theirs {
        Ok(theirs) => theirs,
        // A number beyond the greatest float: theirs to refuse, unread by us.
        Err(error) => return assert!(error.to_string().starts_with("number out of range")),
    };
    let text = |name| theirs.get(name).and_then(Value::as_str);
    assert_eq!(read.issuer(), text("issuer"));
    assert_eq!(read.token_endpoint(), text("token_endpoint"));
    assert_eq!(read.jwks_uri(), text("jwks_uri"));
    assert_eq!(read.is_signed(), text("signed_metadata").is_some());
    for (name, ours) in [
        ("token_endpoint_auth_methods_supported", read.auth_methods()),
        (
            "token_endpoint_auth_signing_alg_values_supported",
            read.algorithms(),
        ),
        ("grant_types_supported", read.grant_types()),
        ("scopes_supported", read.scopes()),
        ("capabilities", read.capabilities()),
        ("udap_versions_supported", read.udap_versions()),
        ("dpop_signing_alg_values_supported", read.dpop_algorithms()),
    ] {
        let theirs = theirs.get(name).and_then(Value::as_array);
        assert_eq!(ours.is_some(), theirs.is_some(), "{name}");
        if let (Some(ours), Some(theirs)) = (ours, theirs) {
            same(ours, theirs);
        }
    }
    trusted(&read);
}

/// Asks as several users would, each of whom trusts a single host.
fn trusted(read: &ServerMetadata<'_>) {
    for (kind, asked, confirmed, host) in [
        (
            MetadataKind::OAuth,
            "https://as.example",
            &[][..],
            "as.example",
        ),
        (
            MetadataKind::OpenId,
            "https://as.example/",
            &[],
            "as.example",
        ),
        (
            MetadataKind::Smart,
            "https://as.example/fhir",
            &[],
            "as.example",
        ),
        (
            MetadataKind::Udap,
            "http://127.0.0.1:1/fhir",
            &["as.example"],
            "as.example",
        ),
    ] {
        let Ok(asked) = MetadataUrl::new(kind, asked) else {
            panic!("no URL: {asked}");
        };
        let Ok(server) = read.verify(&asked, confirmed) else {
            continue;
        };
        let texts = [Some(server.token_url.as_str()), server.issuer];
        for text in texts.into_iter().flatten() {
            let url = url::Url::parse(text).expect("a URL");
            let origin = url.origin().ascii_serialization();
            let is_asked = origin == asked.base().as_str().trim_end_matches("/fhir");
            assert!(is_asked || origin == format!("https://{host}"), "{text}");
        }
    }
}

fn same(ours: NameList<'_>, theirs: &[Value]) {
    assert!(!ours.to_string().chars().any(char::is_control));
    assert_eq!(ours.clone().count(), theirs.len());
    for (ours, theirs) in ours.zip(theirs) {
        assert!(theirs.as_str().is_some_and(|theirs| ours == theirs));
    }
}

fn refused(error: ParseError, input: &[u8]) {
    assert!(error.at <= input.len());
    let is_json = matches!(error.kind, Duplicate(_) | TooDeep | WrongType { .. });
    if !is_json {
        let theirs = serde_json::from_slice::<Map<String, Value>>(input);
        assert!(theirs.is_err(), "{error}");
    }
}
