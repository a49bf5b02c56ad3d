use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum ProfileCommand {
    /// Print the names of the profiles in the configuration file
    List,
    /// Print the options in a profile, without secrets
    Show(ShowProfileArgs),
    /// Print the path of the configuration file, which need not exist
    Path,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ShowProfileArgs {
    /// The profile to show [default: the one of --profile]
    pub(crate) name: Option<String>,
}
