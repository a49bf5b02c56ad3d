//! Clients and keys from the environment and from files.

use std::fs;

use redox_auth_reqwest::{Algorithm, FileProblem, Key, Redox};

use crate::support::canned::{Answer, Canned};
use crate::support::{
    CLIENT_ID, LEGACY_TOKEN, assert_hidden, everything, good_token, is_inner, keys, run_inner,
};

/// Every variable but the base URL.
const VARIABLES: [&str; 31] = [
    "REDOX_CLIENT_ID",
    "REDOX_KEY_FILE",
    "REDOX_PRIVATE_KEY",
    "REDOX_KEY_ID",
    "REDOX_CERTIFICATE_FILE",
    "REDOX_CERTIFICATE_AS",
    "REDOX_LEGACY_API_KEY",
    "REDOX_LEGACY_SECRET",
    "REDOX_LEGACY_SECRET_FILE",
    "REDOX_SOURCE_ID",
    "REDOX_REGION",
    "REDOX_UPLOAD_URL",
    "REDOX_TOKEN_URL",
    "REDOX_ISSUER",
    "REDOX_FHIR_URL",
    "REDOX_CONFIRM_HOST",
    "REDOX_AUDIENCE",
    "REDOX_TYP",
    "REDOX_SCOPE",
    "REDOX_ALG",
    "REDOX_CLAIMS",
    "REDOX_HEADER",
    "REDOX_FIELDS",
    "REDOX_SUBJECT",
    "REDOX_GRANT",
    "REDOX_LIFETIME",
    "REDOX_BACKDATE",
    "REDOX_NBF",
    "REDOX_NO_KID",
    "REDOX_SEND_CLIENT_ID",
    "REDOX_LONGEST_TOKEN",
];

#[tokio::test]
async fn the_environment_makes_a_client() {
    if is_inner() {
        let redox = Redox::from_env().unwrap();
        redox.token().await.unwrap();
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let key_file = folder.path().join("key.der");
    fs::write(&key_file, keys::pkcs8(Algorithm::Es256)).unwrap();
    let secret_file = folder.path().join("secret");
    fs::write(&secret_file, "a secret\n").unwrap();
    let request = |answer: Answer, credentials: &[(&str, &str)]| {
        let server = Canned::always(answer);
        let url = server.url();
        // The environment of the test run does not count.
        let mut variables = VARIABLES.map(|name| (name, "")).to_vec();
        variables.push(("REDOX_BASE_URL", &url));
        variables.extend(credentials);
        run_inner("environment::the_environment_makes_a_client", &variables);
        server.only_request()
    };
    let oauth = [
        ("REDOX_CLIENT_ID", CLIENT_ID),
        ("REDOX_KEY_FILE", key_file.to_str().unwrap()),
    ];
    let sent = request(good_token(), &oauth);
    assert!(sent.contains("client_assertion="), "{sent}");
    let legacy = [
        ("REDOX_LEGACY_API_KEY", "key-1"),
        ("REDOX_LEGACY_SECRET_FILE", secret_file.to_str().unwrap()),
    ];
    let sent = request(Answer::json("200 OK", LEGACY_TOKEN), &legacy);
    assert!(sent.contains(r#""a secret""#), "{sent}");
}

#[test]
fn a_key_is_read_from_a_file_whatever_its_form() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    let der = keys::pkcs8(Algorithm::Es384);
    let thumbprint = Key::parse(&der).unwrap().key_id().to_owned();
    for (content, key_id) in [
        (der.clone(), thumbprint.as_str()),
        (keys::pem("PRIVATE KEY", &der).into_bytes(), &thumbprint),
        (keys::jwk(&der, "key-1").to_string().into_bytes(), "key-1"),
    ] {
        fs::write(&path, content).unwrap();
        assert_eq!(Key::from_file(&path).unwrap().key_id(), key_id);
    }
    fs::write(&path, &der).unwrap();
    let key = Key::from_file_with_key_id("key-2", &path).unwrap();
    assert_eq!(key.key_id(), "key-2");
}

#[test]
fn a_file_that_is_no_key_is_named_and_not_shown() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    let shown = |content: &[u8]| {
        fs::write(&path, content).unwrap();
        let error = Key::from_file(&path).unwrap_err();
        assert_eq!(error.path, path);
        assert!(error.to_string().starts_with(path.to_str().unwrap()));
        (
            error.problem,
            everything(&Key::from_file(&path).unwrap_err()),
        )
    };
    let pem = keys::pem("PRIVATE KEY", &keys::pkcs8(Algorithm::Es256));
    let (problem, all) = shown(&pem.as_bytes()[..pem.len() / 2]);
    assert!(matches!(problem, FileProblem::Key(_)), "{all}");
    for line in pem.lines().skip(1) {
        assert!(!all.contains(line), "{all}");
    }
    let padded = |len: usize| format!("{pem}{}", " ".repeat(len - pem.len())).into_bytes();
    fs::write(&path, padded(65_536)).unwrap();
    assert!(Key::from_file(&path).is_ok());
    let (problem, all) = shown(&padded(65_537));
    assert!(
        matches!(problem, FileProblem::TooLong { limit: 65_536 }),
        "{all}"
    );
    assert_hidden(&all, &[pem.as_bytes()]);
    fs::remove_file(&path).unwrap();
    let error = Key::from_file(&path).unwrap_err();
    assert!(matches!(error.problem, FileProblem::Read(_)), "{error}");
}

#[tokio::test]
async fn files_that_the_environment_names_are_read_again() {
    const FILES: [&str; 2] = ["REDOX_KEY_FILE", "REDOX_LEGACY_SECRET_FILE"];
    if is_inner() {
        let redox = Redox::from_env().unwrap();
        let [key, secret] = FILES.map(|variable| std::env::var_os(variable).unwrap());
        fs::write(key, keys::pkcs8(Algorithm::Es256)).unwrap();
        fs::write(secret, "another secret").unwrap();
        let files = redox.read_files_again().await;
        let changes: Vec<_> = files.iter().map(|file| file.changes).collect();
        assert_eq!(changes, [1, 1]);
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (key, secret) = (path("key.der"), path("secret"));
    fs::write(&key, keys::pkcs8(Algorithm::Es256)).unwrap();
    fs::write(&secret, "a secret\n").unwrap();
    let mut variables = VARIABLES.map(|name| (name, "")).to_vec();
    variables.extend([
        ("REDOX_CLIENT_ID", CLIENT_ID),
        (FILES[0], &key),
        ("REDOX_LEGACY_API_KEY", "id"),
        (FILES[1], &secret),
    ]);
    run_inner(
        "environment::files_that_the_environment_names_are_read_again",
        &variables,
    );
}
