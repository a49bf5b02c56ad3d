use std::io;
use std::sync::{Arc, MutexGuard};

use aws_lc_rs::constant_time::verify_slices_are_equal;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;

use super::call::Problem;
use crate::Sandbox;
use crate::shared::Shared;
use crate::traffic::Traffic;

/// The shared state of the dashboard's operations.
pub(super) struct Desk {
    shared: Arc<Shared>,
    pub(super) port: u16,
    /// The token in every form of the pages. The dashboard rejects forms without it.
    form_token: String,
}

impl Desk {
    pub(super) fn new(shared: Arc<Shared>, port: u16) -> io::Result<Self> {
        let mut bytes = [0; 32];
        aws_lc_rs::rand::fill(&mut bytes).map_err(io::Error::other)?;
        Ok(Self {
            shared,
            port,
            form_token: URL_SAFE_NO_PAD.encode(bytes),
        })
    }

    pub(super) fn shared(&self) -> &Shared {
        &self.shared
    }

    /// The state; requests of clients wait while the guard is held.
    pub(super) fn sandbox(&self) -> MutexGuard<'_, Sandbox> {
        self.shared.sandbox()
    }

    pub(super) fn clock(&self) -> &crate::Clock {
        &self.shared.clock
    }

    pub(super) fn now(&self) -> Timestamp {
        self.shared.clock.now()
    }

    pub(super) fn traffic(&self) -> Result<&Traffic, Problem> {
        let traffic = self.shared.traffic.as_ref();
        traffic.ok_or_else(|| Problem::not_found("this sandbox keeps no traffic"))
    }

    pub(super) fn form_token(&self) -> &str {
        &self.form_token
    }

    pub(super) fn is_form_token(&self, token: &str) -> bool {
        verify_slices_are_equal(token.as_bytes(), self.form_token.as_bytes()).is_ok()
    }
}
