//! Private JWKs: the members that count, and the members that make a JWK unusable.

use crate::support::keys::{EcKey, RsaKey, base64url};
use aws_lc_rs::rsa::KeySize;
use redox_auth_core::{
    Algorithm, Found, JwkProblem, KeyError, KeyForm, PRIVATE_KEY_SCRATCH_LEN, PrivateKey,
    SigningKey,
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
fn a_jwk_that_is_no_jwk_is_refused_by_its_member() {
    use JwkProblem::{
        Escaped, Missing, NotBase64Url, NotText, Padding, StandardBase64, TooLong, Twice,
    };
    let key = EcKey::generate(Algorithm::Es256).jwk();
    let with = |name: &str, value: Value| {
        let mut jwk = key.clone();
        jwk[name] = value;
        jwk.to_string()
    };
    let doubled = |member: &str| key.to_string().replacen('{', &format!("{{{member},"), 1);
    let malformed = KeyError::Malformed(KeyForm::Jwk);
    let wrong = |name, problem| KeyError::JwkMember { name, problem };
    for (form, expected) in [
        ("{".into(), malformed),
        ("{}".into(), wrong("kty", Missing)),
        ("{\"kty\":\"EC\"}".into(), wrong("crv", Missing)),
        ("{\"kty\":1}".into(), wrong("kty", NotText)),
        (
            doubled("\"use\":1").replace("EC", "\\u0045C"),
            wrong("kty", Escaped),
        ),
        (with("x", json!("AAAA")), KeyError::Inconsistent),
        (with("x", Value::Null), wrong("x", Missing)),
        (with("y", Value::Null), wrong("y", Missing)),
        (with("x", json!("A".repeat(44))), wrong("x", TooLong)),
        (with("d", json!("not base64url!")), wrong("d", NotBase64Url)),
        (with("d", json!("AAAAA")), wrong("d", NotBase64Url)),
        (with("d", json!("AAAA=")), wrong("d", Padding)),
        (with("d", json!("A+/A")), wrong("d", StandardBase64)),
        (with("d", json!(["AAAA"])), wrong("d", NotText)),
        (with("kid", json!(7)), wrong("kid", NotText)),
        (doubled("\"kty\":\"EC\""), wrong("kty", Twice)),
        (doubled("\"d\":\"AAAA\""), wrong("d", Twice)),
        (doubled("\"kid\":\"a\",\"kid\":\"b\""), wrong("kid", Twice)),
        (doubled("\"kid\":\"\\ud83d\""), malformed),
        (key.to_string() + "}", malformed),
        (key.to_string() + &key.to_string(), malformed),
        (format!("{{\"a\":{}", "[".repeat(100_000)), malformed),
        (
            doubled(&format!(
                "\"a\":{}{}",
                "[".repeat(100_000),
                "]".repeat(100_000)
            )),
            malformed,
        ),
    ] {
        let start: String = form.chars().take(100).collect();
        assert_eq!(error(&form), expected, "{start}");
    }
    for (problem, expected) in [
        (Missing, "`x` of the JWK is missing"),
        (Twice, "`x` of the JWK comes twice"),
        (NotText, "`x` of the JWK must be a string"),
        (Padding, "`x` of the JWK has padding (`=`)"),
        (
            StandardBase64,
            "`x` of the JWK must be base64url, without `+` and `/`",
        ),
        (Escaped, "`x` of the JWK has escapes"),
        (NotBase64Url, "`x` of the JWK must be base64url"),
        (TooLong, "`x` of the JWK is too long"),
    ] {
        assert_eq!(wrong("x", problem).to_string(), expected);
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
            ["ES256", "RS384", "ES384K", "none"],
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
            ["rs256", "PS384", "RSA", "ES384"],
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
fn an_algorithm_of_encryption_does_not_keep_a_key_from_signing() {
    let ec = EcKey::generate(Algorithm::Es256).jwk();
    let rsa = RsaKey::published().jwk();
    for (mut jwk, alg) in [
        (ec.clone(), "ECDH-ES"),
        (ec, "ECDH-ES+A128KW"),
        (rsa.clone(), "RSA-OAEP-256"),
        (rsa, "RSA1_5"),
    ] {
        jwk["alg"] = json!(alg);
        assert!(
            SigningKey::parse(jwk.to_string().as_bytes()).is_ok(),
            "{alg}"
        );
    }
}

#[test]
fn members_that_are_null_are_absent() {
    let mut jwk = RsaKey::published().jwk();
    for name in ["oth", "keys", "kid", "alg", "x"] {
        jwk[name] = Value::Null;
    }
    assert!(SigningKey::parse(jwk.to_string().as_bytes()).is_ok());
}

#[test]
fn a_key_of_4096_bits_is_read_whatever_the_length_of_its_key_id() {
    let mut jwk = RsaKey::generate(KeySize::Rsa4096).jwk();
    jwk["kid"] = json!("k".repeat(300));
    assert!(SigningKey::parse(jwk.to_string().as_bytes()).is_ok());
}

#[test]
fn coordinates_without_the_zeros_before_them_are_taken() {
    let public_key = |jwk: &Value| {
        let key = SigningKey::parse(jwk.to_string().as_bytes()).unwrap();
        key.public_key()
    };
    // One key in 128 has such a coordinate.
    let mut keys = core::iter::repeat_with(|| EcKey::generate(Algorithm::Es256));
    let key = keys
        .find(|key| key.point[1] == 0 || key.point[33] == 0)
        .unwrap();
    let mut short = key.jwk();
    for (name, coordinate) in ["x", "y"].into_iter().zip(key.point[1..].chunks(32)) {
        let zeros = coordinate.iter().take_while(|&&byte| byte == 0).count();
        short[name] = json!(base64url(&coordinate[zeros..]));
    }
    assert_ne!(short, key.jwk());
    assert_eq!(public_key(&short), public_key(&key.jwk()));
    let jwk = br#"{"kty":"EC","crv":"P-384","x":"7DpOFUgL","y":"gZ-a","d":"AQ","kid":"key-1"}"#;
    let needed = match PrivateKey::parse(jwk, &mut [0; 96]) {
        Err(KeyError::ScratchTooSmall { needed }) => needed,
        other => panic!("{other:?}"),
    };
    let mut scratch = vec![0; needed];
    assert!(PrivateKey::parse(jwk, &mut scratch).is_ok());
}
