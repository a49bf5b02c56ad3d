use std::path::Path;

use redox_auth_core::Region;
use redox_auth_reqwest::{Builder, Key, Redox};
use zeroize::Zeroizing;

use crate::args::{KeyArgs, LegacyArgs, ServerArgs};
use crate::failure::Failure;
use crate::input;

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
    let mut sources = Vec::new();
    for path in &args.key {
        sources.push((path.display().to_string(), read_key(path)?));
    }
    if sources.is_empty()
        && let Ok(text) = std::env::var(KEY_VARIABLE)
    {
        let content = Zeroizing::new(text.into_bytes());
        sources.push((KEY_VARIABLE.to_owned(), content));
    }
    if args.key_id.len() > sources.len() && !sources.is_empty() {
        return Err(Failure::usage(format!(
            "expected at most one --key-id for each key, found {} for {}",
            args.key_id.len(),
            sources.len()
        )));
    }
    let mut key_ids = args.key_id.iter().map(String::as_str);
    sources
        .iter()
        .map(|(name, content)| parse_key(name, content, key_ids.next()))
        .collect()
}

/// The secret of the legacy API key, less the white space that comes along when it is pasted.
fn legacy_secret(args: &LegacyArgs) -> Result<Zeroizing<String>, Failure> {
    if let Some(path) = &args.legacy_secret_file {
        return input::read_text(path, "legacy secret", MAX_SECRET_FILE);
    }
    match std::env::var(SECRET_VARIABLE).map(Zeroizing::new) {
        Ok(secret) => Ok(Zeroizing::new(secret.trim().to_owned())),
        Err(_) => Err(Failure::usage(format!(
            "expected the secret of the legacy API key (--legacy-secret-file, REDOX_LEGACY_SECRET_FILE or \
             {SECRET_VARIABLE}), found none"
        ))),
    }
}

/// Reads a key file, whatever its form; longer than any key it is not read.
pub(crate) fn read_key(path: &Path) -> Result<Zeroizing<Vec<u8>>, Failure> {
    input::read(path, "private key", MAX_KEY_FILE)
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
const KEY_VARIABLE: &str = "REDOX_PRIVATE_KEY";

/// Holds the legacy API key's secret itself.
const SECRET_VARIABLE: &str = "REDOX_LEGACY_SECRET";

/// A key with certificates around it may be long, a key alone takes 4 KiB at most.
const MAX_KEY_FILE: u64 = 64 * 1024;

/// Redox's are about 100 bytes long.
const MAX_SECRET_FILE: u64 = 4 * 1024;
