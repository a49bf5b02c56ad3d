use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};
use redox_auth_core::Algorithm;

use super::{Pkcs11Args, RotateArgs};

#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Make a private key, and print the public JWK Set to register with the server
    New(NewKeyArgs),
    /// Print the public JWK Set of private keys
    Jwks(JwksArgs),
    /// Make a self-signed certificate of a private key, for servers that register keys by certificate, and print its
    /// fingerprints
    Certificate(CertifyArgs),
    /// Replace the registered key with a new one through the Platform API
    ///
    /// Makes a new key, registers it in addition to the old key, obtains a token with it, and only then
    /// withdraws the old key. When a step fails, or on Ctrl-C, the command restores the registered keys. It
    /// keeps the file of a new key that the server may have stored. Afterwards the server refuses programs that
    /// still sign with the old key: give them the new key first, with --keep-old.
    ///
    /// Exit codes are the usual ones. After 1, 2, 3 and 130 (Ctrl-C), the registered keys are as they were.
    /// After 4 they may have changed, and the message gives their last known state.
    Rotate(Box<RotateArgs>),
}

#[derive(Debug, clap::Args)]
pub(crate) struct NewKeyArgs {
    /// The algorithm of the key; Redox accepts RS384 and ES384
    #[arg(long, value_enum, ignore_case = true)]
    pub(crate) alg: AlgorithmName,
    /// The length of an RSA key in bits [default: 3072]
    #[arg(long, value_enum)]
    pub(crate) bits: Option<RsaBits>,
    /// Write the private key to this file, as PKCS#8 PEM that only its owner can read; the file must not exist
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// The `kid` in the JWK Set [default: the key's thumbprint]
    #[arg(long, alias = "kid", value_name = "ID", allow_hyphen_values = true)]
    pub(crate) key_id: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct JwksArgs {
    /// Private keys, in PEM, DER or JWK, or in tokens: `pkcs11:token=NAME;object=NAME` (RFC 7512)
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// The `kid` of each key, in the order of the keys [default: the JWK's own, else the thumbprint]
    #[arg(long, alias = "kid", value_name = "ID", allow_hyphen_values = true)]
    pub(crate) key_id: Vec<String>,
    /// The algorithm of the keys. RSA keys without an `alg` in their JWK can use any RS or PS algorithm [default: RS384]
    #[arg(long, value_enum, ignore_case = true)]
    pub(crate) alg: Option<AlgorithmName>,
    #[command(flatten)]
    pub(crate) pkcs11: Pkcs11Args,
}

#[derive(Debug, clap::Args)]
pub(crate) struct CertifyArgs {
    /// The private key, in PEM, DER or JWK, or in a token: `pkcs11:token=NAME;object=NAME` (RFC 7512)
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,
    #[command(flatten)]
    pub(crate) pkcs11: Pkcs11Args,
    /// The subject of the certificate, as in `CN=redox-auth,O=Example Clinic,C=US` (RFC 4514)
    #[arg(long, value_name = "NAME", default_value = "CN=redox-auth")]
    pub(crate) subject: String,
    /// The validity in days
    #[arg(long, value_name = "N", default_value = "365", value_parser = clap::value_parser!(u16).range(1..=3650))]
    pub(crate) days: u16,
    /// Write the certificate to this file, in PEM; the file must not exist
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum AlgorithmName {
    #[value(name = "ES256")]
    Es256,
    #[value(name = "ES384")]
    Es384,
    #[value(name = "ES512")]
    Es512,
    #[value(name = "RS256")]
    Rs256,
    #[value(name = "RS384")]
    Rs384,
    #[value(name = "RS512")]
    Rs512,
    #[value(name = "PS256")]
    Ps256,
}

impl From<AlgorithmName> for Algorithm {
    fn from(name: AlgorithmName) -> Self {
        match name {
            AlgorithmName::Es256 => Self::Es256,
            AlgorithmName::Es384 => Self::Es384,
            AlgorithmName::Es512 => Self::Es512,
            AlgorithmName::Rs256 => Self::Rs256,
            AlgorithmName::Rs384 => Self::Rs384,
            AlgorithmName::Rs512 => Self::Rs512,
            AlgorithmName::Ps256 => Self::Ps256,
        }
    }
}

/// The lengths of RSA keys that the command makes.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(crate) enum RsaBits {
    #[value(name = "2048")]
    Of2048,
    #[default]
    #[value(name = "3072")]
    Of3072,
    #[value(name = "4096")]
    Of4096,
}

impl RsaBits {
    /// The shortest of these lengths that is at least that of an RSA key with signatures of this length, in bytes.
    pub(crate) const fn of_signature(len: usize) -> Self {
        match len {
            0..=256 => Self::Of2048,
            257..=384 => Self::Of3072,
            _ => Self::Of4096,
        }
    }
}
