mod change;
mod interruption;
mod key_set;
mod new_key;
mod registration;
mod token_endpoint;

use core::time::Duration;

use redox_auth_core::{Algorithm, Signer};
use serde_json::json;

use crate::args::{RotateArgs, RsaBits};
use crate::connect::{self, KeySource};
use crate::failure::Failure;
use crate::platform::{self, Platform};
use crate::terminal::say;
use crate::{key, print};
use change::Change;
use interruption::Interruption;
use new_key::NewKey;
use registration::Registration;
use token_endpoint::TokenEndpoint;

/// Replaces the registered key of an OAuth API key with a new one, and prints the new key's ID.
pub(crate) async fn run(args: &RotateArgs) -> Result<(), Failure> {
    let mut interruption = Interruption::listen()?;
    let client_id = connect::client_id(&args.key)?;
    let old = only_key(args)?;
    let old_key = old.key()?;
    let old_id = old_key.key_id().to_owned();
    let algorithm = args.new_alg.map_or(old_key.algorithm(), Algorithm::from);
    let bits = match old_key.algorithm().is_rsa() {
        true => RsaBits::of_signature(old_key.signature_len()),
        false => RsaBits::default(),
    };
    let new = NewKey::generate(algorithm, bits, &args.out)?;
    let own_keys = [old_key, new.source.key()?];
    let path = platform::api_key_path(client_id)?;
    let platform = match Platform::as_user(&args.platform, &args.server)? {
        Some(platform) => platform,
        None => Platform::as_client(&args.server, client_id, own_keys)?,
    };
    let registration = Registration { platform, path };
    let endpoint = TokenEndpoint {
        server: &args.server,
        client_id,
        patience: Duration::from_secs(args.wait.into()),
    };

    say(format_args!("obtaining a token with the old key {old_id}"));
    interruption.or(endpoint.takes(&old)).await?;
    say("looking up the registered keys");
    let before = interruption.or(registration.keys()).await?;
    if !before.has(&old_id) {
        return Err(Failure::usage(format!(
            "expected the old key {old_id} to be registered for {client_id}, found {before}"
        )));
    }
    let what_of_old = match args.keep_old {
        true => OldKey::Stays,
        false => OldKey::Goes,
    };
    if args.dry_run {
        say(format_args!("registered keys: {before}"));
        say(format_args!(
            "without --dry-run: make a new {algorithm} key in {}, register it in addition, and obtain a token with it; then {} is {}",
            new.shown(),
            old_id,
            what_of_old.as_str()
        ));
        return Ok(());
    }
    let change = Change {
        registration: &registration,
        endpoint: &endpoint,
        old: &old,
        old_id: &old_id,
        what_of_old,
        new: &new,
        before: &before,
    };
    change.carry_out(&mut interruption).await?;
    say(format_args!(
        "done: {} is the key to sign with, {old_id} is {}",
        new.shown(),
        what_of_old.as_str()
    ));
    key::note_algorithm(algorithm, &args.out);
    print(&match args.json {
        false => new.id.clone(),
        true => json!({
            "client_id": client_id,
            "key_id": new.id,
            "algorithm": algorithm.as_str(),
            "key_file": args.out.display().to_string(),
            "old_key_id": old_id,
            "old_key": what_of_old.as_str(),
        })
        .to_string(),
    })
    // The exit code must tell callers that the registered keys have changed.
    .map_err(Failure::left_half_done)
}

/// The one key to replace.
fn only_key(args: &RotateArgs) -> Result<KeySource, Failure> {
    let mut sources = connect::key_sources(&args.key, &args.server.pkcs11)?;
    match (sources.pop(), sources.len()) {
        (Some(source), 0) => Ok(source),
        (_, others) => Err(Failure::usage(format!(
            "expected one --key, the key to be replaced, found {}",
            others.saturating_add(1)
        ))),
    }
}

/// What to do with the old key.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum OldKey {
    Goes,
    Stays,
}

impl OldKey {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Goes => "withdrawn",
            Self::Stays => "kept",
        }
    }
}
