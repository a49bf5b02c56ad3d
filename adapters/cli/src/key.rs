use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::Path;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair,
};
use pem_rfc7468::LineEnding;
use redox_auth_core::{Algorithm, WriteError, write_jwk_set};
use redox_auth_reqwest::Key;
use zeroize::Zeroizing;

use crate::args::{JwksArgs, NewKeyArgs};
use crate::connect::{self, KeySource};
use crate::failure::Failure;

/// Makes a private key, writes it to its file, and returns the public JWK Set.
pub(crate) fn new(args: &NewKeyArgs) -> Result<String, Failure> {
    let pem = generate(args.alg.into())?;
    let key = connect::parse_key("the new key", pem.as_bytes(), args.key_id.as_deref())?;
    let jwks = jwk_set(&[key])?;
    write_private(&args.out, pem.as_bytes())?;
    Ok(jwks)
}

/// Returns the public JWK Set of existing private keys.
pub(crate) fn jwks(args: &JwksArgs) -> Result<String, Failure> {
    if args.key_id.len() > args.files.len() {
        return Err(Failure::usage(format!(
            "expected at most one --key-id for each file, found {} for {}",
            args.key_id.len(),
            args.files.len()
        )));
    }
    let mut key_ids = args.key_id.iter().map(String::as_str);
    let mut keys = Vec::new();
    for path in &args.files {
        keys.push(KeySource::read(path, key_ids.next())?.key()?);
    }
    jwk_set(&keys)
}

/// A new private key as PKCS#8 PEM.
pub(crate) fn generate(algorithm: Algorithm) -> Result<Zeroizing<String>, Failure> {
    pkcs8(algorithm)
        .map_err(|_| Failure::usage("the key could not be made: no random bytes"))
        .and_then(|der| {
            pem_rfc7468::encode_string("PRIVATE KEY", LineEnding::LF, &der)
                .map(Zeroizing::new)
                .map_err(|error| Failure::usage(format!("the key could not be written: {error}")))
        })
}

fn pkcs8(algorithm: Algorithm) -> Result<Zeroizing<Vec<u8>>, Unspecified> {
    let curve = match algorithm {
        Algorithm::Es256 => &ECDSA_P256_SHA256_FIXED_SIGNING,
        Algorithm::Es384 => &ECDSA_P384_SHA384_FIXED_SIGNING,
        Algorithm::Rs384 => {
            let der: Pkcs8V1Der<'_> = RsaKeyPair::generate(KeySize::Rsa3072)?.as_der()?;
            return Ok(Zeroizing::new(der.as_ref().to_owned()));
        }
    };
    let der = EcdsaKeyPair::generate(curve)?.to_pkcs8v1()?;
    Ok(Zeroizing::new(der.as_ref().to_owned()))
}

/// The public halves of keys, as the server takes them.
pub(crate) fn jwk_set(keys: &[Key]) -> Result<String, Failure> {
    let public: Vec<_> = keys
        .iter()
        .filter_map(|key| Some((key.key_id(), key.public_key()?)))
        .collect();
    let mut buffer = Vec::new();
    if let Err(WriteError::BufferTooSmall { needed }) = write_jwk_set(&public, &mut buffer) {
        buffer.resize(needed, 0);
    }
    write_jwk_set(&public, &mut buffer)
        .map(str::to_owned)
        .map_err(|error| Failure::usage(format!("JWK Set: {error}")))
}

/// Checks that a private key may go to a file of this name, before one is made.
pub(crate) fn expect_new(path: &Path) -> Result<(), Failure> {
    match path.symlink_metadata() {
        Ok(_) => Err(exists(path)),
        Err(_) => Ok(()),
    }
}

/// Writes a new file that only its owner can read. An existing one is never touched.
pub(crate) fn write_private(path: &Path, content: &[u8]) -> Result<(), Failure> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let shown = path.display();
    let failed = |error: std::io::Error| match error.kind() {
        ErrorKind::AlreadyExists => exists(path),
        _ => Failure::usage(format!("cannot write {shown}: {error}")),
    };
    let mut file = options.open(path).map_err(failed)?;
    file.write_all(content)
        .and_then(|()| file.sync_all())
        .map_err(failed)
}

fn exists(path: &Path) -> Failure {
    Failure::usage(format!(
        "{} exists; expected the name of a new file, so that no key is lost",
        path.display()
    ))
}
