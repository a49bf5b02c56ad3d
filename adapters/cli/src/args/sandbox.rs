use core::net::SocketAddr;
use core::str::FromStr;
use std::path::PathBuf;

use redox_auth_sandbox::{FaultOrder, MllpOrder, ParseFaultError};

use super::like::server_names;

#[derive(Debug, clap::Args)]
pub(crate) struct SandboxArgs {
    /// Let the token endpoint follow the rules of this server instead of those of Redox
    #[arg(long, value_name = "NAME", value_parser = server_names())]
    pub(crate) like: Option<String>,
    /// The port to listen on, at 127.0.0.1; 0 selects a free port [default: the port that --state keeps, or a free one]
    #[arg(long, value_name = "PORT", conflicts_with = "listen")]
    pub(crate) port: Option<u16>,
    /// The address and port to listen on, if the address is not 127.0.0.1
    #[arg(long, value_name = "ADDR")]
    pub(crate) listen: Option<SocketAddr>,
    #[command(flatten)]
    pub(crate) kept: KeptArgs,
    /// The port of the dashboard on 127.0.0.1; 0 selects a free port. The dashboard shows traffic and API keys, and can
    /// order faults
    #[arg(long, default_value_t = 0, value_name = "PORT")]
    pub(crate) dashboard: u16,
    /// Also register a legacy API key of the source, to try a migration to an OAuth API key
    #[arg(long)]
    pub(crate) legacy: bool,
    /// Serve https with a certificate for `localhost` and the address. A new authority issues the certificate,
    /// and `SSL_CERT_FILE` names its file
    #[arg(long)]
    pub(crate) tls: bool,
    /// The host name that clients use, instead of the address
    #[arg(long, value_name = "NAME")]
    pub(crate) host: Option<String>,
    /// Also write the authority's certificate to this file, in PEM; the file remains when the sandbox ends
    #[arg(long, value_name = "FILE", requires = "tls")]
    pub(crate) ca_out: Option<PathBuf>,
    /// Also accept HL7 v2 messages over MLLP at this address; port 0 selects a free port
    #[arg(long, value_name = "ADDR")]
    pub(crate) mllp: Option<SocketAddr>,
    /// Also accept files over SFTP at this address, and keep them in memory; port 0 selects a free port. This option
    /// needs a build with the feature `sandbox-sftp`
    #[arg(long, value_name = "ADDR", num_args = 0..=1, default_missing_value = "127.0.0.1:0")]
    pub(crate) sftp: Option<SocketAddr>,
    /// Cause a fault, such as `token:429:retry-after=3:times=2` or `api:latency=500ms`. Repeatable: each fault follows
    /// the previous one. `--help` lists every fault
    #[arg(long, value_name = "SPEC", long_help = fault_help())]
    pub(crate) fault: Vec<Fault>,
}

/// Settings that stay the same across runs of the sandbox.
#[derive(Debug, Default, clap::Args)]
pub(crate) struct KeptArgs {
    /// Keep IDs, keys and the port in this file across restarts. The client's private key is in a file next to it,
    /// whose name ends with `.key.pem`
    #[arg(long, value_name = "FILE")]
    pub(crate) state: Option<PathBuf>,
    /// The client ID of the OAuth API key [default: the one that --state keeps, or a new one]
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    pub(crate) client_id: Option<String>,
    /// Register the public half of this private key, in PEM, DER or JWK, instead of making a key
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,
    /// Register this JWK Set, a file with public keys, instead of making a key
    #[arg(long, value_name = "FILE", conflicts_with = "key")]
    pub(crate) jwks: Option<PathBuf>,
    /// The ID of the source that messages come from [default: the one that --state keeps, or a new one]
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    pub(crate) source: Option<String>,
    /// The ID of the destination that messages go to [default: the one that --state keeps, or that of the examples,
    /// af394f14-b34a-464f-8d24-895f370af4c9]
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    pub(crate) destination: Option<String>,
}

/// A fault to cause.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    Http(FaultOrder),
    Mllp(MllpOrder),
    #[cfg(feature = "sandbox-sftp")]
    Sftp(redox_auth_sandbox::SftpOrder),
}

impl FromStr for Fault {
    type Err = ParseFaultError;

    fn from_str(text: &str) -> Result<Self, ParseFaultError> {
        #[cfg(feature = "sandbox-sftp")]
        if text.starts_with("sftp:") {
            return text.parse().map(Self::Sftp);
        }
        if text.starts_with("mllp:") {
            text.parse().map(Self::Mllp)
        } else {
            text.parse().map(Self::Http)
        }
    }
}

fn fault_help() -> String {
    #[cfg(feature = "sandbox-sftp")]
    let sftp = format!(
        "\n\nor, with --sftp,\n\n{}",
        redox_auth_sandbox::SftpOrder::GRAMMAR
    );
    #[cfg(not(feature = "sandbox-sftp"))]
    let sftp = "";
    format!(
        "Cause a fault. Repeatable: at the same place, each fault follows the previous one. SPEC is\n\n{}\n\n\
         or, with --mllp,\n\n{}{sftp}",
        FaultOrder::GRAMMAR,
        MllpOrder::GRAMMAR
    )
}
