mod environment;
mod host;
mod split;
mod url;
mod url_error;

pub use environment::Environment;
pub use url::Url;
pub use url_error::UrlError;

use crate::jwt::JwtType;
use crate::out::Out;
use crate::region::{FHIR_PATH, Region};
use crate::write_error::WriteError;

/// A server: its URLs, its settings for assertions, and the hosts that may receive its tokens.
///
/// [`Server::redox`] makes Redox, and [`Server::new`] any other server, also as a constant:
/// ```
/// use redox_auth_core::{Server, UrlError};
///
/// const SERVER: Server<'static> =
///     match Server::new("https://fhir.example/r4", "https://login.example/token") {
///         Ok(server) => server.with_scope("system/Patient.rs"),
///         Err(_) => panic!("a mistake in a URL"),
///     };
///
/// assert_eq!(SERVER.audience(), "https://login.example/token");
/// assert_eq!(SERVER.may_receive_token("https://fhir.example/r4/Patient"), Ok(()));
/// let elsewhere = SERVER.may_receive_token("https://fhir.example@evil.example/r4");
/// assert_eq!(elsewhere, Err(UrlError::UserInfo));
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[must_use = "a server is only described here, nothing is sent to it"]
pub struct Server<'a> {
    base_url: Url<'a>,
    token_url: Url<'a>,
    audience: Option<&'a str>,
    typ: JwtType,
    scope: Option<&'a str>,
    upload_url: Option<Url<'a>>,
    trusted: &'a [Url<'a>],
}

impl Server<'static> {
    /// Redox in a region.
    pub const fn redox(region: Region) -> Self {
        match region {
            Region::Us => const { redox(Region::Us) },
            Region::Ca => const { redox(Region::Ca) },
        }
    }
}

impl<'a> Server<'a> {
    /// A server whose API is below `base_url`, with or without a slash at its end, and whose token endpoint is
    /// `token_url`.
    ///
    /// # Errors
    /// [`UrlError`] of the base URL or of the token URL; [`UrlError::Query`] if the base URL has a query.
    pub const fn new(base_url: &'a str, token_url: &'a str) -> Result<Self, UrlError> {
        let base_url = match Url::parse(base_url) {
            Ok(url) if url.has_query() => return Err(UrlError::Query),
            Ok(url) => url.without_slash(),
            Err(error) => return Err(error),
        };
        match Url::parse(token_url) {
            Ok(token_url) => Ok(Self {
                base_url,
                token_url,
                audience: None,
                typ: JwtType::Jwt,
                scope: None,
                upload_url: None,
                trusted: &[],
            }),
            Err(error) => Err(error),
        }
    }

    /// The `aud` of assertions, if it is not the token URL. Servers that follow draft-ietf-oauth-rfc7523bis require
    /// their issuer identifier, with [`JwtType::ClientAuthentication`].
    pub const fn with_audience(mut self, audience: &'a str) -> Self {
        self.audience = Some(audience);
        self
    }

    /// The `typ` of assertions, instead of `JWT`.
    pub const fn with_typ(mut self, typ: JwtType) -> Self {
        self.typ = typ;
        self
    }

    /// The scope to request: names separated by spaces (RFC 6749 §3.3), `""` for none. SMART requires a scope, Redox
    /// does not.
    pub const fn with_scope(mut self, scope: &'a str) -> Self {
        self.scope = if scope.is_empty() { None } else { Some(scope) };
        self
    }

    /// The URL for file uploads. Its host may also receive tokens.
    ///
    /// # Errors
    /// [`UrlError`] of `upload_url`.
    pub const fn with_upload_url(mut self, upload_url: &'a str) -> Result<Self, UrlError> {
        match Url::parse(upload_url) {
            Ok(url) => {
                self.upload_url = Some(url);
                Ok(self)
            }
            Err(error) => Err(error),
        }
    }

    /// The origins of these URLs may also receive tokens.
    pub const fn also_trust(mut self, urls: &'a [Url<'a>]) -> Self {
        self.trusted = urls;
        self
    }

    /// The base URL of the API, without a slash at its end.
    #[must_use]
    pub const fn base_url(&self) -> Url<'a> {
        self.base_url
    }

    /// The token endpoint.
    #[must_use]
    pub const fn token_url(&self) -> Url<'a> {
        self.token_url
    }

    /// The `aud` of assertions.
    #[must_use]
    pub const fn audience(&self) -> &'a str {
        match self.audience {
            Some(audience) => audience,
            None => self.token_url.as_str(),
        }
    }

    /// The `typ` of assertions.
    #[must_use]
    pub const fn typ(&self) -> JwtType {
        self.typ
    }

    /// The scope to request, `None` for none.
    #[must_use]
    pub const fn scope(&self) -> Option<&'a str> {
        self.scope
    }

    /// The URL for file uploads. Redox's is unknown in Canada.
    #[must_use]
    pub const fn upload_url(&self) -> Option<Url<'a>> {
        self.upload_url
    }

    /// Checks that a token of this server may be sent to `url`. The URL must have the origin (RFC 6454) of the base
    /// URL, of the upload URL or of a URL from [`Server::also_trust`]. The path does not matter. The host of the token
    /// endpoint counts only if it is also that of the API.
    ///
    /// # Errors
    /// [`UrlError::OtherOrigin`]; any other [`UrlError`] if no token may be sent to `url` at all, such as one with
    /// plain `http`. Redox has one host for the API and another for files. No other host may receive a token.
    pub fn may_receive_token(&self, url: &str) -> Result<(), UrlError> {
        let url = Url::parse(url)?;
        let own = [Some(self.base_url), self.upload_url];
        let mut known = own.iter().flatten().chain(self.trusted);
        if known.any(|known| known.same_origin(url)) {
            Ok(())
        } else {
            Err(UrlError::OtherOrigin)
        }
    }

    /// Writes the base URL of Redox's FHIR API, with a slash at its end:
    /// `https://api.redoxengine.com/fhir/R4/{destination_slug}/{environment}/`.
    ///
    /// # Errors
    /// [`WriteError::DestinationSlug`]. [`WriteError::BufferTooSmall`] gives the exact length needed.
    pub fn write_fhir_base<'o>(
        &self,
        destination_slug: &str,
        environment: Environment,
        out: &'o mut [u8],
    ) -> Result<&'o str, WriteError> {
        if !is_path_segment(destination_slug) {
            return Err(WriteError::DestinationSlug);
        }
        let mut out = Out::new(out);
        out.put_str(self.base_url.as_str());
        out.put_str(FHIR_PATH);
        out.put_str(destination_slug);
        out.put_str("/");
        out.put_str(environment.as_str());
        out.put_str("/");
        out.finish()
    }
}

/// Only for constants: a malformed URL of a region stops the build.
const fn redox(region: Region) -> Server<'static> {
    let server = match Server::new(region.base_url(), region.token_url()) {
        Ok(server) => server,
        Err(_) => panic!("a mistake in a region's URL"),
    };
    match region.upload_url() {
        None => server,
        Some(url) => match server.with_upload_url(url) {
            Ok(server) => server,
            Err(_) => panic!("a mistake in a region's upload URL"),
        },
    }
}

/// One segment of a path that needs no escape (RFC 3986 §2.3) and cannot lead to another path.
fn is_path_segment(text: &str) -> bool {
    let is_unreserved =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    !matches!(text, "" | "." | "..") && text.bytes().all(is_unreserved)
}
