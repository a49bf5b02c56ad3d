use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::tools;

/// A private key as Node's crypto (OpenSSL) reads it and npm `jose` names it.
#[derive(Clone, Debug)]
pub struct DescribedKey {
    /// The public JWK: `kty` and the numbers, nothing else.
    pub jwk: Value,
    /// The RFC 7638 thumbprint with SHA-256.
    pub thumbprint: String,
}

/// A file with a private key that Node's crypto (OpenSSL) made.
#[derive(Debug)]
pub struct ForeignKey {
    /// The JOSE name of the algorithm it is for.
    pub algorithm: String,
    /// `pkcs8.pem`, `pkcs8.der`, the same of `sec1` (elliptic curves) or `pkcs1` (RSA), or `jwk`.
    pub form: String,
    /// Where it is.
    pub file: PathBuf,
    /// The public JWK, without `kid` and `alg`.
    pub jwk: Value,
}

/// Has each PEM private key read and named.
#[must_use]
pub fn describe_keys(pems: &[String]) -> Vec<DescribedKey> {
    array(tools::ask(tools::node("describe_keys.mjs"), &json!(pems)))
        .into_iter()
        .map(|key| DescribedKey {
            jwk: key["jwk"].clone(),
            thumbprint: text(&key, "thumbprint"),
        })
        .collect()
}

/// Has a key made for each algorithm and written into `folder` in every form that the algorithm's keys have.
#[must_use]
pub fn foreign_keys(folder: &Path) -> Vec<ForeignKey> {
    array(tools::ask(tools::node("make_keys.mjs"), &json!(folder)))
        .into_iter()
        .map(|key| ForeignKey {
            algorithm: text(&key, "algorithm"),
            form: text(&key, "form"),
            file: text(&key, "file").into(),
            jwk: key["jwk"].clone(),
        })
        .collect()
}

fn array(answer: Value) -> Vec<Value> {
    match answer {
        Value::Array(members) => members,
        other => panic!("not an array: {other}"),
    }
}

fn text(key: &Value, name: &str) -> String {
    key[name]
        .as_str()
        .expect("the script names every key")
        .to_owned()
}
