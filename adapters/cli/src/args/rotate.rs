use std::path::PathBuf;

use super::{AlgorithmName, KeyArgs, ServerArgs};

#[derive(Debug, clap::Args)]
pub(crate) struct RotateArgs {
    #[command(flatten)]
    pub(crate) server: ServerArgs,
    #[command(flatten)]
    pub(crate) key: KeyArgs,
    /// Where the new private key goes, as PKCS#8 PEM that only its owner can read; must not exist
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// What the new key signs with [default: what the old one does]
    #[arg(long, value_enum, ignore_case = true)]
    pub(crate) alg: Option<AlgorithmName>,
    /// Leave the old key registered: programs that sign with it go on until they have the new one
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
    pub(crate) platform: PlatformArgs,
}

/// Who may change API keys.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Platform API")]
pub(crate) struct PlatformArgs {
    /// The client ID of a user-level API key, which Redox wants for the Platform API [default: the OAuth API key itself,
    /// which `redox-auth sandbox` takes]
    #[arg(
        long,
        env = "REDOX_PLATFORM_CLIENT_ID",
        value_name = "ID",
        requires = "platform_key",
        allow_hyphen_values = true
    )]
    pub(crate) platform_client_id: Option<String>,
    /// The private key of the user-level API key, in PEM, DER or JWK; `env:NAME` is the content of a variable
    #[arg(
        long,
        env = "REDOX_PLATFORM_KEY_FILE",
        value_name = "FILE",
        requires = "platform_client_id"
    )]
    pub(crate) platform_key: Option<PathBuf>,
    /// The `kid` of that key [default: the JWK's own, else the thumbprint]
    #[arg(
        long,
        env = "REDOX_PLATFORM_KEY_ID",
        value_name = "ID",
        requires = "platform_key",
        allow_hyphen_values = true
    )]
    pub(crate) platform_key_id: Option<String>,
    /// A file with a token for the Platform API, instead of a key; it has to outlive the command. `env:NAME` is the content
    /// of a variable
    #[arg(
        long,
        env = "REDOX_PLATFORM_TOKEN_FILE",
        value_name = "FILE",
        conflicts_with = "platform_key"
    )]
    pub(crate) platform_token_file: Option<PathBuf>,
}
