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

/// The profile of this name, without the entries that what is given on the command line or in the environment overrules.
pub(crate) fn read(
    args: &ProfileArgs,
    name: &str,
    is_given: impl Fn(&str) -> bool,
) -> Result<Profile, Failure> {
    let mut profile = in_file(args, name)?;
    profile.drop_overruled(is_given);
    Ok(profile)
}

/// The same of the profile [`DEFAULT`], which is used where none is named; `None` if there is no such profile, or no file.
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

/// Whether there is a file to read. One that was not asked for and cannot be reached, as from a service without a home
/// directory, is as good as none.
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

/// The configuration file, and what is in it.
fn content(args: &ProfileArgs) -> Result<(PathBuf, Zeroizing<Vec<u8>>), Failure> {
    let file = file(args)?;
    let content = input::read(&file, "configuration", MAX_CONFIG);
    let content = content.map_err(|failure| failure.about("REDOX_CONFIG"))?;
    Ok((file, content))
}

/// One profile among several: neither the command line nor the environment counts for it.
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

/// The options of `doctor` with what one profile holds: neither the command line nor the environment counts.
pub(crate) fn for_doctor(args: &ProfileArgs, name: &str) -> Result<(DoctorArgs, Origins), Failure> {
    let command = DoctorArgs::augment_args(Command::new("doctor"));
    let (mut doctor, origins) = alone(args, name, command, DoctorArgs::from_arg_matches)?;
    doctor.without_environment = true;
    Ok((doctor, origins))
}

/// What a profile alone makes of the options of a command, and the places of its entries.
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

/// What names a secret and would be looked for in the environment.
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
    // The XDG Base Directory Specification: a relative path is to be ignored.
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

    /// Drops what names a secret where the environment holds one itself, key IDs, algorithm and certificates where they are
    /// not those of the keys that are given, and one credential for the Platform API, or one way to discover the server,
    /// where the other kind is given.
    fn drop_overruled(&mut self, is_given: impl Fn(&str) -> bool) {
        self.0.retain(|entry| match entry.name.as_str() {
            "key" | "key-id" | "alg" | "certificate" | "pkcs11-module" | "pin-file" => {
                !is_given("key") && !is_set(KEY_VARIABLE)
            }
            // Which certificate it is about is perhaps said elsewhere.
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

    /// As the defaults of the options, also of the commands below: so the command line and the environment come first
    /// without more ado.
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

/// The profile that is used where none is named.
pub(crate) const DEFAULT: &str = "default";

/// In bytes; a profile takes a few hundred.
const MAX_CONFIG: u64 = 1 << 20;
