use core::sync::atomic::{AtomicU32, Ordering::Relaxed};
use core::time::Duration;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Cmd, FromRedisValue};
use redox_auth_redis::{Error, RedisTokens, SealingKey};
use redox_auth_reqwest::{SharedRecord, SharedTokens, StoreError, TurnId};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

/// Shares no four letters with the keys in Redis.
pub(crate) const RECORD: &[u8] = b"eyJhbGciOiJIUzI1NiJ9.swordfish and more";
pub(crate) const NAME: &str = "test";
pub(crate) const TOKEN_KEY: &str = "redox-auth:{test}:token";
pub(crate) const TURN_KEY: &str = "redox-auth:{test}:turn";
pub(crate) const MINUTE: Duration = Duration::from_secs(60);

/// Long enough for any machine; a test that waits for it stops the clock.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A Redis of one test, which keeps nothing on the disk.
pub(crate) struct Server {
    folder: TempDir,
    arguments: Vec<String>,
    process: Child,
}

impl Server {
    pub(crate) fn start() -> Self {
        Self::with("--port 0")
    }

    /// With these options, in addition to those of every server here.
    pub(crate) fn with(options: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().to_str().unwrap();
        let socket = format!("--unixsocket {path}/socket --dir {path} --appendonly no");
        let mut arguments: Vec<_> = format!("{options} {socket}")
            .split(' ')
            .map(str::to_owned)
            .collect();
        arguments.extend([String::from("--save"), String::new()]);
        let process = run(&arguments, "eady to accept connections");
        Self {
            folder,
            arguments,
            process,
        }
    }

    /// A Sentinel that watches the master at this port under the name `main`.
    pub(crate) fn sentinel(port: u16, master_port: u16) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let settings = folder.path().join("sentinel.conf");
        let lines = format!(
            "bind 127.0.0.1\nport {port}\ndir {}\nsentinel monitor main 127.0.0.1 {master_port} 1\n",
            folder.path().display()
        );
        std::fs::write(&settings, lines).unwrap();
        let settings = settings.to_str().unwrap();
        let arguments = vec![settings.to_owned(), String::from("--sentinel")];
        let process = run(&arguments, "+monitor master main");
        Self {
            folder,
            arguments,
            process,
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("unix://{}/socket", self.folder.path().display())
    }

    pub(crate) fn tokens(&self) -> RedisTokens {
        self.tokens_with(key(1))
    }

    pub(crate) fn tokens_with(&self, key: SealingKey) -> RedisTokens {
        let tokens = RedisTokens::connect(&self.url(), key, NAME).unwrap();
        tokens.timeout(PATIENCE)
    }

    /// A way in beside the one that is tested.
    pub(crate) async fn admin(&self) -> Admin {
        let client = redis::Client::open(self.url()).unwrap();
        let config = patient();
        let connection = client.get_multiplexed_async_connection_with_config(&config);
        Admin(connection.await.unwrap())
    }

    /// `kill -9`.
    pub(crate) fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    pub(crate) fn start_again(&mut self) {
        self.process = run(&self.arguments, "eady to accept connections");
    }

    /// Does nothing at all until [`Server::go_on`], while the kernel still takes what is sent to it.
    pub(crate) fn halt(&self) {
        self.signal(Signal::STOP);
    }

    pub(crate) fn go_on(&self) {
        self.signal(Signal::CONT);
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.process), signal).unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A server that a test has killed is no error.
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// Starts a server, and waits until it says that it is ready.
fn run(arguments: &[String], ready: &str) -> Child {
    let mut process = Command::new("redis-server")
        .args(arguments)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| {
            panic!("redis-server does not run: {error}; the Debian package `redis-server` has it")
        });
    let mut log = String::new();
    for line in BufReader::new(process.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        if line.contains(ready) {
            return process;
        }
        log.push_str(&line);
        log.push('\n');
    }
    let status = process.wait().unwrap();
    panic!("redis-server ended before it was ready, with {status}:\n{log}");
}

/// For connections that the tests make.
pub(crate) fn patient() -> AsyncConnectionConfig {
    AsyncConnectionConfig::new()
        .set_connection_timeout(Some(PATIENCE))
        .set_response_timeout(Some(PATIENCE))
}

/// A port of this machine that nobody listens at, from below those that systems give to connections: another test's
/// connection must not take it before the server does.
pub(crate) fn free_port() -> u16 {
    static TAKEN: AtomicU32 = AtomicU32::new(0);
    loop {
        // Test runs beside this one begin elsewhere.
        let begin = std::process::id().wrapping_mul(16);
        let number = begin.wrapping_add(TAKEN.fetch_add(1, Relaxed)) % 12_000;
        let port = u16::try_from(number).unwrap().saturating_add(20_000);
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

pub(crate) struct Admin(pub(crate) MultiplexedConnection);

impl Admin {
    /// The answer to a command without white space in its arguments.
    pub(crate) async fn ask<T: FromRedisValue>(&mut self, command: &str) -> T {
        let mut words = Cmd::new();
        words.arg(command.split(' ').collect::<Vec<_>>());
        words.query_async(&mut self.0).await.unwrap()
    }

    pub(crate) async fn set(&mut self, key: &str, value: &[u8]) {
        let mut command = redis::cmd("SET");
        command.arg(key).arg(value).arg("PX").arg(60_000);
        let _: () = command.query_async(&mut self.0).await.unwrap();
    }
}

pub(crate) fn key(byte: u8) -> SealingKey {
    SealingKey::from_bytes(&[byte; 32])
}

pub(crate) fn holder(byte: u8) -> TurnId {
    TurnId::from_random([byte; 16])
}

/// The source of a store's error, as `Debug` shows it.
pub(crate) fn why<T: core::fmt::Debug>(result: Result<T, StoreError>) -> String {
    let error = result.unwrap_err();
    let why = error.get_ref().downcast_ref::<Error>();
    format!("{:?}", why.unwrap())
}

pub(crate) async fn load(tokens: &RedisTokens) -> Option<SharedRecord> {
    tokens.load().await.unwrap()
}

/// The record that is there.
pub(crate) async fn record(tokens: &RedisTokens) -> Vec<u8> {
    load(tokens).await.unwrap().record.expose().to_vec()
}
