mod document;
mod new;
mod show;

pub(crate) use new::{Added, NewProfile, is_name};
pub(crate) use show::{list, path, show};

use std::env;
use std::io::ErrorKind;
use std::path::PathBuf;

use clap::builder::Resettable;
use clap::{Arg, ArgMatches, Args as _, Command, FromArgMatches as _};
use zeroize::Zeroizing;

use crate::args::{ClientArgs, DoctorArgs, ProfileArgs, SourceArgs};
use crate::failure::Failure;
use crate::hardware::is_uri;
use crate::origins::Origins;
use crate::secrets::{KEY_VARIABLE, PIN_VARIABLE, SECRET_VARIABLE, is_set};
use crate::terminal::shown_path;
use crate::{input, rejected};
use document::{Document, options};

/// The profile of this name, without the entries that the command line or the environment overrules.
pub(crate) fn read(
    args: &ProfileArgs,
    name: &str,
    is_given: impl Fn(&str) -> bool,
) -> Result<Profile, Failure> {
    let mut profile = in_file(args, name)?;
    profile.drop_overruled(is_given);
    Ok(profile)
}

/// The profile [`DEFAULT`], for commands without --profile; `None` if the profile or the file does not exist.
pub(crate) fn read_default(
    args: &ProfileArgs,
    is_given: impl Fn(&str) -> bool,
) -> Result<Option<Profile>, Failure> {
    if !file(args).is_ok_and(|file| is_there(&file, args)) {
        return Ok(None);
    }
    let (file, content) = content(args)?;
    let document = Document::new(&file, &content)?;
    if !document.names()?.iter().any(|name| name == DEFAULT) {
        return Ok(None);
    }
    let mut profile = document.profile(DEFAULT)?;
    profile.drop_overruled(is_given);
    Ok(Some(profile))
}

/// Whether there is a file to read. An unreachable default file counts as none, as for a service without a home
/// directory.
fn is_there(file: &std::path::Path, args: &ProfileArgs) -> bool {
    match std::fs::File::open(file) {
        Ok(_) => true,
        Err(error) => args.config.is_some() && error.kind() != ErrorKind::NotFound,
    }
}

fn in_file(args: &ProfileArgs, name: &str) -> Result<Profile, Failure> {
    let (file, content) = content(args)?;
    Document::new(&file, &content)?.profile(name)
}

/// The configuration file and its content.
fn content(args: &ProfileArgs) -> Result<(PathBuf, Zeroizing<Vec<u8>>), Failure> {
    let file = file(args)?;
    let content = input::read(&file, "configuration", MAX_CONFIG);
    let content = content.map_err(|failure| failure.about("REDOX_CONFIG"))?;
    Ok((file, content))
}

/// One profile among several. The command line and the environment do not apply to it.
pub(crate) struct Alone {
    pub(crate) client: ClientArgs,
    pub(crate) source: SourceArgs,
    /// The places of its entries.
    pub(crate) origins: Origins,
}

impl Alone {
    pub(crate) fn read(args: &ProfileArgs, name: &str) -> Result<Self, Failure> {
        let ((client, source), origins) = alone(args, name, options(), |matches| {
            let client = ClientArgs::from_arg_matches(matches)?;
            Ok((client, SourceArgs::from_arg_matches(matches)?))
        })?;
        let alone = Self {
            client,
            source,
            origins,
        };
        match missing(&alone.client) {
            Some(option) => Err(Failure::usage(format!(
                "{}: the profile {name:?} must have `{option}`: `serve --profiles` does not read the environment",
                shown_path(&file(args)?)
            ))),
            None => Ok(alone),
        }
    }
}

/// The options of `doctor` from one profile alone, without the command line and the environment.
pub(crate) fn for_doctor(args: &ProfileArgs, name: &str) -> Result<(DoctorArgs, Origins), Failure> {
    let command = DoctorArgs::augment_args(Command::new("doctor"));
    let (mut doctor, origins) = alone(args, name, command, DoctorArgs::from_arg_matches)?;
    doctor.without_environment = true;
    Ok((doctor, origins))
}

/// The options of a command from a profile alone, and the places of its entries.
fn alone<A>(
    args: &ProfileArgs,
    name: &str,
    command: Command,
    read: impl FnOnce(&ArgMatches) -> Result<A, clap::Error>,
) -> Result<(A, Origins), Failure> {
    let profile = in_file(args, name)?;
    let in_profile = |option: &str| profile.place(option);
    let wrong = |error: &clap::Error| {
        rejected::elsewhere(error, &command, |_| false, in_profile)
            .unwrap_or_else(|| Failure::usage(error.to_string()))
    };
    let without_environment = command.clone();
    let without_environment = without_environment.mut_args(|option| option.env(Resettable::Reset));
    let mut defaults = profile.as_defaults(without_environment);
    let matches = defaults.try_get_matches_from_mut([name]);
    let matches = matches.map_err(|error| wrong(&error))?;
    let read = read(&matches).map_err(|error| wrong(&error))?;
    Ok((read, Origins::read(&command, &matches, in_profile)?))
}

/// The options that name a secret and have a fallback in the environment.
fn missing(client: &ClientArgs) -> Option<&'static str> {
    let ClientArgs {
        server,
        key,
        legacy,
    } = client;
    if legacy.legacy_key.is_some() && legacy.legacy_secret_file.is_none() {
        return Some("legacy-secret-file");
    }
    let needs_key = key.client_id.is_some() || legacy.legacy_key.is_none();
    if needs_key && key.key.is_empty() {
        return Some("key");
    }
    let names_no_pin =
        |key: &PathBuf| is_uri(key) && !key.to_string_lossy().contains("pin-source=");
    if server.pkcs11.pin_file.is_none() && key.key.iter().any(names_no_pin) && is_set(PIN_VARIABLE)
    {
        return Some("pin-file");
    }
    None
}

/// Where the configuration is, or would be.
pub(crate) fn file(args: &ProfileArgs) -> Result<PathBuf, Failure> {
    if let Some(file) = &args.config {
        return Ok(file.clone());
    }
    // The XDG Base Directory Specification: ignore a relative path.
    let folder = env::var_os("XDG_CONFIG_HOME").map(PathBuf::from);
    folder
        .filter(|folder| folder.is_absolute())
        .or_else(|| Some(env::home_dir()?.join(".config")))
        .map(|folder| folder.join("redox-auth").join("config.toml"))
        .ok_or_else(|| {
            Failure::usage(
                "expected a configuration file (--config or REDOX_CONFIG), found none and no home directory",
            )
        })
}

/// The entries of a profile.
#[derive(Default)]
pub(crate) struct Profile(Vec<Entry>);

struct Entry {
    /// The name of an option.
    name: String,
    values: Vec<String>,
    /// The file, the line, the profile and the name.
    place: String,
}

impl Profile {
    /// Where the entry of this name stands.
    pub(crate) fn place(&self, name: &str) -> Option<String> {
        let entry = self.0.iter().find(|entry| entry.name == name)?;
        Some(entry.place.clone())
    }

    /// Drops entries that other options replace. The name of a secret's file, if the environment holds the secret
    /// itself. Key IDs, algorithm and certificates, if other keys are given. One kind of credential for the Platform
    /// API, or one way to discover the server, if the other kind is given.
    fn drop_overruled(&mut self, is_given: impl Fn(&str) -> bool) {
        self.0.retain(|entry| match entry.name.as_str() {
            "key" | "key-id" | "alg" | "certificate" | "pkcs11-module" | "pin-file" => {
                !is_given("key") && !is_set(KEY_VARIABLE)
            }
            // Another option may name the certificate.
            "certificate-as" => {
                is_given("certificate") || !is_given("key") && !is_set(KEY_VARIABLE)
            }
            "legacy-secret-file" => !is_set(SECRET_VARIABLE),
            "platform-client-id" | "platform-key" => !is_given("platform_token_file"),
            "platform-key-id" => !is_given("platform_token_file") && !is_given("platform_key"),
            "platform-token-file" => !is_given("platform_key"),
            "issuer" => !is_given("fhir_url"),
            "fhir-url" => !is_given("issuer"),
            _ => true,
        });
    }

    /// Sets the entries as the defaults of the options, also for subcommands. The command line and the environment then
    /// take precedence by themselves.
    pub(crate) fn as_defaults(&self, command: Command) -> Command {
        command
            .mut_args(|option| self.as_default(option))
            .mut_subcommands(|command| self.as_defaults(command))
    }

    fn as_default(&self, option: Arg) -> Arg {
        let found = |entry: &&Entry| option.get_long() == Some(entry.name.as_str());
        match self.0.iter().find(found) {
            Some(entry) => option.default_values(entry.values.clone()),
            None => option,
        }
    }
}

/// The profile for commands without --profile.
pub(crate) const DEFAULT: &str = "default";

/// In bytes; a profile takes a few hundred.
const MAX_CONFIG: u64 = 1 << 20;
