mod certificate;
mod dialect;
mod discovery;
mod dpop;
mod error;

pub use error::EnvError;

use core::mem;
use std::ffi::OsString;
use std::path::PathBuf;

use redox_auth_core::{Algorithm, JwtType, Region};
use zeroize::Zeroizing;

use crate::builder::Builder;
use crate::client::Redox;
use crate::discovery::Discovered;
use crate::keys::file::{is_regular, read_secret};
use crate::keys::key::Key;
use crate::keys::key_file::KeyFile;

impl Redox {
    /// A client from the environment alone: [`Builder::from_env`], built.
    ///
    /// # Errors
    /// [`EnvError`], which names the variable.
    pub fn from_env() -> Result<Self, EnvError> {
        Builder::from_env()?.build().map_err(EnvError::Build)
    }
}

impl Builder {
    /// Creates a builder from the environment, with the variables of the command `redox-auth`. An empty variable counts as
    /// unset. The client reads the files with the key, its certificate and the secret again when they change, as
    /// [`Builder::key_file`] describes.
    ///
    /// | Variables | Content |
    /// |---|---|
    /// | `REDOX_CLIENT_ID` | the client ID of an OAuth API key |
    /// | `REDOX_KEY_FILE`, else `REDOX_PRIVATE_KEY` | a file with its private key in PEM, DER or JWK; the key itself, in PEM or JWK, also with line ends written as `\n`, or in base64 |
    /// | `REDOX_KEY_ID` | the key ID, where it is neither the JWK's own nor the thumbprint |
    /// | `REDOX_ALG` | the algorithm of the key's signatures, see [`Key::with_algorithm`] |
    /// | `REDOX_CERTIFICATE_FILE` | with the feature `certificates`: a file with the key's certificate and its issuers, in PEM or DER |
    /// | `REDOX_CERTIFICATE_AS` | the header members for it, separated by commas: `x5c` (the default), `x5t`, `x5t#S256` |
    /// | `REDOX_LEGACY_API_KEY` | the ID of a legacy API key, alone or in addition to an OAuth API key |
    /// | `REDOX_LEGACY_SECRET_FILE`, else `REDOX_LEGACY_SECRET` | a file with its secret; the secret itself |
    /// | `REDOX_SOURCE_ID` | [`Builder::source_id`] |
    /// | `REDOX_REGION` | `us` or `ca` |
    /// | `REDOX_BASE_URL`, `REDOX_UPLOAD_URL`, `REDOX_TOKEN_URL` | [`Builder::base_url`], [`Builder::upload_url`], [`Builder::token_url`] |
    /// | `REDOX_AUDIENCE`, `REDOX_TYP`, `REDOX_SCOPE` | [`Builder::audience`], [`Builder::typ`], [`Builder::scope`] |
    /// | `REDOX_CLAIMS`, `REDOX_HEADER`, `REDOX_FIELDS` | [`Builder::claims`], [`Builder::headers`], [`Builder::fields`]: a JSON object, or `name=value` |
    /// | `REDOX_LIFETIME`, `REDOX_BACKDATE` | [`Builder::lifetime_secs`], [`Builder::backdate_secs`] |
    /// | `REDOX_NBF`, `REDOX_NO_KID`, `REDOX_SEND_CLIENT_ID` | `true` for [`Builder::not_before`], [`Builder::without_key_id`], [`Builder::send_client_id`] |
    /// | `REDOX_GRANT`, `REDOX_SUBJECT` | `client-credentials` or `jwt-bearer` ([`Builder::grant`]); [`Builder::subject`] |
    /// | `REDOX_DPOP_KEY_FILE`, else `REDOX_DPOP` | a file with the key of [`Builder::dpop`]; `true` for a new one |
    /// | `REDOX_LONGEST_TOKEN` | [`Builder::longest_token`] |
    /// | `REDOX_CA_FILE` | [`Builder::ca_file`] |
    ///
    /// # Errors
    /// [`EnvError`], which names the variable, the value that was found and the value that is required, and shows no secret.
    /// [`EnvError::NeedsDiscovery`] if `REDOX_ISSUER` or `REDOX_FHIR_URL` names the server: [`Builder::discover_from_env`]
    /// finds such a server.
    pub fn from_env() -> Result<Self, EnvError> {
        Variables(|name| std::env::var_os(name)).builder()
    }
}

/// The environment, or the variables of a test.
struct Variables<F: Fn(&str) -> Option<OsString>>(F);

impl<F: Fn(&str) -> Option<OsString>> Variables<F> {
    fn builder(&self) -> Result<Builder, EnvError> {
        match self.asked()? {
            Some((variable, _)) => Err(EnvError::NeedsDiscovery { variable }),
            None => self.builder_for(None),
        }
    }

    /// With a server that discovery found, if the variables name one.
    fn builder_for(&self, server: Option<&Discovered>) -> Result<Builder, EnvError> {
        let mut builder = Redox::builder();
        if let Some(region) = self.one_of(REGION, [("us", Region::Us), ("ca", Region::Ca)])? {
            builder = builder.region(region);
        }
        if let Some(server) = server {
            builder = builder.discovered(server);
        } else if let Some(fhir_url) = self.text(FHIR_URL)? {
            builder = builder.base_url(fhir_url);
        }
        let types = [JwtType::Jwt, JwtType::ClientAuthentication];
        if let Some(typ) = self.one_of(TYP, types.map(|typ| (typ.as_str(), typ)))? {
            builder = builder.typ(typ);
        }
        let settings: [(_, Set); 6] = [
            (BASE_URL, Builder::base_url),
            (UPLOAD_URL, Builder::upload_url),
            (TOKEN_URL, Builder::token_url),
            (AUDIENCE, Builder::audience),
            (SCOPE, Builder::scope),
            (SOURCE_ID, Builder::source_id),
        ];
        for (variable, set) in settings {
            if let Some(text) = self.text(variable)? {
                builder = set(builder, text);
            }
        }
        if let Some(path) = self.value(CA_FILE) {
            builder = builder.ca_file(path);
        }
        if let Some(bytes) = self.number(LONGEST_TOKEN)? {
            builder = builder.longest_token(bytes);
        }
        self.with_credentials(self.with_dpop(self.with_dialect(builder)?)?)
    }

    fn with_credentials(&self, mut builder: Builder) -> Result<Builder, EnvError> {
        let client_id = self.text(CLIENT_ID)?;
        let key_file = self.value(KEY_FILE).map(PathBuf::from);
        if let Some(api_key) = self.text(LEGACY_API_KEY)? {
            let mut secret = self.legacy_secret()?;
            let path = self.value(LEGACY_SECRET_FILE).map(PathBuf::from);
            builder = match path.filter(|path| is_regular(path).unwrap_or(false)) {
                Some(path) => builder.legacy_secret_file(api_key, path),
                None => builder.legacy_key(api_key, mem::take(&mut *secret)),
            };
            if client_id.is_none() && key_file.is_none() {
                return Ok(builder);
            }
        }
        let client_id = client_id.ok_or(EnvError::Missing {
            expected: "a client ID",
            variables: &[CLIENT_ID],
        })?;
        let key = self.certified(self.key(key_file.clone())?)?;
        match key_file.filter(|path| is_regular(path).unwrap_or(false)) {
            Some(path) => Ok(builder.key_file(client_id, self.key_file(path)?)),
            None => Ok(builder.oauth_key(client_id, key)),
        }
    }

    /// A file with a key, for a client that reads the file again.
    fn key_file(&self, path: PathBuf) -> Result<KeyFile, EnvError> {
        let mut file = KeyFile::new(path);
        if let Some(key_id) = self.text(KEY_ID)? {
            file = file.key_id(key_id);
        }
        if let Some(algorithm) = self.algorithm()? {
            file = file.algorithm(algorithm);
        }
        self.certified_file(file)
    }

    fn algorithm(&self) -> Result<Option<Algorithm>, EnvError> {
        let names = Algorithm::ALL.map(|algorithm| (algorithm.as_str(), algorithm));
        self.one_of(ALG, names)
    }

    fn key(&self, file: Option<PathBuf>) -> Result<Key, EnvError> {
        let key = self.key_as_it_is(file)?;
        match self.algorithm()? {
            None => Ok(key),
            Some(algorithm) => key
                .with_algorithm(algorithm)
                .map_err(|error| EnvError::Key {
                    variable: ALG,
                    error: error.into(),
                }),
        }
    }

    fn key_as_it_is(&self, file: Option<PathBuf>) -> Result<Key, EnvError> {
        let key_id = self.text(KEY_ID)?;
        if let Some(path) = file {
            return match key_id {
                Some(key_id) => Key::from_file_with_key_id(&key_id, path),
                None => Key::from_file(path),
            }
            .map_err(|error| EnvError::File {
                variable: KEY_FILE,
                error,
            });
        }
        let key = self.text(PRIVATE_KEY)?.map(Zeroizing::new);
        let key = key.ok_or(EnvError::Missing {
            expected: "a private key",
            variables: &[KEY_FILE, PRIVATE_KEY],
        })?;
        match key_id {
            Some(key_id) => Key::parse_with_key_id(&key_id, key.as_bytes()),
            None => Key::parse(key.as_bytes()),
        }
        .map_err(|error| EnvError::Key {
            variable: PRIVATE_KEY,
            error,
        })
    }

    fn legacy_secret(&self) -> Result<Zeroizing<String>, EnvError> {
        if let Some(path) = self.value(LEGACY_SECRET_FILE) {
            return read_secret(path.as_ref()).map_err(|error| EnvError::File {
                variable: LEGACY_SECRET_FILE,
                error,
            });
        }
        let secret = self.text(LEGACY_SECRET)?.map(Zeroizing::new);
        let secret = secret.ok_or(EnvError::Missing {
            expected: "the secret of the legacy API key",
            variables: &[LEGACY_SECRET_FILE, LEGACY_SECRET],
        })?;
        // `Builder::legacy_key` removes white space around it.
        Ok(secret)
    }

    /// One of these values by its name.
    fn one_of<T, const COUNT: usize>(
        &self,
        variable: &'static str,
        names: [(&'static str, T); COUNT],
    ) -> Result<Option<T>, EnvError> {
        let Some(found) = self.text(variable)? else {
            return Ok(None);
        };
        let expected = names.iter().map(|(name, _)| *name).collect();
        let value = names.into_iter().find(|(name, _)| *name == found);
        match value {
            Some((_, value)) => Ok(Some(value)),
            None => Err(EnvError::Value {
                variable,
                expected,
                found,
            }),
        }
    }

    fn text(&self, variable: &'static str) -> Result<Option<String>, EnvError> {
        match self.value(variable).map(OsString::into_string) {
            Some(Ok(text)) => Ok(Some(text)),
            Some(Err(_)) => Err(EnvError::NotText { variable }),
            None => Ok(None),
        }
    }

    fn value(&self, variable: &str) -> Option<OsString> {
        (self.0)(variable).filter(|value| !value.is_empty())
    }
}

/// A setting of a builder that is a text.
type Set = fn(Builder, String) -> Builder;

const CLIENT_ID: &str = "REDOX_CLIENT_ID";
const KEY_FILE: &str = "REDOX_KEY_FILE";
const PRIVATE_KEY: &str = "REDOX_PRIVATE_KEY";
const KEY_ID: &str = "REDOX_KEY_ID";
const ALG: &str = "REDOX_ALG";
const CERTIFICATE_FILE: &str = "REDOX_CERTIFICATE_FILE";
const CERTIFICATE_AS: &str = "REDOX_CERTIFICATE_AS";
const LEGACY_API_KEY: &str = "REDOX_LEGACY_API_KEY";
const LEGACY_SECRET_FILE: &str = "REDOX_LEGACY_SECRET_FILE";
const LEGACY_SECRET: &str = "REDOX_LEGACY_SECRET";
const SOURCE_ID: &str = "REDOX_SOURCE_ID";
const REGION: &str = "REDOX_REGION";
const BASE_URL: &str = "REDOX_BASE_URL";
const UPLOAD_URL: &str = "REDOX_UPLOAD_URL";
const TOKEN_URL: &str = "REDOX_TOKEN_URL";
const ISSUER: &str = "REDOX_ISSUER";
const FHIR_URL: &str = "REDOX_FHIR_URL";
const CONFIRM_HOST: &str = "REDOX_CONFIRM_HOST";
const AUDIENCE: &str = "REDOX_AUDIENCE";
const TYP: &str = "REDOX_TYP";
const SCOPE: &str = "REDOX_SCOPE";
const CA_FILE: &str = "REDOX_CA_FILE";
const LONGEST_TOKEN: &str = "REDOX_LONGEST_TOKEN";

#[cfg(test)]
mod tests;
