use std::path::PathBuf;

use clap::ValueEnum;
use redox_auth_reqwest::CertificateMember;

use super::dialect::HEADING;

/// The certificates of the private keys.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct CertificateArgs {
    /// Put the key's certificate into the header of the assertion: a file in PEM or DER, with the certificates
    /// of its issuers after it. Repeat for each further key, in the order of the keys. `serve` and `token --watch` read
    /// the file again, as they do for `--key`
    #[arg(long, help_heading = HEADING, env = "REDOX_CERTIFICATE_FILE", value_name = "FILE")]
    pub(crate) certificate: Vec<PathBuf>,
    /// The header member that holds the certificate [default: x5c]. Repeatable, or separated by commas
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
