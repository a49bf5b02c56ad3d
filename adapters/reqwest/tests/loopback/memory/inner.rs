//! The process whose memory is searched: it does everything that a client can do with secrets, and then drops everything.
//!
//! It reads its secrets from files into buffers that it wipes, and tells its tokens by files that it writes from where
//! they are.

use core::sync::atomic::{AtomicU64, Ordering};
use core::time::Duration;
use std::fs::{self, File};
use std::io::{Read as _, Write as _, stdin};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use redox_auth_reqwest::{
    Api, Builder, Instant, Key, Now, Redox, Signer as _, Token, TokenSource as _, UnixTime,
};
use reqwest::header::HeaderMap;
use serde_json::{Value, json};
use zeroize::Zeroizing;

/// Its settings, in [`SETTINGS`].
pub(super) struct Inner {
    dir: PathBuf,
    settings: Value,
    millis: Arc<AtomicU64>,
    written: usize,
}

impl Inner {
    pub(super) fn new(dir: &Path) -> Self {
        let settings = fs::read(dir.join(SETTINGS)).unwrap();
        Self {
            dir: dir.to_owned(),
            settings: serde_json::from_slice(&settings).unwrap(),
            millis: Arc::new(AtomicU64::new(1_000_000)),
            written: 0,
        }
    }

    pub(super) fn run(mut self) {
        if self.settings["base_url"].is_null() {
            self.use_key_alone();
        } else {
            let mut runtime = tokio::runtime::Builder::new_current_thread();
            let runtime = runtime.enable_all().build().unwrap();
            runtime.block_on(self.use_all());
        }
        let kept = self.read(KEPT);
        tell(DONE);
        drop(kept);
    }

    /// Reads it, and may sign with it: nothing more, which would cover what stays of it.
    fn use_key_alone(&self) {
        let key = Key::parse(&self.read(text(&self.settings["keys"][0]["file"]))).unwrap();
        if self.settings["acts"] == false {
            return;
        }
        let mut signature = Zeroizing::new(vec![0; key.signature_len()]);
        key.sign(b"a message", &mut signature).unwrap();
    }

    async fn use_all(&mut self) {
        for key in self.settings["keys"].as_array().unwrap().clone() {
            self.use_oauth_key(&key).await;
        }
        self.use_legacy_key().await;
    }

    async fn use_oauth_key(&mut self, key: &Value) {
        let (file, client_id) = (text(&key["file"]), text(&key["client_id"]));
        // One client reads the file again for each of its tokens.
        let redox = self.builder().key_file(client_id, self.dir.join(file));
        let restored = Key::parse(&self.read(file)).unwrap();
        let restored = self.builder().oauth_key(client_id, restored);
        let (redox, restored) = (redox.build().unwrap(), restored.build().unwrap());
        self.use_client(&redox).await;
        restored.restore(&redox.save().unwrap()).unwrap();
        self.keep(&restored.token().await.unwrap());

        let assertion = redox.assertion(unix_now()).unwrap();
        self.write("assertion", assertion.as_bytes());
        let token = redox.exchange(&assertion).await.unwrap();
        self.keep(&token);
    }

    async fn use_legacy_key(&mut self) {
        let api_key = text(&self.settings["api_key"]);
        let secret = core::mem::take(&mut *self.read("secret"));
        let secret = String::from_utf8(secret).unwrap();
        let given = self.builder().legacy_key(api_key, secret);
        let read = self.builder();
        let read = read.legacy_secret_file(api_key, self.dir.join("secret"));
        for builder in [given, read] {
            self.use_client(&builder.build().unwrap()).await;
        }
    }

    /// Gets a token, another one after it is revoked, and a third when that is due to be renewed.
    async fn use_client(&mut self, redox: &Redox) {
        self.keep(&redox.token().await.unwrap());
        if self.settings["acts"] == true {
            self.send(redox).await;
            tell(REVOKE);
            self.send(redox).await;
        } else {
            let url = format!("{}/endpoint", text(&self.settings["base_url"]));
            let authorization = redox.authorize(Api::DataModel, &url).await.unwrap();
            let mut headers = HeaderMap::new();
            authorization.apply(&mut headers);
            let mut copy = headers.clone();
            redox.rejected(&authorization);
            let again = redox.authorize(Api::DataModel, &url).await.unwrap();
            again.apply(&mut copy);
        }
        let token = redox.token().await.unwrap();
        self.keep(&token);
        let until_due = redox
            .time_left(&token)
            .saturating_sub(Duration::from_secs(5));
        let millis = u64::try_from(until_due.as_millis()).unwrap();
        self.millis.fetch_add(millis, Ordering::Relaxed);
        let next = redox.token_after(&token).await.unwrap();
        assert!(next.expose() != token.expose());
        self.keep(&next);
    }

    async fn send(&self, redox: &Redox) {
        let message = json!({ "Meta": {
            "DataModel": "PatientAdmin",
            "EventType": "NewPatient",
            "Source": { "ID": self.settings["source_id"] },
            "Destinations": [{ "ID": self.settings["destination_id"] }],
        } });
        let answer = redox.post("/endpoint").json(&message).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        answer.bytes().await.unwrap();
    }

    fn builder(&self) -> Builder {
        let millis = Arc::clone(&self.millis);
        let builder = Redox::builder()
            .base_url(text(&self.settings["base_url"]))
            .clock(move || Now {
                instant: Instant::from_millis(millis.load(Ordering::Relaxed)),
                unix: Some(unix_now()),
            });
        match self.settings["authority"].as_str() {
            Some(pem) => {
                let authority = reqwest::Certificate::from_pem(pem.as_bytes()).unwrap();
                builder.http(move |http| http.tls_certs_only([authority.clone()]))
            }
            None => builder,
        }
    }

    fn read(&self, name: &str) -> Zeroizing<Vec<u8>> {
        let mut file = File::open(self.dir.join(name)).unwrap();
        let len = usize::try_from(file.metadata().unwrap().len()).unwrap();
        let mut content = Zeroizing::new(vec![0; len]);
        file.read_exact(&mut content).unwrap();
        content
    }

    fn keep(&mut self, token: &Token) {
        self.write("token", token.expose().as_bytes());
    }

    fn write(&mut self, kind: &str, secret: &[u8]) {
        self.written = self.written.saturating_add(1);
        let path = self.dir.join(format!("{kind}-{}", self.written));
        File::create(path).unwrap().write_all(secret).unwrap();
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn unix_now() -> UnixTime {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    UnixTime::from_secs(since_1970.as_secs())
}

/// Says a word to the test, and waits until it has done what it does about it.
fn tell(word: &str) {
    println!("\n{word}");
    let mut answer = [0];
    stdin().read_exact(&mut answer).unwrap();
}

pub(super) const SETTINGS: &str = "settings.json";

/// Secrets that it keeps, which the search must find.
pub(super) const KEPT: &str = "kept";

/// Wants its tokens taken back.
pub(super) const REVOKE: &str = "revoke, please";

/// Has dropped everything, and may be looked at.
pub(super) const DONE: &str = "has dropped everything";
