use std::path::Path;

use redox_auth_core::Algorithm;
use redox_auth_reqwest::{Builder, FileAccess, Key, Redox};
use zeroize::Zeroizing;

use super::certificate;
use super::report::Report;
use crate::args::{ClientArgs, KeyArgs, Pkcs11Args};
use crate::connect;
use crate::failure::Failure;
use crate::terminal::shown_path;
use crate::{hardware, secrets};

/// The usable credentials.
#[derive(Default)]
pub(super) struct Credentials {
    pub(super) client_id: Option<String>,
    pub(super) keys: Vec<Key>,
    /// The legacy API key and its secret.
    pub(super) legacy: Option<(String, Zeroizing<String>)>,
}

/// Checks every key and secret by itself; returns the usable ones.
pub(super) fn check(report: &mut Report, args: &ClientArgs) -> Result<Credentials, Failure> {
    let ClientArgs {
        server,
        key,
        legacy,
    } = args;
    let mut credentials = Credentials::default();
    if key.is_given() || legacy.legacy_key.is_none() {
        keys(report, key, &server.pkcs11, &mut credentials)?;
    }
    if let Some(api_key) = &legacy.legacy_key {
        let secret = secrets::legacy_secret_path(legacy).and_then(|path| {
            permissions(report, &path)?;
            let secret = secrets::read_legacy_secret(&path)
                .map_err(|failure| failure.about("REDOX_LEGACY_SECRET_FILE"))?;
            fit(Redox::builder().legacy_key(api_key, secret.as_str()))?;
            Ok(secret)
        });
        match secret {
            Ok(secret) => {
                report.ok("legacy secret", format_args!("for the API key {api_key:?}"))?;
                credentials.legacy = Some((api_key.clone(), secret));
            }
            Err(failure) => {
                report.fail("legacy secret", &failure, None)?;
            }
        }
    }
    Ok(credentials)
}

fn keys(
    report: &mut Report,
    args: &KeyArgs,
    pkcs11: &Pkcs11Args,
    credentials: &mut Credentials,
) -> Result<(), Failure> {
    let client_id = connect::client_id(args).and_then(|client_id| {
        fit(Redox::builder().client_id(client_id).no_key())?;
        Ok(client_id)
    });
    match client_id {
        Ok(client_id) => {
            report.ok("client ID", format_args!("{client_id:?}"))?;
            credentials.client_id = Some(client_id.to_owned());
        }
        Err(failure) => report.fail("client ID", &failure, Some("the Redox dashboard shows it"))?,
    }
    let paths = match secrets::key_paths(args) {
        Ok(paths) => paths,
        Err(failure) => {
            let make = "make one with: redox-auth key new";
            let advice = args.key.is_empty().then_some(make);
            return report.fail("key", &failure, advice);
        }
    };
    let mut key_ids = args.key_id.iter().map(String::as_str);
    let algorithm = args.alg.map(Algorithm::from);
    certificate::expect_fit(report, &args.certificates, paths.len())?;
    for (number, path) in paths.iter().enumerate() {
        let key_id = key_ids.next();
        let name = secrets::shown(path);
        let key = if hardware::is_uri(path) {
            hardware::open(path, pkcs11, algorithm).and_then(|token| token.key(key_id))
        } else {
            let content = secrets::read_key(path);
            let is_public = |content: &Zeroizing<Vec<u8>>| {
                Key::parse(content).is_err_and(|error| connect::is_public(&error))
            };
            if !content.as_ref().is_ok_and(is_public) {
                permissions(report, path)?;
            }
            content.and_then(|content| connect::parse_key(&name, &content, key_id, algorithm))
        };
        let key = key.map_err(|failure| failure.about("REDOX_KEY_FILE"));
        match key {
            Ok(key) => {
                let found = format!("{name}: {}, key ID {:?}", described(&key), key.key_id());
                match key.algorithm() {
                    Algorithm::Rs384 | Algorithm::Es384 => report.ok("key", found)?,
                    _ => report.warn(
                        "key",
                        found,
                        "Redox documents RS384 and ES384 only; other servers may accept this algorithm",
                    )?,
                }
                for note in key.notes() {
                    report.warn(
                        "key",
                        format_args!("{name}: {note}"),
                        "the command uses the key as it is",
                    )?;
                }
                let key = certificate::check(report, &args.certificates, number, key)?;
                credentials.keys.extend(key);
            }
            Err(failure) => {
                report.fail("key", &failure, None)?;
            }
        }
    }
    Ok(())
}

/// Whether a client can use these credentials.
fn fit(client: Builder) -> Result<(), Failure> {
    client.build().map(|_| ()).map_err(Failure::from)
}

/// Reports which users can read or change a file with a secret.
fn permissions(report: &mut Report, path: &Path) -> Result<(), Failure> {
    let shown = shown_path(path);
    match FileAccess::of(path) {
        FileAccess::Exposed(remedy) => report.warn(
            "permissions",
            format_args!("others can read or change {shown}"),
            remedy,
        ),
        FileAccess::Owner => report.ok(
            "permissions",
            format_args!("only its owner can read {shown}"),
        ),
        FileAccess::Group => report.ok(
            "permissions",
            format_args!("its owner and a group of this process can read {shown}"),
        ),
        _ => Ok(()),
    }
}

/// The algorithm of a key, its format, and the length of an RSA key.
fn described(key: &Key) -> String {
    // A key without a format is in a token.
    let (algorithm, form) = (key.algorithm(), key.form().unwrap_or("in a token"));
    match key.rsa_bits() {
        Some(bits) => format!("{algorithm} with {bits} bits, {form}"),
        None => format!("{algorithm}, {form}"),
    }
}
