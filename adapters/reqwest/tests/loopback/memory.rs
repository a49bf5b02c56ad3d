//! What stays in a process when a client is gone: of private keys nothing, of tokens and secrets nothing of ours.
//!
//! The client runs in a process of its own, for this one knows every secret. When it has dropped everything, this one
//! looks through its memory.

mod inner;
mod process;

use core::ops::Range;
use std::env;
use std::fs;
use std::path::Path;
use std::process::Stdio;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use redox_auth_core::{KeyMaterial, PRIVATE_KEY_SCRATCH_LEN, PrivateKey};
use redox_auth_reqwest::Key;
use redox_auth_sandbox::ServerOptions;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::Command;

use crate::support::canned::{Answer, Canned};
use crate::support::keys::{self, ALGORITHMS};
use crate::support::{CLIENT_ID, INNER, Sandbox, is_inner};
use inner::{DONE, Inner, KEPT, REVOKE, SETTINGS};
use process::{Found, Secret, search};

/// Not a test but the other process.
#[test]
fn inner_process() {
    if is_inner() {
        Inner::new(Path::new(&env::var_os(DIR).unwrap())).run();
    }
}

#[tokio::test]
async fn nothing_of_a_private_key_stays() {
    for (pkcs8, content) in key_files() {
        for signs in [false, true] {
            let mut scene = Scene::new(None, None);
            scene.add_key(CLIENT_ID, &pkcs8, &content);
            scene.settings["acts"] = signs.into();
            let process = scene.play(|| ()).await;
            let found = process.look(&scene.secrets);
            let bytes = pkcs8.len();
            assert_eq!(found, Found::new(), "of {bytes} bytes, signs: {signs}");
        }
    }
}

/// Hyper's buffers have the answers in pieces, and nothing is sent with a token on it: a whole token can only be ours.
/// Bodies go from our memory to the system, so a whole secret or assertion can only be ours, too.
#[tokio::test]
async fn nothing_of_ours_stays() {
    let server = Canned::start((0..100).map(token_in_pieces).collect());
    let mut scene = Scene::new(Some(&server.url()), None);
    for (pkcs8, content) in key_files() {
        scene.add_key(CLIENT_ID, &pkcs8, &content);
    }
    let secret = letters(1_000);
    scene.set_legacy("key-1", &secret);
    let process = scene.play(|| ()).await;
    let mut is_refreshed = false;
    for request in server.requests() {
        if let Some((_, assertion)) = request.split_once("client_assertion=") {
            let assertion = assertion.split('&').next().unwrap();
            scene.secrets.push(of_assertion(assertion));
        }
        if let Some((_, token)) = request.split_once(r#""refreshToken":""#) {
            let (token, _) = token.split_once('\\').unwrap();
            scene.secrets.push(Secret::text("refresh token", token));
            is_refreshed = true;
        }
    }
    assert!(is_refreshed);
    assert_eq!(process.look(&scene.secrets), Found::new());
}

/// The libraries do keep what they send and receive; how much is in the crate's documentation.
#[tokio::test]
async fn no_private_key_stays() {
    for options in [ServerOptions::new(), ServerOptions::new().tls()] {
        let sandbox = Sandbox::start_with(options).await;
        let server = &sandbox.server;
        let mut scene = Scene::new(
            Some(server.base_url()),
            server.ca_certificate().map(|it| it.pem()),
        );
        for (pkcs8, content) in key_files() {
            let client_id = sandbox.register(&Key::parse(&content).unwrap());
            scene.add_key(&client_id, &pkcs8, &content);
        }
        let legacy = sandbox.register_legacy();
        scene.set_legacy(legacy.api_key(), legacy.expose_secret());
        scene.settings["source_id"] = sandbox.source_id.as_str().into();
        scene.settings["destination_id"] = sandbox.destination_id.as_str().into();
        scene.settings["acts"] = true.into();
        let process = scene.play(|| server.sandbox().revoke_all_tokens()).await;
        let found = process.look(&scene.secrets);
        println!("{}: {found:#?}", server.base_url());
        assert!(
            !found.keys().any(|kind| kind.starts_with("key")),
            "{found:#?}"
        );
    }
}

/// Each algorithm with a key in each usual form, and the same key in PKCS#8.
fn key_files() -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut files = Vec::new();
    for algorithm in ALGORITHMS {
        let pem = |pkcs8: &[u8]| keys::pem("PRIVATE KEY", pkcs8).into_bytes();
        let jwk = |pkcs8: &[u8]| keys::jwk(pkcs8, "key-1").to_string().into_bytes();
        for form in [<[u8]>::to_vec, pem, jwk] {
            let pkcs8 = keys::pkcs8(algorithm);
            let content = form(&pkcs8);
            files.push((pkcs8, content));
        }
    }
    files
}

fn place_of(part: &[u8], whole: &[u8]) -> Range<usize> {
    let start = whole.windows(part.len()).position(|it| it == part).unwrap();
    start..start.checked_add(part.len()).unwrap()
}

/// The signature, without which an assertion is useless. Everything else in it can be guessed.
fn of_assertion(assertion: &str) -> Secret {
    let (_, signature) = assertion.rsplit_once('.').unwrap();
    Secret::text("assertion", signature)
}

/// What the other process receives, and must not keep.
struct Scene {
    dir: TempDir,
    settings: Value,
    secrets: Vec<Secret>,
}

impl Scene {
    fn new(base_url: Option<&str>, authority: Option<String>) -> Self {
        let (dir, kept) = (TempDir::new().unwrap(), letters(100));
        fs::write(dir.path().join(KEPT), &kept).unwrap();
        Self {
            dir,
            settings: json!({ "base_url": base_url, "authority": authority, "acts": false, "keys": [] }),
            secrets: vec![Secret::text(KEPT, &kept)],
        }
    }

    fn add_key(&mut self, client_id: &str, pkcs8: &[u8], content: &[u8]) {
        let keys = self.settings["keys"].as_array_mut().unwrap();
        let file = format!("key-{}", keys.len());
        fs::write(self.dir.path().join(&file), content).unwrap();
        keys.push(json!({ "client_id": client_id, "file": file }));

        let mut scratch = [0; PRIVATE_KEY_SCRATCH_LEN];
        let key = PrivateKey::parse(pkcs8, &mut scratch).unwrap();
        let numbers = match key.material() {
            KeyMaterial::Ec(ec) => vec![ec.secret],
            KeyMaterial::Rsa(rsa) => vec![rsa.d, rsa.p, rsa.q, rsa.dp, rsa.dq, rsa.q_inv],
            other => panic!("a kind of key without a test: {other:?}"),
        };
        let pem = keys::pem("PRIVATE KEY", pkcs8);
        for number in numbers {
            let place = place_of(number, pkcs8);
            self.secrets.extend([
                Secret::number("key, as a number", number),
                Secret::in_pem("key, as a PEM", &pem, place),
                Secret::text("key, as a JWK", &URL_SAFE_NO_PAD.encode(number)),
            ]);
        }
    }

    fn set_legacy(&mut self, api_key: &str, secret: &str) {
        self.settings["api_key"] = api_key.into();
        fs::write(self.dir.path().join("secret"), secret).unwrap();
        self.secrets.push(Secret::text("secret", secret));
    }

    /// Lets the other process do everything that it does, until it has dropped everything.
    async fn play(&mut self, revoke: impl Fn()) -> Process {
        let settings = self.dir.path().join(SETTINGS);
        fs::write(settings, self.settings.to_string()).unwrap();
        let mut process = Process::start(self.dir.path());
        process.run(revoke).await;
        for entry in fs::read_dir(self.dir.path()).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            let secret = || fs::read_to_string(&path).unwrap();
            if name.starts_with("token") {
                self.secrets.push(Secret::text("token", &secret()));
            } else if name.starts_with("assertion") {
                self.secrets.push(of_assertion(&secret()));
            }
        }
        process
    }
}

/// The other process.
struct Process {
    child: tokio::process::Child,
}

impl Process {
    fn start(dir: &Path) -> Self {
        let child = Command::new(env::current_exe().unwrap())
            .args(["--exact", "memory::inner_process", "--nocapture"])
            .env(INNER, "1")
            .env(DIR, dir)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        Self { child }
    }

    async fn run(&mut self, revoke: impl Fn()) {
        let mut lines = BufReader::new(self.child.stdout.as_mut().unwrap()).lines();
        let stdin = self.child.stdin.as_mut().unwrap();
        while let Some(line) = lines.next_line().await.unwrap() {
            if line == DONE {
                return;
            }
            if line == REVOKE {
                revoke();
                stdin.write_all(b"\n").await.unwrap();
            }
        }
        panic!("the other process ended too early");
    }

    /// The content of its memory while it waits.
    fn look(&self, secrets: &[Secret]) -> Found {
        let mut found = search(self.child.id().unwrap(), secrets);
        assert!(
            found.remove(KEPT).is_some(),
            "nothing can be seen: {found:#?}"
        );
        found
    }
}

/// An answer of a token endpoint of either kind, no 16 bytes of which come at a time.
fn token_in_pieces(_: usize) -> Answer {
    let token = json!({
        "access_token": letters(400),
        "accessToken": letters(400),
        // Longer than a usual body, of which only the part before the escape has room.
        "refreshToken": format!("{}\"{}", letters(1_500), letters(900)),
        "token_type": "Bearer",
        "expires_in": 300,
        "expires": "2099-11-21T20:52:35.000Z",
    });
    let mut answer = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_owned();
    for piece in token.to_string().as_bytes().chunks(5) {
        let piece = str::from_utf8(piece).unwrap();
        answer.push_str(&format!("{:x}\r\n{piece}\r\n", piece.len()));
    }
    answer.push_str("0\r\n\r\n");
    Answer::Kept(answer.into_bytes())
}

/// A new random text of this length, of letters and digits.
fn letters(len: usize) -> String {
    let mut random = vec![0; len.div_ceil(2)];
    aws_lc_rs::rand::fill(&mut random).unwrap();
    random.iter().map(|byte| format!("{byte:02x}")).collect()
}

const DIR: &str = "REDOX_AUTH_TEST_DIR";
