use redox_auth_core::Url;
use redox_auth_reqwest::{Discovered, Discovery, DiscoveryError, MetadataKind};

use crate::args::ServerArgs;
use crate::failure::Failure;
use crate::{connect, transport, verbose};

/// Discovers the server from its issuer or its FHIR base URL, if one is given and the token endpoint is not.
pub(crate) async fn find(server: &mut ServerArgs) -> Result<(), Failure> {
    if let (Some(way), None) = (Way::of(server)?, &server.token_url) {
        let found = way.find(&asking(server)?).await;
        server.discovered = Some(found.map_err(|error| way.failure(error))?);
    }
    Ok(())
}

/// The URL to discover a server from.
#[derive(Clone, Copy)]
pub(crate) enum Way<'a> {
    Issuer(&'a str),
    Fhir(&'a str),
}

impl<'a> Way<'a> {
    /// The URL in the options, if there is one.
    pub(crate) fn of(server: &'a ServerArgs) -> Result<Option<Self>, Failure> {
        match (&server.issuer, &server.fhir_url) {
            (None, None) => Ok(None),
            (Some(issuer), None) => connect::expect_scheme("issuer", Some(issuer))
                .map(|()| Some(Self::Issuer(issuer)))
                .map_err(|failure| failure.about("REDOX_ISSUER")),
            (None, Some(fhir_url)) => connect::expect_scheme("FHIR base URL", Some(fhir_url))
                .map(|()| Some(Self::Fhir(fhir_url)))
                .map_err(|failure| failure.about("REDOX_FHIR_URL")),
            (Some(_), Some(_)) => Err(Failure::usage(
                "expected --issuer or --fhir-url (REDOX_ISSUER or REDOX_FHIR_URL), found both",
            )),
        }
    }

    /// The kinds of documents to try, of which the first counts, and the URL that they belong to.
    pub(crate) const fn documents(self) -> ([MetadataKind; 2], &'a str) {
        match self {
            Self::Issuer(issuer) => ([MetadataKind::OAuth, MetadataKind::OpenId], issuer),
            Self::Fhir(fhir_url) => ([MetadataKind::Smart, MetadataKind::Udap], fhir_url),
        }
    }

    /// Why the discovery failed.
    pub(crate) fn failure(self, error: DiscoveryError) -> Failure {
        let variable = match (&error, self) {
            (DiscoveryError::Host { .. }, _) => Some("REDOX_CONFIRM_HOST"),
            (DiscoveryError::Url(_), Self::Issuer(_)) => Some("REDOX_ISSUER"),
            (DiscoveryError::Url(_), Self::Fhir(_)) => Some("REDOX_FHIR_URL"),
            _ => None,
        };
        let failure = Failure::from(error);
        match variable {
            Some(variable) => failure.about(variable),
            None => failure,
        }
    }

    async fn find(self, discovery: &Discovery) -> Result<Discovered, DiscoveryError> {
        match self {
            Self::Issuer(issuer) => discovery.issuer(issuer).await,
            Self::Fhir(fhir_url) => discovery.fhir_server(fhir_url).await,
        }
    }
}

/// Requests the metadata. Confirmed hosts are those of --confirm-host, and that of the token endpoint.
pub(crate) fn asking(server: &ServerArgs) -> Result<Discovery, Failure> {
    let token_url = server.token_url.as_deref().map(Url::parse);
    let named = token_url
        .and_then(Result::ok)
        .map(|url| format!("{}:{}", url.host(), url.port()));
    let hosts = server.confirm_host.iter().cloned().chain(named);
    let mut discovery = Discovery::new();
    if transport::is_set_up(server) || verbose::watch().is_some() {
        discovery = discovery.connections(transport::connections(server)?);
    }
    Ok(hosts.fold(discovery, Discovery::confirm_host))
}
