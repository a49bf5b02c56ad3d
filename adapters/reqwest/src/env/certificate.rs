use std::ffi::OsString;

use super::{CERTIFICATE_AS, CERTIFICATE_FILE, EnvError, Variables};
#[cfg(feature = "certificates")]
use crate::keys::certificate::{CertificateChain, CertificateMember};
use crate::keys::key::Key;
use crate::keys::key_file::KeyFile;

impl<F: Fn(&str) -> Option<OsString>> Variables<F> {
    /// The key with its certificate, if there is one.
    #[cfg(feature = "certificates")]
    pub(super) fn certified(&self, key: Key) -> Result<Key, EnvError> {
        let members = self.members()?;
        let Some(path) = self.value(CERTIFICATE_FILE) else {
            return match members {
                None => Ok(key),
                Some(_) => Err(EnvError::Missing {
                    expected: "the certificate to name in the header",
                    variables: &[CERTIFICATE_FILE],
                }),
            };
        };
        let variable = CERTIFICATE_FILE;
        let chain = CertificateChain::from_file(path)
            .map_err(|error| EnvError::File { variable, error })?;
        key.with_certificate(&chain, members.as_deref().unwrap_or(&USUAL))
            .map_err(|error| EnvError::Certificate { variable, error })
    }

    /// The same with the file of a key, whose certificate is a file as well.
    #[cfg(feature = "certificates")]
    pub(super) fn certified_file(&self, file: KeyFile) -> Result<KeyFile, EnvError> {
        let members = self.members()?;
        Ok(match self.value(CERTIFICATE_FILE) {
            Some(path) => file.certificate(path, members.as_deref().unwrap_or(&USUAL)),
            None => file,
        })
    }

    /// The file, because without the feature there is no certificate.
    #[cfg(not(feature = "certificates"))]
    pub(super) const fn certified_file(&self, file: KeyFile) -> Result<KeyFile, EnvError> {
        Ok(file)
    }

    #[cfg(feature = "certificates")]
    fn members(&self) -> Result<Option<Vec<CertificateMember>>, EnvError> {
        let Some(text) = self.text(CERTIFICATE_AS)? else {
            return Ok(None);
        };
        let members = text.split(',').map(|name| {
            let name = name.trim();
            let mut all = CertificateMember::ALL.into_iter();
            all.find(|member| member.as_str() == name)
                .ok_or_else(|| EnvError::Value {
                    variable: CERTIFICATE_AS,
                    expected: CertificateMember::ALL
                        .map(CertificateMember::as_str)
                        .to_vec(),
                    found: name.to_owned(),
                })
        });
        members.collect::<Result<_, _>>().map(Some)
    }

    /// The key, unless the environment asks for more.
    #[cfg(not(feature = "certificates"))]
    pub(super) fn certified(&self, key: Key) -> Result<Key, EnvError> {
        let variables = [CERTIFICATE_FILE, CERTIFICATE_AS];
        match variables.into_iter().find(|it| self.value(it).is_some()) {
            None => Ok(key),
            Some(variable) => Err(EnvError::Feature {
                variable,
                feature: "certificates",
            }),
        }
    }
}

/// The header members of the certificate, by default.
#[cfg(feature = "certificates")]
const USUAL: [CertificateMember; 1] = [CertificateMember::X5c];
