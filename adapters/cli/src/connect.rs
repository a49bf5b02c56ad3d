use std::borrow::Cow;
use std::env;
use std::path::{Path, PathBuf};

use redox_auth_core::Region;
use redox_auth_reqwest::{Builder, Key, Redox};
use zeroize::Zeroizing;

use crate::args::{KeyArgs, LegacyArgs, ServerArgs};
use crate::failure::Failure;
use crate::{input, permissions};

/// A client for a server and the credentials that the options and the environment name: an OAuth API key, a legacy API
/// key, or both.
pub(crate) fn builder(
    server: ServerArgs,
    key: KeyArgs,
    legacy: LegacyArgs,
) -> Result<Builder, Failure> {
    let mut builder = builder_without_key(server);
    if let Some(api_key) = &legacy.legacy_key {
        let secret = legacy_secret(&legacy)?;
        builder = builder.legacy_key(api_key, secret.as_str());
        if !key.is_given() {
            return Ok(builder);
        }
    }
    with_oauth_key(builder, key)
}

/// A client for a server and an OAuth API key.
pub(crate) fn oauth_builder(server: ServerArgs, key: KeyArgs) -> Result<Builder, Failure> {
    with_oauth_key(builder_without_key(server), key)
}

/// A client for a server alone.
pub(crate) fn builder_without_key(server: ServerArgs) -> Builder {
    let mut builder = Redox::builder()
        .region(Region::from(server.region))
        .typ(server.typ.into());
    if let Some(base_url) = server.base_url {
        builder = builder.base_url(base_url);
    }
    if let Some(token_url) = server.token_url {
        builder = builder.token_url(token_url);
    }
    if let Some(audience) = server.audience {
        builder = builder.audience(audience);
    }
    if let Some(scope) = server.scope {
        builder = builder.scope(scope);
    }
    builder
}

fn with_oauth_key(builder: Builder, key: KeyArgs) -> Result<Builder, Failure> {
    let client_id = key.client_id.clone().ok_or_else(|| {
        Failure::usage("expected a client ID (--client-id or REDOX_CLIENT_ID), found none")
    })?;
    let mut keys = private_keys(&key)?.into_iter();
    let first = keys.next().ok_or_else(|| {
        Failure::usage(format!(
            "expected a private key (--key, REDOX_KEY_FILE or {KEY_VARIABLE}), found none"
        ))
    })?;
    let builder = builder.oauth_key(client_id, first);
    Ok(keys.fold(builder, Builder::also_key))
}

fn private_keys(args: &KeyArgs) -> Result<Vec<Key>, Failure> {
    let paths = key_paths(args)?;
    let mut key_ids = args.key_id.iter().map(String::as_str);
    paths
        .iter()
        .map(|path| parse_key(&shown(path), &read_key(path)?, key_ids.next()))
        .collect()
}

/// Where the private keys are, each known to have at most one key ID.
fn key_paths(args: &KeyArgs) -> Result<Cow<'_, [PathBuf]>, Failure> {
    let paths = if args.key.is_empty() && env::var_os(KEY_VARIABLE).is_some() {
        Cow::Owned(vec![format!("{VARIABLE_PREFIX}{KEY_VARIABLE}").into()])
    } else {
        Cow::Borrowed(args.key.as_slice())
    };
    if args.key_id.len() > paths.len() && !paths.is_empty() {
        return Err(Failure::usage(format!(
            "expected at most one --key-id for each key, found {} for {}",
            args.key_id.len(),
            paths.len()
        )));
    }
    Ok(paths)
}

/// The secret of the legacy API key, less the white space that comes along when it is pasted.
fn legacy_secret(args: &LegacyArgs) -> Result<Zeroizing<String>, Failure> {
    let variable = || {
        let path = PathBuf::from(format!("{VARIABLE_PREFIX}{SECRET_VARIABLE}"));
        env::var_os(SECRET_VARIABLE).map(|_| path)
    };
    let path = args.legacy_secret_file.clone().or_else(variable);
    let path = path.ok_or_else(|| {
        Failure::usage(format!(
            "expected the secret of the legacy API key (--legacy-secret-file, REDOX_LEGACY_SECRET_FILE or \
             {SECRET_VARIABLE}), found none"
        ))
    })?;
    permissions::note(&path);
    let secret = read_secret(&path, "legacy secret", MAX_SECRET_FILE)?;
    input::text(&secret, "legacy secret")
}

/// Reads a private key, whatever its form; longer than any key it is not read. Who else can read it is said.
pub(crate) fn read_key(path: &Path) -> Result<Zeroizing<Vec<u8>>, Failure> {
    permissions::note(path);
    read_secret(path, "private key", MAX_KEY_FILE)
}

/// The content of a file, or of the variable that is named in its place.
fn read_secret(path: &Path, what: &str, limit: u64) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let Some(name) = variable(path) else {
        return input::read(path, what, limit);
    };
    match env::var(name) {
        Ok(text) => Ok(Zeroizing::new(text.into_bytes())),
        Err(_) => Err(Failure::usage(format!(
            "{what}: expected text in the variable {name}, found none"
        ))),
    }
}

/// The name of a variable that stands in place of a file's.
fn variable(path: &Path) -> Option<&str> {
    path.to_str()?.strip_prefix(VARIABLE_PREFIX)
}

/// The name of a file or a variable, as errors name it.
fn shown(path: &Path) -> String {
    variable(path).map_or_else(|| path.display().to_string(), str::to_owned)
}

/// The key in `content`; `name` says in errors where that came from.
pub(crate) fn parse_key(name: &str, content: &[u8], key_id: Option<&str>) -> Result<Key, Failure> {
    match key_id {
        Some(key_id) => Key::parse_with_key_id(key_id, content),
        None => Key::parse(content),
    }
    .map_err(|error| Failure::usage(format!("private key in {name}: {error}")))
}

/// Holds the private key itself, where a file is not to be had.
pub(crate) const KEY_VARIABLE: &str = "REDOX_PRIVATE_KEY";

/// Holds the legacy API key's secret itself.
pub(crate) const SECRET_VARIABLE: &str = "REDOX_LEGACY_SECRET";

/// Before the name of a variable where the name of a file could stand.
pub(crate) const VARIABLE_PREFIX: &str = "env:";

/// A key with certificates around it may be long, a key alone takes 4 KiB at most.
const MAX_KEY_FILE: u64 = 64 * 1024;

/// Redox's are about 100 bytes long.
const MAX_SECRET_FILE: u64 = 4 * 1024;
