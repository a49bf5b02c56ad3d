use clap::CommandFactory;

use super::report::Report;
use crate::args::{Args, ProfileArgs};
use crate::failure::Failure;
use crate::profile;
use crate::secrets::{KEY_VARIABLE, SECRET_VARIABLE, is_set};
use crate::terminal::shown_path;

/// Reports the origins of options that are not on the command line.
pub(super) fn check(
    report: &mut Report,
    args: &ProfileArgs,
    without_environment: bool,
) -> Result<(), Failure> {
    if let Some(failure) = &args.unusable {
        let advice = "the checks below run without the profile";
        report.fail("configuration", failure, Some(advice))?;
    }
    let profile = match &args.profile {
        Some(name) if args.unusable.is_none() => {
            format!("profile {name:?} of {}", shown_path(&profile::file(args)?))
        }
        _ => "no profile".to_owned(),
    };
    if without_environment {
        return report.ok("configuration", profile);
    }
    let variables = variables();
    let variables = if variables.is_empty() {
        "nothing".to_owned()
    } else {
        variables.join(", ")
    };
    report.ok(
        "configuration",
        format_args!("{profile}; from the environment: {variables}"),
    )
}

/// The variables that are set and that this command reads.
fn variables() -> Vec<String> {
    let command = Args::command();
    let subcommand = command.find_subcommand("doctor");
    let options = command
        .get_arguments()
        .chain(subcommand.into_iter().flat_map(|it| it.get_arguments()));
    options
        .filter_map(|option| option.get_env()?.to_str())
        .chain([KEY_VARIABLE, SECRET_VARIABLE])
        .filter(|name| is_set(name))
        .map(str::to_owned)
        .collect()
}
