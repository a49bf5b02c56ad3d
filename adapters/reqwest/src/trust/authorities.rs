use core::fmt;

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;

use crate::error::authorities::{AuthoritiesPlace, BrokenCertificates};

/// The authorities that a server's certificate may come from: how many, and from which files.
///
/// On every Unix except Apple's systems and Android, the variables `SSL_CERT_FILE` and `SSL_CERT_DIR` replace the operating
/// system's own authorities. A file of [`Builder::ca_file`](crate::Builder::ca_file) adds its authorities to the others on
/// every system.
#[derive(Debug)]
pub struct Authorities {
    sources: Vec<AuthoritySource>,
    pub(super) certificates: Vec<CertificateDer<'static>>,
}

/// One place that authorities come from.
#[non_exhaustive]
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AuthoritySource {
    /// The file or the directory, with the variable or the setting that named it; or the operating system.
    pub name: String,
    /// The number of certificates; `None` if the operating system verifies certificates itself.
    pub count: Option<usize>,
    /// Certificates that cannot be read. The client uses the others.
    pub broken: Option<BrokenCertificates>,
}

impl Authorities {
    /// None yet.
    pub(super) const fn new() -> Self {
        Self {
            sources: Vec::new(),
            certificates: Vec::new(),
        }
    }

    /// The places of the authorities.
    #[must_use]
    pub fn sources(&self) -> &[AuthoritySource] {
        &self.sources
    }

    /// Adds those of a file whose blocks were read one by one.
    pub(super) fn add_bundle(
        &mut self,
        place: &AuthoritiesPlace,
        certificates: &[CertificateDer<'static>],
        broken: Option<BrokenCertificates>,
    ) {
        self.sources.push(AuthoritySource {
            name: place.to_string(),
            count: Some(certificates.len()),
            broken,
        });
        self.certificates.extend_from_slice(certificates);
    }

    /// Adds those of the operating system, or the fact that it does not list them.
    pub(super) fn add_system(
        &mut self,
        name: String,
        certificates: Option<Vec<CertificateDer<'static>>>,
    ) {
        self.sources.push(AuthoritySource {
            name,
            count: certificates.as_ref().map(Vec::len),
            broken: None,
        });
        self.certificates.extend(certificates.into_iter().flatten());
    }

    /// For the verification by webpki. It leaves out certificates that it cannot read.
    pub(super) fn roots(&self) -> RootCertStore {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(self.certificates.iter().cloned());
        roots
    }
}

impl fmt::Display for Authorities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, source) in self.sources.iter().enumerate() {
            if number > 0 {
                f.write_str(" and ")?;
            }
            source.fmt(f)?;
        }
        Ok(())
    }
}

impl fmt::Display for AuthoritySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, count, .. } = self;
        match count {
            Some(count) => write!(f, "{count} from {name}"),
            None => write!(f, "those of {name}"),
        }
    }
}
