mod profile_names;

use std::path::Path;

use clap::CommandFactory;
use clap_complete::Shell;
use clap_mangen::Man;

use crate::args::{Args, ManArgs};
use crate::failure::Failure;
use crate::terminal::shown_path;
use crate::write;

/// Prints the completion script for a shell.
pub(crate) fn completions(shell: Shell) -> Result<(), Failure> {
    // The generator panics when it cannot write; writing to memory never fails.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "redox-auth", &mut script);
    // For bash, clap_complete spells a name with a hyphen in two ways, and then completes nothing after a subcommand
    // (as of 4.6).
    let script = String::from_utf8_lossy(&script).replace("redox__subcmd__auth", "redox__auth");
    write(&[profile_names::added(shell, &script).as_bytes()])
}

/// Prints the manual page, or writes the pages of all commands into a folder.
pub(crate) fn man(args: &ManArgs) -> Result<(), Failure> {
    match &args.out {
        Some(folder) => write_all(folder),
        None => {
            let mut page = Vec::new();
            Man::new(Args::command())
                .render(&mut page)
                .map_err(|error| Failure::usage(format!("the manual page: {error}")))?;
            write(&[&page])
        }
    }
}

fn write_all(folder: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(folder)
        .and_then(|()| clap_mangen::generate_to(Args::command(), folder))
        .map_err(|error| Failure::usage(format!("cannot write to {}: {error}", shown_path(folder))))
}
