//! A token request that fits a server, and what can be changed about it.

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rcgen::{
    CertificateParams, KeyPair, PKCS_ECDSA_P384_SHA384, PKCS_ECDSA_P521_SHA512, PKCS_RSA_SHA256,
};
use redox_auth_sandbox::http::{HeaderName, HeaderValue};
use redox_auth_sandbox::{ClientSettings, OAuthKey, Request, Response, Rules, Sandbox};
use rustls::pki_types::PrivatePkcs8KeyDer;
use serde_json::{Value, json};

use crate::support::*;

/// A request that was not sent yet.
#[derive(Clone)]
pub(crate) struct Fit {
    path: String,
    pub(crate) settings: ClientSettings,
    /// The signer. The header names the same algorithm unless a test changes it.
    pub(crate) algorithm: String,
    pub(crate) header: Value,
    pub(crate) claims: Value,
    pub(crate) fields: Vec<(String, String)>,
    pub(crate) headers: Vec<(&'static str, String)>,
    /// Header and claims of the proof of possession, where the server wants one.
    pub(crate) proof: Option<(Value, Value)>,
    pub(crate) is_forged: bool,
    /// Whether the server has received the same request before.
    pub(crate) is_second: bool,
    /// What follows the form.
    pub(crate) more: String,
}

impl Fit {
    /// What the client settings of these rules ask for, at [`NOW`].
    pub(crate) fn new(rules: &Rules) -> Self {
        let settings = rules.client_settings(&rules.site_at(BASE_URL));
        let lifetime = settings.lifetime_secs.unwrap_or(300);
        let mut claims = json!({
            "iss": CLIENT_ID,
            "sub": settings.subject.as_deref().unwrap_or(CLIENT_ID),
            "aud": settings.audience,
            "iat": NOW,
            "exp": NOW.saturating_add(lifetime.into()),
            "jti": "jti-1",
        });
        if settings.not_before {
            claims["nbf"] = NOW.into();
        }
        for (name, json) in &settings.claims {
            claims[name] = serde_json::from_str(json).unwrap();
        }
        let mut fields = vec![("grant_type".to_owned(), settings.grant_type.clone())];
        if settings.assertion_field == "client_assertion" {
            fields.push((
                "client_assertion_type".to_owned(),
                ASSERTION_TYPE.to_owned(),
            ));
        }
        if let Some(scope) = &settings.scope {
            fields.push(("scope".to_owned(), scope.clone()));
        }
        if settings.send_client_id {
            fields.push(("client_id".to_owned(), CLIENT_ID.to_owned()));
        }
        fields.extend(settings.fields.clone());
        let algorithm = settings.algorithm.clone();
        let mut fit = Self {
            path: rules.token_path().to_owned(),
            header: json!({ "alg": algorithm, "typ": settings.typ.as_deref().unwrap_or("JWT") }),
            algorithm,
            claims,
            fields,
            headers: Vec::new(),
            proof: None,
            is_forged: false,
            is_second: false,
            more: String::new(),
            settings,
        };
        fit.name_key(fit.settings.names_key_by);
        if fit.settings.dpop {
            let jwk = with(&Key::jwk("ES256"), "kid", Value::Null);
            let htu = format!("{BASE_URL}{}", fit.path);
            fit.proof = Some((
                json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": jwk }),
                json!({ "htm": "POST", "htu": htu, "iat": NOW, "jti": "proof-1" }),
            ));
        }
        fit
    }

    /// Puts what names the key into the header.
    pub(crate) fn name_key(&mut self, by: &str) {
        self.header[by] = match by {
            "kid" => self.key_id().into(),
            "x5c" => json!([STANDARD.encode(certificate(&self.algorithm))]),
            "x5t" => encode(digest(
                &SHA1_FOR_LEGACY_USE_ONLY,
                &certificate(&self.algorithm),
            ))
            .into(),
            "x5t#S256" => encode(digest(&SHA256, &certificate(&self.algorithm))).into(),
            "jwk" => with(&Key::jwk(&self.algorithm), "kid", Value::Null),
            other => panic!("no key is named by {other}"),
        };
    }

    fn key_id(&self) -> String {
        let own = || kid(&self.algorithm);
        self.settings.key_id.clone().unwrap_or_else(own)
    }

    /// A sandbox that knows the client, with the key of this request and one more.
    pub(crate) fn sandbox(&self, rules: &Rules) -> Sandbox {
        let mut sandbox = Sandbox::new(BASE_URL, [1; 32]);
        sandbox.like(rules.clone());
        let other = if self.algorithm == "ES256" {
            "ES384"
        } else {
            "ES256"
        };
        let mut jwk = with(&Key::jwk(&self.algorithm), "kid", self.key_id().into());
        // Like a server that keeps only the numbers of a key.
        jwk = with(&jwk, "alg", Value::Null);
        let keys = json!({ "keys": [jwk, Key::jwk(other)] });
        let key = OAuthKey::new().client_id(CLIENT_ID).jwks(&keys.to_string());
        sandbox.register_oauth_key(key).unwrap();
        sandbox
    }

    pub(crate) fn compact(&self) -> String {
        let compact = sign(&self.algorithm, &self.header, &self.claims);
        if !self.is_forged {
            return compact;
        }
        let other = with(&self.claims, "extra", 1.into());
        let (signed, _) = compact.rsplit_once('.').unwrap();
        let stolen = sign(&self.algorithm, &self.header, &other);
        format!("{signed}.{}", stolen.rsplit_once('.').unwrap().1)
    }

    pub(crate) fn request(&self) -> Request {
        let assertion = (self.settings.assertion_field.to_owned(), self.compact());
        let mut fields = self.fields.clone();
        if !fields.iter().any(|(name, _)| *name == assertion.0) {
            fields.push(assertion);
        }
        let fields: Vec<_> = fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let mut request = Request::form(&self.path, &fields);
        request.body.extend(self.more.bytes());
        if let Some((header, claims)) = &self.proof {
            let proof = HeaderValue::try_from(sign("ES256", header, claims)).unwrap();
            request.headers.insert("dpop", proof);
        }
        for (name, value) in &self.headers {
            let value = HeaderValue::try_from(value).unwrap();
            request.headers.insert(HeaderName::from_static(name), value);
        }
        request
    }

    /// The answer of a new sandbox with these rules.
    pub(crate) fn answer(&self, rules: &Rules) -> Response {
        self.answer_of(&mut self.sandbox(rules))
    }

    /// The answer of this sandbox; where it wants a nonce, that to the request with one.
    pub(crate) fn answer_of(&self, sandbox: &mut Sandbox) -> Response {
        let mut fit = self.clone();
        if self.is_second {
            sandbox.handle(at(NOW), &fit.request());
        }
        let answer = sandbox.handle(at(NOW), &fit.request());
        match (&mut fit.proof, header_of(&answer, "dpop-nonce")) {
            (Some((_, claims)), nonce) if !nonce.is_empty() && claims["nonce"].is_null() => {
                claims["nonce"] = nonce.into();
                sandbox.handle(at(NOW), &fit.request())
            }
            _ => answer,
        }
    }

    /// Makes one change, written as text: `header typ="x"`, `claim exp=NOW+1`, `field scope=x`, `http dpop=x`; without a
    /// value the member goes. `alg ES256` signs with another key, `named x5t` names it in another way, `client x` is
    /// another client, `body &a=b` follows the form,
    /// `proof iat=1` and `proof header.typ="x"` change the proof of possession; `unproven`, `forged` and `twice` say what they are.
    pub(crate) fn change(&mut self, change: &str) {
        let (what, rest) = change.split_once(' ').unwrap_or((change, ""));
        let (name, value) = match rest.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (rest, None),
        };
        let json = || value.map_or(Value::Null, read);
        match what {
            "header" => self.header = with(&self.header, name, json()),
            "claim" => self.claims = with(&self.claims, name, json()),
            "field" => {
                self.fields.retain(|(own, _)| own != name);
                let value = value.unwrap_or_default();
                self.fields.push((name.to_owned(), value.to_owned()));
            }
            "http" => {
                self.headers.retain(|(own, _)| *own != name);
                let header = ["authorization", "content-type", "dpop"];
                let name = header.into_iter().find(|own| *own == name).unwrap();
                self.headers
                    .extend(value.map(|value| (name, value.to_owned())));
            }
            "alg" => {
                self.algorithm = rest.to_owned();
                self.header["alg"] = rest.into();
                let by = self.settings.names_key_by;
                if self.header.get(by).is_some() {
                    self.name_key(by);
                }
            }
            "client" => {
                for name in ["iss", "sub"] {
                    if self.claims[name] == CLIENT_ID {
                        self.claims[name] = rest.into();
                    }
                }
                for (name, value) in &mut self.fields {
                    if name == "client_id" {
                        rest.clone_into(value);
                    }
                }
            }
            "proof" => {
                let (header, claims) = self.proof.as_mut().unwrap();
                match name.strip_prefix("header.") {
                    Some(name) => *header = with(header, name, json()),
                    None => *claims = with(claims, name, json()),
                }
            }
            "unproven" => self.proof = None,
            "named" => self.name_key(rest),
            "body" => rest.clone_into(&mut self.more),
            "forged" => self.is_forged = true,
            "twice" => self.is_second = true,
            other => panic!("there is no change {other}"),
        }
    }
}

/// JSON, where `NOW` and `NOW+1` are times.
fn read(text: &str) -> Value {
    match text.strip_prefix("NOW") {
        Some("") => NOW.into(),
        Some(by) => NOW.saturating_add(by.parse().unwrap()).into(),
        None => serde_json::from_str(text).unwrap(),
    }
}

/// A certificate of the test key, in DER.
pub(crate) fn certificate(algorithm: &str) -> Vec<u8> {
    let der = Key::of(algorithm).der();
    let algorithm = match algorithm {
        "ES384" => &PKCS_ECDSA_P384_SHA384,
        "ES512" => &PKCS_ECDSA_P521_SHA512,
        _ => &PKCS_RSA_SHA256,
    };
    let key = KeyPair::from_pkcs8_der_and_sign_algo(&PrivatePkcs8KeyDer::from(der), algorithm);
    let key = key.unwrap();
    let certificate = CertificateParams::new(Vec::new())
        .unwrap()
        .self_signed(&key);
    certificate.unwrap().der().to_vec()
}
