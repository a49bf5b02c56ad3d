use std::path::PathBuf;

use super::{AlgorithmName, CertificateArgs};

/// The private key, and who it belongs to.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct KeyArgs {
    /// The client ID of the OAuth API key
    #[arg(
        long,
        env = "REDOX_CLIENT_ID",
        value_name = "ID",
        allow_hyphen_values = true
    )]
    pub(crate) client_id: Option<String>,
    /// The file with the private key, in PEM, DER or JWK; `env:NAME` reads the variable NAME, and
    /// `pkcs11:token=NAME;object=NAME` names a key in a token (RFC 7512). Without this option the command reads
    /// `REDOX_PRIVATE_KEY`. Repeat for further keys under the same client ID: each is tried when the server refuses the
    /// one before it
    #[arg(long, env = "REDOX_KEY_FILE", value_name = "FILE")]
    pub(crate) key: Vec<PathBuf>,
    /// The key ID (`kid`) that the server has for the key. Repeat for each further key, in the order of the
    /// keys [default: the JWK's own, else the thumbprint]
    #[arg(
        long,
        env = "REDOX_KEY_ID",
        value_name = "ID",
        allow_hyphen_values = true
    )]
    pub(crate) key_id: Vec<String>,
    /// The algorithm to sign with: a choice for RSA keys whose JWK names none [default for these: RS384]. Any other key must
    /// be one for it
    #[arg(long, env = "REDOX_ALG", value_enum, ignore_case = true)]
    pub(crate) alg: Option<AlgorithmName>,
    #[command(flatten)]
    pub(crate) certificates: CertificateArgs,
}

impl KeyArgs {
    /// Whether an OAuth API key was asked for, be it in part.
    pub(crate) const fn is_given(&self) -> bool {
        self.client_id.is_some() || !self.key.is_empty()
    }
}

/// The legacy API key. Its secret is no argument: those are for everybody to see.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct LegacyArgs {
    /// The ID of a legacy API key. In addition to an OAuth API key, it obtains the tokens while the server refuses that key
    /// because of a setting. `REDOX_LEGACY_SECRET` may hold its secret
    #[arg(
        long,
        env = "REDOX_LEGACY_API_KEY",
        value_name = "ID",
        allow_hyphen_values = true
    )]
    pub(crate) legacy_key: Option<String>,
    /// A file with the secret of the legacy API key; `env:NAME` reads the variable NAME
    #[arg(long, env = "REDOX_LEGACY_SECRET_FILE", value_name = "FILE")]
    pub(crate) legacy_secret_file: Option<PathBuf>,
}

/// The source of Redox that data come from.
#[derive(Debug, clap::Args)]
pub(crate) struct SourceArgs {
    /// The source of messages: `send` puts it into `Meta.Source.ID` where a message has none, and `serve`
    /// returns it [default: the source of the legacy API key, with an OAuth API key in addition]
    #[arg(
        long,
        env = "REDOX_SOURCE_ID",
        value_name = "ID",
        allow_hyphen_values = true
    )]
    pub(crate) source_id: Option<String>,
}
