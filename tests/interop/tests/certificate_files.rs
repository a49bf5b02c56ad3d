//! What the command advises where a file of root certificates, or of a client certificate, cannot be used: each command is
//! run with the real tool on a file that the real tool made, and the command under test uses what comes out.

#![expect(
    clippy::unwrap_used,
    reason = "a test: a panic is a failure with a place"
)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use redox_auth_interop::redox_auth_binary;
use redox_auth_sandbox::{OAuthKey, Server, ServerOptions};

/// How each file is made of `authority.pem`, and its name.
const FILES: [(&str, &str); 11] = [
    (
        "der",
        "openssl x509 -in authority.pem -outform DER -out der",
    ),
    ("bom", r"(printf '\357\273\277' && cat authority.pem) > bom"),
    ("utf16", "iconv -f UTF-8 -t UTF-16 authority.pem > utf16"),
    (
        "utf16le",
        "iconv -f UTF-8 -t UTF-16LE authority.pem > utf16le",
    ),
    (
        "p7",
        "openssl crl2pkcs7 -nocrl -certfile authority.pem -out p7",
    ),
    (
        "p7der",
        "openssl crl2pkcs7 -nocrl -certfile authority.pem -outform DER -out p7der",
    ),
    (
        "p12",
        "openssl pkcs12 -export -nokeys -in authority.pem -passout pass:secret -out p12",
    ),
    (
        "oldp12",
        "openssl pkcs12 -export -legacy -nokeys -in authority.pem -passout pass:secret -out oldp12",
    ),
    (
        "trusted",
        "openssl x509 -in authority.pem -trustout -addtrust serverAuth -out trusted",
    ),
    ("base64", "sed '/^-/d' authority.pem > base64"),
    (
        "jks",
        "keytool -importcert -noprompt -alias a -file authority.pem -keystore jks -storetype JKS -storepass secret",
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn every_file_of_authorities_is_converted_by_the_command_that_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let server = start(folder).await;
    for (file, make) in FILES {
        shell(folder, make);
        let refused = token(folder, &server, &["--ca-file", file]);
        let said = String::from_utf8(refused.stderr).unwrap();
        assert_eq!(refused.status.code(), Some(2), "{file}: {said}");
        let (_, command) = said.split_once("; convert it: ").expect(&said);
        shell(folder, &with_passwords(command.trim()));
        let taken = token(folder, &server, &["--ca-file", "ca.pem"]);
        assert!(taken.status.success(), "{file}: {taken:?}");
        fs::remove_file(folder.join("ca.pem")).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_certificate_in_pkcs12_is_converted_by_the_command_that_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let server = start(folder).await;
    shell(
        folder,
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=client -keyout a.key -out a.crt \
         && openssl pkcs12 -export -inkey a.key -in a.crt -passout pass:secret -out client.p12 && chmod 600 client.p12",
    );
    let options = |file| ["--ca-file", "authority.pem", "--client-cert", file];
    let refused = token(folder, &server, &options("client.p12"));
    let said = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(2), "{said}");
    let (_, command) = said.split_once("; convert it: ").expect(&said);
    shell(folder, &with_passwords(command.trim()));
    let taken = token(folder, &server, &options("client.pem"));
    assert!(taken.status.success(), "{taken:?}");
    assert_eq!(taken.stderr, b"", "{taken:?}");
}

/// A server with an authority of its own in `authority.pem`, and the key of a client in `key.pem`.
async fn start(folder: &Path) -> (Server, String) {
    let server = Server::start(ServerOptions::new().tls()).await.unwrap();
    let authority = server.ca_certificate().unwrap().pem();
    fs::write(folder.join("authority.pem"), authority).unwrap();
    let made = Command::new(redox_auth_binary())
        .args(["key", "new", "--alg", "ES384", "--out", "key.pem"])
        .current_dir(folder)
        .output()
        .unwrap();
    let jwks = String::from_utf8(made.stdout).unwrap();
    let client = OAuthKey::new().jwks(jwks.trim());
    let client_id = server.sandbox().register_oauth_key(client).unwrap();
    (server, client_id)
}

fn token(folder: &Path, (server, client_id): &(Server, String), options: &[&str]) -> Output {
    Command::new(redox_auth_binary())
        .args(["token", "--key", "key.pem", "--client-id", client_id])
        .args(["--base-url", server.base_url()])
        .args(options)
        .env_clear()
        .current_dir(folder)
        .output()
        .unwrap()
}

fn shell(folder: &Path, command: &str) {
    let mut shell = Command::new("sh");
    let output = shell.args(["-c", command]).current_dir(folder).output();
    let output = output.unwrap();
    assert!(output.status.success(), "{command}: {output:?}");
}

/// The passwords that a person would type, as options.
fn with_passwords(command: &str) -> String {
    command
        .replace("openssl pkcs12", "openssl pkcs12 -passin pass:secret")
        .replace("keytool -list", "keytool -list -storepass secret")
}
