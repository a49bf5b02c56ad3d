mod address;
mod error;
mod names;

pub use address::{MetadataKind, MetadataUrl};
pub use error::MetadataError;
pub use names::NameList;

use core::fmt;

use crate::json::{Fields, Member, Value, elements_at, read_whole};
use crate::parse_error::ParseError;
use crate::region::Region;
use crate::server::Url;

/// The metadata document of an authorization server, in the form of RFC 8414, OpenID Connect Discovery, SMART App
/// Launch or UDAP. All four use the same names.
///
/// The document is untrusted until [`ServerMetadata::verify`] has compared it with the user's request. Many documents
/// are incomplete. An absent list says nothing about the server, and therefore each list is an `Option`.
///
/// ```
/// use redox_auth_core::{MetadataError, MetadataKind, MetadataUrl, ServerMetadata};
///
/// let asked = MetadataUrl::new(MetadataKind::OAuth, "https://login.example/tenant-1")?;
/// let mut url = [0; 128];
/// let expected = "https://login.example/.well-known/oauth-authorization-server/tenant-1";
/// assert_eq!(asked.write(&mut url)?, expected);
///
/// let mut body = *br#"{"issuer":"https://login.example/tenant-1",
///     "token_endpoint":"https:\/\/login.example\/tenant-1\/token"}"#;
/// let metadata = ServerMetadata::parse(&mut body)?;
/// let server = metadata.verify(&asked, &[])?;
/// assert_eq!(server.token_url.as_str(), "https://login.example/tenant-1/token");
/// assert!(metadata.algorithms().is_none());
///
/// let mut body = *br#"{"issuer":"https://login.example/tenant-1",
///     "token_endpoint":"https://elsewhere.example/token"}"#;
/// let metadata = ServerMetadata::parse(&mut body)?;
/// assert_eq!(metadata.verify(&asked, &[]), Err(MetadataError::OtherHost));
/// assert!(metadata.verify(&asked, &["elsewhere.example"]).is_ok());
/// # Ok::<(), Box<dyn core::error::Error>>(())
/// ```
#[derive(Clone, Copy)]
pub struct ServerMetadata<'b> {
    body: &'b [u8],
    issuer: Option<&'b str>,
    token_endpoint: Option<&'b str>,
    jwks_uri: Option<&'b str>,
    is_signed: bool,
    /// The start of each list.
    lists: [Option<usize>; LISTS.len()],
}

/// The verified values of a metadata document.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct DiscoveredServer<'b> {
    /// The token endpoint, on a host that the user named or confirmed.
    pub token_url: Url<'b>,
    /// The issuer, which some servers require as the audience. `None` if the document names no issuer, or if the user
    /// neither named nor confirmed the issuer's host: an assertion for another server's issuer could be used at that
    /// server.
    pub issuer: Option<&'b str>,
}

impl<'b> ServerMetadata<'b> {
    /// Parses a whole document. Escapes in its texts are replaced in place, and therefore `body` must be mutable.
    ///
    /// # Errors
    /// [`ParseError`] if the body is no JSON object, a known member comes twice, a URL is no string, or a list is no
    /// array of strings. An absent or `null` member is no error.
    pub fn parse(body: &'b mut [u8]) -> Result<Self, ParseError> {
        let mut found = [None; NAMES.len()];
        read_whole(body, &NAMES, &mut found)?;
        let mut lists = [None; LISTS.len()];
        let members = found.iter().skip(TEXTS.len());
        for ((list, member), name) in lists.iter_mut().zip(members).zip(LISTS) {
            *list = array_of_strings(*member, body, name)?;
        }
        let mut fields = Fields::unescape(body, &NAMES, &mut found);
        Self::with(&mut fields, lists).ok_or(fields.error())
    }

    fn with(
        fields: &mut Fields<'b, '_>,
        lists: [Option<usize>; LISTS.len()],
    ) -> Option<ServerMetadata<'b>> {
        Some(Self {
            issuer: fields.text(ISSUER)?,
            token_endpoint: fields.text(TOKEN_ENDPOINT)?,
            jwks_uri: fields.text(JWKS_URI)?,
            is_signed: fields.text(SIGNED_METADATA)?.is_some(),
            lists,
            body: fields.body(),
        })
    }

    /// Compares the document with the URL that was `asked`. Call it before using anything from the document.
    ///
    /// `confirmed` lists the hosts that the user trusts in addition to the host that was asked, each as
    /// `login.example`, or as `login.example:8443` if the port is not that of the scheme.
    ///
    /// # Errors
    /// [`MetadataError`] if the issuer is not the one that was asked (RFC 8414 §3.3, OpenID Connect Discovery §4.3), or
    /// if the token endpoint is missing, is no URL that secrets may be sent to, or is on a host that was neither asked
    /// nor confirmed. Redox's own document is also an error, because it describes another server.
    pub fn verify(
        &self,
        asked: &MetadataUrl<'_>,
        confirmed: &[&str],
    ) -> Result<DiscoveredServer<'b>, MetadataError> {
        if is_redox(asked.base()) {
            return Err(MetadataError::Redox);
        }
        if asked.kind().names_issuer() {
            let issuer = self.issuer.ok_or(MetadataError::Missing(ISSUER_NAME))?;
            check_issuer(issuer, asked.base().as_str())?;
        }
        let endpoint = self.token_endpoint;
        let endpoint = endpoint.ok_or(MetadataError::Missing(TOKEN_ENDPOINT_NAME))?;
        let token_url = Url::parse(endpoint).map_err(MetadataError::TokenEndpoint)?;
        let is_trusted = |url: Url<'_>| {
            asked.base().same_origin(url) || confirmed.iter().any(|host| is_host(host, url))
        };
        if !is_trusted(token_url) {
            return Err(MetadataError::OtherHost);
        }
        // The issuer may be another server if the user did not name it and its host is not that of the token endpoint.
        // An assertion with its name could be used at that server.
        let is_usable = |issuer: &&str| {
            asked.kind().names_issuer()
                || Url::parse(issuer).is_ok_and(|issuer| issuer.same_origin(token_url))
        };
        Ok(DiscoveredServer {
            token_url,
            issuer: self.issuer.filter(is_usable),
        })
    }

    /// `issuer`, unchanged.
    #[must_use]
    pub const fn issuer(&self) -> Option<&'b str> {
        self.issuer
    }

    /// `token_endpoint`, unchanged. [`ServerMetadata::verify`] checks whether it may be used.
    #[must_use]
    pub const fn token_endpoint(&self) -> Option<&'b str> {
        self.token_endpoint
    }

    /// `jwks_uri`, unchanged: the URL of the server's own keys.
    #[must_use]
    pub const fn jwks_uri(&self) -> Option<&'b str> {
        self.jwks_uri
    }

    /// Whether the document has `signed_metadata` (RFC 8414 §2.1, UDAP). Core neither verifies its signature nor reads
    /// its content.
    #[must_use]
    pub const fn is_signed(&self) -> bool {
        self.is_signed
    }

    /// `token_endpoint_auth_methods_supported`: the methods of client authentication, such as `private_key_jwt`.
    #[must_use]
    pub fn auth_methods(&self) -> Option<NameList<'b>> {
        self.list(AUTH_METHODS)
    }

    /// `token_endpoint_auth_signing_alg_values_supported`: the algorithms for assertions.
    #[must_use]
    pub fn algorithms(&self) -> Option<NameList<'b>> {
        self.list(ALGORITHMS)
    }

    /// `grant_types_supported`.
    #[must_use]
    pub fn grant_types(&self) -> Option<NameList<'b>> {
        self.list(GRANT_TYPES)
    }

    /// `scopes_supported`. A server may support more scopes than these (RFC 8414 §2).
    #[must_use]
    pub fn scopes(&self) -> Option<NameList<'b>> {
        self.list(SCOPES)
    }

    /// `capabilities` of SMART, such as `client-confidential-asymmetric`.
    #[must_use]
    pub fn capabilities(&self) -> Option<NameList<'b>> {
        self.list(CAPABILITIES)
    }

    /// `udap_versions_supported`.
    #[must_use]
    pub fn udap_versions(&self) -> Option<NameList<'b>> {
        self.list(UDAP_VERSIONS)
    }

    /// `dpop_signing_alg_values_supported` (RFC 9449 §5.1).
    #[must_use]
    pub fn dpop_algorithms(&self) -> Option<NameList<'b>> {
        self.list(DPOP_ALGORITHMS)
    }

    fn list(&self, index: usize) -> Option<NameList<'b>> {
        let at = self.lists.get(index).copied().flatten()?;
        Some(NameList::new(self.body, at))
    }
}

impl fmt::Debug for ServerMetadata<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerMetadata")
            .field("issuer", &self.issuer)
            .field("token_endpoint", &self.token_endpoint)
            .finish_non_exhaustive()
    }
}

/// The start of the array; nothing if it is absent or `null`.
fn array_of_strings(
    member: Option<Member>,
    body: &[u8],
    name: &'static str,
) -> Result<Option<usize>, ParseError> {
    let Some(member) = member.filter(|it| !matches!(it.value, Value::Null)) else {
        return Ok(None);
    };
    let is_text = |element: Member| matches!(element.value, Value::Text(_));
    if body.get(member.at()) == Some(&b'[') && elements_at(body, member.at()).all(is_text) {
        Ok(Some(member.at()))
    } else {
        Err(member.wrong_type(name, "an array of strings"))
    }
}

/// Compares character for character, as both specifications require.
fn check_issuer(found: &str, asked: &str) -> Result<(), MetadataError> {
    let bare = |issuer: &str| issuer.trim_end_matches('/').len();
    if found == asked {
        Ok(())
    } else if found.get(..bare(found)) == asked.get(..bare(asked)) {
        Err(MetadataError::IssuerSlash)
    } else {
        Err(MetadataError::OtherIssuer)
    }
}

/// Whether the URL is Redox's. Redox's document omits the token endpoint for machines.
fn is_redox(asked: Url<'_>) -> bool {
    [Region::Us, Region::Ca]
        .into_iter()
        .any(|region| Url::parse(region.base_url()).is_ok_and(|redox| redox.same_origin(asked)))
}

/// Whether a text such as `login.example` or `login.example:8443` names host and port of a URL.
fn is_host(text: &str, url: Url<'_>) -> bool {
    let Some((host, port)) = text.split_at_checked(url.host().len()) else {
        return false;
    };
    let usual = if url.is_https() { 443 } else { 80 };
    let port = match port.strip_prefix(':') {
        Some(port) => port.parse().ok(),
        None => port.is_empty().then_some(usual),
    };
    host.eq_ignore_ascii_case(url.host()) && port == Some(url.port())
}

const ISSUER_NAME: &str = "issuer";
const TOKEN_ENDPOINT_NAME: &str = "token_endpoint";

const TEXTS: [&str; 4] = [
    ISSUER_NAME,
    TOKEN_ENDPOINT_NAME,
    "jwks_uri",
    "signed_metadata",
];
const ISSUER: usize = 0;
const TOKEN_ENDPOINT: usize = 1;
const JWKS_URI: usize = 2;
const SIGNED_METADATA: usize = 3;

const LISTS: [&str; 7] = [
    "token_endpoint_auth_methods_supported",
    "token_endpoint_auth_signing_alg_values_supported",
    "grant_types_supported",
    "scopes_supported",
    "capabilities",
    "udap_versions_supported",
    "dpop_signing_alg_values_supported",
];
const AUTH_METHODS: usize = 0;
const ALGORITHMS: usize = 1;
const GRANT_TYPES: usize = 2;
const SCOPES: usize = 3;
const CAPABILITIES: usize = 4;
const UDAP_VERSIONS: usize = 5;
const DPOP_ALGORITHMS: usize = 6;

/// The names of the texts, followed by the names of the lists.
const NAMES: [&str; TEXTS.len() + LISTS.len()] = {
    let [a, b, c, d] = TEXTS;
    let [e, f, g, h, i, j, k] = LISTS;
    [a, b, c, d, e, f, g, h, i, j, k]
};
