use core::fmt;

/// Why certificates cannot go into the header of assertions. The caller can fix every case, and none holds a secret.
///
/// Positions count from 1, the certificate of the key.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum CertificateError {
    /// There is no certificate.
    Missing {
        /// What was found instead.
        found: &'static str,
    },
    /// A PEM block is neither a certificate nor a private key.
    OtherPem {
        /// Its label.
        found: &'static str,
    },
    /// A PEM block has no end, or another one than its beginning, or is not in base64.
    Pem {
        /// Of the certificate.
        position: usize,
    },
    /// There is no X.509 certificate in DER.
    Malformed {
        /// Of the certificate.
        position: usize,
    },
    /// There are more certificates than any server accepts.
    TooMany {
        /// The maximum.
        limit: usize,
    },
    /// There are more bytes than any server accepts.
    TooLong {
        /// The maximum.
        limit: usize,
    },
    /// A certificate comes twice.
    Duplicate {
        /// Of the second.
        position: usize,
        /// Of the first.
        same_as: usize,
    },
    /// A certificate did not issue the certificate before it.
    Order {
        /// Of the certificate.
        position: usize,
        /// The subject that it must have: the issuer of the certificate before it.
        expected: String,
        /// The subject that it has.
        found: String,
    },
    /// A certificate names the next one as its issuer, but the next one has not signed it.
    Signature {
        /// Of the certificate.
        position: usize,
    },
    /// The first certificate belongs to another key.
    WrongKey {
        /// The private key.
        expected: String,
        /// The key of the certificate.
        found: String,
    },
}

impl fmt::Display for CertificateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { found } => {
                let remedy = match *found {
                    NOTHING => {
                        "put the certificate of the key into it, and those of its issuers after it"
                    }
                    ONLY_A_KEY => {
                        "put its certificate into the file; `redox-auth key certificate` makes one for servers that take a self-signed one"
                    }
                    _ => "export the certificates of a PKCS#7 or PKCS#12 file as PEM first",
                };
                write!(
                    f,
                    "expected X.509 certificates in PEM or DER, found {found}; {remedy}"
                )
            }
            Self::OtherPem { found } => write!(
                f,
                "expected only certificates, or certificates and a private key, found {found} as well"
            ),
            Self::Pem { position } => write!(
                f,
                "certificate {position}: the PEM block is truncated or damaged; copy the whole file again"
            ),
            Self::Malformed { position } => write!(
                f,
                "certificate {position}: expected an X.509 certificate in DER, found other or truncated data"
            ),
            Self::TooMany { limit } => {
                write!(f, "expected at most {limit} certificates, found more")
            }
            Self::TooLong { limit } => {
                write!(
                    f,
                    "expected at most {limit} bytes of certificates, found more"
                )
            }
            Self::Duplicate { position, same_as } => write!(
                f,
                "certificate {position} is the same as certificate {same_as}; remove one of them"
            ),
            Self::Order {
                position,
                expected,
                found,
            } => write!(
                f,
                "certificate {position}: expected the issuer of the certificate before it ({expected}), found {found}; put the key's own certificate first and each issuer after what it issued"
            ),
            Self::Signature { position } => {
                let next = position.saturating_add(1);
                write!(
                    f,
                    "certificate {position} names certificate {next} as its issuer, but is not signed by its key; expected the issuer's current certificate"
                )
            }
            Self::WrongKey { expected, found } => write!(
                f,
                "certificate 1: expected the certificate of the private key ({expected}), found that of another ({found})"
            ),
        }
    }
}

impl core::error::Error for CertificateError {}

/// What was found instead of certificates.
pub(crate) const NOTHING: &str = "nothing";
pub(crate) const ONLY_A_KEY: &str = "only a private key";
