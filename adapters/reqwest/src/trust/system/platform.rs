//! Systems that verify certificates themselves.

use std::sync::Arc;

use rustls::Error;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use rustls_platform_verifier::Verifier;

use crate::error::authorities::AuthoritiesError;
use crate::trust::authorities::Authorities;

/// Adds the fact that the system has authorities, which cannot be counted.
///
/// # Errors
/// None here.
pub(in crate::trust) fn add_to(all: &mut Authorities) -> Result<(), AuthoritiesError> {
    all.add_system("the operating system".to_owned(), None);
    Ok(())
}

/// The operating system's own.
///
/// # Errors
/// As [`Verifier::new`].
pub(in crate::trust) fn verifier(
    provider: &Arc<CryptoProvider>,
) -> Result<Option<Arc<dyn ServerCertVerifier>>, Error> {
    Ok(Some(Arc::new(Verifier::new(Arc::clone(provider))?)))
}
