use super::*;

#[test]
fn what_a_uri_says_is_read_decoded() {
    let uri = "PKCS11:token=The%20Token%3B;object=key%201;id=%01%ff;slot-id=7;serial=;type=private\
               ?module-path=/a%20b.so&pin-source=file:///pin&module-name=x&future=1";
    let found: KeyUri = uri.parse().unwrap();
    let expected = KeyUri {
        token: Some("The Token;".to_owned()),
        serial: Some(String::new()),
        manufacturer: None,
        model: None,
        slot_id: Some(7),
        object: Some("key 1".to_owned()),
        id: Some(vec![1, 0xff]),
        module: Some("/a b.so".into()),
        pin: Some(PinSource::File("/pin".into())),
    };
    assert_eq!(found, expected);
    assert_eq!(
        found.to_string(),
        "pkcs11:token=The%20Token%3B;serial=;slot-id=7;object=key%201;id=%01%FF"
    );
}

#[test]
fn the_place_of_the_pin_is_a_file_or_a_variable() {
    for (source, expected) in [
        ("file:/p", PinSource::File("/p".into())),
        ("file:p", PinSource::File("p".into())),
        ("file:///p", PinSource::File("/p".into())),
        ("file://localhost/p", PinSource::File("/p".into())),
        ("/p", PinSource::File("/p".into())),
        ("//p", PinSource::File("//p".into())),
        ("env:P", PinSource::Variable("P".to_owned())),
    ] {
        let found: KeyUri = format!("pkcs11:?pin-source={source}").parse().unwrap();
        assert_eq!(found.pin, Some(expected), "{source}");
    }
}

#[test]
fn what_is_shown_is_read_again() {
    for uri in [
        "pkcs11:",
        "pkcs11:token=a;object=%C3%A9%25;id=%00",
        "pkcs11:id=",
    ] {
        let found: KeyUri = uri.parse().unwrap();
        assert_eq!(found.to_string().parse(), Ok(found), "{uri}");
    }
}

#[test]
fn what_is_no_uri_of_a_private_key_is_named() {
    let name = |name: &str| name.to_owned();
    for (uri, expected) in [
        ("", UriError::Scheme),
        ("pkcs11", UriError::Scheme),
        ("file:key.pem", UriError::Scheme),
        ("pkcs11:token", UriError::NoValue),
        ("pkcs11:?x", UriError::NoValue),
        ("pkcs11:tokn=a", UriError::Unknown(name("tokn"))),
        ("pkcs11:Token=a", UriError::Unknown(name("Token"))),
        ("pkcs11:x-vendor=a", UriError::Unknown(name("x-vendor"))),
        (
            "pkcs11:pin-source=/p",
            UriError::BelongsToQuery(name("pin-source")),
        ),
        ("pkcs11:token=a;token=a", UriError::Twice(name("token"))),
        (
            "pkcs11:?module-path=a&module-path=a",
            UriError::Twice(name("module-path")),
        ),
        ("pkcs11:token=100%", UriError::Percent(name("token"))),
        ("pkcs11:token=%2", UriError::Percent(name("token"))),
        ("pkcs11:token=%+1", UriError::Percent(name("token"))),
        ("pkcs11:token=%é", UriError::Percent(name("token"))),
        ("pkcs11:object=%ff", UriError::NotText(name("object"))),
        ("pkcs11:slot-id=one", UriError::SlotId),
        ("pkcs11:type=cert", UriError::Type),
        ("pkcs11:?pin-value=1234", UriError::PinValue),
        ("pkcs11:pin-value=1234", UriError::PinValue),
        ("pkcs11:?pin-source=|/bin/pin", UriError::PinProgram),
        ("pkcs11:?pin-source=file://host/pin", UriError::PinHost),
        ("pkcs11:?pin-source=file://pin", UriError::PinHost),
    ] {
        let error = uri.parse::<KeyUri>().unwrap_err();
        assert_eq!(error, expected, "{uri}");
        assert!(!error.to_string().contains("1234"), "{error}");
    }
}
