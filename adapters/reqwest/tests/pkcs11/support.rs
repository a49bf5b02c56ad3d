use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs};

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::Mechanism;
use cryptoki::object::{Attribute, AttributeType};
use cryptoki::session::{Session, UserType};
use cryptoki::types::AuthPin;
use redox_auth_reqwest::{Algorithm, Api, Builder, Key, Method, Redox};
use redox_auth_sandbox::{Destination, OAuthKey, Server, ServerOptions, Source};
use sec1::der::Encode;
use sec1::der::asn1::ObjectIdentifier;
use serde_json::json;

use crate::hsm_error::HsmError;
use crate::hsm_key::{HsmKey, Place};

pub(crate) const PIN: &str = "swordfish-2718";

/// A token of the test that runs, and of nobody else.
pub(crate) struct Token {
    folder: PathBuf,
    module: PathBuf,
    pkcs11: Pkcs11,
}

/// Runs a test, given by its path, with a token that has no keys yet. It is a process of its own that does: one variable
/// of the environment tells `softhsm2` where its tokens are, and what it keeps in memory belongs to all threads.
pub(crate) fn with_token(test: &str, body: impl AsyncFnOnce(Token)) {
    if let Some(folder) = env::var_os(FOLDER) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        return runtime.unwrap().block_on(body(Token::open(folder.into())));
    }
    let folder = tempfile::tempdir().unwrap();
    let settings = folder.path().join("softhsm2.conf");
    let tokens = folder.path().join("tokens");
    fs::create_dir(&tokens).unwrap();
    let lines = format!(
        "directories.tokendir = {}\nobjectstore.backend = file\nlog.level = ERROR\n",
        tokens.display()
    );
    fs::write(&settings, lines).unwrap();
    let initialize = format!("--init-token --free --label {LABEL} --so-pin {SO_PIN} --pin {PIN}");
    let output = Command::new("softhsm2-util")
        .args(initialize.split(' '))
        .env("SOFTHSM2_CONF", &settings)
        .output()
        .unwrap_or_else(|error| panic!("softhsm2-util does not run: {error}; {PACKAGE}"));
    assert!(output.status.success(), "{}", shown(&output));
    let output = Command::new(env::current_exe().unwrap())
        .args(["--exact", test])
        .env("SOFTHSM2_CONF", &settings)
        .env(FOLDER, folder.path())
        .output()
        .unwrap();
    let shown = shown(&output);
    assert!(
        output.status.success() && shown.contains("1 passed"),
        "{shown}"
    );
}

impl Token {
    fn open(folder: PathBuf) -> Self {
        let module = MODULES.iter().map(Path::new).find(|path| path.exists());
        let module = module.unwrap_or_else(|| panic!("found none of {MODULES:?}; {PACKAGE}"));
        let pkcs11 = Pkcs11::new(module).unwrap();
        let arguments = CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK);
        pkcs11.initialize(arguments).unwrap();
        Self {
            folder,
            module: module.to_owned(),
            pkcs11,
        }
    }

    /// Makes a key pair in the token, under the name of its algorithm.
    pub(crate) fn generate(&self, algorithm: Algorithm) {
        let curve = |oid| {
            let oid = ObjectIdentifier::new_unwrap(oid).to_der().unwrap();
            (Mechanism::EccKeyPairGen, Attribute::EcParams(oid))
        };
        let (mechanism, kind) = match algorithm {
            Algorithm::Es256 => curve("1.2.840.10045.3.1.7"),
            Algorithm::Es384 => curve("1.3.132.0.34"),
            Algorithm::Es512 => curve("1.3.132.0.35"),
            Algorithm::Rs256 | Algorithm::Rs384 | Algorithm::Rs512 | Algorithm::Ps256 => (
                Mechanism::RsaPkcsKeyPairGen,
                Attribute::ModulusBits(2048.into()),
            ),
        };
        let label = Attribute::Label(algorithm.as_str().into());
        let public = [
            Attribute::Token(true),
            Attribute::Private(false),
            label.clone(),
            kind,
        ];
        let private = [
            Attribute::Token(true),
            Attribute::Private(true),
            Attribute::Sensitive(true),
            Attribute::Extractable(false),
            Attribute::Sign(true),
            label,
        ];
        let session = self.log_in();
        let made = session.generate_key_pair(&mechanism, &public, &private);
        let (_, private) = made.unwrap();
        let secrets = [
            AttributeType::Value,
            AttributeType::PrivateExponent,
            AttributeType::Prime1,
        ];
        assert!(
            session
                .get_attributes(private, &secrets)
                .unwrap()
                .is_empty()
        );
    }

    /// A session beside those that are tested.
    pub(crate) fn session(&self) -> Session {
        let slots = self.pkcs11.get_slots_with_initialized_token().unwrap();
        self.pkcs11.open_rw_session(slots[0]).unwrap()
    }

    /// One that may change what is in the token.
    pub(crate) fn log_in(&self) -> Session {
        let session = self.session();
        match session.login(UserType::User, Some(&PIN.into())) {
            Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => session,
            Err(error) => panic!("{error}"),
        }
    }

    pub(crate) fn place(&self, key: &str) -> Place {
        Place {
            module: self.module.clone(),
            token: LABEL.to_owned(),
            key: key.to_owned(),
            algorithm: Algorithm::parse(key),
        }
    }

    pub(crate) fn key(&self, algorithm: Algorithm) -> HsmKey {
        open(self.place(algorithm.as_str()), PIN).unwrap()
    }

    /// A new one.
    pub(crate) fn new_key(&self, algorithm: Algorithm) -> HsmKey {
        self.generate(algorithm);
        self.key(algorithm)
    }

    /// Where `softhsm2` keeps its tokens.
    pub(crate) fn tokens(&self) -> PathBuf {
        self.folder.join("tokens")
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }
}

pub(crate) fn open(place: Place, pin: &str) -> Result<HsmKey, HsmError> {
    HsmKey::open(place, AuthPin::from(pin))
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

/// Registers what the key shows of itself, and returns the client ID.
pub(crate) fn register(server: &Server, jwk_set: &str) -> String {
    let key = OAuthKey::new().jwks(jwk_set);
    server.sandbox().register_oauth_key(key).unwrap()
}

/// A client with this key, registered.
pub(crate) fn client(server: &Server, key: HsmKey) -> Redox {
    let client_id = register(server, &key.jwk_set().unwrap());
    builder(server, &client_id, key).build().unwrap()
}

pub(crate) fn builder(server: &Server, client_id: &str, key: HsmKey) -> Builder {
    Redox::builder()
        .base_url(server.base_url())
        .oauth_key(client_id, Key::from_remote_signer(key.key_id(), key))
}

/// A message that the sandbox takes.
pub(crate) fn message() -> String {
    let meta = json!({
        "DataModel": "PatientAdmin",
        "EventType": "NewPatient",
        "Destinations": [{ "ID": DESTINATION }],
    });
    json!({ "Meta": meta }).to_string()
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

pub(crate) fn shown(output: &Output) -> String {
    let printed = [output.stdout.as_slice(), &output.stderr].concat();
    String::from_utf8(printed).unwrap()
}

const DESTINATION: &str = "af394f14-b34a-464f-8d24-895f370af4c9";
const LABEL: &str = "redox";
const SO_PIN: &str = "of-nobody-here";
const PACKAGE: &str = "the Debian package `softhsm2` has it";

/// Where Debian, Fedora and Homebrew have it.
const MODULES: [&str; 3] = [
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/opt/homebrew/lib/softhsm/libsofthsm2.so",
];

const FOLDER: &str = "REDOX_AUTH_TEST_FOLDER";
