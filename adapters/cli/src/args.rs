use core::net::SocketAddr;
use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use redox_auth_core::{Algorithm, JwtType, Region};
use redox_auth_sandbox::FaultOrder;

/// Get and use tokens of Redox, or of another SMART Backend Services server
///
/// Only results go to standard output. Exit codes: 0 done, 1 the server said no, 2 wrong use or configuration,
/// 3 no usable answer.
#[derive(Debug, Parser)]
#[command(name = "redox-auth", version, max_term_width = 100)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show everything at work: a local Redox, keys, tokens, messages. Needs no account and no network
    Demo,
    /// Make keys and show their public halves
    #[command(subcommand)]
    Key(KeyCommand),
    /// Sign a client assertion and print it
    Assertion(AssertionArgs),
    /// Get an access token and print it
    Token(TokenArgs),
    /// Send a Data Model message and print the answer
    Send(SendArgs),
    /// Show what an assertion says, and what Redox would object to
    Inspect(InspectArgs),
    /// Run a local Redox until it is interrupted, and print the variables that lead to it
    Sandbox(SandboxArgs),
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Make a private key, and print the public JWK Set to register with the server
    New(NewKeyArgs),
    /// Print the public JWK Set of private keys
    Jwks(JwksArgs),
}

#[derive(Debug, clap::Args)]
pub(crate) struct NewKeyArgs {
    /// What the key signs with; Redox takes RS384 and ES384
    #[arg(long, value_enum, ignore_case = true)]
    pub(crate) alg: AlgorithmName,
    /// Where the private key goes, as PKCS#8 PEM that only its owner can read; must not exist
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// The `kid` in the JWK Set [default: the key's thumbprint]
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    pub(crate) key_id: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct JwksArgs {
    /// Private keys, in PEM, DER or JWK
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// The `kid` of each key in turn [default: the JWK's own, else the thumbprint]
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    pub(crate) key_id: Vec<String>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct AssertionArgs {
    #[command(flatten)]
    pub(crate) server: ServerArgs,
    #[command(flatten)]
    pub(crate) key: KeyArgs,
    /// Sign as if this were the time: seconds since 1970, or RFC 3339 [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct TokenArgs {
    #[command(flatten)]
    pub(crate) server: ServerArgs,
    #[command(flatten)]
    pub(crate) key: KeyArgs,
    #[command(flatten)]
    pub(crate) legacy: LegacyArgs,
    /// Exchange this ready-made assertion and use no key; `-` is standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) assertion: Option<PathBuf>,
    /// Print the token with its lifetime and scope, as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct SendArgs {
    /// The message: a JSON object with `Meta`; `-` is standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
    #[command(flatten)]
    pub(crate) key: KeyArgs,
    #[command(flatten)]
    pub(crate) legacy: LegacyArgs,
    /// The source that the message comes from; put into `Meta.Source.ID` where the message has none [default: the
    /// legacy API key's, beside an OAuth API key]
    #[arg(
        long,
        env = "REDOX_SOURCE_ID",
        value_name = "ID",
        allow_hyphen_values = true
    )]
    pub(crate) source_id: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct InspectArgs {
    /// The assertion; `-` is standard input
    #[arg(default_value = "-", value_name = "JWT")]
    pub(crate) jwt: String,
}

#[derive(Debug, clap::Args)]
pub(crate) struct SandboxArgs {
    /// Where to listen; port 0 is a free one
    #[arg(long, default_value = "127.0.0.1:0", value_name = "ADDR")]
    pub(crate) listen: SocketAddr,
    /// Speak https, with a certificate by an authority that lives as long as the sandbox; it is for `localhost` and for
    /// the address, and `SSL_CERT_FILE` names the authority
    #[arg(long)]
    pub(crate) tls: bool,
    /// What clients call the host, instead of its address
    #[arg(long, value_name = "NAME")]
    pub(crate) host: Option<String>,
    /// Also write the authority's certificate into this file, which stays; in PEM
    #[arg(long, value_name = "FILE", requires = "tls")]
    pub(crate) ca_out: Option<PathBuf>,
    /// Let something go wrong, like `token:429:retry-after=3:times=2` or `api:latency=500ms`; given again, after that.
    /// `--help` shows every fault
    #[arg(long, value_name = "SPEC", long_help = fault_help())]
    pub(crate) fault: Vec<FaultOrder>,
}

fn fault_help() -> String {
    format!(
        "Let something go wrong; given again at the same place, after that. SPEC is\n\n{}",
        FaultOrder::GRAMMAR
    )
}

/// The private key, and who it belongs to.
#[derive(Debug, clap::Args)]
pub(crate) struct KeyArgs {
    /// The client ID of the OAuth API key
    #[arg(
        long,
        env = "REDOX_CLIENT_ID",
        value_name = "ID",
        allow_hyphen_values = true
    )]
    pub(crate) client_id: Option<String>,
    /// The private key, in PEM, DER or JWK; `REDOX_PRIVATE_KEY` may hold PEM or JWK itself. Given again, a further key
    /// under the same client ID, tried when the server does not know the one before it
    #[arg(long, env = "REDOX_KEY_FILE", value_name = "FILE")]
    pub(crate) key: Vec<PathBuf>,
    /// The `kid` under which the server knows the key, of each key in turn [default: the JWK's own, else the thumbprint]
    #[arg(
        long,
        env = "REDOX_KEY_ID",
        value_name = "ID",
        allow_hyphen_values = true
    )]
    pub(crate) key_id: Vec<String>,
}

impl KeyArgs {
    /// Whether an OAuth API key was asked for, be it in part.
    pub(crate) const fn is_given(&self) -> bool {
        self.client_id.is_some() || !self.key.is_empty()
    }
}

/// The legacy API key. Its secret is no argument: those are for everybody to see.
#[derive(Debug, clap::Args)]
pub(crate) struct LegacyArgs {
    /// The ID of a legacy API key; beside an OAuth API key it serves while that one is refused because of a setting.
    /// `REDOX_LEGACY_SECRET` may hold its secret
    #[arg(
        long,
        env = "REDOX_LEGACY_API_KEY",
        value_name = "ID",
        allow_hyphen_values = true
    )]
    pub(crate) legacy_key: Option<String>,
    /// A file with the secret of the legacy API key
    #[arg(long, env = "REDOX_LEGACY_SECRET_FILE", value_name = "FILE")]
    pub(crate) legacy_secret_file: Option<PathBuf>,
}

/// Which server, and what it wants to hear.
#[derive(Debug, clap::Args)]
pub(crate) struct ServerArgs {
    /// The region of Redox
    #[arg(long, env = "REDOX_REGION", value_enum, default_value = "us")]
    pub(crate) region: RegionName,
    /// The URL that the API's paths follow, instead of the region's
    #[arg(long, env = "REDOX_BASE_URL", value_name = "URL")]
    pub(crate) base_url: Option<String>,
    /// The token endpoint of another server
    #[arg(long, env = "REDOX_TOKEN_URL", value_name = "URL")]
    pub(crate) token_url: Option<String>,
    /// The `aud` of the assertion: some servers want their issuer [default: the URL of the token endpoint]
    #[arg(long, env = "REDOX_AUDIENCE", value_name = "URL")]
    pub(crate) audience: Option<String>,
    /// The `typ` of the assertion: draft rfc7523bis wants the longer one
    #[arg(long, env = "REDOX_TYP", value_enum, default_value = "JWT")]
    pub(crate) typ: TypName,
    /// The scope to ask for, names separated by spaces
    #[arg(long, env = "REDOX_SCOPE", value_name = "SCOPE")]
    pub(crate) scope: Option<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum AlgorithmName {
    #[value(name = "ES256")]
    Es256,
    #[value(name = "ES384")]
    Es384,
    #[value(name = "RS384")]
    Rs384,
}

impl From<AlgorithmName> for Algorithm {
    fn from(name: AlgorithmName) -> Self {
        match name {
            AlgorithmName::Es256 => Self::Es256,
            AlgorithmName::Es384 => Self::Es384,
            AlgorithmName::Rs384 => Self::Rs384,
        }
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum RegionName {
    /// United States
    Us,
    /// Canada
    Ca,
}

impl From<RegionName> for Region {
    fn from(name: RegionName) -> Self {
        match name {
            RegionName::Us => Self::Us,
            RegionName::Ca => Self::Ca,
        }
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum TypName {
    #[value(name = "JWT")]
    Jwt,
    #[value(name = "client-authentication+jwt")]
    ClientAuthentication,
}

impl From<TypName> for JwtType {
    fn from(name: TypName) -> Self {
        match name {
            TypName::Jwt => Self::Jwt,
            TypName::ClientAuthentication => Self::ClientAuthentication,
        }
    }
}
