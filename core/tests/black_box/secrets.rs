//! No public type shows its secret with `Debug`, in either of the two forms.

use core::fmt::Debug;
use core::slice::from_ref;

use crate::support::keys::{EcKey, ON_CURVES, RsaKey, base64url};
use redox_auth_core::{
    Algorithm, Es256Key, Es384Key, Es512Key, JwtId, KeyMaterial, LegacyKey, LegacyTokenReply,
    LegacyTokenResponse, OAuthKey, PRIVATE_KEY_SCRATCH_LEN, PrivateKey, RsaKey2048, RsaKey3072,
    RsaKey4096, SigningKey, TokenReply, TokenRequest, UnixTime,
};

/// The secrets that must not be shown: as text, and as numbers in the usual formats.
struct Secrets(Vec<String>);

impl Secrets {
    fn of_texts(texts: &[&str]) -> Self {
        let mut shown = Vec::new();
        for text in texts {
            shown.push((*text).to_owned());
            shown.extend(Self::of_number(text.as_bytes()));
        }
        Self(shown)
    }

    fn of_numbers(numbers: &[Vec<u8>]) -> Self {
        let shown = numbers.iter().flat_map(|number| Self::of_number(number));
        Self(shown.collect())
    }

    /// The start and the end of each, because a part of a secret is also secret.
    fn of_number(number: &[u8]) -> Vec<String> {
        let mut shown = vec![base64url(&number[..6])];
        let (first, last) = (number.first_chunk(), number.last_chunk());
        for part in [first.unwrap(), last.unwrap()] {
            let hex: String = part.iter().map(|byte| format!("{byte:02x}")).collect();
            let words = [u64::from_be_bytes(*part), u64::from_le_bytes(*part)];
            shown.push(hex.to_uppercase());
            shown.push(hex);
            shown.push(format!("{}, {}, {}", part[2], part[3], part[4]));
            shown.push(format!("{},\n    {},", part[2], part[3]));
            shown.extend(words.map(|word| word.to_string()));
        }
        shown
    }

    fn check(&self, value: &dyn Debug) {
        for shown in [format!("{value:?}"), format!("{value:#?}")] {
            for secret in &self.0 {
                assert!(!shown.contains(secret), "{secret} is in {shown}");
            }
        }
    }
}

fn ec(algorithm: Algorithm) -> (EcKey, Secrets) {
    let key = EcKey::published(algorithm);
    let secrets = Secrets::of_numbers(from_ref(&key.secret));
    (key, secrets)
}

fn rsa() -> (RsaKey, Secrets) {
    let key = RsaKey::published();
    // All numbers except the modulus and the public exponent.
    let secrets = Secrets::of_numbers(&key.numbers[2..]);
    (key, secrets)
}

#[test]
fn the_check_finds_what_it_looks_for() {
    let secret = vec![0xa7; 32];
    let secrets = Secrets::of_numbers(from_ref(&secret));
    let shows = |value: &dyn Debug| {
        let (one, other) = (format!("{value:?}"), format!("{value:#?}"));
        let found = |shown: &str| secrets.0.iter().any(|secret| shown.contains(secret));
        found(&one) || found(&other)
    };
    assert!(shows(&secret));
    assert!(shows(&base64url(&secret)));
    assert!(shows(&u64::from_be_bytes([0xa7; 8])));
    assert!(!shows(&"PrivateKey([redacted])"));
}

#[test]
fn private_keys_show_their_algorithm_at_most() {
    for algorithm in ON_CURVES {
        let (key, secrets) = ec(algorithm);
        check_parsed(&key.pkcs8(), &secrets);
        check_parsed(key.jwk().to_string().as_bytes(), &secrets);
        match algorithm {
            Algorithm::Es256 => secrets.check(&Es256Key::parse(&key.pkcs8()).unwrap()),
            Algorithm::Es384 => secrets.check(&Es384Key::parse(&key.pkcs8()).unwrap()),
            _ => secrets.check(&Es512Key::parse(&key.pkcs8()).unwrap()),
        }
    }
    let (key, secrets) = rsa();
    check_parsed(&key.pkcs8(), &secrets);
    check_parsed(key.jwk().to_string().as_bytes(), &secrets);
    secrets.check(&RsaKey2048::parse(&key.pkcs8()).unwrap());
    secrets.check(&RsaKey3072::parse(&key.pkcs8()).unwrap());
    secrets.check(&RsaKey4096::parse(&key.pkcs8()).unwrap());
}

/// A parsed key, its numbers, and its signing key.
fn check_parsed(form: &[u8], secrets: &Secrets) {
    let mut scratch = [0; PRIVATE_KEY_SCRATCH_LEN];
    let parsed = PrivateKey::parse(form, &mut scratch);
    secrets.check(&parsed);
    let parsed = parsed.unwrap();
    secrets.check(&parsed);
    secrets.check(&parsed.material());
    match parsed.material() {
        KeyMaterial::Ec(numbers) => secrets.check(&numbers),
        KeyMaterial::Rsa(numbers) => secrets.check(&numbers),
        other => panic!("a kind of key without a test: {other:?}"),
    }
    let key = SigningKey::parse(form);
    secrets.check(&key);
    let key = key.unwrap();
    secrets.check(&key);
    assert!(format!("{parsed:?}{key:?}").contains("[redacted]"));
}

#[test]
fn what_borrows_a_key_does_not_show_it() {
    let (key, secrets) = ec(Algorithm::Es256);
    let signer = SigningKey::parse(&key.pkcs8()).unwrap();
    let jwt_id = JwtId::from_random([7; 16]);
    let key = OAuthKey::new("client-1", "key-1", &signer);
    secrets.check(&key);
    let now = UnixTime::from_secs(1_800_000_000);
    secrets.check(&key.assertion("https://example.com", &jwt_id, now));
    let assertion = key.assertion("https://example.com", &jwt_id, now);
    secrets.check(&TokenRequest::new(assertion).scope("a"));
    assert!(format!("{key:?}").contains("client-1"));
}

#[test]
fn tokens_do_not_show() {
    const TOKEN: &str = "very-secret-access-token";
    let secrets = Secrets::of_texts(&[TOKEN]);
    let mut body =
        format!(r#"{{"access_token":"{TOKEN}","expires_in":300,"scope":"fhir"}}"#).into_bytes();
    let reply = TokenReply::parse(200, &mut body);
    secrets.check(&reply);
    let TokenReply::Token(response) = reply.unwrap() else {
        panic!("no token");
    };
    secrets.check(&response);
    secrets.check(&response.access_token);
    secrets.check(&Some(response.access_token));
    assert!(format!("{response:?}").contains("300"));
    assert_eq!(response.access_token.expose(), TOKEN);
}

#[test]
fn legacy_secrets_and_tokens_do_not_show() {
    const SECRET: &str = "very-secret-legacy-secret";
    let key = LegacyKey::new("4e79a4b5-6f3d-4bb1-9b4b-000000000000", SECRET);
    Secrets::of_texts(&[SECRET]).check(&key);
    assert!(format!("{key:?}").contains("4e79a4b5"));

    const TOKENS: [&str; 2] = ["very-secret-access-token", "quite-secret-refresh-token"];
    let mut body = format!(
        r#"{{"accessToken":"{}","expires":"2015-03-25T20:52:35.000Z","refreshToken":"{}"}}"#,
        TOKENS[0], TOKENS[1]
    )
    .into_bytes();
    let secrets = Secrets::of_texts(&TOKENS);
    let mut copy = body.clone();
    secrets.check(&LegacyTokenReply::parse(200, &mut copy));
    let response = LegacyTokenResponse::parse(&mut body);
    secrets.check(&response);
    let response = response.unwrap();
    secrets.check(&response);
    assert!(format!("{response:?}").contains("UnixTime(1427316755)"));
    assert_eq!(response.expose_refresh_token(), Some(TOKENS[1]));
}

#[test]
fn errors_about_secret_bodies_hold_none_of_them() {
    const TOKEN: &str = "very-secret-access-token";
    let secrets = Secrets::of_texts(&[TOKEN]);
    for body in [
        format!(r#"{{"access_token":"{TOKEN}","expires_in":-1}}"#),
        format!(r#"{{"access_token":"{TOKEN}","token_type":"{TOKEN}"}}"#),
        format!(r#"{{"access_token":"{TOKEN} with a space"}}"#),
        format!(r#"{{"access_token":"{TOKEN}""#),
        format!(r#"{{"{TOKEN}":{TOKEN}}}"#),
        TOKEN.to_owned(),
    ] {
        let mut token_reply = body.clone().into_bytes();
        let error = TokenReply::parse(200, &mut token_reply).unwrap_err();
        secrets.check(&error);
        secrets.check(&format_args!("{error}"));
        let mut legacy = body.replace("access_token", "accessToken").into_bytes();
        let error = LegacyTokenResponse::parse(&mut legacy).unwrap_err();
        secrets.check(&error);
        secrets.check(&format_args!("{error}"));
    }
}
