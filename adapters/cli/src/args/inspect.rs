use std::path::PathBuf;

use super::like::server_names;

#[derive(Debug, clap::Args)]
pub(crate) struct InspectArgs {
    /// An assertion, the whole form of a token request, or `Bearer` and a token; or a file that holds one of these. `-`
    /// is standard input
    #[arg(default_value = "-", value_name = "JWT|FORM|FILE")]
    pub(crate) jwt: String,
    /// Apply the rules of this server [default: Redox's; those of RFC 7523 with --token-url]
    #[arg(long, value_name = "NAME", value_parser = server_names())]
    pub(crate) like: Option<String>,
    /// Check the signature with this key: a private or a public one, or a certificate; in PEM, DER or JWK. Repeatable
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Vec<PathBuf>,
    /// Whether the keys are from a profile.
    #[arg(skip)]
    pub(crate) key_of_profile: bool,
    /// Check the signature with the keys of this JWK Set
    #[arg(long, value_name = "FILE")]
    pub(crate) jwks: Option<PathBuf>,
    /// Print everything as one JSON document
    #[arg(long)]
    pub(crate) json: bool,
    /// The base URL of the API; the token endpoint is at the server's usual path under it
    #[arg(long, env = "REDOX_BASE_URL", value_name = "URL")]
    pub(crate) base_url: Option<String>,
    /// The token endpoint that the assertion is for
    #[arg(long, env = "REDOX_TOKEN_URL", value_name = "URL")]
    pub(crate) token_url: Option<String>,
    /// The `aud` that the server requires [default: the URL of the token endpoint]
    #[arg(long, env = "REDOX_AUDIENCE", value_name = "URL")]
    pub(crate) audience: Option<String>,
    /// The requested scope, to compare with that of a token
    #[arg(long, env = "REDOX_SCOPE", value_name = "SCOPE")]
    pub(crate) scope: Option<String>,
}
