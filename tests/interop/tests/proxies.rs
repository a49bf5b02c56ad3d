//! Squid and mitmproxy between the command and a server.

#![expect(
    clippy::unwrap_used,
    reason = "a test: a panic is a failure with a place"
)]

use std::fs;
use std::process::{Command, Output};

use redox_auth_interop::{Program, free_port, redox_auth_binary, shell};
use redox_auth_sandbox::{OAuthKey, Server, ServerOptions};

/// Squid with a user, which leads to one port and to another where nothing listens.
#[tokio::test(flavor = "multi_thread")]
async fn squid() {
    let clinic = Clinic::start().await;
    let (allowed, silent) = (clinic.port(), free_port());
    let port = free_port();
    let folder = clinic.folder.path();
    // `nurse` with the password `secret`, by SHA-512 (crypt).
    shell(
        folder,
        "printf 'nurse:%s\\n' \"$(openssl passwd -6 secret)\" > users",
    );
    let here = folder.display();
    let helper = "/usr/lib/squid/basic_ncsa_auth";
    let config = format!(
        "http_port 127.0.0.1:{port}\npid_filename none\ncache deny all\naccess_log none\ncache_log /dev/null\n\
         coredump_dir {here}\nhosts_file {here}/hosts\nvisible_hostname squid.example\n\
         auth_param basic program {helper} {here}/users\nacl known proxy_auth REQUIRED\n\
         acl ports port {allowed} {silent}\nhttp_access deny !ports\nhttp_access allow known\nhttp_access deny all\n\
         connect_retries 0\nforward_max_tries 1\nconnect_timeout 2 seconds\n"
    );
    fs::write(folder.join("squid.conf"), config).unwrap();
    let command = format!("squid -N -d 1 -f {here}/squid.conf");
    let _squid = Program::start(&command, "Accepting HTTP Socket connections");

    let with = |user: &str| format!("http://{user}127.0.0.1:{port}");
    let known = with("nurse:secret@");
    let token = clinic.run("token", allowed, &known);
    assert!(token.status.success(), "{token:?}");
    for (proxy, server, part) in [
        (
            with(""),
            allowed,
            "status 407 (Proxy Authentication Required); it wants a user name",
        ),
        (
            with("nurse:wrong-one@"),
            allowed,
            "it does not accept user name and password of HTTPS_PROXY",
        ),
        (
            known.clone(),
            8443,
            "status 403 (Forbidden); it does not allow connections to as.example:8443",
        ),
        (
            known,
            silent,
            "status 503 (Service Unavailable); it does not reach as.example",
        ),
    ] {
        let failed = clinic.run("token", server, &proxy);
        let said = String::from_utf8(failed.stderr).unwrap();
        assert!(said.contains(part), "{part}: {said}");
        assert!(!said.contains("wrong-one"), "{said}");
        let doctor = clinic.run("doctor", server, &proxy);
        let said = String::from_utf8(doctor.stdout).unwrap();
        assert!(said.contains(part), "{part}: {said}");
    }
}

/// It shows certificates of its own authority for the requested names.
#[tokio::test(flavor = "multi_thread")]
async fn mitmproxy() {
    let clinic = Clinic::start().await;
    let port = free_port();
    let command = format!(
        "mitmdump --listen-host 127.0.0.1 -p {port} --set connection_strategy=lazy --set upstream_cert=false --set confdir={}",
        clinic.folder.path().display()
    );
    let _mitmproxy = Program::start(&command, "listening at");
    let proxy = format!("http://127.0.0.1:{port}");
    let part = "mitmproxy issued the server's certificate (\"CN=mitmproxy, O=mitmproxy\")";
    let failed = clinic.run("token", clinic.port(), &proxy);
    let said = String::from_utf8(failed.stderr).unwrap();
    assert!(said.contains(part), "{said}");
    let doctor = clinic.run("doctor", clinic.port(), &proxy);
    let said = String::from_utf8(doctor.stdout).unwrap();
    for part in [part, "trust its authority (`Builder::ca_file`, --ca-file)"] {
        assert!(said.contains(part), "{part}: {said}");
    }
}

/// A server that is called `as.example` and its client.
struct Clinic {
    folder: tempfile::TempDir,
    server: Server,
    client_id: String,
}

impl Clinic {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options = ServerOptions::new().tls().host("as.example");
        let server = Server::start(options).await.unwrap();
        let authority = server.ca_certificate().unwrap().pem();
        fs::write(folder.path().join("ca.pem"), authority).unwrap();
        fs::write(folder.path().join("hosts"), "127.0.0.1 as.example\n").unwrap();
        let made = Command::new(redox_auth_binary())
            .args(["key", "new", "--alg", "ES384", "--out", "key.pem"])
            .current_dir(&folder)
            .output()
            .unwrap();
        let jwks = String::from_utf8(made.stdout).unwrap();
        let client = OAuthKey::new().jwks(jwks.trim());
        let client_id = server.sandbox().register_oauth_key(client).unwrap();
        // Squid runs as a user of its own.
        shell(folder.path(), "chmod 755 . && chmod 644 ca.pem hosts");
        Self {
            folder,
            server,
            client_id,
        }
    }

    /// Where the server listens on this machine.
    fn port(&self) -> u16 {
        let (_, port) = self.server.base_url().rsplit_once(':').unwrap();
        port.parse().unwrap()
    }

    fn run(&self, command: &str, port: u16, proxy: &str) -> Output {
        Command::new(redox_auth_binary())
            .args([command, "--key", "key.pem", "--client-id", &self.client_id])
            .args(["--base-url", &format!("https://as.example:{port}")])
            .env_clear()
            .env("SSL_CERT_FILE", "ca.pem")
            .env("HTTPS_PROXY", proxy)
            .current_dir(&self.folder)
            .output()
            .unwrap()
    }
}
