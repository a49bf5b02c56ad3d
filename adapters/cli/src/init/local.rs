use std::path::Path;

use clap::{Args as _, Command, FromArgMatches as _};
use serde_json::{Value, json};

use super::{add, check, options, quoted, text};
use crate::args::{InitArgs, KeptArgs, ProfileArgs, SandboxArgs};
use crate::ended::ended;
use crate::failure::Failure;
use crate::key;
use crate::profile::NewProfile;
use crate::sandbox::Local;
use crate::terminal::{say, shown_path};

/// Sets up a profile for a local Redox, which runs until interrupted.
pub(super) async fn run(
    args: &InitArgs,
    profile: &ProfileArgs,
    name: &str,
    new: &NewProfile<'_>,
) -> Result<(), Failure> {
    let ended = ended()?;
    let state = new.beside("json");
    let is_new = !state.exists();
    let local = Local::start(&sandbox(args, &state)?).await?;
    say(format_args!(
        "{} {}: the IDs and keys of a local Redox at {}",
        if is_new { "wrote" } else { "found" },
        shown_path(&state),
        local.server.base_url()
    ));
    let entries: Vec<_> = ENTRIES
        .iter()
        .filter_map(|(entry, variable)| Some((*entry, local.variable(variable)?.to_owned())))
        .collect();
    add(profile, name, &entries)?;
    let destination = local.variable("REDOX_DESTINATION_ID").unwrap_or_default();
    let message = example(new, destination)?;
    check(profile, name).await?;
    local.say_dashboard();
    say(
        "the local Redox runs until Ctrl-C, and shows each request here; the same command starts it again",
    );
    say(format_args!(
        "next, in another terminal: redox-auth{} send {message}",
        options(profile, name)
    ));
    ended.await;
    local.stop().await
}

/// The options of `sandbox` for this.
fn sandbox(args: &InitArgs, state: &Path) -> Result<SandboxArgs, Failure> {
    let command = SandboxArgs::augment_args(Command::new("sandbox"));
    let matches = command.try_get_matches_from(["sandbox"]);
    let sandbox = matches.and_then(|matches| SandboxArgs::from_arg_matches(&matches));
    let sandbox = sandbox.map_err(|error| Failure::usage(error.to_string()))?;
    Ok(SandboxArgs {
        port: args.port,
        kept: KeptArgs {
            state: Some(state.to_owned()),
            client_id: args.client_id.clone(),
            key: args.key.clone(),
            ..KeptArgs::default()
        },
        ..sandbox
    })
}

/// Writes an example message, unless the file exists. Returns the path for a shell.
fn example(new: &NewProfile<'_>, destination: &str) -> Result<String, Failure> {
    let path = new.beside("message.json");
    if !path.exists() {
        let message = message(destination);
        key::write_private(&path, format!("{message:#}\n").as_bytes())?;
    }
    Ok(quoted(&text(&path)?))
}

fn message(destination: &str) -> Value {
    json!({
        "Meta": {
            "DataModel": "PatientAdmin",
            "EventType": "NewPatient",
            "Test": true,
            "Destinations": [{ "ID": destination }],
        },
        "Patient": { "Demographics": { "FirstName": "Timothy", "LastName": "Bixby" } },
    })
}

/// The options of the profile, and the variables of the sandbox with their values.
const ENTRIES: [(&str, &str); 5] = [
    ("base-url", "REDOX_BASE_URL"),
    ("upload-url", "REDOX_UPLOAD_URL"),
    ("client-id", "REDOX_CLIENT_ID"),
    ("key", "REDOX_KEY_FILE"),
    ("source-id", "REDOX_SOURCE_ID"),
];
