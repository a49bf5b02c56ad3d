use std::path::PathBuf;

use super::ServerArgs;
use super::like::server_names;

#[derive(Debug, clap::Args)]
pub(crate) struct InspectArgs {
    /// What to inspect, or a file that holds it: an assertion, the whole form of a token request, or `Bearer` and a token;
    /// `-` is standard input
    #[arg(default_value = "-", value_name = "JWT|FORM|FILE")]
    pub(crate) jwt: String,
    /// Judge by the rules of this server [default: Redox's; those of RFC 7523 with --token-url]
    #[arg(long, value_name = "NAME", value_parser = server_names())]
    pub(crate) like: Option<String>,
    /// Check the signature with this key: a private or a public one, or a certificate; in PEM, DER or JWK. Repeatable
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Vec<PathBuf>,
    /// Check the signature with the keys of this JWK Set
    #[arg(long, value_name = "FILE")]
    pub(crate) jwks: Option<PathBuf>,
    /// Print everything as one JSON document
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}
