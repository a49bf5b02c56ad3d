use std::path::PathBuf;

/// The credential for the Platform API.
// Clap cannot check which of these options go together, because it does not know the profile.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Platform API")]
pub(crate) struct PlatformArgs {
    /// The client ID of a user-level API key, which Redox requires for the Platform API [default of `key
    /// rotate`: the OAuth API key itself, which `redox-auth sandbox` accepts]
    #[arg(
        long,
        env = "REDOX_PLATFORM_CLIENT_ID",
        value_name = "ID",
        allow_hyphen_values = true
    )]
    pub(crate) platform_client_id: Option<String>,
    /// The file with the private key of the user-level API key, in PEM, DER or JWK; `env:NAME` reads the
    /// variable NAME, and `pkcs11:token=NAME;object=NAME` names a key in a token
    #[arg(long, env = "REDOX_PLATFORM_KEY_FILE", value_name = "FILE")]
    pub(crate) platform_key: Option<PathBuf>,
    /// The key ID (`kid`) of the user-level API key's key [default: the JWK's own, else the thumbprint]
    #[arg(
        long,
        env = "REDOX_PLATFORM_KEY_ID",
        value_name = "ID",
        allow_hyphen_values = true
    )]
    pub(crate) platform_key_id: Option<String>,
    /// A file with a token for the Platform API, instead of a key; `env:NAME` reads the variable NAME. The
    /// token must not expire while the command runs
    #[arg(long, env = "REDOX_PLATFORM_TOKEN_FILE", value_name = "FILE")]
    pub(crate) platform_token_file: Option<PathBuf>,
}
