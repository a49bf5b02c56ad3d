use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Mutex;

use redox_auth_reqwest::{Algorithm, Key, Redox};
use redox_auth_sandbox::OAuthKey;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::clocks::Clocks;
use crate::support::{Sandbox, jwks, keys};

/// A client whose key is in a file, and a server that knows which keys the test says.
pub(super) struct Place {
    pub(super) sandbox: Sandbox,
    pub(super) clocks: Clocks,
    pub(super) client_id: String,
    pub(super) redox: Redox,
    pub(super) folder: TempDir,
    /// The keys that were made, as private JWKs, by their IDs.
    keys: Mutex<BTreeMap<String, String>>,
}

impl Place {
    /// With a key that the server knows in `key.jwk`.
    pub(super) async fn with_key(key_id: &str) -> Self {
        let sandbox = Sandbox::start().await;
        let clocks = Clocks::with(sandbox.server.clock());
        let folder = tempfile::tempdir().unwrap();
        let jwk = keys::jwk(&keys::pkcs8(Algorithm::Es256), key_id).to_string();
        let path = folder.path().join("key.jwk");
        std::fs::write(&path, &jwk).unwrap();
        let client_id = {
            let jwks = jwks(&Key::parse(jwk.as_bytes()).unwrap());
            let key = OAuthKey::new().jwks(&jwks);
            sandbox.server.sandbox().register_oauth_key(key).unwrap()
        };
        let redox = Redox::builder()
            .base_url(sandbox.server.base_url())
            .key_file(&client_id, path)
            .clock(clocks.now())
            .build()
            .unwrap();
        Self {
            sandbox,
            clocks,
            client_id,
            redox,
            folder,
            keys: Mutex::new(BTreeMap::from([(key_id.to_owned(), jwk)])),
        }
    }

    /// The file with the key.
    pub(super) fn file(&self) -> PathBuf {
        self.folder.path().join("key.jwk")
    }

    /// The private JWK of this ID, made when it is first asked for.
    pub(super) fn prepare(&self, key_id: &str) -> String {
        let mut keys = self.keys.lock().unwrap();
        let new = || keys::jwk(&keys::pkcs8(Algorithm::Es256), key_id).to_string();
        keys.entry(key_id.to_owned()).or_insert_with(new).clone()
    }

    /// Writes this key over what is in the file.
    pub(super) fn write(&self, key_id: &str) -> String {
        let jwk = self.prepare(key_id);
        std::fs::write(self.file(), &jwk).unwrap();
        jwk
    }

    /// Tells the server which keys it knows from now on.
    pub(super) fn register(&self, key_ids: &[&str]) {
        let public = key_ids.iter().flat_map(|key_id| {
            let key = Key::parse(self.prepare(key_id).as_bytes()).unwrap();
            let set: Value = serde_json::from_str(&jwks(&key)).unwrap();
            set["keys"].as_array().unwrap().clone()
        });
        let set = json!({ "keys": public.collect::<Vec<_>>() }).to_string();
        let mut state = self.sandbox.server.sandbox();
        state.set_jwks(&self.client_id, &set).unwrap();
    }

    /// The key that got the token which is in use.
    pub(super) async fn key_id(&self) -> String {
        let token = self.redox.token().await.unwrap();
        token.key_id().unwrap().to_owned()
    }

    pub(super) fn requests(&self) -> u64 {
        self.sandbox.token_requests()
    }
}
