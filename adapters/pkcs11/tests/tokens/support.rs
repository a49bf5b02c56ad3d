use core::time::Duration;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs};

use redox_auth_pkcs11::{Error, KeyUri, Pin, Pkcs11Key};
use redox_auth_reqwest::{Algorithm, Api, Builder, Method, Redox, write_jwk_set};
use redox_auth_sandbox::{Destination, OAuthKey, Server, ServerOptions, Source};

/// A token of the test that runs, and of nobody else.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    /// Where the test may write.
    pub(crate) folder: PathBuf,
    pub(crate) module: PathBuf,
    pub(crate) label: &'static str,
    /// For a token whose label cannot be read.
    pub(crate) slot_id: Option<u64>,
    pub(crate) pin: &'static str,
}

/// Runs a test, given by its path, in a process of its own, since modules read the environment, and what they keep in
/// memory belongs to all threads. `prepare` makes the command that runs it, which has a folder of its own.
pub(crate) fn in_own_process(
    test: &str,
    prepare: impl FnOnce(&Path, Command) -> Command,
    body: impl AsyncFnOnce(PathBuf),
) {
    if let Some(folder) = own_folder() {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build();
        return runtime.unwrap().block_on(body(folder));
    }
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(env::current_exe().unwrap());
    command
        .args(["--exact", test, "--nocapture"])
        .env(FOLDER, folder.path());
    let output = prepare(folder.path(), command).output().unwrap();
    let shown = shown(&output);
    assert!(
        output.status.success() && shown.contains("1 passed"),
        "{test} in its own process:\n{shown}"
    );
}

/// That of the process of a test, which its parent made.
pub(crate) fn own_folder() -> Option<PathBuf> {
    env::var_os(FOLDER).map(PathBuf::from)
}

impl Token {
    /// The URI of a key in it.
    pub(crate) fn uri(&self, key: &str) -> KeyUri {
        let uri = KeyUri::new().module(&self.module).object(key);
        match self.slot_id {
            Some(id) => uri.slot_id(id),
            None => uri.token(self.label),
        }
    }

    pub(crate) fn open(&self, key: &str) -> Result<Pkcs11Key, Error> {
        self.open_with(key, self.pin)
    }

    /// The key of this label, to sign with what the label begins with.
    pub(crate) fn open_with(&self, key: &str, pin: &str) -> Result<Pkcs11Key, Error> {
        let mut builder = self.builder(key).pin(Pin::new(pin));
        if let Some(algorithm) = Algorithm::parse(key) {
            builder = builder.algorithm(algorithm);
        }
        builder.open()
    }

    /// Options for opening a key, with time for a slow machine.
    pub(crate) fn builder(&self, key: &str) -> redox_auth_pkcs11::Builder {
        let patience = Duration::from_secs(600);
        let builder = Pkcs11Key::at(self.uri(key));
        builder.wait(patience).answer_within(patience)
    }

    /// A file with the PIN, as the user's tools write it.
    pub(crate) fn pin_file(&self) -> PathBuf {
        let path = self.folder.join("pin");
        write_private(&path, &format!("{}\n", self.pin));
        path
    }
}

/// A file that only its owner can read.
pub(crate) fn write_private(path: &Path, content: &str) {
    use std::os::unix::fs::PermissionsExt as _;

    fs::write(path, content).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

pub(crate) async fn sandbox() -> Server {
    let server = Server::start(ServerOptions::new()).await.unwrap();
    {
        let mut sandbox = server.sandbox();
        sandbox.add_source(Source::new("Clinic")).unwrap();
        let destination = Destination::new("Hospital").id(DESTINATION);
        sandbox.add_destination(destination).unwrap();
    }
    server
}

/// What is registered of a key.
pub(crate) fn jwk_set(key: &Pkcs11Key) -> String {
    let mut buffer = [0; 2048];
    let keys = [(&*key.key_id(), key.public_key())];
    write_jwk_set(&keys, &mut buffer).unwrap().to_owned()
}

/// Registers what the key shows of itself, and returns the client ID.
pub(crate) fn register(server: &Server, key: &Pkcs11Key) -> String {
    let key = OAuthKey::new().jwks(&jwk_set(key));
    server.sandbox().register_oauth_key(key).unwrap()
}

/// A client with this key, registered.
pub(crate) fn client(server: &Server, key: Pkcs11Key) -> Redox {
    let client_id = register(server, &key);
    builder(server, &client_id, key).build().unwrap()
}

pub(crate) fn builder(server: &Server, client_id: &str, key: Pkcs11Key) -> Builder {
    Redox::builder()
        .base_url(server.base_url())
        .oauth_key(client_id, key.into_key(None))
}

/// A message that the sandbox takes.
pub(crate) fn message() -> String {
    format!(
        r#"{{"Meta":{{"DataModel":"PatientAdmin","EventType":"NewPatient","Destinations":[{{"ID":"{DESTINATION}"}}]}}}}"#
    )
}

pub(crate) async fn send_message(redox: &Redox) {
    let request = redox.request(Method::POST, "/endpoint").unwrap();
    let request = request
        .header("content-type", "application/json")
        .body(message());
    let answer = redox.send(Api::DataModel, request).await.unwrap();
    assert_eq!(answer.status(), 200);
}

/// Everything that an error says of itself, which must not be the PIN.
pub(crate) fn said(error: &(dyn core::error::Error + 'static)) -> String {
    let mut said = format!("{error}\n{error:?}\n");
    if let Some(cause) = error.source() {
        said.push_str(&self::said(cause));
    }
    assert!(!said.contains("swordfish"), "{said}");
    said
}

/// Runs a program that must succeed, and returns what it printed.
pub(crate) fn run(command: &mut Command) -> String {
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let shown = shown(&output);
    assert!(output.status.success(), "{command:?}\n{shown}");
    shown
}

pub(crate) fn shown(output: &Output) -> String {
    let printed = [output.stdout.as_slice(), &output.stderr].concat();
    String::from_utf8_lossy(&printed).into_owned()
}

/// The first of these files that is here.
pub(crate) fn first_of(paths: &[&str], package: &str) -> PathBuf {
    let found = paths.iter().map(PathBuf::from).find(|path| path.exists());
    found.unwrap_or_else(|| panic!("found none of {paths:?}; Debian's package `{package}` has it"))
}

/// The variable of the environment that tells a process that it is the one of a test.
const FOLDER: &str = "REDOX_AUTH_TEST_FOLDER";

pub(crate) fn with_variable(
    mut command: Command,
    name: &str,
    value: impl Into<OsString>,
) -> Command {
    command.env(name, value.into());
    command
}

const DESTINATION: &str = "af394f14-b34a-464f-8d24-895f370af4c9";
