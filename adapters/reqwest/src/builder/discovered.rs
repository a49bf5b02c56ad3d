use redox_auth_core::JwtType;

use super::Builder;
use crate::discovery::Discovered;
use crate::error::build::BuildError;

impl Builder {
    /// Uses a server that [`Discovery`](crate::Discovery) found: its token endpoint unless [`Builder::token_url`] names one,
    /// and the base URL of a FHIR server unless a later [`Builder::base_url`] names one.
    ///
    /// The audience is the URL of the token endpoint, as most servers require. With [`JwtType::ClientAuthentication`] it is
    /// the issuer, if discovery found it; [`Builder::audience`] takes precedence over both. [`Builder::build`] rejects a key
    /// whose algorithm is not in the server's list, if the server has one.
    pub fn discovered(mut self, server: &Discovered) -> Self {
        if let Some(fhir_url) = server.fhir_url() {
            self = self.base_url(fhir_url);
        }
        self.discovered = Some(server.clone());
        self
    }

    /// Takes the settings that the caller left out from the server that discovery found.
    ///
    /// # Errors
    /// [`BuildError::Algorithm`].
    pub(super) fn fill_in(&mut self) -> Result<(), BuildError> {
        let Some(server) = &self.discovered else {
            return Ok(());
        };
        for key in self.keys.iter().map(|key| key.algorithm()) {
            if let Some(listed) = server.objection(key) {
                return Err(BuildError::Algorithm { key, listed });
            }
        }
        if self.token_url.is_none() {
            self.token_url = Some(server.token_url().to_owned());
        }
        if self.audience.is_none() && self.typ == JwtType::ClientAuthentication {
            self.audience = server.issuer().map(str::to_owned);
        }
        Ok(())
    }
}
