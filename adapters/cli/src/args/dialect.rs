use clap::ValueEnum;
use redox_auth_reqwest::Grant;

/// Requirements of servers other than Redox.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct DialectArgs {
    /// Add a claim to the assertion: its name and its value in JSON, where a string has double quotes; or a
    /// JSON object of several claims. Repeatable
    #[arg(long, help_heading = HEADING, env = "REDOX_CLAIMS", value_name = "NAME=JSON")]
    pub(crate) claim: Vec<String>,
    /// Add a member to the header of the assertion, such as `jku`; or a JSON object of several members.
    /// Repeatable
    #[arg(long, help_heading = HEADING, env = "REDOX_HEADER", value_name = "NAME=JSON")]
    pub(crate) header: Vec<String>,
    /// Add a field to the form of the token request; or a JSON object of several fields. Repeatable
    #[arg(long, help_heading = HEADING, env = "REDOX_FIELDS", value_name = "NAME=VALUE")]
    pub(crate) field: Vec<String>,
    /// Add the form field `client_id`
    #[arg(long, help_heading = HEADING, env = "REDOX_SEND_CLIENT_ID")]
    pub(crate) send_client_id: bool,
    /// The lifetime of assertions in seconds, at most 300 [default: 300]
    #[arg(long, help_heading = HEADING, env = "REDOX_LIFETIME", value_name = "SECS")]
    pub(crate) lifetime: Option<u32>,
    /// Set `iat` this many seconds before the current time [default: 5]
    #[arg(long, help_heading = HEADING, env = "REDOX_BACKDATE", value_name = "SECS")]
    pub(crate) backdate: Option<u64>,
    /// Add the claim `nbf`, with the time of `iat`
    #[arg(long, help_heading = HEADING, env = "REDOX_NBF")]
    pub(crate) nbf: bool,
    /// Leave `kid` out of the header
    #[arg(long, help_heading = HEADING, env = "REDOX_NO_KID")]
    pub(crate) no_kid: bool,
    /// Use the assertion to authenticate the client, or as the grant itself (RFC 7523, section 2.1) [default:
    /// client-credentials]
    #[arg(long, help_heading = HEADING, env = "REDOX_GRANT", value_enum)]
    pub(crate) grant: Option<GrantName>,
    /// Name this user or device in `sub`, instead of the client ID
    #[arg(
        long,
        help_heading = HEADING,
        env = "REDOX_SUBJECT",
        value_name = "ID",
        allow_hyphen_values = true
    )]
    pub(crate) subject: Option<String>,
    /// Accept tokens of up to this length in bytes, at most 65535 [default: 16384]
    #[arg(long, help_heading = HEADING, env = "REDOX_LONGEST_TOKEN", value_name = "BYTES", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) longest_token: Option<u16>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum GrantName {
    ClientCredentials,
    JwtBearer,
}

impl From<GrantName> for Grant {
    fn from(name: GrantName) -> Self {
        match name {
            GrantName::ClientCredentials => Self::ClientCredentials,
            GrantName::JwtBearer => Self::JwtBearer,
        }
    }
}

/// The heading of these options in `--help`.
pub(super) const HEADING: &str = "Other servers";
