//! Private JWKs: which members count, and which of them make it no key.

use crate::support::keys::{EcKey, RsaKey};
use redox_auth_core::{
    Algorithm, Found, KeyError, KeyForm, PRIVATE_KEY_SCRATCH_LEN, PrivateKey, SigningKey,
};
use serde_json::{Value, json};

fn error(jwk: &str) -> KeyError {
    match SigningKey::parse(jwk.as_bytes()) {
        Err(error) => error,
        Ok(_) => panic!("taken for a key: {jwk}"),
    }
}

#[test]
fn the_key_id_of_a_jwk_is_kept_exactly() {
    let key = EcKey::generate(Algorithm::Es256);
    for (written, expected) in [
        (r#""key-1""#, Some("key-1")),
        (r#""""#, Some("")),
        (
            r#""a \"quote\", a \\ and a \/""#,
            Some("a \"quote\", a \\ and a /"),
        ),
        (r#""\b\f\n\r\t\u0000""#, Some("\u{8}\u{c}\n\r\t\0")),
        (r#""\u00e9 é € \u20ac""#, Some("é é € €")),
        (r#""👍""#, Some("👍")),
        (r#""\ud83d\udc4d""#, Some("👍")),
        ("null", None),
    ] {
        let jwk = key
            .jwk()
            .to_string()
            .replacen('{', &format!(r#"{{"kid":{written},"#), 1);
        let mut scratch = [0; PRIVATE_KEY_SCRATCH_LEN];
        let parsed = PrivateKey::parse(jwk.as_bytes(), &mut scratch);
        let key_id = parsed.map(|key| key.key_id().map(String::from));
        assert_eq!(key_id, Ok(expected.map(String::from)), "{written}");
    }
}

#[test]
fn the_key_id_of_a_jwk_must_be_the_one_given() {
    let mut jwk = EcKey::generate(Algorithm::Es256).jwk();
    let expect = |jwk: &str, key_id| {
        let mut scratch = [0; PRIVATE_KEY_SCRATCH_LEN];
        let parsed = PrivateKey::parse(jwk.as_bytes(), &mut scratch).unwrap();
        parsed.expect_key_id(key_id)
    };
    assert_eq!(expect(&jwk.to_string(), "any"), Ok(()));
    jwk["kid"] = json!("key \"1\"");
    assert_eq!(expect(&jwk.to_string(), "key \"1\""), Ok(()));
    for other in ["", "key 1", "key \"1\" ", "KEY \"1\""] {
        let error = expect(&jwk.to_string(), other).unwrap_err();
        assert_eq!(error, KeyError::JwkKeyId);
        assert_eq!(
            error.to_string(),
            "expected `kid` of the JWK to be the key ID given, found another"
        );
    }
}

#[test]
fn other_members_of_a_jwk_are_ignored_whatever_they_are() {
    let key = EcKey::generate(Algorithm::Es384);
    for member in [
        r#""use":"sig""#,
        r#""use":"\u0073ig""#,
        r#""key_ops":["sign","verify"],"ext":true"#,
        r#""alg":"ES384""#,
        r#""alg":null"#,
        r#""iat":1700000000"#,
        r#""iat":-1.5e+30,"exp":1e400,"big":99999999999999999999999"#,
        r#""x5c":["MII=",["deeper",{"a":[]}]],"x5t#S256":"\ud83d\udc4d""#,
        r#""x5u":"https:\/\/example.com\/\u00e9""#,
        r#""":"","\u006eame":{}"#,
    ] {
        let jwk = key
            .jwk()
            .to_string()
            .replacen('{', &format!("{{{member},"), 1);
        assert!(SigningKey::parse(jwk.as_bytes()).is_ok(), "{member}");
    }
}

#[test]
fn a_jwk_that_is_no_jwk_is_refused() {
    let key = EcKey::generate(Algorithm::Es256).jwk();
    let with = |name: &str, value: Value| {
        let mut jwk = key.clone();
        jwk[name] = value;
        jwk.to_string()
    };
    let doubled = |member: &str| key.to_string().replacen('{', &format!("{{{member},"), 1);
    let malformed = KeyError::Malformed(KeyForm::Jwk);
    for form in [
        "{".into(),
        "{}".into(),
        "{\"kty\":\"EC\"}".into(),
        "{\"kty\":1}".into(),
        with("x", json!("AAAA")),
        with("x", Value::Null),
        with("y", json!("")),
        with("d", json!("not base64url!")),
        with("d", json!("AAAA=")),
        with("d", json!("A+/A")),
        with("d", json!(["AAAA"])),
        with("kid", json!(7)),
        doubled("\"kty\":\"EC\""),
        doubled("\"d\":\"AAAA\""),
        doubled("\"kid\":\"a\",\"kid\":\"b\""),
        doubled("\"kid\":\"\\ud83d\""),
        key.to_string() + "}",
        key.to_string() + &key.to_string(),
        format!("{{\"a\":{}", "[".repeat(100_000)),
        doubled(&format!(
            "\"a\":{}{}",
            "[".repeat(100_000),
            "]".repeat(100_000)
        )),
    ] {
        let start: String = form.chars().take(100).collect();
        assert_eq!(error(&form), malformed, "{start}");
    }
    let public = KeyError::NoPrivateKey(Found::PublicJwk);
    assert_eq!(error(r#"{"kty":"EC","crv":"P-256"}"#), public);
    assert_eq!(error(r#"{"kty":"RSA"}"#), public);
}

#[test]
fn the_algorithm_of_a_jwk_must_be_that_of_its_key() {
    let p256 = EcKey::generate(Algorithm::Es256).jwk();
    let p384 = EcKey::generate(Algorithm::Es384).jwk();
    let p521 = EcKey::generate(Algorithm::Es512).jwk();
    let rsa = RsaKey::published().jwk();
    for (key, expected, names, others) in [
        (
            p256,
            Algorithm::Es256,
            "ES256",
            ["ES384", "ES256K", "", "es256"],
        ),
        (
            p384,
            Algorithm::Es384,
            "ES384",
            ["ES256", "RS384", "ECDH-ES", "none"],
        ),
        (
            p521,
            Algorithm::Es512,
            "ES512",
            ["ES384", "RS512", "ES521", "HS512"],
        ),
        (
            rsa,
            Algorithm::Rs384,
            "RS256, RS384, RS512 or PS256",
            ["rs256", "PS384", "RSA-OAEP", "ES384"],
        ),
    ] {
        for other in others {
            let mut jwk = key.clone();
            jwk["alg"] = json!(other);
            let error = error(&jwk.to_string());
            assert_eq!(error, KeyError::JwkAlgorithm { expected }, "{other}");
            assert_eq!(
                error.to_string(),
                format!(
                    "expected `alg` of the JWK to be {names}, by its `kty` and `crv`, found another"
                )
            );
        }
    }
}

#[test]
fn coordinates_that_are_too_short_are_no_reason_for_more_room() {
    let jwk = br#"{"kty":"EC","crv":"P-384","x":"7DpOFUgLwT","y":"gZ-aw9","d":"1","kid":"key-1"}"#;
    let error = |scratch: &mut [u8]| PrivateKey::parse(jwk, scratch).err();
    let expected = error(&mut [0; PRIVATE_KEY_SCRATCH_LEN]);
    assert!(expected.is_some());
    assert_eq!(error(&mut [0; 96]), expected);
}
