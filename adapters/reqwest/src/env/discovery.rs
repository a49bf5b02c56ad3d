use std::ffi::OsString;

use super::{CONFIRM_HOST, EnvError, FHIR_URL, ISSUER, TOKEN_URL, Variables};
use crate::builder::Builder;
use crate::discovery::{Discovered, Discovery};

impl Builder {
    /// As [`Builder::from_env`], and finds the server that these variables name, unless `REDOX_TOKEN_URL` is set.
    ///
    /// | Variables | Content |
    /// |---|---|
    /// | `REDOX_ISSUER` or `REDOX_FHIR_URL` | for [`Discovery::issuer`] or [`Discovery::fhir_server`] |
    /// | `REDOX_CONFIRM_HOST` | for [`Discovery::confirm_host`]; several separated by commas |
    ///
    /// # Errors
    /// [`EnvError`], which names the variable, the value that was found and the value that is required, and shows no secret.
    pub async fn discover_from_env(discovery: &Discovery) -> Result<Self, EnvError> {
        let variables = Variables(|name| std::env::var_os(name));
        let server = variables.discover(discovery).await?;
        variables.builder_for(server.as_ref())
    }
}

impl<F: Fn(&str) -> Option<OsString>> Variables<F> {
    /// The name of the server for discovery, and its variable.
    pub(super) fn asked(&self) -> Result<Option<(&'static str, String)>, EnvError> {
        if self.value(TOKEN_URL).is_some() {
            return Ok(None);
        }
        match (self.text(ISSUER)?, self.text(FHIR_URL)?) {
            (None, None) => Ok(None),
            (Some(issuer), None) => Ok(Some((ISSUER, issuer))),
            (None, Some(fhir_url)) => Ok(Some((FHIR_URL, fhir_url))),
            (Some(_), Some(_)) => Err(EnvError::Conflict {
                variables: [ISSUER, FHIR_URL],
            }),
        }
    }

    async fn discover(&self, discovery: &Discovery) -> Result<Option<Discovered>, EnvError> {
        let Some((variable, url)) = self.asked()? else {
            return Ok(None);
        };
        let hosts = self.text(CONFIRM_HOST)?.unwrap_or_default();
        let hosts = hosts.split(',').filter(|host| !host.is_empty());
        let discovery = hosts.fold(discovery.clone(), Discovery::confirm_host);
        let found = match variable {
            ISSUER => discovery.issuer(&url).await,
            _ => discovery.fhir_server(&url).await,
        };
        found
            .map(Some)
            .map_err(|error| EnvError::Discovery { variable, error })
    }
}
