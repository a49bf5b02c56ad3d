mod ask;
mod key;
mod local;

use std::path::Path;

use clap::CommandFactory;

use crate::args::{Args, InitArgs, ProfileArgs};
use crate::failure::Failure;
use crate::profile::{self, Added, NewProfile};
use crate::secrets::is_set;
use crate::terminal::{say, shown_path};
use crate::{doctor, print};
use key::InitKey;

/// Sets up a profile with a key, and checks that it obtains a token.
pub(crate) async fn run(args: &InitArgs, profile: &ProfileArgs) -> Result<(), Failure> {
    let usual = if args.sandbox {
        "sandbox"
    } else {
        profile::DEFAULT
    };
    let name = profile.profile.as_deref().unwrap_or(usual);
    let new = NewProfile::open(profile, name)?;
    new.make_folder()?;
    if args.sandbox {
        return local::run(args, profile, name, &new).await;
    }
    let key = InitKey::find_or_make(args, &new)?;
    print(&key.jwks)?;
    let found = new.found("client-id").filter(|_| args.client_id.is_none());
    let client_id = match args.client_id.as_deref().or(found) {
        Some(client_id) => client_id.to_owned(),
        None => {
            say_where_to_paste(args);
            ask::client_id()?
        }
    };
    let entries = entries(args, client_id, &key)?;
    add(profile, name, &entries)?;
    check(profile, name).await?;
    say(format_args!(
        "ready: `redox-auth{} token` obtains a token, and `send FILE` sends a message",
        options(profile, name)
    ));
    Ok(())
}

/// The entries of the new profile.
fn entries(
    args: &InitArgs,
    client_id: String,
    key: &InitKey,
) -> Result<Vec<(&'static str, String)>, Failure> {
    let mut entries = vec![("client-id", client_id), ("key", key.value()?)];
    let region = args.region.and_then(|it| {
        let name = clap::ValueEnum::to_possible_value(&it)?;
        Some(name.get_name().to_owned())
    });
    for (name, value) in [
        ("alg", key.algorithm_entry(args)),
        ("source-id", args.source_id.clone()),
        ("region", region),
        ("base-url", args.base_url.clone()),
        ("token-url", args.token_url.clone()),
        ("issuer", args.issuer.clone()),
        ("fhir-url", args.fhir_url.clone()),
        ("audience", args.audience.clone()),
        ("scope", args.scope.clone()),
    ] {
        entries.extend(value.map(|value| (name, value)));
    }
    Ok(entries)
}

/// Where to register the printed JWK Set.
fn say_where_to_paste(args: &InitArgs) {
    let is_redox = [
        &args.base_url,
        &args.token_url,
        &args.issuer,
        &args.fhir_url,
    ]
    .iter()
    .all(|url| url.is_none());
    say(if is_redox {
        "paste the JWK Set above into the Redox dashboard: Developer > Sources > New OAuth API key. The dashboard then shows \
         the client ID"
    } else {
        "register the JWK Set above with the server as the keys of your client. The server then names the client ID"
    });
}

/// Writes the profile, or reports that it exists.
fn add(profile: &ProfileArgs, name: &str, entries: &[(&str, String)]) -> Result<(), Failure> {
    // The file may have changed while the command waited for an answer.
    let new = NewProfile::open(profile, name)?;
    let file = shown_path(new.file());
    match new.add(entries)? {
        Added::New => say(format_args!("wrote the profile {name:?} to {file}")),
        Added::Found => say(format_args!(
            "found the profile {name:?} in {file}; nothing is changed"
        )),
    }
    let variables = variables();
    if !variables.is_empty() {
        say(format_args!(
            "note: the environment takes precedence over the profile: unset {}",
            variables.join(", ")
        ));
    }
    Ok(())
}

/// Runs `doctor` with the profile alone.
async fn check(profile: &ProfileArgs, name: &str) -> Result<(), Failure> {
    let (args, origins) = profile::for_doctor(profile, name)?;
    let profile = ProfileArgs {
        profile: Some(name.to_owned()),
        config: profile.config.clone(),
        unusable: None,
        origins,
    };
    let checked = doctor::run(args, &profile).await;
    checked.map_err(|failure| {
        failure.with_message(format!(
            "{failure}; the profile and the key are kept: correct this, then run `redox-auth{} doctor`",
            options(&profile, name)
        ))
    })
}

/// The options that name the profile and its file, if the defaults do not.
fn options(profile: &ProfileArgs, name: &str) -> String {
    let mut options = String::new();
    if let Some(file) = &profile.config {
        options.push_str(&format!(" --config {}", quoted(&shown_path(file))));
    }
    if name != profile::DEFAULT {
        options.push_str(&format!(" --profile {name}"));
    }
    options
}

/// A word for a shell, in quotes only if it needs them.
fn quoted(word: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "/._-".contains(letter);
    match word.chars().all(is_plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', "'\\''")),
    }
}

/// The variables that are set and take precedence over the profile.
fn variables() -> Vec<String> {
    let command = Args::command();
    let send = command.find_subcommand("send").into_iter();
    let names = send.flat_map(|it| it.get_arguments().filter_map(|it| it.get_env()?.to_str()));
    let names = names.filter(|name| is_set(name) && *name != "REDOX_LOG");
    names.map(str::to_owned).collect()
}

/// A path as text, which a configuration file can hold.
fn text(path: &Path) -> Result<String, Failure> {
    let text = path.to_str().map(str::to_owned);
    text.ok_or_else(|| {
        Failure::usage(format!(
            "expected a path in UTF-8, found {}",
            shown_path(path)
        ))
    })
}
