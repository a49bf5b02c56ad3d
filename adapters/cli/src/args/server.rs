use std::path::PathBuf;

use clap::ValueEnum;
use redox_auth_core::{JwtType, Region};
use redox_auth_reqwest::Discovered;

use super::{DialectArgs, DpopArgs, Pkcs11Args};

/// The server, and its requirements.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct ServerArgs {
    /// The region of Redox [default: us]
    #[arg(long, env = "REDOX_REGION", value_enum)]
    pub(crate) region: Option<RegionName>,
    /// The base URL of the API, instead of the region's
    #[arg(long, env = "REDOX_BASE_URL", value_name = "URL")]
    pub(crate) base_url: Option<String>,
    /// The URL for uploads of files, instead of the region's
    #[arg(long, env = "REDOX_UPLOAD_URL", value_name = "URL")]
    pub(crate) upload_url: Option<String>,
    /// The token endpoint of another server
    #[arg(long, env = "REDOX_TOKEN_URL", value_name = "URL")]
    pub(crate) token_url: Option<String>,
    /// Find the token endpoint in the metadata of this issuer (RFC 8414, OpenID), in exactly the server's spelling.
    /// With --token-url, only `doctor` requests the metadata
    #[arg(long, env = "REDOX_ISSUER", value_name = "URL")]
    pub(crate) issuer: Option<String>,
    /// Find the token endpoint in the metadata of the FHIR server at this base URL (SMART, UDAP). The API has
    /// the same base URL unless --base-url is given
    #[arg(long, env = "REDOX_FHIR_URL", value_name = "URL")]
    pub(crate) fhir_url: Option<String>,
    /// Accept a token endpoint on this host, in addition to the host that publishes the metadata. Repeatable
    #[arg(
        long,
        env = "REDOX_CONFIRM_HOST",
        value_name = "HOST",
        value_delimiter = ','
    )]
    pub(crate) confirm_host: Vec<String>,
    /// The `aud` of the assertion: some servers require their issuer [default: the URL of the token endpoint]
    #[arg(long, env = "REDOX_AUDIENCE", value_name = "URL")]
    pub(crate) audience: Option<String>,
    /// The `typ` of the assertion: draft rfc7523bis requires the longer one
    #[arg(long, env = "REDOX_TYP", value_enum, default_value = "JWT")]
    pub(crate) typ: TypName,
    /// The scope to request: names separated by spaces
    #[arg(long, env = "REDOX_SCOPE", value_name = "SCOPE")]
    pub(crate) scope: Option<String>,
    /// Trust the authorities in this PEM file in addition to the system's: for a server with an authority of its own,
    /// or a network that intercepts TLS
    #[arg(long, env = "REDOX_CA_FILE", value_name = "FILE")]
    pub(crate) ca_file: Option<PathBuf>,
    /// Present this certificate to the token endpoint and to the API (mutual TLS, RFC 8705): a PEM file, with
    /// the certificates of its issuers after it
    #[arg(
        long,
        visible_alias = "client-cert",
        env = "REDOX_TLS_CERTIFICATE_FILE",
        value_name = "FILE"
    )]
    pub(crate) tls_certificate: Option<PathBuf>,
    /// The private key of that certificate, in PEM [default: the one in the certificate's file]
    #[arg(long, env = "REDOX_TLS_KEY_FILE", value_name = "FILE")]
    pub(crate) tls_key: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) dialect: DialectArgs,
    #[command(flatten)]
    pub(crate) dpop: DpopArgs,
    #[command(flatten)]
    pub(crate) pkcs11: Pkcs11Args,
    /// The metadata of the issuer or the FHIR server.
    #[arg(skip)]
    pub(crate) discovered: Option<Discovered>,
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
