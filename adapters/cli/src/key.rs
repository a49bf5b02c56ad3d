pub(crate) mod certificate;

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::Path;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING,
    ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaKeyPair,
};
use pem_rfc7468::LineEnding;
use redox_auth_core::{Algorithm, WriteError, write_jwk_set};
use redox_auth_reqwest::Key;
use zeroize::Zeroizing;

use crate::args::{JwksArgs, NewKeyArgs, RsaBits};
use crate::connect::{self, KeySource};
use crate::failure::Failure;
use crate::terminal::{say, shown_path};

/// Makes a private key, writes it to its file, and returns the public JWK Set.
pub(crate) fn new(args: &NewKeyArgs) -> Result<String, Failure> {
    let algorithm = Algorithm::from(args.alg);
    if args.bits.is_some() && !algorithm.is_rsa() {
        return Err(Failure::usage(format!(
            "--bits is the length of an RSA key; a key for {algorithm} has only one length"
        )));
    }
    let pem = generate(algorithm, args.bits.unwrap_or_default())?;
    let key_id = args.key_id.as_deref();
    let key = connect::parse_key("the new key", pem.as_bytes(), key_id, Some(algorithm))?;
    let jwks = jwk_set(&[key])?;
    write_private(&args.out, pem.as_bytes())?;
    note_algorithm(algorithm, &args.out);
    Ok(jwks)
}

/// Names the new key's file in the failure, when the public half cannot be printed.
pub(crate) fn note_unprinted(path: &Path) {
    let shown = shown_path(path);
    say(format_args!(
        "the private key is in {shown}, but its JWK Set could not be printed; print it with: redox-auth key jwks {shown}"
    ));
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
        let algorithm = args.alg.map(Algorithm::from);
        let source = KeySource::read_or_open(path, key_ids.next(), algorithm, &args.pkcs11)?;
        keys.push(source.key()?);
    }
    jwk_set(&keys)
}

/// A new private key as PKCS#8 PEM; `bits` is the length of one for RSA.
pub(crate) fn generate(algorithm: Algorithm, bits: RsaBits) -> Result<Zeroizing<String>, Failure> {
    pkcs8(algorithm, bits)
        .map_err(|_| Failure::usage("the key could not be made: no random bytes"))
        .and_then(|der| {
            pem_rfc7468::encode_string("PRIVATE KEY", LineEnding::LF, &der)
                .map(Zeroizing::new)
                .map_err(|error| Failure::usage(format!("the key could not be written: {error}")))
        })
}

fn pkcs8(algorithm: Algorithm, bits: RsaBits) -> Result<Zeroizing<Vec<u8>>, Unspecified> {
    let curve = match algorithm {
        Algorithm::Es256 => &ECDSA_P256_SHA256_FIXED_SIGNING,
        Algorithm::Es384 => &ECDSA_P384_SHA384_FIXED_SIGNING,
        Algorithm::Es512 => &ECDSA_P521_SHA512_FIXED_SIGNING,
        Algorithm::Rs256 | Algorithm::Rs384 | Algorithm::Rs512 | Algorithm::Ps256 => {
            let size = match bits {
                RsaBits::Of2048 => KeySize::Rsa2048,
                RsaBits::Of3072 => KeySize::Rsa3072,
                RsaBits::Of4096 => KeySize::Rsa4096,
            };
            let der: Pkcs8V1Der<'_> = RsaKeyPair::generate(size)?.as_der()?;
            return Ok(Zeroizing::new(der.as_ref().to_owned()));
        }
        _ => return Err(Unspecified),
    };
    let der = EcdsaKeyPair::generate(curve)?.to_pkcs8v1()?;
    Ok(Zeroizing::new(der.as_ref().to_owned()))
}

/// Prints the algorithm of a new key, if its file cannot hold it.
pub(crate) fn note_algorithm(algorithm: Algorithm, path: &Path) {
    if algorithm.is_rsa() && algorithm != Algorithm::Rs384 {
        say(format_args!(
            "sign with --alg {algorithm} (or REDOX_ALG={algorithm}): {} is PEM, which names no algorithm, and RSA keys sign with RS384 by default",
            shown_path(path)
        ));
    }
}

/// The public halves of keys, in the form that servers accept.
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

/// Checks that a private key can go to a file of this name, before making one.
pub(crate) fn expect_new(path: &Path) -> Result<(), Failure> {
    match path.symlink_metadata() {
        Ok(_) => Err(exists(path)),
        Err(_) => Ok(()),
    }
}

/// Writes a new file that only its owner can read. Never changes an existing file.
pub(crate) fn write_private(path: &Path, content: &[u8]) -> Result<(), Failure> {
    write_new(path, content, 0o600)
}

/// Writes a new file of this mode, less the bits of the user's mask. Never changes an existing file.
fn write_new(path: &Path, content: &[u8], mode: u32) -> Result<(), Failure> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    #[cfg(not(unix))]
    let _ = mode;
    let shown = shown_path(path);
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
        "{} exists, and the command overwrites no file; give the name of a new file",
        shown_path(path)
    ))
}
