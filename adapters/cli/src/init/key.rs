use std::path::{Path, PathBuf};

use redox_auth_core::Algorithm;

use super::text;
use crate::args::{InitArgs, Pkcs11Args};
use crate::connect::{KeySource, parse_key};
use crate::failure::Failure;
use crate::hardware::is_uri;
use crate::key::{generate, jwk_set, write_private};
use crate::profile::NewProfile;
use crate::secrets;
use crate::terminal::say;

/// The key of the profile.
pub(super) struct InitKey {
    path: PathBuf,
    /// Its public half.
    pub(super) jwks: String,
    /// The algorithm that a new RSA key is for.
    made_for: Option<Algorithm>,
}

impl InitKey {
    /// The key of the option, of the profile, or of an earlier run, or else a new key.
    pub(super) fn find_or_make(args: &InitArgs, new: &NewProfile<'_>) -> Result<Self, Failure> {
        let own = || match new.found("key") {
            Some(path) => PathBuf::from(path),
            None => new.beside("pem"),
        };
        let path = match &args.key {
            Some(path) => absolute(path)?,
            None => own(),
        };
        let is_ours = args.key.is_none() && new.found("key").is_none();
        if is_ours && !path.exists() {
            return Self::make(args, path);
        }
        let algorithm = args.alg.map(Algorithm::from);
        let pkcs11 = Pkcs11Args::default();
        let source = KeySource::read_or_open(&path, None, algorithm, &pkcs11)?;
        let jwks = jwk_set(&[source.key()?])?;
        let shown = secrets::shown(&path);
        say(format_args!(
            "found the private key in {shown}; its JWK Set:"
        ));
        Ok(Self {
            path,
            jwks,
            made_for: None,
        })
    }

    fn make(args: &InitArgs, path: PathBuf) -> Result<Self, Failure> {
        let algorithm = args.alg.map_or(Algorithm::Es384, Algorithm::from);
        if args.bits.is_some() && !algorithm.is_rsa() {
            return Err(Failure::usage(format!(
                "--bits is the length of an RSA key; a key for {algorithm} has only one length"
            )));
        }
        let pem = generate(algorithm, args.bits.unwrap_or_default())?;
        let key = parse_key("the new key", pem.as_bytes(), None, Some(algorithm))?;
        let jwks = jwk_set(&[key])?;
        write_private(&path, pem.as_bytes())?;
        let shown = secrets::shown(&path);
        say(format_args!(
            "made a private key for {algorithm}: {shown}, which only you can read. Keep it secret; its JWK Set is public:"
        ));
        Ok(Self {
            path,
            jwks,
            made_for: Some(algorithm),
        })
    }

    /// The value of `key` in the profile.
    pub(super) fn value(&self) -> Result<String, Failure> {
        text(&self.path)
    }

    /// The algorithm, if neither the key nor its kind gives it.
    pub(super) fn algorithm_entry(&self, args: &InitArgs) -> Option<String> {
        let asked = args.alg.map(Algorithm::from).or(self.made_for);
        let unusual = asked.filter(|it| it.is_rsa() && *it != Algorithm::Rs384);
        unusual.map(|it| it.to_string())
    }
}

/// An absolute path; a variable and a URI stay as they are.
fn absolute(path: &Path) -> Result<PathBuf, Failure> {
    if is_uri(path) || secrets::variable(path).is_some() {
        return Ok(path.to_owned());
    }
    std::path::absolute(path).map_err(|error| Failure::usage(format!("--key: {error}")))
}
