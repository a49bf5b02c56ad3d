use redox_auth_core::JwtType;

use super::Builder;
use crate::discovery::Discovered;
use crate::error::build::BuildError;

impl Builder {
    /// A server that [`Discovery`](crate::Discovery) has found. Its token endpoint is used unless [`Builder::token_url`] names
    /// one, and the base URL of a FHIR server unless [`Builder::base_url`] after this names one.
    ///
    /// The audience stays the URL of the token endpoint, as most servers want it. With
    /// [`JwtType::ClientAuthentication`] it is the issuer, where that was found; [`Builder::audience`] overrules both.
    /// [`Builder::build`] refuses a key whose algorithm the server does not list, if it lists any.
    pub fn discovered(mut self, server: &Discovered) -> Self {
        if let Some(fhir_url) = server.fhir_url() {
            self = self.base_url(fhir_url);
        }
        self.discovered = Some(server.clone());
        self
    }

    /// Takes from the server that was found what the caller did not say.
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
