use std::borrow::Cow;
use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use serde_json::Value;
use zeroize::Zeroizing;

use crate::args::{KeyArgs, LegacyArgs};
use crate::failure::Failure;
use crate::hardware::is_uri;
use crate::input;
use crate::terminal::{say, shown_path};

/// The places of the private keys: at least one, each with at most one key ID.
pub(crate) fn key_paths(args: &KeyArgs) -> Result<Cow<'_, [PathBuf]>, Failure> {
    let paths = if args.key.is_empty() && is_set(KEY_VARIABLE) {
        Cow::Owned(vec![in_variable(KEY_VARIABLE)])
    } else {
        Cow::Borrowed(args.key.as_slice())
    };
    if paths.is_empty() {
        return Err(Failure::usage(format!(
            "expected a private key (--key, REDOX_KEY_FILE or {KEY_VARIABLE}), found none"
        )));
    }
    if args.key_id.len() > paths.len() {
        return Err(Failure::usage(format!(
            "expected at most one --key-id for each key, found {} for {}",
            args.key_id.len(),
            paths.len()
        )));
    }
    Ok(paths)
}

/// Whether a variable has a value. An empty variable counts as unset, as in services that read the same variables.
pub(crate) fn is_set(variable: impl AsRef<OsStr>) -> bool {
    env::var_os(variable).is_some_and(|value| !value.is_empty())
}

/// Reads a private key in any form, up to the length of the longest key.
pub(crate) fn read_key(path: &Path) -> Result<Zeroizing<Vec<u8>>, Failure> {
    read(path, "private key", MAX_KEY_FILE)
}

/// Reads certificates, and a private key that may be among them.
pub(crate) fn read_certificate(path: &Path) -> Result<Zeroizing<Vec<u8>>, Failure> {
    read(path, "certificate", MAX_KEY_FILE)
}

/// The place of the legacy API key's secret.
pub(crate) fn legacy_secret_path(args: &LegacyArgs) -> Result<PathBuf, Failure> {
    let variable = || is_set(SECRET_VARIABLE).then(|| in_variable(SECRET_VARIABLE));
    let path = args.legacy_secret_file.clone().or_else(variable);
    path.ok_or_else(|| {
        Failure::usage(format!(
            "expected the secret of the legacy API key (--legacy-secret-file, REDOX_LEGACY_SECRET_FILE or \
             {SECRET_VARIABLE}), found none"
        ))
    })
}

/// Reads the secret of a legacy API key, without white space from pasting.
pub(crate) fn read_legacy_secret(path: &Path) -> Result<Zeroizing<String>, Failure> {
    read_text(path, "legacy secret", MAX_SECRET_FILE)
}

/// Reads a token for the Platform API, without the white space around it.
pub(crate) fn read_platform_token(path: &Path) -> Result<Zeroizing<String>, Failure> {
    read_text(path, "Platform API token", MAX_TOKEN_FILE)
}

/// Reads the password of an SFTP user. White space may be part of the password; one line end after it is not.
#[cfg(unix)]
pub(crate) fn read_sftp_password(path: &Path) -> Result<Zeroizing<String>, Failure> {
    let content = read(path, SFTP_PASSWORD, MAX_PASSWORD_FILE)?;
    let wrong = |what: &str| Failure::usage(format!("{SFTP_PASSWORD} in {}: {what}", shown(path)));
    let text = str::from_utf8(&content).map_err(|_| wrong("it must be text in UTF-8"))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let line = text.strip_suffix('\n').unwrap_or(text);
    let line = line.strip_suffix('\r').unwrap_or(line);
    if line.is_empty() {
        return Err(wrong("it is empty"));
    }
    if line.contains(['\n', '\r', '\0']) {
        return Err(wrong(
            "it must hold only the password, in one line; found several lines",
        ));
    }
    if line.len() > MAX_PASSWORD {
        return Err(wrong(&format!(
            "`ssh` accepts a password of at most {MAX_PASSWORD} bytes; found {}",
            line.len()
        )));
    }
    Ok(Zeroizing::new(line.to_owned()))
}

/// A secret as text, with a note about unusual characters around it.
fn read_text(path: &Path, what: &str, limit: u64) -> Result<Zeroizing<String>, Failure> {
    let (text, taken_off) = input::text(&read(path, what, limit)?, what)?;
    if let Some(found) = no_secret(&text) {
        return Err(Failure::usage(format!(
            "{what} in {}: expected the secret itself, found {found}",
            shown(path)
        )));
    }
    if let Some(taken_off) = taken_off {
        say(format_args!("note: {what} in {}: {taken_off}", shown(path)));
    }
    Ok(text)
}

/// The kind of a text that is neither a secret nor a token, but appears next to them in the settings of servers.
fn no_secret(text: &str) -> Option<&'static str> {
    let json: Option<Value> = serde_json::from_str(text).ok().filter(Value::is_object);
    let is_private = |jwk: &Value| jwk.get("d").is_some() || jwk.get("k").is_some();
    match json {
        Some(set) if set.get("keys").is_some() => Some(
            "a JWK Set, which belongs to an OAuth API key and is no secret of a legacy API key",
        ),
        Some(jwk) if jwk.get("kty").is_some() && is_private(&jwk) => {
            Some("a private key as JWK; give it to --key")
        }
        Some(jwk) if jwk.get("kty").is_some() => {
            Some("a public key as JWK, which belongs to an OAuth API key")
        }
        Some(_) => Some("a JSON object; write the value of one member alone into the file"),
        None if text.contains("-----BEGIN ") && text.contains("PRIVATE KEY-----") => {
            Some("a private key in PEM; give it to --key")
        }
        None if text.contains("-----BEGIN ") => Some("public data in PEM"),
        None => None,
    }
}

/// The name of a file or a variable in messages.
pub(crate) fn shown(path: &Path) -> String {
    variable(path).map_or_else(|| shown_path(path), str::to_owned)
}

/// Whether this names a regular file, which the command can read again, or a link to one.
pub(crate) fn is_regular(path: &Path) -> bool {
    let is_other = path == Path::new("-") || variable(path).is_some() || is_uri(path);
    !is_other && path.metadata().is_ok_and(|metadata| metadata.is_file())
}

/// The content of a file, or of the variable in its place.
fn read(path: &Path, what: &str, limit: u64) -> Result<Zeroizing<Vec<u8>>, Failure> {
    if is_uri(path) {
        return Err(Failure::usage(format!(
            "{what}: expected a file, found a key in a token; `redox-auth key jwks` prints the public half"
        )));
    }
    let Some(name) = variable(path) else {
        return input::read_secret(path, what, limit);
    };
    match env::var(name) {
        Ok(text) => Ok(Zeroizing::new(text.into_bytes())),
        Err(_) => Err(Failure::usage(format!(
            "{what}: expected text in the variable {name}, found none"
        ))),
    }
}

/// The name of a variable in place of a file's.
pub(crate) fn variable(path: &Path) -> Option<&str> {
    path.to_str()?.strip_prefix(VARIABLE_PREFIX)
}

fn in_variable(name: &str) -> PathBuf {
    format!("{VARIABLE_PREFIX}{name}").into()
}

/// Holds the private key itself, if there is no file.
pub(crate) const KEY_VARIABLE: &str = "REDOX_PRIVATE_KEY";

/// Holds the legacy API key's secret itself.
pub(crate) const SECRET_VARIABLE: &str = "REDOX_LEGACY_SECRET";

/// Holds the PIN of a token itself.
pub(crate) const PIN_VARIABLE: &str = "REDOX_PIN";

/// The prefix of a variable's name in place of a file's.
pub(crate) const VARIABLE_PREFIX: &str = "env:";

/// A key with certificates around it may be long, a key alone takes 4 KiB at most.
const MAX_KEY_FILE: u64 = 64 * 1024;

/// Redox's are about 100 bytes long.
const MAX_SECRET_FILE: u64 = 4 * 1024;

#[cfg(unix)]
const SFTP_PASSWORD: &str = "SFTP password";

#[cfg(unix)]
const MAX_PASSWORD_FILE: u64 = 4 * 1024;

/// The length that `ssh` reads of an answer.
#[cfg(unix)]
const MAX_PASSWORD: usize = 1023;

/// Redox's tokens are shorter than a kilobyte.
const MAX_TOKEN_FILE: u64 = 64 * 1024;
