use core::error::Error;
use std::time::SystemTime;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use redox_auth_sandbox::Request;
use serde_json::{Value, json};

/// Signs token requests by ES256, each once: every sandbox has the same base URL, so that it takes the same ones.
pub(crate) struct Signer {
    key: EcdsaKeyPair,
    count: core::cell::Cell<u64>,
}

impl Signer {
    pub(crate) fn new() -> Result<Self, Box<dyn Error>> {
        Ok(Self {
            key: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)?,
            count: core::cell::Cell::new(0),
        })
    }

    pub(crate) fn jwks(&self) -> String {
        let point = self.key.public_key().as_ref();
        let part = |from: usize| {
            URL_SAFE_NO_PAD.encode(
                point
                    .get(from..)
                    .and_then(|rest| rest.get(..32))
                    .unwrap_or_default(),
            )
        };
        let jwk =
            json!({ "kty": "EC", "crv": "P-256", "kid": "key-1", "x": part(1), "y": part(33) });
        json!({ "keys": [jwk] }).to_string()
    }

    /// This number of token requests, as bytes on the wire.
    pub(crate) fn requests(&self, count: usize) -> Result<Vec<Vec<u8>>, Box<dyn Error>> {
        (0..count).map(|_| self.request()).collect()
    }

    fn request(&self) -> Result<Vec<u8>, Box<dyn Error>> {
        self.count.set(self.count.get().saturating_add(1));
        let now = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)?
            .as_secs();
        let header = json!({ "alg": "ES256", "kid": "key-1", "typ": "JWT" });
        let claims = json!({
            "iss": CLIENT_ID,
            "sub": CLIENT_ID,
            "aud": format!("{BASE_URL}/v2/auth/token"),
            "iat": now,
            "exp": now.saturating_add(300),
            "jti": self.count.get().to_string(),
        });
        let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", encode(&header), encode(&claims));
        let signature = self.key.sign(&SystemRandom::new(), signed.as_bytes())?;
        let assertion = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature));
        let fields = [
            ("grant_type", "client_credentials"),
            (
                "client_assertion_type",
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            ),
            ("client_assertion", &assertion),
        ];
        let request = Request::form("/v2/auth/token", &fields);
        let length = request.body.len();
        let head = format!(
            "POST /v2/auth/token HTTP/1.1\r\nHost: sandbox.example\r\nAccept: application/json\r\n\
             User-Agent: load/1\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: {length}\r\n\r\n"
        );
        Ok([head.as_bytes(), &request.body].concat())
    }
}

pub(crate) const CLIENT_ID: &str = "client-1";

pub(crate) const BASE_URL: &str = "http://sandbox.example";
