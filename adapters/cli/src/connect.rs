use std::path::Path;

use redox_auth_core::Region;
use redox_auth_reqwest::{Builder, Key, Redox};
use zeroize::Zeroizing;

use crate::args::{KeyArgs, ServerArgs};
use crate::failure::Failure;
use crate::input;

/// A client for a server and a key, as the options and the environment name them.
pub(crate) fn builder(server: ServerArgs, key: KeyArgs) -> Result<Builder, Failure> {
    let client_id = key.client_id.clone().ok_or_else(|| {
        Failure::usage("expected a client ID (--client-id or REDOX_CLIENT_ID), found none")
    })?;
    Ok(builder_without_key(server).oauth_key(client_id, private_key(&key)?))
}

/// The same without a key.
pub(crate) fn builder_without_key(server: ServerArgs) -> Builder {
    let base_url = server
        .base_url
        .unwrap_or_else(|| Region::from(server.region).base_url().to_owned());
    let mut builder = Redox::builder().base_url(base_url).typ(server.typ.into());
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

fn private_key(args: &KeyArgs) -> Result<Key, Failure> {
    let (name, content) = match &args.key {
        Some(path) => (path.display().to_string(), read_key(path)?),
        None => match std::env::var(KEY_VARIABLE) {
            Ok(text) => (KEY_VARIABLE.to_owned(), Zeroizing::new(text.into_bytes())),
            Err(_) => {
                return Err(Failure::usage(format!(
                    "expected a private key (--key, REDOX_KEY_FILE or {KEY_VARIABLE}), found none"
                )));
            }
        },
    };
    parse_key(&name, &content, args.key_id.as_deref())
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

/// A key with certificates around it may be long, a key alone takes 4 KiB at most.
const MAX_KEY_FILE: u64 = 64 * 1024;
