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

/// What an authorization server says about itself: the document of RFC 8414, of OpenID Connect Discovery, of SMART App
/// Launch or of UDAP. All four use the same names.
///
/// The document is a stranger's word until [`ServerMetadata::verify`] has compared it with what the user asked for. Many
/// are incomplete: a list that is absent says nothing, which is why each list is an `Option`.
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
    /// Where each list begins.
    lists: [Option<usize>; LISTS.len()],
}

/// What a document that was verified says about the server.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct DiscoveredServer<'b> {
    /// The token endpoint, on a host that the user named or confirmed.
    pub token_url: Url<'b>,
    /// The issuer, which some servers want as the audience. `None` when the document names none, or one on a host that the
    /// user neither named nor confirmed: an assertion for another server's issuer could be used there.
    pub issuer: Option<&'b str>,
}

impl<'b> ServerMetadata<'b> {
    /// Reads a whole document. Escapes in its texts are replaced in place, which is why `body` must be mutable.
    ///
    /// # Errors
    /// [`ParseError`]: the body is no JSON object, a known member comes twice, a URL is no string, or a list is no array of
    /// strings. A member that is absent or `null` is none of these.
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

    /// Compares the document with what was `asked` for, before anything that it says is used.
    ///
    /// `confirmed` holds the hosts that the user trusts as well as the one that was asked, each as `login.example`, or
    /// `login.example:8443` where the port is not that of the scheme.
    ///
    /// # Errors
    /// [`MetadataError`]: the issuer is not the one that was asked for (RFC 8414 §3.3, OpenID Connect Discovery §4.3), the
    /// token endpoint is missing, is no URL that secrets may be sent to, or is on a host that is neither the one asked nor
    /// confirmed. Redox's own document is an error, too: it describes another server.
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
        // An issuer that nobody asked for and that is elsewhere than the token endpoint may be another server, at which an
        // assertion with its name could be used.
        let is_usable = |issuer: &&str| {
            asked.kind().names_issuer()
                || Url::parse(issuer).is_ok_and(|issuer| issuer.same_origin(token_url))
        };
        Ok(DiscoveredServer {
            token_url,
            issuer: self.issuer.filter(is_usable),
        })
    }

    /// `issuer`, as it came.
    #[must_use]
    pub const fn issuer(&self) -> Option<&'b str> {
        self.issuer
    }

    /// `token_endpoint`, as it came. [`ServerMetadata::verify`] says whether it may be used.
    #[must_use]
    pub const fn token_endpoint(&self) -> Option<&'b str> {
        self.token_endpoint
    }

    /// `jwks_uri`: where the server shows its own keys, as it came.
    #[must_use]
    pub const fn jwks_uri(&self) -> Option<&'b str> {
        self.jwks_uri
    }

    /// Whether there is `signed_metadata` (RFC 8414 §2.1, UDAP). Its signature is not verified, and nothing in it is read.
    #[must_use]
    pub const fn is_signed(&self) -> bool {
        self.is_signed
    }

    /// `token_endpoint_auth_methods_supported`: how clients prove who they are, `private_key_jwt` among them.
    #[must_use]
    pub fn auth_methods(&self) -> Option<NameList<'b>> {
        self.list(AUTH_METHODS)
    }

    /// `token_endpoint_auth_signing_alg_values_supported`: what an assertion may be signed with.
    #[must_use]
    pub fn algorithms(&self) -> Option<NameList<'b>> {
        self.list(ALGORITHMS)
    }

    /// `grant_types_supported`.
    #[must_use]
    pub fn grant_types(&self) -> Option<NameList<'b>> {
        self.list(GRANT_TYPES)
    }

    /// `scopes_supported`. A server may know more than these (RFC 8414 §2).
    #[must_use]
    pub fn scopes(&self) -> Option<NameList<'b>> {
        self.list(SCOPES)
    }

    /// `capabilities` of SMART, `client-confidential-asymmetric` among them.
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

/// Where the array begins; nothing when it is absent or `null`.
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

/// Character for character, as both specifications want it.
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

/// Whether this is Redox, whose document leaves out the endpoint that machines get tokens from.
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

/// The texts, and then the lists.
const NAMES: [&str; TEXTS.len() + LISTS.len()] = {
    let [a, b, c, d] = TEXTS;
    let [e, f, g, h, i, j, k] = LISTS;
    [a, b, c, d, e, f, g, h, i, j, k]
};
