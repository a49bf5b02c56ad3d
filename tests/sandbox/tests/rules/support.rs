//! A registered client with keys, and a sandbox at a fixed time.

use std::sync::LazyLock;

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::encoding::Pkcs8V1Der;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING,
    ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384,
    RSA_PKCS1_SHA512, RSA_PSS_SHA256, RsaEncoding, RsaKeyPair, RsaSignatureEncoding,
};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use redox_auth_sandbox::jiff::Timestamp;
use redox_auth_sandbox::{Destination, OAuthKey, Refusal, Request, Response, Sandbox, Source};
use serde_json::{Value, json};

/// 2026-01-01T00:00:00Z.
pub(crate) const NOW: i64 = 1_767_225_600;

pub(crate) const BASE_URL: &str = "http://sandbox.example";
pub(crate) const TOKEN_URL: &str = "http://sandbox.example/v2/auth/token";
pub(crate) const CLIENT_ID: &str = "client-1";
pub(crate) const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

pub(crate) const ALGORITHMS: [&str; 7] = [
    "RS384", "ES384", "ES256", "ES512", "RS256", "RS512", "PS256",
];

/// A private key for tests. Making an RSA key takes a while, so all tests and algorithms share one.
pub(crate) enum Key {
    Rsa(RsaKeyPair),
    Ec(EcdsaKeyPair),
}

static RSA: LazyLock<Key> =
    LazyLock::new(|| Key::Rsa(RsaKeyPair::generate(KeySize::Rsa2048).unwrap()));
static ES384: LazyLock<Key> = LazyLock::new(|| Key::ec(&ECDSA_P384_SHA384_FIXED_SIGNING));
static ES512: LazyLock<Key> = LazyLock::new(|| Key::ec(&ECDSA_P521_SHA512_FIXED_SIGNING));
static ES256: LazyLock<Key> = LazyLock::new(|| Key::ec(&ECDSA_P256_SHA256_FIXED_SIGNING));

impl Key {
    pub(crate) fn of(algorithm: &str) -> &'static Self {
        match algorithm {
            "RS256" | "RS384" | "RS512" | "PS256" => &RSA,
            "ES384" => &ES384,
            "ES256" => &ES256,
            "ES512" => &ES512,
            other => panic!("no key for {other}"),
        }
    }

    fn ec(algorithm: &'static aws_lc_rs::signature::EcdsaSigningAlgorithm) -> Self {
        Self::Ec(EcdsaKeyPair::generate(algorithm).unwrap())
    }

    pub(crate) fn sign(&self, algorithm: &str, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Rsa(pair) => sign_rsa(pair, padding(algorithm), message),
            Self::Ec(pair) => {
                let signature = pair.sign(&SystemRandom::new(), message);
                signature.unwrap().as_ref().to_vec()
            }
        }
    }

    /// The public JWK with the kid `key-<alg>`. RS384 is the algorithm of an RSA key that names none.
    pub(crate) fn jwk(algorithm: &str) -> Value {
        let mut jwk = match Self::of(algorithm) {
            Self::Rsa(pair) => json!({
                "kty": "RSA",
                "n": encode(pair.public_key().modulus().big_endian_without_leading_zero()),
                "e": encode(pair.public_key().exponent().big_endian_without_leading_zero()),
            }),
            Self::Ec(pair) => {
                let (_, point) = pair.public_key().as_ref().split_first().unwrap();
                let (x, y) = point.split_at(point.len() / 2);
                let crv = match x.len() {
                    32 => "P-256",
                    48 => "P-384",
                    _ => "P-521",
                };
                json!({ "kty": "EC", "crv": crv, "x": encode(x), "y": encode(y) })
            }
        };
        jwk["kid"] = kid(algorithm).into();
        if ["RS256", "RS512", "PS256"].contains(&algorithm) {
            jwk["alg"] = algorithm.into();
        }
        jwk
    }

    /// PKCS#8 PEM, for a library that is not the one used here.
    pub(crate) fn pem(&self) -> String {
        let body = STANDARD.encode(self.der());
        format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n")
    }

    /// PKCS#8 DER.
    pub(crate) fn der(&self) -> Vec<u8> {
        match self {
            Self::Rsa(pair) => AsDer::<Pkcs8V1Der<'_>>::as_der(pair)
                .unwrap()
                .as_ref()
                .to_vec(),
            Self::Ec(pair) => pair.to_pkcs8v1().unwrap().as_ref().to_vec(),
        }
    }
}

fn padding(algorithm: &str) -> &'static RsaSignatureEncoding {
    match algorithm {
        "RS256" => &RSA_PKCS1_SHA256,
        "RS384" => &RSA_PKCS1_SHA384,
        "RS512" => &RSA_PKCS1_SHA512,
        "PS256" => &RSA_PSS_SHA256,
        other => panic!("{other} is not RSA"),
    }
}

pub(crate) fn sign_rsa(
    pair: &RsaKeyPair,
    padding: &'static dyn RsaEncoding,
    message: &[u8],
) -> Vec<u8> {
    let mut signature = vec![0; pair.public_modulus_len()];
    let random = SystemRandom::new();
    pair.sign(padding, &random, message, &mut signature)
        .unwrap();
    signature
}

pub(crate) fn kid(algorithm: &str) -> String {
    format!("key-{algorithm}")
}

/// The public JWK Set of all test keys.
pub(crate) fn jwks() -> String {
    json!({ "keys": ALGORITHMS.map(Key::jwk) }).to_string()
}

pub(crate) fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(crate) fn decode(base64: &str) -> Vec<u8> {
    STANDARD.decode(base64).unwrap()
}

pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

pub(crate) fn header(algorithm: &str) -> Value {
    json!({ "alg": algorithm, "kid": kid(algorithm), "typ": "JWT" })
}

/// Good claims at [`NOW`]; each test names its own `jti`.
pub(crate) fn claims(jti: &str) -> Value {
    json!({
        "iss": CLIENT_ID,
        "sub": CLIENT_ID,
        "aud": TOKEN_URL,
        "iat": NOW,
        "exp": NOW + 300,
        "jti": jti,
    })
}

/// A copy with one member replaced, or taken out if `value` is null.
pub(crate) fn with(object: &Value, name: &str, value: Value) -> Value {
    let mut object = object.clone();
    let members = object.as_object_mut().unwrap();
    if value.is_null() {
        members.remove(name);
    } else {
        members.insert(name.to_owned(), value);
    }
    object
}

/// A compact JWS, signed by the test key of `algorithm` whatever its header says.
pub(crate) fn sign(algorithm: &str, header: &Value, claims: &Value) -> String {
    sign_text(algorithm, &header.to_string(), &claims.to_string())
}

pub(crate) fn sign_text(algorithm: &str, header: &str, claims: &str) -> String {
    let signed = format!("{}.{}", encode(header), encode(claims));
    let signature = Key::of(algorithm).sign(algorithm, signed.as_bytes());
    format!("{signed}.{}", encode(signature))
}

/// A good assertion at [`NOW`].
pub(crate) fn assertion(jti: &str) -> String {
    sign("ES384", &header("ES384"), &claims(jti))
}

pub(crate) fn token_request(assertion: &str) -> Request {
    Request::form(
        "/v2/auth/token",
        &[
            ("grant_type", "client_credentials"),
            ("client_assertion_type", ASSERTION_TYPE),
            ("client_assertion", assertion),
        ],
    )
}

/// A sandbox that knows [`CLIENT_ID`] with all keys, by value.
pub(crate) fn sandbox() -> Sandbox {
    let mut sandbox = Sandbox::new(BASE_URL, [1; 32]);
    let key = OAuthKey::new().client_id(CLIENT_ID).jwks(&jwks());
    sandbox.register_oauth_key(key).unwrap();
    sandbox
}

/// A sandbox with a source, a destination that is a FHIR server too, and a live token of 300 s.
pub(crate) fn ready() -> (Sandbox, String) {
    let mut sandbox = sandbox();
    sandbox
        .add_source(Source::new("Clinic").id("source-1"))
        .unwrap();
    sandbox
        .add_destination(Destination::new("Hospital").id("dest-1").slug("hospital"))
        .unwrap();
    let token = mint(&mut sandbox, "ready");
    (sandbox, token)
}

pub(crate) fn mint(sandbox: &mut Sandbox, jti: &str) -> String {
    let response = sandbox.handle(at(NOW), &token_request(&assertion(jti)));
    assert_eq!(response.status, 200, "{}", reason(&response));
    text(&body(&response)["access_token"])
}

pub(crate) fn message(meta: &Value) -> Request {
    Request::json("/endpoint", json!({ "Meta": meta }).to_string())
}

pub(crate) fn good_meta() -> Value {
    json!({
        "DataModel": "PatientAdmin",
        "EventType": "NewPatient",
        "Test": true,
        "Destinations": [{ "ID": "dest-1" }],
    })
}

/// The answer to an assertion posted at a second: the token, or why not.
pub(crate) fn try_mint(
    sandbox: &mut Sandbox,
    second: i64,
    assertion: &str,
) -> Result<String, String> {
    let response = sandbox.handle(at(second), &token_request(assertion));
    match response.status.as_u16() {
        200 => Ok(text(&body(&response)["access_token"])),
        400 => Err(reason(&response)),
        other => panic!("status {other}"),
    }
}

pub(crate) fn refused(refusal: Refusal) -> Result<String, String> {
    Err(refusal.reason().to_owned())
}

pub(crate) fn body(response: &Response) -> Value {
    serde_json::from_slice(&response.body).unwrap()
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

pub(crate) fn header_of(response: &Response, name: &str) -> String {
    let value = response.headers.get(name);
    value.map_or_else(String::new, |value| value.to_str().unwrap().to_owned())
}

pub(crate) fn reason(response: &Response) -> String {
    header_of(response, "sandbox-reason")
}
