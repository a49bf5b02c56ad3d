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
    /// What the new key signs with [default: what the old one does]
    #[arg(long, value_enum, ignore_case = true)]
    pub(crate) new_alg: Option<AlgorithmName>,
    /// Leave the old key registered: programs that sign with it continue to work until they have the new one
    #[arg(long)]
    pub(crate) keep_old: bool,
    /// Look, change nothing, and say what would be done
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// How long the token endpoint may take to learn that a key is new or gone
    #[arg(long, default_value_t = 60, value_name = "SECONDS")]
    pub(crate) wait: u32,
    /// Print what was done to which keys, as JSON
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) log: LogArgs,
    #[command(flatten)]
    pub(crate) platform: PlatformArgs,
}
