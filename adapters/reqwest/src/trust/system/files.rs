//! Systems that keep their authorities in files, or that read variables for other files.

use std::env;
use std::path::PathBuf;
use std::sync::Arc;

use rustls::Error;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use rustls_native_certs::load_certs_from_paths;

use crate::error::authorities::{AuthoritiesError, AuthoritiesPlace, AuthoritiesProblem};
use crate::trust::authorities::Authorities;
use crate::trust::bundle::Bundle;

/// Adds the authorities that the variables name, or else those of the system.
///
/// # Errors
/// [`AuthoritiesError`] if `SSL_CERT_FILE` cannot be used, or if there is no authority at all.
pub(in crate::trust) fn add_to(all: &mut Authorities) -> Result<(), AuthoritiesError> {
    let (file, dirs) = variables();
    if file.is_none() && dirs.is_empty() {
        let found = openssl_probe::probe();
        add_files(all, found.cert_file, &found.cert_dir, "");
    } else {
        if let Some(path) = file {
            let bundle = Bundle::read(&path);
            let place = AuthoritiesPlace::Variable(path);
            let bundle = bundle.map_err(|problem| AuthoritiesError {
                place: place.clone(),
                problem,
            })?;
            all.add_bundle(&place, &bundle.certificates, bundle.broken);
        }
        add_files(all, None, &dirs, " (SSL_CERT_DIR)");
    }
    match all.certificates.is_empty() {
        true => Err(AuthoritiesError {
            place: AuthoritiesPlace::System,
            problem: AuthoritiesProblem::None,
        }),
        false => Ok(()),
    }
}

/// Nothing but the files verifies certificates here.
pub(in crate::trust) const fn verifier(
    _: &Arc<CryptoProvider>,
) -> Result<Option<Arc<dyn ServerCertVerifier>>, Error> {
    Ok(None)
}

/// `SSL_CERT_FILE` and `SSL_CERT_DIR`. An empty variable counts as unset.
fn variables() -> (Option<PathBuf>, Vec<PathBuf>) {
    let value = |name| env::var_os(name).filter(|value| !value.is_empty());
    let dirs = value("SSL_CERT_DIR");
    let dirs = dirs.iter().flat_map(env::split_paths);
    let dirs = dirs.filter(|path| !path.as_os_str().is_empty()).collect();
    (value("SSL_CERT_FILE").map(PathBuf::from), dirs)
}

/// Adds a file and directories. Each file is read once, and unreadable ones are left out.
fn add_files(all: &mut Authorities, file: Option<PathBuf>, dirs: &[PathBuf], origin: &str) {
    let mut names: Vec<String> = file.iter().map(|it| it.display().to_string()).collect();
    names.extend(dirs.iter().map(|it| it.display().to_string()));
    if names.is_empty() {
        return;
    }
    // A directory often has links to the other file, which must not be read twice.
    let (first, others) = dirs
        .split_first()
        .map_or((None, &[][..]), |(first, others)| {
            (Some(first.as_path()), others)
        });
    let mut certificates = load_certs_from_paths(file.as_deref(), first).certs;
    for dir in others {
        certificates.extend(load_certs_from_paths(None, Some(dir)).certs);
    }
    certificates.sort_unstable_by(|a, b| a.as_ref().cmp(b.as_ref()));
    certificates.dedup();
    let name = format!("{}{origin}", names.join(", "));
    all.add_system(name, Some(certificates));
}
