//! The authorities that connections trust, and the certificate that they present.

use redox_auth_reqwest::{
    BuildError, Builder, CertificateChain, CertificateError, ClientCertificate,
    ClientCertificateError, Connections, Key,
};
use zeroize::Zeroizing;

use crate::args::ServerArgs;
use crate::failure::Failure;
use crate::terminal::say;
use crate::{certificate, permissions, secrets, verbose};

/// The client with the authorities and the certificate that the options name.
pub(crate) fn set_up(builder: Builder, server: &ServerArgs) -> Result<Builder, Failure> {
    let builder = match &server.ca_file {
        Some(path) => builder.ca_file(path),
        None => builder,
    };
    let builder = match client_certificate(server)? {
        Some(certificate) => builder.client_certificate(certificate),
        None => builder,
    };
    Ok(match verbose::watch() {
        Some(watch) => builder.watched(watch),
        None => builder,
    })
}

/// Whether the options name any of them.
pub(crate) const fn is_set_up(server: &ServerArgs) -> bool {
    server.ca_file.is_some() || server.tls_certificate.is_some() || server.tls_key.is_some()
}

/// Separate connections with the same settings.
pub(crate) fn connections(server: &ServerArgs) -> Result<Connections, Failure> {
    let mut connections = Connections::new();
    if let Some(path) = &server.ca_file {
        connections = connections
            .ca_file(path)
            .map_err(|error| BuildError::CaFile(Box::new(error)))?;
    }
    if let Some(certificate) = client_certificate(server)? {
        connections = connections.client_certificate(certificate);
    }
    Ok(match verbose::watch() {
        Some(watch) => connections.watched(watch),
        None => connections,
    })
}

/// The client certificate, if the options name one.
fn client_certificate(server: &ServerArgs) -> Result<Option<ClientCertificate>, Failure> {
    let (path, key_path) = match (&server.tls_certificate, &server.tls_key) {
        (Some(certificate), key) => (certificate, key.as_ref()),
        (None, None) => return Ok(None),
        (None, Some(_)) => {
            let failure = Failure::usage(
                "a private key for TLS needs its certificate; give --client-cert (or REDOX_TLS_CERTIFICATE_FILE) as well",
            );
            return Err(failure.about("REDOX_TLS_KEY_FILE"));
        }
    };
    permissions::note(key_path.unwrap_or(path));
    let certificates = secrets::read_certificate(path)
        .map_err(|failure| failure.about("REDOX_TLS_CERTIFICATE_FILE"))?;
    let private_key = match key_path {
        Some(key) => {
            secrets::read_key(key).map_err(|failure| failure.about("REDOX_TLS_KEY_FILE"))?
        }
        None => Zeroizing::default(),
    };
    let (name, key_name) = (
        secrets::shown(path),
        secrets::shown(key_path.unwrap_or(path)),
    );
    let failed = |error: &ClientCertificateError, shown: &str| {
        let quoted = format!("'{}'", shown.replace('\'', r"'\''"));
        let error = error.to_string().replace("FILE", &quoted);
        Failure::usage(format!("client certificate in {shown}: {error}"))
    };
    // Check this before the chain, which is then in another file.
    if let Err(error @ ClientCertificateError::Pkcs12) = ClientCertificate::from_pem(&certificates)
    {
        return Err(failed(&error, &name));
    }
    let key = key_path.map_or(&certificates, |_| &private_key);
    check_chain(&name, &certificates, key)?;
    // Without this check, a key in the certificate's file would replace an unusable one.
    if let Err(
        error @ (ClientCertificateError::Pkcs12
        | ClientCertificateError::NoKey
        | ClientCertificateError::EncryptedKey
        | ClientCertificateError::Damaged),
    ) = ClientCertificate::from_pem(key)
    {
        return Err(failed(&error, &key_name));
    }
    // The first key counts.
    let pem = Zeroizing::new([private_key.as_slice(), b"\n", certificates.as_slice()].concat());
    let made = ClientCertificate::from_pem(&pem);
    made.map(Some).map_err(|error| failed(&error, &name))
}

/// Warns about likely objections of servers, and rejects the certificate of another key.
fn check_chain(name: &str, certificates: &[u8], key: &[u8]) -> Result<(), Failure> {
    let wrong = |error| Failure::usage(format!("TLS certificate in {name}: {error}"));
    match CertificateChain::parse(certificates) {
        Ok(chain) => {
            certificate::note(name, &chain);
            // TLS accepts more kinds of keys than assertions do.
            match Key::parse(key) {
                Ok(key) => chain.expect_key(&key).map_err(wrong),
                Err(_) => Ok(()),
            }
        }
        // Servers should accept certificates in any order, and more than they need (RFC 8446 section 4.4.2).
        Err(
            error @ (CertificateError::Order { .. }
            | CertificateError::Signature { .. }
            | CertificateError::Duplicate { .. }),
        ) => {
            say(format_args!("note: TLS certificate in {name}: {error}"));
            Ok(())
        }
        Err(error) => Err(wrong(error)),
    }
}
