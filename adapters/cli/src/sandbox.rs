mod like;
mod sftp;

use core::iter;
use std::fs;
use std::path::Path;

use redox_auth_core::Algorithm;
use redox_auth_sandbox::{Destination, MllpServer, OAuthKey, Server, ServerOptions, Source};
use tempfile::TempDir;

use crate::args::{CertifyArgs, Fault, Pkcs11Args, RsaBits, SandboxArgs};
use crate::connect::parse_key;
use crate::ended::ended;
use crate::failure::Failure;
use crate::terminal::say;
use crate::{key, print};

/// Runs a local Redox until it is interrupted. What is secret lies in a temporary folder that goes with it.
pub(crate) async fn run(args: SandboxArgs) -> Result<(), Failure> {
    let server = Server::start(options(&args))
        .await
        .map_err(|error| Failure::usage(format!("cannot listen on {}: {error}", args.listen)))?;
    // Before anything lies on the disk that has to go.
    let ended = ended()?;
    let (folder, mut variables) = set_up(&server, &args)?;
    let mllp = mllp(&args).await?;
    if let Some(mllp) = &mllp {
        let address = like::quoted(&mllp.address().to_string());
        variables.push_str(&format!("\nexport REDOX_MLLP={address}"));
    }
    let sftp = match args.sftp {
        Some(address) => {
            let (sftp, lines) = sftp::start(address, folder.path()).await?;
            variables.push_str(&format!("\n{lines}"));
            Some(sftp)
        }
        None => None,
    };
    for fault in args.fault {
        match fault {
            Fault::Http(order) => server.sandbox().order(order),
            Fault::Mllp(order) => match &mllp {
                Some(mllp) => mllp.order(order),
                None => return Err(Failure::usage("--fault mllp:… needs --mllp ADDR")),
            },
            #[cfg(feature = "sandbox-sftp")]
            Fault::Sftp(order) => match &sftp {
                Some(sftp) => sftp.order(order),
                None => return Err(Failure::usage("--fault sftp:… needs --sftp")),
            },
        }
    }
    print(&variables)?;
    if let Some(settings) = server.client_settings() {
        like::notes(&settings, args.tls).for_each(say);
    }
    match server.sandbox().rules() {
        Some(rules) => {
            let title = rules.title();
            if let Some(reason) = rules.no_token() {
                say(format_args!(
                    "no client obtains a token from {title}: {reason}"
                ));
            }
            say(format_args!(
                "a server like {title} until Ctrl-C; its keys go with it"
            ));
        }
        None => say("a local Redox until Ctrl-C; its keys and messages go with it"),
    }
    if let Some(url) = server.dashboard_url() {
        say(format_args!("dashboard: {url}"));
    }
    ended.await;
    drop((folder, mllp, sftp));
    server
        .stop()
        .await
        .map_err(|error| Failure::usage(format!("the sandbox did not stop: {error}")))
}

/// Redox's port for MLLP, if it is asked for.
async fn mllp(args: &SandboxArgs) -> Result<Option<MllpServer>, Failure> {
    let Some(address) = args.mllp else {
        return Ok(None);
    };
    let started = MllpServer::start(address).await;
    let started =
        started.map_err(|error| Failure::usage(format!("cannot listen on {address}: {error}")))?;
    Ok(Some(started))
}

fn options(args: &SandboxArgs) -> ServerOptions {
    let mut options = ServerOptions::new()
        .address(args.listen)
        .dashboard(args.dashboard);
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

/// Registers one key, one source and one destination, a legacy API key if it is asked for, and names them as a shell can
/// take them.
fn set_up(server: &Server, args: &SandboxArgs) -> Result<(TempDir, String), Failure> {
    let failed = |error: &dyn core::fmt::Display| Failure::usage(format!("sandbox: {error}"));
    let folder = TempDir::with_prefix("redox-auth-sandbox-").map_err(|error| failed(&error))?;
    let key_file = folder.path().join("private-key.pem");
    let settings = server.client_settings();
    let algorithm = match &settings {
        Some(settings) => like::algorithm(settings)?,
        None => Algorithm::Es384,
    };
    let bits = settings
        .as_ref()
        .map_or_else(RsaBits::default, like::rsa_bits);
    let pem = key::generate(algorithm, bits)?;
    key::write_private(&key_file, pem.as_bytes())?;
    let key_id = settings.as_ref().and_then(|it| it.key_id.as_deref());
    let key = parse_key("the new key", pem.as_bytes(), key_id, Some(algorithm))?;
    let jwks = key::jwk_set(&[key])?;

    let mut sandbox = server.sandbox();
    let client_id = sandbox
        .register_oauth_key(OAuthKey::new().jwks(&jwks))
        .map_err(|error| failed(&error))?;
    let source_id = sandbox
        .add_source(Source::new("Sandbox source"))
        .map_err(|error| failed(&error))?;
    let destination_id = sandbox
        .add_destination(Destination::new("Sandbox destination"))
        .map_err(|error| failed(&error))?;
    let legacy = args.legacy.then(|| sandbox.register_legacy_key(&source_id));
    let legacy = legacy.transpose().map_err(|error| failed(&error))?;
    drop(sandbox);

    let mut variables = vec![
        ("REDOX_BASE_URL", server.base_url().to_owned()),
        ("REDOX_UPLOAD_URL", format!("{}/upload", server.base_url())),
        ("REDOX_CLIENT_ID", client_id),
        ("REDOX_KEY_FILE", key_file.display().to_string()),
        ("REDOX_SOURCE_ID", source_id),
        ("REDOX_DESTINATION_ID", destination_id),
    ];
    if let Some(settings) = &settings {
        variables.push(("REDOX_TOKEN_URL", server.token_url()));
        variables.extend(like::variables(settings, &jwks));
        if settings.tls_certificate && args.tls {
            variables.extend(tls_certificate(folder.path())?);
        }
    }
    if let Some(legacy) = legacy {
        let secret_file = folder.path().join("legacy-secret");
        key::write_private(&secret_file, legacy.expose_secret().as_bytes())?;
        variables.push(("REDOX_LEGACY_API_KEY", legacy.api_key().to_owned()));
        variables.push((
            "REDOX_LEGACY_SECRET_FILE",
            secret_file.display().to_string(),
        ));
    }
    if let Some(authority) = server.ca_certificate() {
        let ca_file = folder.path().join("authority.pem");
        for file in iter::once(ca_file.as_path()).chain(args.ca_out.as_deref()) {
            let written = fs::write(file, authority.pem());
            written.map_err(|error| {
                Failure::usage(format!("cannot write {}: {error}", file.display()))
            })?;
        }
        variables.push(("SSL_CERT_FILE", ca_file.display().to_string()));
    }
    let lines = variables.into_iter();
    let lines = lines.map(|(name, value)| format!("export {name}={}", like::quoted(&value)));
    Ok((folder, lines.collect::<Vec<_>>().join("\n")))
}

/// Makes a certificate for the client to show when it connects, and its key; returns the variables that name them.
fn tls_certificate(folder: &Path) -> Result<[(&'static str, String); 2], Failure> {
    let key = folder.join("tls-key.pem");
    let out = folder.join("tls-certificate.pem");
    let pem = key::generate(Algorithm::Es256, RsaBits::default())?;
    key::write_private(&key, pem.as_bytes())?;
    let shown = (out.display().to_string(), key.display().to_string());
    key::certificate::make(&CertifyArgs {
        key,
        pkcs11: Pkcs11Args::default(),
        subject: "CN=redox-auth sandbox client".to_owned(),
        days: 365,
        out,
    })?;
    let (certificate, key) = shown;
    Ok([
        ("REDOX_TLS_CERTIFICATE_FILE", certificate),
        ("REDOX_TLS_KEY_FILE", key),
    ])
}
