use super::{ClientArgs, LogArgs};

#[derive(Debug, clap::Args)]
pub(crate) struct MigrateArgs {
    #[command(flatten)]
    pub(crate) client: ClientArgs,
    /// Obtain the tokens at once instead of one every few minutes: this shows that Redox knows the OAuth API key now, not
    /// that it will know the key later
    #[arg(long)]
    pub(crate) now: bool,
    /// Print the present state and exit: 0 when ready, 1 when not ready. Implies --now
    #[arg(long)]
    pub(crate) once: bool,
    /// Print one JSON object a line
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) log: LogArgs,
}
