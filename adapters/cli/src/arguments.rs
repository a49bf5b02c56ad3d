use std::env;

use clap::builder::Resettable;
use clap::parser::ValueSource;
use clap::{ArgMatches, Command, CommandFactory, FromArgMatches};

use crate::args::{self, Args};
use crate::failure::Failure;
use crate::origins::Origins;
use crate::profile::Profile;
use crate::{key_text, profile, rejected, unused};

/// The arguments. The profile gives the options that neither the command line nor the environment sets.
pub(crate) fn read() -> Result<Args, Failure> {
    key_text::expect_none(env::args_os())?;
    let mut parsed = Parsed::with(&Profile::default())?;
    let args = &mut parsed.args;
    let given = innermost(&parsed.matches);
    let is_given = |id: &str| given.ids().any(|it| it == id);
    let read = match &args.profile.profile {
        Some(name) if args.command.has_profiles() => {
            profile::read(&args.profile, name, is_given).map(Some)
        }
        None if args.command.has_default_profile() => {
            profile::read_default(&args.profile, is_given)
        }
        _ => Ok(None),
    };
    match read {
        Ok(None) => {}
        Ok(Some(profile)) => {
            let name = args.profile.profile.take();
            parsed = Parsed::with(&profile)?;
            // Messages name the file that the command read.
            let name = name.unwrap_or_else(|| profile::DEFAULT.to_owned());
            parsed.args.profile.profile = Some(name);
        }
        Err(failure) if args.command.goes_on_without_profile() => {
            args.profile.unusable = Some(failure);
        }
        Err(failure) => return Err(args.profile.origins.named(&failure)),
    }
    let Parsed {
        mut args,
        command,
        matches,
    } = parsed;
    if let args::Command::Inspect(inspect) = &mut args.command {
        let source = innermost(&matches).value_source("key");
        inspect.key_of_profile = source == Some(ValueSource::DefaultValue);
    }
    unused::expect_none(&args, used(&command, &matches), innermost(&matches))?;
    Ok(args)
}

/// The arguments, and clap's matches for them.
struct Parsed {
    args: Args,
    command: Command,
    matches: ArgMatches,
}

impl Parsed {
    /// Parses with the entries of a profile as the defaults.
    fn with(profile: &Profile) -> Result<Self, Failure> {
        let mut command = profile.as_defaults(command());
        let in_profile = |option: &str| profile.place(option);
        let parsed = command.try_get_matches_from_mut(env::args_os());
        let matches = parsed.map_err(|error| {
            let elsewhere = rejected::elsewhere(&error, &command, is_given, in_profile);
            elsewhere.unwrap_or_else(|| error.exit())
        })?;
        let mut args = Args::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
        let (below, given) = (used(&command, &matches), innermost(&matches));
        args.profile.origins = Origins::read(below, given, in_profile)?;
        Ok(Self {
            args,
            command,
            matches,
        })
    }
}

/// The command, which treats an empty variable as unset.
fn command() -> Command {
    without_empty_variables(Args::command())
}

fn without_empty_variables(command: Command) -> Command {
    command
        .mut_args(|option| match option.get_env().and_then(env::var_os) {
            Some(value) if value.is_empty() => option.env(Resettable::Reset),
            // The help shows values.
            Some(value) if key_text::is_in(&value.to_string_lossy()) => {
                option.hide_env_values(true)
            }
            _ => option,
        })
        .mut_subcommands(without_empty_variables)
}

/// Whether an option is on the command line.
fn is_given(long: &str) -> bool {
    let mut arguments = env::args_os();
    arguments.any(|argument| {
        let argument = argument.to_string_lossy();
        let name = argument.split('=').next();
        name.and_then(|it| it.strip_prefix("--")) == Some(long)
    })
}

/// The command in use, such as `rotate` in `key rotate`.
fn used<'c>(command: &'c Command, matches: &ArgMatches) -> &'c Command {
    let below = matches
        .subcommand()
        .and_then(|(name, matches)| Some((command.find_subcommand(name)?, matches)));
    below.map_or(command, |(below, matches)| used(below, matches))
}

/// The options of the command in use.
fn innermost(matches: &ArgMatches) -> &ArgMatches {
    matches
        .subcommand()
        .map_or(matches, |(_, below)| innermost(below))
}

#[cfg(test)]
#[expect(
    unreachable_pub,
    reason = "`tests/docs` compiles this file as well, and exports its types"
)]
mod blocks;
#[cfg(test)]
mod pages;
