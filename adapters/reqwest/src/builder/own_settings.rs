use core::fmt;
use core::time::Duration;
use std::sync::Arc;

use crate::connections::pace::Pacing;
use crate::connections::{Configure, Settings};
use crate::trust::{CaFile, ClientCertificate};
use crate::watch::Watch;

/// The builder's own settings of connections. They take precedence over the settings of connections that the caller gave.
#[derive(Default)]
pub(super) struct OwnSettings {
    pub(super) connect_timeout: Option<Duration>,
    pub(super) pacing: Option<Pacing>,
    pub(super) ca_file: Option<CaFile>,
    pub(super) client_certificate: Option<ClientCertificate>,
    pub(super) configure: Option<Arc<Configure>>,
    pub(super) watch: Option<Watch>,
}

impl OwnSettings {
    pub(super) const fn are_none(&self) -> bool {
        self.connect_timeout.is_none()
            && self.pacing.is_none()
            && self.ca_file.is_none()
            && self.client_certificate.is_none()
            && self.configure.is_none()
            && self.watch.is_none()
    }

    /// Those settings, with these in their place.
    pub(super) fn over(self, settings: Settings) -> Settings {
        Settings {
            connect_timeout: self.connect_timeout.unwrap_or(settings.connect_timeout),
            pacing: self.pacing.or(settings.pacing),
            ca_file: self.ca_file.or(settings.ca_file),
            client_certificate: self.client_certificate.or(settings.client_certificate),
            configure: self.configure.or(settings.configure),
            watch: self.watch.or(settings.watch),
            ..settings
        }
    }
}

impl fmt::Debug for OwnSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OwnSettings")
            .field("connect_timeout", &self.connect_timeout)
            .field("pacing", &self.pacing)
            .field("ca_file", &self.ca_file)
            .finish_non_exhaustive()
    }
}
