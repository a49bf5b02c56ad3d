//! The HTTP API of AWS KMS, as far as signatures need it.

use core::time::Duration;
use std::env;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::Request;
use redox_auth_reqwest::{Algorithm, Digest, PublicKey, RemoteSigner, SignError, SignatureFuture};
use reqsign_aws_v4::{Credential, RequestSigner, StaticCredentialProvider};
use reqsign_core::{Context, Signer, hash};
use serde_json::{Value, json};

pub(crate) type Error = Box<dyn core::error::Error + Send + Sync>;

/// KMS in one region, called by one user.
#[derive(Clone, Debug)]
pub(crate) struct Kms {
    http: reqwest::Client,
    url: String,
    // For requests (SigV4). It shows no secret under `Debug`.
    signer: Signer<Credential>,
}

impl Kms {
    /// From the variables of AWS.
    pub(crate) fn from_env() -> Result<Self, Error> {
        let variable = |name: &str| env::var(name).map_err(|_| format!("set the variable {name}"));
        let region = variable("AWS_REGION")
            .or_else(|missing| variable("AWS_DEFAULT_REGION").map_err(|_| missing))?;
        let url = variable("AWS_ENDPOINT_URL_KMS")
            .unwrap_or_else(|_| format!("https://kms.{region}.amazonaws.com/"));
        let id = variable("AWS_ACCESS_KEY_ID")?;
        let secret = variable("AWS_SECRET_ACCESS_KEY")?;
        let session = variable("AWS_SESSION_TOKEN").ok();
        Self::new(&url, &region, &id, &secret, session)
    }

    /// At this URL. `session` belongs to temporary credentials.
    pub(crate) fn new(
        url: &str,
        region: &str,
        id: &str,
        secret: &str,
        session: Option<String>,
    ) -> Result<Self, Error> {
        let http = reqwest::Client::builder().timeout(Duration::from_secs(10));
        let mut credential = StaticCredentialProvider::new(id, secret);
        if let Some(session) = session {
            credential = credential.with_session_token(&session);
        }
        let for_kms = RequestSigner::new("kms", region);
        Ok(Self {
            http: http.build()?,
            url: url.to_owned(),
            signer: Signer::new(Context::new(), credential, for_kms),
        })
    }

    /// The public half of a key.
    pub(crate) async fn public_key(&self, key_id: &str) -> Result<PublicKey, Error> {
        let answer = self
            .call("GetPublicKey", &json!({ "KeyId": key_id }))
            .await?;
        Ok(PublicKey::from_spki(&bytes(&answer, "PublicKey")?)?)
    }

    /// The answers of operations (AWS KMS API Reference).
    pub(crate) async fn call(&self, operation: &str, input: &Value) -> Result<Value, Error> {
        let body = input.to_string();
        let request = Request::post(&self.url)
            .header("content-type", "application/x-amz-json-1.1")
            .header("x-amz-target", format!("TrentService.{operation}"))
            // Without it the signature does not cover the body.
            .header("x-amz-content-sha256", hash::hex_sha256(body.as_bytes()));
        let (mut head, body) = request.body(body)?.into_parts();
        self.signer.sign(&mut head, None).await?;
        let request: reqwest::Request = Request::from_parts(head, body).try_into()?;
        let response = self.http.execute(request).await?;
        let status = response.status();
        let answer = response.bytes().await?;
        if status.is_success() {
            return Ok(serde_json::from_slice(&answer)?);
        }
        // A proxy refuses with a page, which is no JSON; its status says enough.
        let answer = serde_json::from_slice(&answer).unwrap_or_default();
        Err(format!("AWS KMS, {operation}: {status} {}", refusal(&answer)).into())
    }
}

/// A key in KMS.
#[derive(Debug)]
pub(crate) struct KmsKey {
    kms: Kms,
    key_id: String,
    algorithm: Algorithm,
    signature_len: usize,
}

impl KmsKey {
    /// The key of this ID, which signs with the algorithm of `public_key`.
    pub(crate) fn new(kms: Kms, key_id: String, public_key: &PublicKey) -> Self {
        Self {
            kms,
            key_id,
            algorithm: public_key.algorithm(),
            signature_len: public_key.signature_len(),
        }
    }

    async fn signature(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        let digest = Digest::of(self.algorithm, message);
        // With the wrong one of the two, KMS hashes a digest, or uses a message as a digest.
        let (message, kind) = match message.len() {
            ..=MAX_MESSAGE_LEN => (message, "RAW"),
            _ => (digest.as_bytes(), "DIGEST"),
        };
        let input = json!({
            "KeyId": self.key_id,
            "Message": STANDARD.encode(message),
            "MessageType": kind,
            "SigningAlgorithm": signing_algorithm(self.algorithm)?,
        });
        // In DER for ECDSA, which `Key` converts.
        bytes(&self.kms.call("Sign", &input).await?, "Signature")
    }
}

impl RemoteSigner for KmsKey {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    fn signature_len(&self) -> usize {
        self.signature_len
    }

    fn sign<'s>(&'s self, message: &'s [u8]) -> SignatureFuture<'s> {
        Box::pin(async move {
            self.signature(message).await.map_err(|error| {
                // A `SignError` has no words.
                eprintln!("{error}");
                SignError::Backend
            })
        })
    }
}

/// The name that KMS has for an algorithm.
fn signing_algorithm(algorithm: Algorithm) -> Result<&'static str, Error> {
    Ok(match algorithm {
        Algorithm::Es256 => "ECDSA_SHA_256",
        Algorithm::Es384 => "ECDSA_SHA_384",
        Algorithm::Es512 => "ECDSA_SHA_512",
        Algorithm::Rs256 => "RSASSA_PKCS1_V1_5_SHA_256",
        Algorithm::Rs384 => "RSASSA_PKCS1_V1_5_SHA_384",
        Algorithm::Rs512 => "RSASSA_PKCS1_V1_5_SHA_512",
        Algorithm::Ps256 => "RSASSA_PSS_SHA_256",
        other => return Err(format!("this program has no name of AWS KMS for {other}").into()),
    })
}

/// The bytes in a member of an answer, which are in base64.
fn bytes(answer: &Value, member: &str) -> Result<Vec<u8>, Error> {
    let text = answer[member].as_str();
    let text = text.ok_or_else(|| format!("AWS KMS answered without `{member}`"))?;
    Ok(STANDARD.decode(text)?)
}

/// The words of KMS about a refused request. The lines after the first may repeat the request, with its session token.
fn refusal(answer: &Value) -> String {
    let member = |names: [&str; 2]| {
        let text = names.iter().find_map(|name| answer[*name].as_str())?;
        Some(text.lines().next()?.chars().take(200).collect::<String>())
    };
    let words = [member(["__type", "code"]), member(["message", "Message"])];
    let words: Vec<_> = words.into_iter().flatten().collect();
    words.join(": ")
}

/// The longest message that KMS hashes itself, in bytes.
const MAX_MESSAGE_LEN: usize = 4096;
