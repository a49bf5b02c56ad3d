use std::path::PathBuf;

use super::{AlgorithmName, KeyArgs, LogArgs, PlatformArgs, ServerArgs};

#[derive(Debug, clap::Args)]
pub(crate) struct RotateArgs {
    #[command(flatten)]
    pub(crate) server: ServerArgs,
    #[command(flatten)]
    pub(crate) key: KeyArgs,
    /// Write the new private key to this file, as PKCS#8 PEM that only its owner can read; the file must not exist
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// The algorithm of the new key [default: that of the old key]
    #[arg(long, value_enum, ignore_case = true)]
    pub(crate) new_alg: Option<AlgorithmName>,
    /// Leave the old key registered: programs that sign with it continue to work until they have the new key
    #[arg(long)]
    pub(crate) keep_old: bool,
    /// Print the planned changes, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// The longest wait, in seconds, until the token endpoint knows of a new or withdrawn key
    #[arg(long, default_value_t = 60, value_name = "SECONDS")]
    pub(crate) wait: u32,
    /// Print the old and the new key as JSON
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) log: LogArgs,
    #[command(flatten)]
    pub(crate) platform: PlatformArgs,
}
