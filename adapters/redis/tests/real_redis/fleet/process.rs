use core::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::env;
use std::io::{BufRead, BufReader, Lines, Write, stdin};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::Arc;

use redox_auth_redis::RedisTokens;
use redox_auth_reqwest::{
    Api, Instant, Key, Method, Now, Redox, Retries, Token, UnixTime, write_jwk_set,
};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::cluster;
use crate::support::{NAME, PATIENCE, key};

/// What a process of the fleet has to know.
pub(crate) struct Place {
    pub(crate) base_url: String,
    pub(crate) client_id: String,
    pub(crate) destination_id: String,
    pub(crate) redis_url: String,
}

impl Place {
    /// `None` in a process that no test has started.
    pub(crate) fn of_this_process() -> Option<Self> {
        let variable = |name| env::var(name).ok();
        Some(Self {
            base_url: variable(BASE_URL)?,
            client_id: variable(CLIENT_ID)?,
            destination_id: variable(DESTINATION_ID)?,
            redis_url: variable(REDIS_URL)?,
        })
    }
}

/// A process of the fleet: the test sends the time, and the process reports its progress.
pub(crate) struct Process {
    child: Child,
    told: Lines<BufReader<ChildStderr>>,
}

impl Process {
    pub(crate) fn start(test: &str, place: &Place) -> Self {
        let mut child = Command::new(env::current_exe().unwrap())
            .args(["--exact", test, "--nocapture"])
            .env(BASE_URL, &place.base_url)
            .env(CLIENT_ID, &place.client_id)
            .env(DESTINATION_ID, &place.destination_id)
            .env(REDIS_URL, &place.redis_url)
            .stdin(Stdio::piped())
            // What the test harness says.
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let told = BufReader::new(child.stderr.take().unwrap()).lines();
        Self { child, told }
    }

    pub(crate) fn set_time(&mut self, secs: i64) {
        let mut stdin = self.child.stdin.as_ref().unwrap();
        writeln!(stdin, "{secs}").unwrap();
    }

    pub(crate) fn wait_for(&mut self, word: &str) {
        let mut others = String::new();
        for line in &mut self.told {
            let line = line.unwrap();
            if line == word {
                return;
            }
            others.push_str(&line);
            others.push('\n');
        }
        panic!("a process ended before it said `{word}`:\n{others}");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // A process that has ended is no error.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Is a process of the fleet until the test drops it.
pub(crate) fn run(place: &Place) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    runtime.unwrap().block_on(work(place));
}

/// Whenever the test says what time it is, a thousand tasks send a request each.
async fn work(place: &Place) {
    let time = Arc::new(AtomicU64::new(0));
    let redox = client(place, tokens(&place.redis_url).await, Arc::clone(&time));
    let message = message(&place.destination_id);
    let sockets = Arc::new(Semaphore::new(SOCKETS));
    let mut token: Option<Token> = None;
    for line in stdin().lines() {
        time.store(line.unwrap().parse().unwrap(), Relaxed);
        let mut tasks = JoinSet::new();
        for _ in 0..TASKS {
            tasks.spawn(send(redox.clone(), message.clone(), Arc::clone(&sockets)));
        }
        eprintln!("begun");
        tasks.join_all().await;
        let next = match &token {
            Some(before) => redox.token_after(before).await,
            None => redox.token().await,
        };
        token = Some(next.unwrap());
        eprintln!("done");
    }
}

/// The token in the Redis at this URL. Only a Cluster is at a port: its masters have to name each other.
async fn tokens(redis_url: &str) -> RedisTokens {
    if redis_url.starts_with("redis:") {
        return cluster::tokens(redis_url).await;
    }
    let tokens = RedisTokens::connect(redis_url, key(1), NAME).unwrap();
    tokens.timeout(PATIENCE)
}

fn client(place: &Place, tokens: RedisTokens, time: Arc<AtomicU64>) -> Redox {
    let now = move || {
        let secs = time.load(Relaxed);
        Now {
            instant: Instant::from_millis(secs.strict_mul(1_000)),
            unix: Some(UnixTime::from_secs(secs)),
        }
    };
    Redox::builder()
        .base_url(&place.base_url)
        .oauth_key(&place.client_id, oauth_key())
        .shared_tokens(tokens)
        .clock(now)
        // What fails, fails.
        .retries(Retries::NONE)
        .build()
        .unwrap()
}

fn oauth_key() -> Key {
    Key::parse(KEY.as_bytes()).unwrap()
}

/// The JWK Set to register.
pub(crate) fn jwks() -> String {
    let key = oauth_key();
    let public = [(key.key_id(), key.public_key().unwrap())];
    write_jwk_set(&public, &mut [0; 1_024]).unwrap().to_owned()
}

/// The requests of one task in the lifetime of a token.
async fn send(redox: Redox, message: Arc<str>, sockets: Arc<Semaphore>) {
    // All ask for the token at once. What follows is for fewer: each needs a socket, here and in the sandbox.
    redox.token().await.unwrap();
    let _socket = sockets.acquire().await.unwrap();
    let request = redox.request(Method::POST, "/endpoint").unwrap();
    let request = request
        .header("content-type", "application/json")
        .body(message.to_string());
    let answer = redox.send(Api::DataModel, request).await.unwrap();
    assert_eq!(answer.status(), 200);
}

/// A message that the sandbox takes.
pub(crate) fn message(destination_id: &str) -> Arc<str> {
    let message = format!(
        r#"{{"Meta":{{"DataModel":"PatientAdmin","EventType":"NewPatient","Destinations":[{{"ID":"{destination_id}"}}]}}}}"#
    );
    message.into()
}

/// Of one process.
pub(crate) const TASKS: u64 = 1_000;

/// At once, of one process.
const SOCKETS: usize = 32;

/// The key of RFC 7515, appendix A.3.
pub(crate) const KEY: &str = r#"{"kty":"EC","crv":"P-256",
    "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    "d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}"#;

const BASE_URL: &str = "REDOX_AUTH_TEST_BASE_URL";
const CLIENT_ID: &str = "REDOX_AUTH_TEST_CLIENT_ID";
const DESTINATION_ID: &str = "REDOX_AUTH_TEST_DESTINATION_ID";
const REDIS_URL: &str = "REDOX_AUTH_TEST_REDIS_URL";
