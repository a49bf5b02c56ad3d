use std::path::Path;

use redox_auth_core::{Algorithm, Region};
use redox_auth_reqwest::{Builder, CertificateChain, Key, Redox};
use zeroize::Zeroizing;

use crate::args::{ClientArgs, DialectArgs, KeyArgs, Pkcs11Args, ServerArgs};
use crate::certificate::Certificate;
use crate::failure::Failure;
use crate::hardware::{self, TokenKey};
use crate::terminal::say;
use crate::{certificate, permissions, secrets};

/// A client for a server and the credentials that the options and the environment name: an OAuth API key, a legacy API
/// key, or both.
pub(crate) fn builder(args: &ClientArgs) -> Result<Builder, Failure> {
    Credentials::read(args)?.builder(&args.server)
}

/// A client for a server and an OAuth API key.
pub(crate) fn oauth_builder(server: &ServerArgs, key: &KeyArgs) -> Result<Builder, Failure> {
    let credentials = Credentials {
        oauth: Some((client_id(key)?, key_sources(key, &server.pkcs11)?)),
        legacy: None,
    };
    credentials.builder(server)
}

/// What clients get tokens with, as many as are needed.
pub(crate) struct Credentials<'a> {
    /// The client ID and its private keys.
    oauth: Option<(&'a str, Vec<KeySource>)>,
    /// The legacy API key and its secret.
    legacy: Option<(&'a str, Zeroizing<String>)>,
}

impl<'a> Credentials<'a> {
    /// Those that the options and the environment name, read once.
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

    /// A client for a server and these.
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
    let builder = with_tls(with_dialect(builder, &server.dialect), server)?;
    with_dpop(builder, server)
}

/// The same in the terms of another server than Redox.
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

/// The same with a certificate for the server to see, if it is to see one.
fn with_tls(builder: Builder, server: &ServerArgs) -> Result<Builder, Failure> {
    let (certificate, key) = match (&server.tls_certificate, &server.tls_key) {
        (Some(certificate), Some(key)) => (certificate, key),
        (None, None) => return Ok(builder),
        (Some(_), None) => {
            let failure = Failure::usage(
                "a certificate for TLS needs its private key; give --tls-key (or REDOX_TLS_KEY_FILE) as well",
            );
            return Err(failure.about("REDOX_TLS_CERTIFICATE_FILE"));
        }
        (None, Some(_)) => {
            let failure = Failure::usage(
                "a private key for TLS needs its certificate; give --tls-certificate (or REDOX_TLS_CERTIFICATE_FILE) as well",
            );
            return Err(failure.about("REDOX_TLS_KEY_FILE"));
        }
    };
    permissions::note(key);
    let certificates = secrets::read_certificate(certificate)
        .map_err(|failure| failure.about("REDOX_TLS_CERTIFICATE_FILE"))?;
    let private_key =
        secrets::read_key(key).map_err(|failure| failure.about("REDOX_TLS_KEY_FILE"))?;
    let (certificate, key) = (secrets::shown(certificate), secrets::shown(key));
    let wrong = |error| Failure::usage(format!("TLS certificate in {certificate}: {error}"));
    let chain = CertificateChain::parse(&certificates).map_err(wrong)?;
    certificate::note(&certificate, &chain);
    // TLS takes more kinds of keys than assertions do.
    if let Ok(key) = Key::parse(&private_key) {
        chain.expect_key(&key).map_err(wrong)?;
    }
    let pem = Zeroizing::new([certificates.as_slice(), b"\n", private_key.as_slice()].concat());
    let identity = reqwest::Identity::from_pem(&pem).map_err(|_| {
        Failure::usage(format!(
            "TLS: expected a certificate in {certificate} and its unencrypted private key in {key}, both in PEM, found something else"
        ))
    })?;
    Ok(builder.http(move |client| client.identity(identity.clone())))
}

/// The same with tokens that are bound to a key, if they are to be.
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

/// Whom the private keys belong to.
pub(crate) fn client_id(args: &KeyArgs) -> Result<&str, Failure> {
    args.client_id.as_deref().ok_or_else(|| {
        Failure::usage("expected a client ID (--client-id or REDOX_CLIENT_ID), found none")
    })
}

/// A private key as it came, to be read as often as it is needed.
pub(crate) struct KeySource {
    /// Says in errors where it came from.
    pub(crate) name: String,
    pub(crate) content: Zeroizing<Vec<u8>>,
    pub(crate) key_id: Option<String>,
    /// What it is to sign with, instead of what it says or its kind stands for.
    pub(crate) algorithm: Option<Algorithm>,
    pub(crate) certificate: Option<Certificate>,
    /// The key itself, where it is in a token; there is no content then.
    pub(crate) token: Option<TokenKey>,
}

impl KeySource {
    /// What is in this file or variable; points out a file that others can read, and what is unusual about the key.
    pub(crate) fn read(
        path: &Path,
        key_id: Option<&str>,
        algorithm: Option<Algorithm>,
    ) -> Result<Self, Failure> {
        permissions::note(path);
        let (name, content) = (secrets::shown(path), secrets::read_key(path)?);
        if let Ok(key) = Key::parse(&content) {
            for note in key.notes() {
                say(format_args!("note: private key in {name}: {note}"));
            }
        }
        Ok(Self {
            name,
            content,
            key_id: key_id.map(str::to_owned),
            algorithm,
            certificate: None,
            token: None,
        })
    }

    /// The same, or the key in a token that a PKCS#11 URI names.
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
            token: Some(hardware::open(path, pkcs11, algorithm)?),
        })
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

/// The key in `content`, for this algorithm or its own; `name` says in errors where that came from.
pub(crate) fn parse_key(
    name: &str,
    content: &[u8],
    key_id: Option<&str>,
    algorithm: Option<Algorithm>,
) -> Result<Key, Failure> {
    match key_id {
        Some(key_id) => Key::parse_with_key_id(key_id, content),
        None => Key::parse(content),
    }
    .and_then(|key| match algorithm {
        Some(algorithm) => Ok(key.with_algorithm(algorithm)?),
        None => Ok(key),
    })
    .map_err(|error| Failure::usage(format!("private key in {name}: {error}")))
}
