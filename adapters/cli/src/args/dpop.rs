use std::path::PathBuf;

/// Tokens bound to a key.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct DpopArgs {
    /// Bind tokens to a new key, which exists in this process only, and send a proof with every request (DPoP,
    /// RFC 9449)
    #[arg(long, help_heading = HEADING, env = "REDOX_DPOP")]
    pub(crate) dpop: bool,
    /// Bind tokens to the private key in this file, in PEM, DER or JWK, instead of a new one; `env:NAME` reads
    /// the variable NAME, and `pkcs11:token=NAME;object=NAME` names a key in a token
    #[arg(long, help_heading = HEADING, env = "REDOX_DPOP_KEY_FILE", value_name = "FILE")]
    pub(crate) dpop_key: Option<PathBuf>,
}

impl DpopArgs {
    /// Whether to bind tokens to a key.
    pub(crate) const fn is_given(&self) -> bool {
        self.dpop || self.dpop_key.is_some()
    }
}

/// The heading of these options in `--help`.
const HEADING: &str = "Other servers";
