//! The body of a token request, parsed by an independent form parser.

use crate::support::random::Random;
use crate::support::signers::{Constant, Unreachable};
use redox_auth_core::{
    JwtId, OAuthKey, Signer, TokenRequest, UnixTime, WriteError, max_assertion_len,
    max_token_request_len, write_token_request,
};

const CLIENT_ID: &str = "client-1";
const AUDIENCE: &str = "https://api.redoxengine.com/v2/auth/token";
const NOW: UnixTime = UnixTime::from_secs(1_800_000_000);
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

fn jwt_id() -> JwtId {
    JwtId::from_random([7; 16])
}

fn request<'a, S: Signer>(signer: &'a S, jwt_id: &'a JwtId) -> TokenRequest<'a, S> {
    let key = OAuthKey::new(CLIENT_ID, "key-1", signer);
    TokenRequest::new(key.assertion(AUDIENCE, jwt_id, NOW))
}

fn assertion(signer: &impl Signer) -> String {
    let (jwt_id, mut buffer) = (jwt_id(), [0; 1024]);
    OAuthKey::new(CLIENT_ID, "key-1", signer)
        .assertion(AUDIENCE, &jwt_id, NOW)
        .write(&mut buffer)
        .unwrap()
        .to_owned()
}

fn fields(body: &str) -> Vec<(String, String)> {
    url::form_urlencoded::parse(body.as_bytes())
        .into_owned()
        .collect()
}

#[test]
fn the_body_is_these_fields_in_this_order() {
    let (jwt_id, mut buffer) = (jwt_id(), [0; 1024]);
    let body = request(&Constant::ES256, &jwt_id)
        .scope("system/*.read fhir:production")
        .write(&mut buffer)
        .unwrap();
    assert_eq!(
        body,
        concat!(
            "grant_type=client_credentials",
            "&scope=system%2F*.read+fhir%3Aproduction",
            "&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer",
            "&client_assertion="
        )
        .to_owned()
            + &assertion(&Constant::ES256)
    );
}

#[test]
fn without_a_scope_the_field_is_left_out() {
    let (jwt_id, mut buffer) = (jwt_id(), [0; 1024]);
    let body = request(&Constant::RS384, &jwt_id)
        .write(&mut buffer)
        .unwrap();
    let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(
        fields(body),
        [
            field("grant_type", "client_credentials"),
            field("client_assertion_type", ASSERTION_TYPE),
            field("client_assertion", &assertion(&Constant::RS384)),
        ]
    );
}

#[test]
fn any_scope_is_read_back_as_it_was() {
    let (jwt_id, mut buffer) = (jwt_id(), vec![0; 1 << 16]);
    let mut random = Random::from_seed(0x5c09e);
    let mut scopes: Vec<_> = (0..2_000).map(|_| random.text()).collect();
    scopes.extend(["a b", "a+b", "a&b=c", "100%", "é 👍", "\0\r\n", "~!*'()-._"].map(String::from));
    for scope in scopes {
        let body = request(&Constant::ES256, &jwt_id)
            .scope(&scope)
            .write(&mut buffer)
            .unwrap();
        let fields = fields(body);
        assert_eq!(fields.len(), 4, "{scope:?}");
        assert_eq!(fields[1], ("scope".to_owned(), scope));
        assert!(body.is_ascii() && !body.contains(char::is_whitespace));
    }
}

#[test]
fn every_shorter_buffer_is_refused_with_the_exact_need_and_without_a_signature() {
    let (jwt_id, mut buffer) = (jwt_id(), [0; 1024]);
    let needed = request(&Constant::ES256, &jwt_id)
        .scope("a b/c")
        .write(&mut buffer)
        .unwrap()
        .len();
    for short in 0..needed {
        let got = request(&Unreachable, &jwt_id)
            .scope("a b/c")
            .write(&mut buffer[..short]);
        assert_eq!(got, Err(WriteError::BufferTooSmall { needed }));
    }
    let exact = request(&Constant::ES256, &jwt_id)
        .scope("a b/c")
        .write(&mut buffer[..needed])
        .unwrap();
    assert_eq!(exact.len(), needed);
}

#[test]
fn the_bound_is_known_at_compile_time() {
    const ASSERTION: usize = max_assertion_len(CLIENT_ID, "key-1", AUDIENCE, 64);
    const BODY: usize = max_token_request_len(ASSERTION, "a b/c");
    let (jwt_id, mut buffer) = (jwt_id(), [0; BODY]);
    let body = request(&Constant::ES256, &jwt_id)
        .scope("a b/c")
        .write(&mut buffer)
        .unwrap();
    assert!(body.len() <= BODY);
}

#[test]
fn an_assertion_signed_elsewhere_makes_the_same_body() {
    let (jwt_id, mut buffer, mut other) = (jwt_id(), [0; 1024], [0; 1024]);
    for scope in [None, Some("a b/c")] {
        let request = request(&Constant::ES384, &jwt_id);
        let request = match scope {
            Some(scope) => request.scope(scope),
            None => request,
        };
        let expected = request.write(&mut buffer).unwrap();
        let assertion = assertion(&Constant::ES384);
        let body = write_token_request(&assertion, scope, &mut other).unwrap();
        assert_eq!(body, expected);
        let needed = body.len();
        for short in 0..needed {
            let got = write_token_request(&assertion, scope, &mut other[..short]);
            assert_eq!(got, Err(WriteError::BufferTooSmall { needed }));
        }
    }
    let empty = write_token_request("", None, &mut buffer);
    assert_eq!(empty, Err(WriteError::EmptyClaim("client_assertion")));
    // The assertion is invalid, but still cannot add fields.
    let body = write_token_request("a&scope=b", None, &mut buffer).unwrap();
    assert_eq!(fields(body).len(), 3);
}

#[test]
fn what_the_assertion_refuses_the_request_refuses() {
    let (jwt_id, mut buffer) = (jwt_id(), [0; 1024]);
    let key = OAuthKey::new("", "key-1", &Unreachable);
    let request = TokenRequest::new(key.assertion(AUDIENCE, &jwt_id, NOW));
    let got = request.write(&mut buffer);
    assert_eq!(got, Err(WriteError::EmptyClaim("iss")));
}

#[test]
fn an_empty_scope_stays_within_the_bounds_given_for_none() {
    let (jwt_id, mut buffer) = (jwt_id(), [0; 1024]);
    let key = OAuthKey::new(CLIENT_ID, "key-1", &Constant::ES256);
    // The latest times, for which the bound is exact.
    let longest = || {
        key.assertion(AUDIENCE, &jwt_id, NOW)
            .issued_at(UnixTime::from_secs(u64::MAX))
            .typ(redox_auth_core::JwtType::ClientAuthentication)
    };
    let max_len = max_assertion_len(CLIENT_ID, "key-1", AUDIENCE, 64);
    // It may be an error or be shorter, but must not exceed the bound.
    if let Ok(assertion) = longest().write(&mut buffer) {
        assert!(assertion.len() <= max_len, "in the assertion");
    }
    let request = TokenRequest::new(longest()).scope("");
    if let Ok(body) = request.write(&mut buffer) {
        assert!(
            body.len() <= max_token_request_len(max_len, ""),
            "in the form"
        );
    }
}
