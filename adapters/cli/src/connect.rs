use core::net::IpAddr;
use std::path::{Path, PathBuf};

use redox_auth_core::{Algorithm, Found, KeyError, Region};
use redox_auth_reqwest::{Builder, Key, KeyFile, Redox, UnusableKey};
use zeroize::Zeroizing;

use crate::args::{ClientArgs, DialectArgs, KeyArgs, Pkcs11Args, ServerArgs};
use crate::certificate::Certificate;
use crate::failure::Failure;
use crate::hardware::{self, TokenKey};
use crate::terminal::{say, shown};
use crate::{certificate, permissions, secrets, transport};

/// A client for a server and the credentials that the options and the environment name: an OAuth API key, a legacy API
/// key, or both.
pub(crate) fn builder(args: &ClientArgs) -> Result<Builder, Failure> {
    Credentials::read(args)?.builder(&args.server)
}

/// The same for a command that keeps running: the client reads regular key files again.
pub(crate) fn builder_for_long(args: &ClientArgs) -> Result<Builder, Failure> {
    let credentials = Credentials::read(args)?;
    let mut builder = credentials.builder(&args.server)?;
    if let Some((api_key, _)) = credentials.legacy {
        let path = secrets::legacy_secret_path(&args.legacy)?;
        if secrets::is_regular(&path) {
            builder = builder.legacy_secret_file(api_key, path);
        }
    }
    if let Some((client_id, sources)) = &credentials.oauth {
        for (number, source) in sources.iter().enumerate() {
            builder = match (source.key_file(), number) {
                (Some(file), 0) => builder.key_file(*client_id, file),
                (Some(file), _) => builder.also_key_file(file),
                (None, 0) => builder.oauth_key(*client_id, source.key()?),
                (None, _) => builder.also_key(source.key()?),
            };
        }
    }
    Ok(builder)
}

/// A client for a server and an OAuth API key.
pub(crate) fn oauth_builder(server: &ServerArgs, key: &KeyArgs) -> Result<Builder, Failure> {
    let credentials = Credentials {
        oauth: Some((client_id(key)?, key_sources(key, &server.pkcs11)?)),
        legacy: None,
    };
    credentials.builder(server)
}

/// The credentials for any number of clients.
pub(crate) struct Credentials<'a> {
    /// The client ID and its private keys.
    oauth: Option<(&'a str, Vec<KeySource>)>,
    /// The legacy API key and its secret.
    legacy: Option<(&'a str, Zeroizing<String>)>,
}

impl<'a> Credentials<'a> {
    /// The credentials of the options and the environment, read once.
    pub(crate) fn read(args: &'a ClientArgs) -> Result<Self, Failure> {
        let ClientArgs {
            server,
            key,
            legacy,
        } = args;
        let legacy = match &legacy.legacy_key {
            Some(api_key) => {
                let path = secrets::legacy_secret_path(legacy)?;
                permissions::note(&path);
                let secret = secrets::read_legacy_secret(&path);
                let secret = secret.map_err(|failure| failure.about("REDOX_LEGACY_SECRET_FILE"))?;
                Some((api_key.as_str(), secret))
            }
            None => None,
        };
        let oauth = match key.is_given() || legacy.is_none() {
            true => Some((client_id(key)?, key_sources(key, &server.pkcs11)?)),
            false => None,
        };
        Ok(Self { oauth, legacy })
    }

    /// A client for a server and these credentials.
    pub(crate) fn builder(&self, server: &ServerArgs) -> Result<Builder, Failure> {
        let mut builder = builder_without_key(server)?;
        if let Some((api_key, secret)) = &self.legacy {
            builder = builder.legacy_key(*api_key, secret.as_str());
        }
        if let Some((client_id, sources)) = &self.oauth {
            let keys: Result<Vec<_>, _> = sources.iter().map(KeySource::key).collect();
            let mut keys = keys?.into_iter();
            if let Some(first) = keys.next() {
                builder = builder.oauth_key(*client_id, first);
            }
            builder = keys.fold(builder, Builder::also_key);
        }
        Ok(builder)
    }
}

/// A client for a server alone.
pub(crate) fn builder_without_key(server: &ServerArgs) -> Result<Builder, Failure> {
    for (name, url, variable) in [
        ("base URL", &server.base_url, "REDOX_BASE_URL"),
        ("upload URL", &server.upload_url, "REDOX_UPLOAD_URL"),
        ("token URL", &server.token_url, "REDOX_TOKEN_URL"),
    ] {
        expect_scheme(name, url.as_deref()).map_err(|failure| failure.about(variable))?;
    }
    let mut builder = Redox::builder().typ(server.typ.into());
    if let Some(region) = server.region {
        builder = builder.region(Region::from(region));
    }
    if let Some(discovered) = &server.discovered {
        builder = builder.discovered(discovered);
    } else if let Some(fhir_url) = &server.fhir_url {
        builder = builder.base_url(fhir_url);
    }
    if let Some(base_url) = &server.base_url {
        builder = builder.base_url(base_url);
    }
    if let Some(upload_url) = &server.upload_url {
        builder = builder.upload_url(upload_url);
    }
    if let Some(token_url) = &server.token_url {
        builder = builder.token_url(token_url);
    }
    if let Some(audience) = &server.audience {
        builder = builder.audience(audience);
    }
    if let Some(scope) = &server.scope {
        builder = builder.scope(scope);
    }
    let builder = transport::set_up(with_dialect(builder, &server.dialect), server)?;
    with_dpop(builder, server)
}

/// Rejects a URL of this machine without a scheme, which people often write.
pub(crate) fn expect_scheme(name: &str, url: Option<&str>) -> Result<(), Failure> {
    let is_here = |url: &str| {
        let host = url.split(['/', '?', '#']).next().unwrap_or_default();
        let host = host.rsplit_once(':').map_or(host, |(host, port)| {
            let is_port = port.bytes().all(|byte| byte.is_ascii_digit());
            if is_port { host } else { url }
        });
        let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
        host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|it| it.is_loopback())
    };
    match url.filter(|url| !url.contains("://") && is_here(url)) {
        Some(url) => Err(Failure::usage(format!(
            "{name}: {} has no scheme; write http:// before it, or https:// if the server speaks TLS",
            shown(url)
        ))),
        None => Ok(()),
    }
}

/// The same with the settings for a server other than Redox.
fn with_dialect(mut builder: Builder, dialect: &DialectArgs) -> Builder {
    builder = dialect.claim.iter().fold(builder, Builder::claims);
    builder = dialect.header.iter().fold(builder, Builder::headers);
    builder = dialect.field.iter().fold(builder, Builder::fields);
    if dialect.send_client_id {
        builder = builder.send_client_id();
    }
    if dialect.nbf {
        builder = builder.not_before();
    }
    if dialect.no_kid {
        builder = builder.without_key_id();
    }
    if let Some(secs) = dialect.lifetime {
        builder = builder.lifetime_secs(secs);
    }
    if let Some(secs) = dialect.backdate {
        builder = builder.backdate_secs(secs);
    }
    if let Some(grant) = dialect.grant {
        builder = builder.grant(grant.into());
    }
    if let Some(subject) = &dialect.subject {
        builder = builder.subject(subject);
    }
    match dialect.longest_token {
        Some(bytes) => builder.longest_token(bytes.into()),
        None => builder,
    }
}

/// The same with tokens bound to a key, if the options ask for it.
fn with_dpop(builder: Builder, server: &ServerArgs) -> Result<Builder, Failure> {
    match &server.dpop.dpop_key {
        Some(path) => {
            let key = KeySource::read_or_open(path, None, None, &server.pkcs11)
                .and_then(|source| source.key());
            Ok(builder.dpop(key.map_err(|failure| failure.about("REDOX_DPOP_KEY_FILE"))?))
        }
        None if server.dpop.dpop => Ok(builder.dpop(Key::generate()?)),
        None => Ok(builder),
    }
}

/// The client ID that the private keys belong to.
pub(crate) fn client_id(args: &KeyArgs) -> Result<&str, Failure> {
    args.client_id.as_deref().ok_or_else(|| {
        Failure::usage("expected a client ID (--client-id or REDOX_CLIENT_ID), found none; `redox-auth init` sets up a profile with everything that a command needs")
    })
}

/// The text of a private key, to parse as often as necessary.
pub(crate) struct KeySource {
    /// The name of its origin in errors.
    pub(crate) name: String,
    pub(crate) content: Zeroizing<Vec<u8>>,
    pub(crate) key_id: Option<String>,
    /// The algorithm to sign with, instead of the key's own or the usual one.
    pub(crate) algorithm: Option<Algorithm>,
    pub(crate) certificate: Option<Certificate>,
    /// Its file, if the command can read the file again.
    pub(crate) file: Option<PathBuf>,
    /// The key itself, if it is in a token; the content is then empty.
    pub(crate) token: Option<TokenKey>,
}

impl KeySource {
    /// The content of this file or variable. Warns about a file that others can read, and about an unusual key.
    pub(crate) fn read(
        path: &Path,
        key_id: Option<&str>,
        algorithm: Option<Algorithm>,
    ) -> Result<Self, Failure> {
        let (name, content) = (secrets::shown(path), secrets::read_key(path)?);
        let parsed = Key::parse(&content);
        if !parsed.as_ref().is_err_and(is_public) {
            permissions::note(path);
        }
        for note in parsed.iter().flat_map(Key::notes) {
            say(format_args!("note: private key in {name}: {note}"));
        }
        Ok(Self {
            name,
            content,
            key_id: key_id.map(str::to_owned),
            algorithm,
            certificate: None,
            file: secrets::is_regular(path).then(|| path.to_owned()),
            token: None,
        })
    }

    /// The same, or the key in a token for a PKCS#11 URI.
    pub(crate) fn read_or_open(
        path: &Path,
        key_id: Option<&str>,
        algorithm: Option<Algorithm>,
        pkcs11: &Pkcs11Args,
    ) -> Result<Self, Failure> {
        if !hardware::is_uri(path) {
            return Self::read(path, key_id, algorithm);
        }
        Ok(Self {
            name: secrets::shown(path),
            content: Zeroizing::default(),
            key_id: key_id.map(str::to_owned),
            algorithm,
            certificate: None,
            file: None,
            token: Some(hardware::open(path, pkcs11, algorithm)?),
        })
    }

    /// Its file, for a client that reads it again.
    fn key_file(&self) -> Option<KeyFile> {
        let mut file = KeyFile::new(self.file.as_ref()?);
        if let Some(key_id) = &self.key_id {
            file = file.key_id(key_id);
        }
        if let Some(algorithm) = self.algorithm {
            file = file.algorithm(algorithm);
        }
        match &self.certificate {
            Some(certificate) => certificate.put_on_file(file),
            None => Some(file),
        }
    }

    /// The key in it.
    pub(crate) fn key(&self) -> Result<Key, Failure> {
        let key_id = self.key_id.as_deref();
        let key = match &self.token {
            Some(token) => token.key(key_id)?,
            None => parse_key(&self.name, &self.content, key_id, self.algorithm)?,
        };
        match &self.certificate {
            Some(certificate) => certificate.put_on(key),
            None => Ok(key),
        }
    }
}

/// Whether a file without a private key holds only public data.
pub(crate) const fn is_public(error: &UnusableKey) -> bool {
    matches!(
        error.key_error(),
        Some(KeyError::NoPrivateKey(
            Found::PublicKey
                | Found::PublicJwk
                | Found::JwkSet
                | Found::Certificate
                | Found::CertificateRequest
        ))
    )
}

/// The private keys that the options and the environment name, at least one.
pub(crate) fn key_sources(args: &KeyArgs, pkcs11: &Pkcs11Args) -> Result<Vec<KeySource>, Failure> {
    let paths = secrets::key_paths(args)?;
    certificate::expect_at_most(&args.certificates, paths.len())?;
    let mut key_ids = args.key_id.iter().map(String::as_str);
    let algorithm = args.alg.map(Algorithm::from);
    let sources = paths.iter().enumerate().map(|(number, path)| {
        let certificate = Certificate::of_key(&args.certificates, number)?;
        if let Some(Certificate { name, chain, .. }) = &certificate {
            certificate::note(name, chain);
        }
        Ok(KeySource {
            certificate,
            ..KeySource::read_or_open(path, key_ids.next(), algorithm, pkcs11)
                .map_err(|failure| failure.about("REDOX_KEY_FILE"))?
        })
    });
    sources.collect()
}

/// The key in `content`, for this algorithm or its own; `name` is the origin in errors.
pub(crate) fn parse_key(
    name: &str,
    content: &[u8],
    key_id: Option<&str>,
    algorithm: Option<Algorithm>,
) -> Result<Key, Failure> {
    // A short command makes one or two signatures. Commands that keep running read the files again, and sign with
    // aws-lc.
    Key::parse_for_one_signature(key_id, algorithm, content)
        .map_err(|error| Failure::usage(format!("private key in {name}: {error}")))
}
