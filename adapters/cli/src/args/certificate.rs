use std::path::PathBuf;

use clap::ValueEnum;
use redox_auth_reqwest::CertificateMember;

use super::dialect::HEADING;

/// The certificates of the private keys.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct CertificateArgs {
    /// Name the key's certificate in the header of the assertion. The file has it first and its issuers after it, in PEM or
    /// DER. Given again, the certificate of each further key in turn
    #[arg(long, help_heading = HEADING, env = "REDOX_CERTIFICATE_FILE", value_name = "FILE")]
    pub(crate) certificate: Vec<PathBuf>,
    /// Name it by this member of the header [default: x5c]. Repeatable, or separated by commas
    #[arg(
        long,
        help_heading = HEADING,
        env = "REDOX_CERTIFICATE_AS",
        value_enum,
        value_name = "MEMBER",
        value_delimiter = ','
    )]
    pub(crate) certificate_as: Vec<MemberName>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum MemberName {
    /// The certificates themselves
    #[value(name = "x5c")]
    X5c,
    /// The SHA-1 of the key's certificate
    #[value(name = "x5t")]
    X5t,
    /// The SHA-256 of the key's certificate
    #[value(name = "x5t#S256")]
    X5tS256,
}

impl From<MemberName> for CertificateMember {
    fn from(name: MemberName) -> Self {
        match name {
            MemberName::X5c => Self::X5c,
            MemberName::X5t => Self::X5t,
            MemberName::X5tS256 => Self::X5tS256,
        }
    }
}
