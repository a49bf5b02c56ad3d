use std::path::{Path, PathBuf};

use redox_auth_reqwest::{Algorithm, Builder, Key, Redox};
use serde_json::{Value, json};

use crate::command::{Outcome, redox_auth};

/// What the command signs with, and what every tool here must take.
pub const ALGORITHMS: [&str; 7] = [
    "ES256", "ES384", "ES512", "RS256", "RS384", "RS512", "PS256",
];

/// A client as a server knows it: an ID, and a key that the command made.
#[derive(Clone, Debug)]
pub struct Client {
    id: String,
    algorithm: String,
    key_file: PathBuf,
    jwks: Value,
}

impl Client {
    /// Makes a key in `folder`; the public half is what the command printed.
    #[must_use]
    pub fn new(folder: &Path, id: &str, algorithm: &str) -> Self {
        Self::with_key_options(folder, id, algorithm, &[])
    }

    /// As [`Client::new`], with more options for `key new`.
    #[must_use]
    pub fn with_key_options(folder: &Path, id: &str, algorithm: &str, options: &[&str]) -> Self {
        let key_file = folder.join(format!("{id}.pem"));
        let mut arguments = vec!["key", "new", "--alg", algorithm, "--out", text(&key_file)];
        arguments.extend(options);
        let jwks = serde_json::from_str(redox_auth(&arguments).result())
            .expect("`key new` prints a JWK Set");
        Self {
            id: id.to_owned(),
            algorithm: algorithm.to_owned(),
            key_file,
            jwks,
        }
    }

    /// A client whose key was made elsewhere; the public half is what `key jwks` prints.
    #[must_use]
    pub fn with_key_file(key_file: &Path, id: &str, algorithm: &str) -> Self {
        let arguments = ["key", "jwks", text(key_file), "--alg", algorithm];
        let jwks = serde_json::from_str(redox_auth(&arguments).result())
            .expect("`key jwks` prints a JWK Set");
        let (id, algorithm, key_file) = (id.to_owned(), algorithm.to_owned(), key_file.to_owned());
        Self {
            id,
            algorithm,
            key_file,
            jwks,
        }
    }

    /// One client for each of [`ALGORITHMS`], with that name in its ID.
    #[must_use]
    pub fn for_every_algorithm(folder: &Path) -> Vec<Self> {
        let client = |algorithm| Self::new(folder, &format!("client-{algorithm}"), algorithm);
        ALGORITHMS.map(client).into()
    }

    /// The same key under another client ID.
    #[must_use]
    pub fn known_as(&self, id: &str) -> Self {
        Self {
            id: id.to_owned(),
            ..self.clone()
        }
    }

    /// The same client ID with another key, which no server was told of.
    #[must_use]
    pub fn impostor(&self, folder: &Path) -> Self {
        let stranger = Self::new(folder, &format!("not-{}", self.id), &self.algorithm);
        Self {
            id: self.id.clone(),
            ..stranger
        }
    }

    /// Runs `redox-auth token` as this client.
    pub fn token(&self, token_url: &str, options: &[&str]) -> Outcome {
        self.run("token", token_url, options)
    }

    /// Runs `redox-auth assertion` as this client.
    pub fn assertion(&self, token_url: &str, options: &[&str]) -> Outcome {
        self.run("assertion", token_url, options)
    }

    /// The client ID.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The JOSE name of the key's algorithm.
    #[must_use]
    pub fn algorithm(&self) -> &str {
        &self.algorithm
    }

    /// The private key's file.
    #[must_use]
    pub fn key_file(&self) -> &str {
        text(&self.key_file)
    }

    /// The JWK Set of the public key, as the command printed it.
    #[must_use]
    pub fn jwks(&self) -> &Value {
        &self.jwks
    }

    /// The only public JWK in the set.
    #[must_use]
    pub fn jwk(&self) -> &Value {
        match self
            .jwks
            .pointer("/keys")
            .and_then(Value::as_array)
            .map(Vec::as_slice)
        {
            Some([jwk]) => jwk,
            _ => panic!("not a JWK Set of one key: {}", self.jwks),
        }
    }

    /// The `kid` of the only key in the set.
    #[must_use]
    pub fn key_id(&self) -> &str {
        self.jwk()["kid"]
            .as_str()
            .expect("the public JWK has a kid")
    }

    /// The private key, as the adapter for reqwest reads it.
    #[must_use]
    pub fn key(&self) -> Key {
        self.key_under(self.key_id())
    }

    /// The adapter for reqwest as this client, which asks this server for its tokens.
    pub fn adapter(&self, token_url: &str) -> Builder {
        self.adapter_under(self.key_id(), token_url)
    }

    /// As [`Client::adapter`], with another `kid`.
    pub fn adapter_under(&self, key_id: &str, token_url: &str) -> Builder {
        Redox::builder()
            .oauth_key(&self.id, self.key_under(key_id))
            .token_url(token_url)
    }

    /// The client as a server registers it.
    pub(crate) fn registration(&self) -> Value {
        json!({"client_id": self.id, "alg": self.algorithm, "jwks": self.jwks})
    }

    fn key_under(&self, key_id: &str) -> Key {
        let named = |algorithm: &Algorithm| algorithm.as_str() == self.algorithm;
        let algorithm = Algorithm::ALL.into_iter().find(named);
        let key = Key::from_file_with_key_id(key_id, &self.key_file).expect("a key of ours");
        key.with_algorithm(algorithm.expect("one of ours"))
            .expect("the key is made for it")
    }

    fn run(&self, command: &str, token_url: &str, options: &[&str]) -> Outcome {
        let mut arguments = vec![command, "--client-id", &self.id, "--key", self.key_file()];
        arguments.extend(["--alg", &self.algorithm, "--token-url", token_url]);
        arguments.extend(options);
        redox_auth(&arguments)
    }
}

fn text(path: &Path) -> &str {
    path.to_str().expect("the temporary folder's path is UTF-8")
}
