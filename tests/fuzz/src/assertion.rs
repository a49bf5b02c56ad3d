use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use redox_auth_core::{
    Algorithm, Claims, Dialect, FormFields, HeaderMembers, JwtId, OAuthKey, SignError, Signer,
    TokenRequest, UnixTime, WriteError, max_assertion_len_in, max_token_request_len_in,
};
use serde_json::{Value, json};

/// An assertion with any claims: client ID, key ID, audience, scope of the request, further claims and further fields, with a
/// byte 255 after each, which no text has.
///
/// # Panics
/// If header or claims differ from the input, or the length differs from the announced one.
pub fn assertion(input: &[u8]) {
    let mut texts = input
        .split(|&byte| byte == 0xff)
        .map(String::from_utf8_lossy);
    let mut text = || texts.next().unwrap_or_default();
    let (client_id, key_id, audience, scope) = (text(), text(), text(), text());
    let (claims, header, fields) = (text(), text(), text());
    // Refused inputs are left out. Accepted inputs must come out again.
    let dialect = Dialect::USUAL
        .with_claims(Claims::parse(&claims).unwrap_or(Claims::NONE))
        .with_header(HeaderMembers::parse(&header).unwrap_or(HeaderMembers::NONE))
        .with_fields(FormFields::parse(&fields).unwrap_or(FormFields::NONE));
    let jwt_id = JwtId::from_random([7; 16]);
    let now = UnixTime::from_secs(1_800_000_000);
    let key = OAuthKey::new(&client_id, &key_id, &Constant);
    let assertion = || key.assertion_in(&dialect, &audience, &jwt_id, now);

    let needed = match assertion().write(&mut []) {
        Err(WriteError::BufferTooSmall { needed }) => needed,
        Err(WriteError::EmptyClaim(_)) => {
            assert!(
                [&client_id, &key_id, &audience]
                    .iter()
                    .any(|it| it.is_empty())
            );
            return;
        }
        other => panic!("{other:?}"),
    };
    let max_len = max_assertion_len_in(&dialect, &client_id, &key_id, &audience, SIGNATURE_LEN);
    assert!(needed <= max_len);
    let mut buffer = vec![0; needed];
    if let Some((_, short)) = buffer.split_first_mut() {
        let got = assertion().write(short);
        assert_eq!(got, Err(WriteError::BufferTooSmall { needed }));
    }
    let written = assertion()
        .write(&mut buffer)
        .expect("the length it asked for");
    let parts: Vec<_> = written.split('.').map(decode).collect();
    let mut claims = json!({
        "iss": client_id,
        "sub": client_id,
        "aud": audience,
        "iat": 1_799_999_995,
        "exp": 1_800_000_295,
        "jti": jwt_id.as_str(),
    });
    add(dialect.claims().as_str(), &mut claims);
    let mut header = json!({ "alg": "ES256", "typ": "JWT", "kid": key_id });
    add(dialect.header().as_str(), &mut header);
    let signature = vec![0x55; SIGNATURE_LEN];
    match parts.as_slice() {
        [a, b, c] => assert_eq!((parse(a), parse(b), c), (header, claims, &signature)),
        _ => panic!("{} parts", parts.len()),
    }
    let request = TokenRequest::new(assertion()).scope(&scope);
    let max_len = max_token_request_len_in(&dialect, &client_id, max_len, &scope);
    let mut buffer = vec![0; max_len];
    let body = request.write(&mut buffer).expect("the greatest length");
    assert!(body.ends_with(written));
    assert!(body.bytes().all(|byte| byte.is_ascii_graphic()));
}

/// Adds the members of a fragment to an object that has none of them.
fn add(members: &str, object: &mut Value) {
    let members: Value = parse(format!("{{{members}}}").as_bytes());
    for (name, value) in members.as_object().into_iter().flatten() {
        let before = object
            .as_object_mut()
            .and_then(|object| object.insert(name.clone(), value.clone()));
        assert_eq!(before, None, "a name that was there");
    }
}

fn decode(part: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD
        .decode(part)
        .expect("base64url without padding")
}

fn parse(json: &[u8]) -> Value {
    serde_json::from_slice(json).expect("JSON")
}

/// Signs everything with the same byte: how to sign is not the question here.
#[derive(Debug)]
struct Constant;

impl Signer for Constant {
    fn algorithm(&self) -> Algorithm {
        Algorithm::Es256
    }

    fn signature_len(&self) -> usize {
        SIGNATURE_LEN
    }

    fn sign(&self, _: &[u8], signature: &mut [u8]) -> Result<(), SignError> {
        signature.fill(0x55);
        Ok(())
    }
}

const SIGNATURE_LEN: usize = 64;
