use core::fmt::Display;
use core::net::{Ipv4Addr, SocketAddr};
use std::fs;
use std::io::{self, ErrorKind};

use redox_auth_core::Algorithm;
use redox_auth_sandbox::{Server, ServerOptions};

use super::client::{Client, Keys};
use super::files::Files;
use super::like;
use crate::args::{CertifyArgs, Pkcs11Args, RsaBits, SandboxArgs};
use crate::failure::Failure;
use crate::key;
use crate::terminal::{say, shown};

/// A local Redox with a client of its own, and the client's settings.
pub(crate) struct Local {
    pub(crate) server: Server,
    /// The client's settings as variables.
    pub(crate) variables: Vec<(&'static str, String)>,
    /// The secrets, which end with this value unless there is a state file.
    pub(super) files: Files,
}

impl Local {
    pub(crate) async fn start(args: &SandboxArgs) -> Result<Self, Failure> {
        let server = Server::start(options(args)).await;
        let server = server.map_err(|error| not_started(&error))?;
        let files = Files::new(args.kept.state.as_deref())?;
        let variables = set_up(&server, args, &files)?;
        server.save().map_err(|error| failed(&error))?;
        Ok(Self {
            server,
            variables,
            files,
        })
    }

    /// The value of one of the variables.
    pub(crate) fn variable(&self, name: &str) -> Option<&str> {
        let found = self.variables.iter().find(|(it, _)| *it == name);
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn say_dashboard(&self) {
        if let Some(url) = self.server.dashboard_url() {
            say(format_args!("dashboard: {url}"));
        }
    }

    pub(crate) async fn stop(self) -> Result<(), Failure> {
        let stopped = self.server.stop().await;
        stopped.map_err(|error| Failure::usage(format!("the sandbox did not stop: {error}")))
    }
}

fn options(args: &SandboxArgs) -> ServerOptions {
    let mut options = ServerOptions::new()
        .dashboard(args.dashboard)
        .log(|line| say(shown(line)));
    let at_port = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    if let Some(address) = args.listen.or(args.port.map(at_port)) {
        options = options.address(address);
    }
    if let Some(state) = &args.kept.state {
        options = options.state(state);
    }
    if args.tls {
        options = options.tls();
    }
    if let Some(host) = &args.host {
        options = options.host(host);
    }
    if let Some(server) = &args.like {
        options = options.like(server);
    }
    options
}

fn not_started(error: &io::Error) -> Failure {
    let text = error.to_string();
    let is_in_use = error.kind() == ErrorKind::AddrInUse;
    Failure::usage(match (is_in_use, text.contains("dashboard")) {
        (false, _) => text,
        (true, false) => format!(
            "{text}; another program listens there: stop it, or give another --port, or 0 for a free one"
        ),
        (true, true) => format!(
            "{text}; another program listens there: stop it, or give another --dashboard, or 0 for a free one"
        ),
    })
}

/// Registers a client with its key, a source, a destination and, if asked for, a legacy API key; returns their
/// variables.
fn set_up(
    server: &Server,
    args: &SandboxArgs,
    files: &Files,
) -> Result<Vec<(&'static str, String)>, Failure> {
    let settings = server.client_settings();
    let mut sandbox = server.sandbox();
    let keys = Keys::read_or_make(&args.kept, files, settings.as_ref(), &sandbox)?;
    let client = Client::register(&mut sandbox, &args.kept, &keys)?;
    let legacy = match sandbox.legacy_key(&client.source_id) {
        None if args.legacy => {
            let registered = sandbox.register_legacy_key(&client.source_id);
            Some(registered.map_err(|error| failed(&error))?)
        }
        kept => kept.filter(|_| args.legacy),
    };
    drop(sandbox);

    let mut variables = vec![
        ("REDOX_BASE_URL", server.base_url().to_owned()),
        ("REDOX_UPLOAD_URL", format!("{}/upload", server.base_url())),
        ("REDOX_CLIENT_ID", client.client_id),
    ];
    let file = keys.file.as_ref();
    variables.extend(file.map(|file| ("REDOX_KEY_FILE", file.display().to_string())));
    variables.extend([
        ("REDOX_SOURCE_ID", client.source_id),
        ("REDOX_DESTINATION_ID", client.destination_id),
    ]);
    if let Some(settings) = &settings {
        variables.push(("REDOX_TOKEN_URL", server.token_url()));
        variables.extend(like::variables(settings, &keys.jwks));
        if settings.tls_certificate && args.tls {
            variables.extend(tls_certificate(files)?);
        }
    }
    if let Some(legacy) = legacy {
        variables.push(("REDOX_LEGACY_API_KEY", legacy.api_key().to_owned()));
        let file = files.write("legacy-secret", legacy.expose_secret())?;
        variables.push(("REDOX_LEGACY_SECRET_FILE", file));
    }
    if let Some(authority) = server.ca_certificate() {
        let pem = authority.pem();
        if let Some(out) = &args.ca_out {
            let written = fs::write(out, &pem);
            written.map_err(|error| {
                Failure::usage(format!("cannot write {}: {error}", out.display()))
            })?;
        }
        variables.push(("SSL_CERT_FILE", files.write("authority.pem", &pem)?));
    }
    Ok(variables)
}

/// Makes a TLS certificate for the client, and its key; returns their variables.
fn tls_certificate(files: &Files) -> Result<[(&'static str, String); 2], Failure> {
    let out = files.path("tls-certificate.pem");
    let pem = key::generate(Algorithm::Es256, RsaBits::default())?;
    let key_file = files.write("tls-key.pem", &pem)?;
    // New at each start, together with its key.
    if out.exists() {
        fs::remove_file(&out).map_err(|error| failed(&error))?;
    }
    key::certificate::make(&CertifyArgs {
        key: key_file.clone().into(),
        pkcs11: Pkcs11Args::default(),
        subject: "CN=redox-auth sandbox client".to_owned(),
        days: 365,
        out: out.clone(),
    })?;
    Ok([
        ("REDOX_TLS_CERTIFICATE_FILE", out.display().to_string()),
        ("REDOX_TLS_KEY_FILE", key_file),
    ])
}

fn failed(error: &dyn Display) -> Failure {
    Failure::usage(format!("sandbox: {error}"))
}
