use std::path::{Path, PathBuf};

use redox_auth_core::Algorithm;
use redox_auth_sandbox::{ClientSettings, Destination, OAuthKey, RegisterError, Sandbox, Source};

use super::files::{self, Files};
use super::like;
use crate::args::{KeptArgs, RsaBits};
use crate::connect::{KeySource, parse_key};
use crate::failure::Failure;
use crate::terminal::shown_path;
use crate::{input, key};

/// The client of the sandbox, with its source and its destination.
pub(super) struct Client {
    pub(super) client_id: String,
    pub(super) source_id: String,
    pub(super) destination_id: String,
}

/// The keys to register.
pub(super) struct Keys {
    pub(super) jwks: String,
    /// The file of the private key, unless only the public key is known.
    pub(super) file: Option<PathBuf>,
    /// The origin of the JWK Set.
    origin: Origin,
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Origin {
    /// An option, which takes precedence over the state file.
    Option,
    /// The file that belongs to the sandbox.
    Own,
}

impl Keys {
    /// The keys of the options, else the key in the sandbox's own file, or a new key.
    pub(super) fn read_or_make(
        args: &KeptArgs,
        files: &Files,
        settings: Option<&ClientSettings>,
        sandbox: &Sandbox,
    ) -> Result<Self, Failure> {
        if let Some(path) = &args.jwks {
            return Ok(Self {
                jwks: input::read_text(path, "--jwks", MAX_JWKS)?.to_string(),
                file: None,
                origin: Origin::Option,
            });
        }
        let algorithm = settings.map(like::algorithm).transpose()?;
        let key_id = settings.and_then(|it| it.key_id.as_deref());
        let read = |path: &Path| {
            let key = KeySource::read(path, key_id, algorithm)?.key()?;
            key::jwk_set(&[key])
        };
        if let Some(path) = &args.key {
            return Ok(Self {
                jwks: read(path)?,
                file: Some(files::absolute(path)?),
                origin: Origin::Option,
            });
        }
        let file = files.path(KEY_FILE);
        // Never overwrite an existing key, not even one of an interrupted run.
        let jwks = if file.exists() {
            read(&file)?
        } else if let Some(client_id) = sandbox.remembered(CLIENT_ID) {
            return Err(Failure::usage(format!(
                "{} is missing: it has the private key of the client {client_id} in the state file. Restore it, or give \
                 another key with --key",
                shown_path(&file)
            )));
        } else {
            let algorithm = algorithm.unwrap_or(Algorithm::Es384);
            let bits = settings.map_or_else(RsaBits::default, like::rsa_bits);
            let pem = key::generate(algorithm, bits)?;
            key::write_private(&file, pem.as_bytes())?;
            let key = parse_key("the new key", pem.as_bytes(), key_id, Some(algorithm))?;
            key::jwk_set(&[key])?
        };
        Ok(Self {
            jwks,
            file: Some(file),
            origin: Origin::Own,
        })
    }
}

impl Client {
    /// Registers the missing parts, and makes the sandbox remember them.
    pub(super) fn register(
        sandbox: &mut Sandbox,
        args: &KeptArgs,
        keys: &Keys,
    ) -> Result<Self, Failure> {
        let chosen = |option: &Option<String>, name: &str| {
            let kept = || sandbox.remembered(name).map(str::to_owned);
            option.clone().or_else(kept)
        };
        let client_id = chosen(&args.client_id, CLIENT_ID);
        let source_id = chosen(&args.source, SOURCE_ID);
        let destination_id = chosen(&args.destination, DESTINATION_ID);

        let mut key = OAuthKey::new().jwks(&keys.jwks);
        if let Some(client_id) = &client_id {
            key = key.client_id(client_id);
        }
        let client_id = match (sandbox.register_oauth_key(key), client_id) {
            (Err(RegisterError::Taken), Some(client_id)) => {
                if keys.origin == Origin::Option {
                    let changed = sandbox.set_jwks(&client_id, &keys.jwks);
                    changed.map_err(|error| unusable(args, error))?;
                }
                client_id
            }
            (registered, _) => registered.map_err(|error| unusable(args, error))?,
        };
        let mut source = Source::new("Sandbox source");
        if let Some(id) = &source_id {
            source = source.id(id);
        }
        let source_id = or_there(sandbox.add_source(source), source_id)?;
        let destination_id = destination_id.unwrap_or_else(|| DESTINATION.to_owned());
        let destination = Destination::new("Sandbox destination").id(&destination_id);
        let destination_id = or_there(sandbox.add_destination(destination), Some(destination_id))?;
        for (name, id) in [
            (CLIENT_ID, &client_id),
            (SOURCE_ID, &source_id),
            (DESTINATION_ID, &destination_id),
        ] {
            sandbox.remember(name, id);
        }
        Ok(Self {
            client_id,
            source_id,
            destination_id,
        })
    }
}

/// The ID of the new part, or of the one from an earlier run.
fn or_there(added: Result<String, RegisterError>, id: Option<String>) -> Result<String, Failure> {
    match (added, id) {
        (Err(RegisterError::Taken), Some(id)) => Ok(id),
        (added, _) => added.map_err(|error| Failure::usage(format!("sandbox: {error}"))),
    }
}

/// Why the keys cannot be registered, with the remedy.
fn unusable(args: &KeptArgs, error: RegisterError) -> Failure {
    let file = args.jwks.as_ref().or(args.key.as_ref());
    let file = file.map_or_else(|| "the key".to_owned(), |file| shown_path(file));
    Failure::usage(format!(
        "{file}: {error}; --jwks takes public keys, as `redox-auth key jwks FILE` prints them"
    ))
}

/// The name of the private key's file, or the end of that name.
pub(super) const KEY_FILE: &str = "key.pem";

const CLIENT_ID: &str = "client_id";
const SOURCE_ID: &str = "source_id";
const DESTINATION_ID: &str = "destination_id";

/// The ID of the destination in the example of `GUIDE.md`, which therefore works as it is printed.
const DESTINATION: &str = "af394f14-b34a-464f-8d24-895f370af4c9";

/// In bytes, a thousand keys.
const MAX_JWKS: u64 = 1 << 20;
