use super::authorities::Authorities;
use super::bundle::CaFile;
use super::system;
use crate::error::authorities::{AuthoritiesError, AuthoritiesPlace};

impl Authorities {
    /// Reads all of them, which blocks.
    ///
    /// # Errors
    /// [`AuthoritiesError`].
    pub(crate) fn read(ca_file: Option<&CaFile>) -> Result<Self, AuthoritiesError> {
        let mut all = Self::new();
        if let Some(file) = ca_file {
            let place = AuthoritiesPlace::CaFile(file.path.clone());
            all.add_bundle(&place, file.certificates(), file.bundle.broken);
        }
        system::add_to(&mut all)?;
        Ok(all)
    }
}
