use core::fmt;

/// Why a client certificate for TLS cannot be used. It holds nothing of the private key.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ClientCertificateError {
    /// There is no certificate in PEM.
    NoCertificate,
    /// There is no private key in PEM.
    NoKey,
    /// The private key is encrypted.
    EncryptedKey,
    /// It is a PKCS#12 file.
    Pkcs12,
    /// A PEM block is truncated or damaged.
    Damaged,
    /// None of the certificates belongs to the private key.
    OtherKey,
    /// TLS does not support this kind of private key here.
    Unusable(String),
}

impl ClientCertificateError {
    /// The command that converts the file, in which `FILE` stands for it. The command asks for the password.
    #[must_use]
    pub const fn command(&self) -> Option<&'static str> {
        match self {
            Self::Pkcs12 => Some("(umask 077 && openssl pkcs12 -in FILE -nodes -out client.pem)"),
            Self::EncryptedKey => Some("(umask 077 && openssl pkey -in FILE -out client-key.pem)"),
            _ => None,
        }
    }
}

impl fmt::Display for ClientCertificateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoCertificate => f.write_str("expected a certificate in PEM, found none"),
            Self::NoKey => f.write_str(
                "expected the private key of the certificate in PEM, found none; put it into the same file, or name its own file (--tls-key)",
            ),
            Self::EncryptedKey => f.write_str("the private key is encrypted; decrypt it"),
            Self::Pkcs12 => f.write_str(
                "expected a certificate and its private key in PEM, found a PKCS#12 file; convert it",
            ),
            Self::Damaged => {
                f.write_str("a PEM block is truncated or damaged; copy the whole file again")
            }
            Self::OtherKey => f.write_str(
                "none of the certificates is that of the private key; give the two that belong together",
            ),
            Self::Unusable(why) => write!(f, "the private key cannot be used for TLS: {why}"),
        }?;
        match self.command() {
            Some(command) => write!(f, ": {command}"),
            None => Ok(()),
        }
    }
}

impl core::error::Error for ClientCertificateError {}
