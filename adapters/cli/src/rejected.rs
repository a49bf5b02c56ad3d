use core::error::Error as _;

use clap::error::{ContextKind, ContextValue};
use clap::{Arg, Command};

use crate::failure::Failure;
use crate::key_text;
use crate::secrets::is_set;

/// The failure for a value that clap rejected and that is not on the command line; `None` for any other error.
///
/// Clap's message always names the option, whatever the value's origin. `is_given` returns whether an option is on the
/// command line, and `in_profile` gives the place of its entry in the profile.
pub(crate) fn elsewhere(
    error: &clap::Error,
    command: &Command,
    is_given: impl Fn(&str) -> bool,
    in_profile: impl Fn(&str) -> Option<String>,
) -> Option<Failure> {
    let text = |kind| match error.get(kind)? {
        ContextValue::String(text) => Some(text.as_str()),
        _ => None,
    };
    let (argument, found) = (
        text(ContextKind::InvalidArg)?,
        text(ContextKind::InvalidValue)?,
    );
    let long = argument.split([' ', '=']).next()?.strip_prefix("--")?;
    if is_given(long) {
        return None;
    }
    let option = option(command, long)?;
    let variable = option
        .get_env()
        .filter(|it| is_set(it))
        .and_then(|it| it.to_str());
    let place = variable.map(str::to_owned).or_else(|| in_profile(long))?;
    if let Err(failure) = key_text::expect_no_value(&place, found) {
        return Some(failure);
    }
    let problem = match (error.get(ContextKind::ValidValue), error.source()) {
        (Some(ContextValue::Strings(names)), _) if !names.is_empty() => {
            format!("expected {}, found {found:?}", names.join(" or "))
        }
        (_, Some(source)) => {
            let names = option.get_value_names().unwrap_or_default();
            let names: Vec<_> = names.iter().map(|name| name.as_str()).collect();
            format!("expected {}, found {found:?}: {source}", names.join(" "))
        }
        _ => format!("expected another value, found {found:?}"),
    };
    Some(Failure::usage(format!("{place}: {problem}")))
}

/// The option of this name, of a command or a subcommand, that the environment or a profile can hold.
fn option<'c>(command: &'c Command, long: &str) -> Option<&'c Arg> {
    let is_it = |it: &&Arg| it.get_long() == Some(long) && it.get_env().is_some();
    let own = command.get_arguments().find(is_it);
    own.or_else(|| {
        command
            .get_subcommands()
            .find_map(|below| option(below, long))
    })
}
