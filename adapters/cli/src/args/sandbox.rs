use core::net::SocketAddr;
use std::path::PathBuf;

use redox_auth_sandbox::FaultOrder;

use super::like::server_names;

#[derive(Debug, clap::Args)]
pub(crate) struct SandboxArgs {
    /// Let the token endpoint demand, refuse and answer what this server does, instead of Redox
    #[arg(long, value_name = "NAME", value_parser = server_names())]
    pub(crate) like: Option<String>,
    /// Where to listen; port 0 is a free one
    #[arg(long, default_value = "127.0.0.1:0", value_name = "ADDR")]
    pub(crate) listen: SocketAddr,
    /// Register a legacy API key of the source as well, to try a migration away from it
    #[arg(long)]
    pub(crate) legacy: bool,
    /// Speak https, with a certificate by an authority that lives as long as the sandbox; it is for `localhost` and for
    /// the address, and `SSL_CERT_FILE` names the authority
    #[arg(long)]
    pub(crate) tls: bool,
    /// The host name that clients use, instead of the address
    #[arg(long, value_name = "NAME")]
    pub(crate) host: Option<String>,
    /// Also write the authority's certificate into this file, which stays; in PEM
    #[arg(long, value_name = "FILE", requires = "tls")]
    pub(crate) ca_out: Option<PathBuf>,
    /// Let something go wrong, like `token:429:retry-after=3:times=2` or `api:latency=500ms`. Repeatable: the next fault
    /// follows the previous one. `--help` shows every fault
    #[arg(long, value_name = "SPEC", long_help = fault_help())]
    pub(crate) fault: Vec<FaultOrder>,
}

fn fault_help() -> String {
    format!(
        "Let something go wrong. Repeatable: at the same place, the next fault follows the previous one. SPEC is\n\n{}",
        FaultOrder::GRAMMAR
    )
}
