use std::path::PathBuf;

use super::server::RegionName;
use super::{AlgorithmName, RsaBits};

#[derive(Debug, clap::Args)]
pub(crate) struct InitArgs {
    /// Set up a profile for a local Redox, which then runs until Ctrl-C. The profile is called `sandbox` unless
    /// --profile names another one. The next run uses the same IDs and keys
    #[arg(long, conflicts_with_all = [
        "alg", "bits", "source_id", "region", "base_url", "token_url", "issuer", "fhir_url", "audience", "scope",
    ])]
    pub(crate) sandbox: bool,
    /// The client ID, as the server shows it. Without this option the command asks, if standard input is a terminal
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    pub(crate) client_id: Option<String>,
    /// Use this private key, in PEM, DER or JWK, instead of making one; `env:NAME` and `pkcs11:…` as for `token`
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
    /// The algorithm of the key; Redox accepts RS384 and ES384 [default: ES384]
    #[arg(long, value_enum, ignore_case = true)]
    pub(crate) alg: Option<AlgorithmName>,
    /// The length of a new RSA key in bits [default: 3072]
    #[arg(long, value_enum, conflicts_with = "key")]
    pub(crate) bits: Option<RsaBits>,
    /// The ID of the source
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    pub(crate) source_id: Option<String>,
    /// The port of the local Redox; 0 selects a free port [default: that of the run before, or a free one]
    #[arg(long, value_name = "PORT", requires = "sandbox")]
    pub(crate) port: Option<u16>,
    /// The region of Redox [default: us]
    #[arg(long, value_enum)]
    pub(crate) region: Option<RegionName>,
    /// The base URL of the API, instead of the region's
    #[arg(long, value_name = "URL", help_heading = HEADING)]
    pub(crate) base_url: Option<String>,
    /// The token endpoint of another server
    #[arg(long, value_name = "URL", help_heading = HEADING)]
    pub(crate) token_url: Option<String>,
    /// Find the token endpoint in the metadata of this issuer (RFC 8414, OpenID)
    #[arg(long, value_name = "URL", help_heading = HEADING)]
    pub(crate) issuer: Option<String>,
    /// Find the token endpoint in the metadata of the FHIR server at this base URL (SMART, UDAP)
    #[arg(long, value_name = "URL", help_heading = HEADING, conflicts_with = "issuer")]
    pub(crate) fhir_url: Option<String>,
    /// The `aud` of the assertion [default: the URL of the token endpoint]
    #[arg(long, value_name = "URL", help_heading = HEADING)]
    pub(crate) audience: Option<String>,
    /// The scope to request: names separated by spaces
    #[arg(long, value_name = "SCOPE", help_heading = HEADING)]
    pub(crate) scope: Option<String>,
}

/// The heading of the options for other servers in `--help`.
const HEADING: &str = "Other servers";
