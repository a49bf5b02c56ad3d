use std::ffi::OsString;
use std::path::PathBuf;

use super::{EnvError, Variables};
use crate::builder::Builder;
use crate::keys::key::Key;

impl<F: Fn(&str) -> Option<OsString>> Variables<F> {
    /// The key that tokens are bound to.
    pub(super) fn with_dpop(&self, builder: Builder) -> Result<Builder, EnvError> {
        let is_on = self.one_of(DPOP, [("true", true), ("false", false)])?;
        let key = match self.value(DPOP_KEY_FILE).map(PathBuf::from) {
            Some(path) => Key::from_file(path).map_err(|error| EnvError::File {
                variable: DPOP_KEY_FILE,
                error,
            })?,
            None if is_on == Some(true) => Key::generate().map_err(|_| EnvError::Random)?,
            None => return Ok(builder),
        };
        Ok(builder.dpop(key))
    }
}

pub(super) const DPOP: &str = "REDOX_DPOP";
pub(super) const DPOP_KEY_FILE: &str = "REDOX_DPOP_KEY_FILE";
