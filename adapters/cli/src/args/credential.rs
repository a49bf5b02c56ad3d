use std::path::PathBuf;

use super::{AlgorithmName, CertificateArgs};

/// The private key, and the client that owns it.
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
    /// `REDOX_PRIVATE_KEY`. Repeat for further keys under the same client ID: when the server refuses a key, the
    /// command tries the next one. `serve` and `token --watch` read the file again before they request a token, and on
    /// SIGHUP
    #[arg(long, env = "REDOX_KEY_FILE", value_name = "FILE")]
    pub(crate) key: Vec<PathBuf>,
    /// The key ID (`kid`) under which the server knows the key. Repeat for each further key, in the order of the
    /// keys [default: the JWK's own, else the thumbprint]
    #[arg(
        long,
        alias = "kid",
        env = "REDOX_KEY_ID",
        value_name = "ID",
        allow_hyphen_values = true
    )]
    pub(crate) key_id: Vec<String>,
    /// The signature algorithm. RSA keys without an `alg` in their JWK can use any RS or PS algorithm [default: RS384].
    /// Other keys have exactly one algorithm: this option must name it or be absent
    #[arg(long, env = "REDOX_ALG", value_enum, ignore_case = true)]
    pub(crate) alg: Option<AlgorithmName>,
    #[command(flatten)]
    pub(crate) certificates: CertificateArgs,
}

impl KeyArgs {
    /// Whether an OAuth API key is given, even an incomplete one.
    pub(crate) const fn is_given(&self) -> bool {
        self.client_id.is_some() || !self.key.is_empty()
    }
}

/// The legacy API key. Its secret is no argument, because all users of a machine can see arguments.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct LegacyArgs {
    /// The ID of a legacy API key. Next to an OAuth API key, it obtains tokens only while the server refuses the OAuth
    /// API key because of a setting. `REDOX_LEGACY_SECRET` may hold its secret
    #[arg(
        long,
        env = "REDOX_LEGACY_API_KEY",
        value_name = "ID",
        allow_hyphen_values = true
    )]
    pub(crate) legacy_key: Option<String>,
    /// A file with the secret of the legacy API key; `env:NAME` reads the variable NAME. `serve` and `token --watch`
    /// read the file again, as they do for `--key`
    #[arg(long, env = "REDOX_LEGACY_SECRET_FILE", value_name = "FILE")]
    pub(crate) legacy_secret_file: Option<PathBuf>,
}

/// The Redox source of the data.
#[derive(Debug, clap::Args)]
pub(crate) struct SourceArgs {
    /// The ID of the source: `send` puts it into `Meta.Source.ID` of messages without a source, and `serve` returns it
    /// [default: with both kinds of API keys, the source of the legacy API key]
    #[arg(
        long,
        env = "REDOX_SOURCE_ID",
        value_name = "ID",
        allow_hyphen_values = true
    )]
    pub(crate) source_id: Option<String>,
}
