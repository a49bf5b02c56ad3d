mod compare;

use redox_auth_core::Url;
use redox_auth_reqwest::{
    Discovered, Discovery, DiscoveryError, Key, Metadata, MetadataError, ServerMetadata,
};

use super::report::Report;
use crate::args::ServerArgs;
use crate::discovery::{Way, asking};
use crate::failure::Failure;

/// Compares the server's metadata with the options. Returns whether the server is known afterwards.
pub(super) async fn check(
    report: &mut Report,
    server: &mut ServerArgs,
    keys: &[Key],
) -> Result<bool, Failure> {
    let is_named = server.token_url.is_some();
    let way = match Way::of(server) {
        Ok(Some(way)) => way,
        Ok(None) => return Ok(true),
        Err(failure) => {
            report.fail(METADATA, &failure, None)?;
            return Ok(is_named);
        }
    };
    let discovery = match asking(server) {
        Ok(discovery) => discovery,
        Err(failure) => {
            report.fail(METADATA, &failure, None)?;
            return Ok(is_named);
        }
    };
    let Some(metadata) = look(report, &discovery, way).await? else {
        return Ok(is_named);
    };
    let found = match discovery.verify(&metadata) {
        Ok(found) => Some(found),
        Err(error) => {
            unusable(report, server, error)?;
            None
        }
    };
    metadata.read(|document| {
        let compared = Compared {
            document,
            server,
            found: found.as_ref(),
        };
        compared.all(report, keys)
    })?;
    if !is_named {
        server.discovered = found;
    }
    Ok(is_named || server.discovered.is_some())
}

/// A server's metadata, and the usable part.
struct Compared<'a> {
    document: &'a ServerMetadata<'a>,
    server: &'a ServerArgs,
    /// The usable part of the document.
    found: Option<&'a Discovered>,
}

/// Uses the first existing document, and only mentions the second.
async fn look(
    report: &mut Report,
    discovery: &Discovery,
    way: Way<'_>,
) -> Result<Option<Metadata>, Failure> {
    let (kinds, base_url) = way.documents();
    let mut found: Option<Metadata> = None;
    let mut absent = Vec::new();
    for kind in kinds {
        match (discovery.metadata(kind, base_url).await, &found) {
            (Ok(metadata), None) => {
                let is_signed = metadata.read(|document| document.is_signed());
                let signed = match is_signed {
                    true => ", with signed_metadata, which is not verified",
                    false => "",
                };
                report.ok(METADATA, format_args!("{}{signed}", metadata.url()))?;
                found = Some(metadata);
            }
            (Ok(metadata), Some(first)) => second(report, first, &metadata)?,
            (Err(error), _) if error.is_absence() => absent.push(error),
            (Err(error), _) => {
                report.fail(METADATA, &way.failure(error), None)?;
                return Ok(None);
            }
        }
    }
    if found.is_none() {
        let advice = match way {
            Way::Issuer(_) => {
                "some servers, such as Oracle Health, publish metadata for the FHIR base URL only: try --fhir-url, or give --token-url"
            }
            Way::Fhir(_) => {
                "some servers, such as NHS England, publish no metadata: give --token-url"
            }
        };
        for error in absent {
            report.fail(METADATA, &error.into(), Some(advice))?;
        }
    }
    Ok(found)
}

fn second(report: &mut Report, first: &Metadata, second: &Metadata) -> Result<(), Failure> {
    let endpoint = |it: &Metadata| it.read(|it| it.token_endpoint().map(str::to_owned));
    let (url, other) = (second.url(), endpoint(second));
    if other == endpoint(first) {
        return report.ok(METADATA, format_args!("{url} has the same token endpoint"));
    }
    let other = other.map_or_else(|| "none".to_owned(), |other| format!("{other:?}"));
    report.warn(
        METADATA,
        format_args!("{url} has another token endpoint: {other}"),
        "the command uses the first document; ask the server's operator which one is right",
    )
}

/// The command uses nothing of the document. The options may still name the token endpoint.
fn unusable(
    report: &mut Report,
    server: &ServerArgs,
    error: DiscoveryError,
) -> Result<(), Failure> {
    let is_redox = matches!(
        error,
        DiscoveryError::Untrusted {
            error: MetadataError::Redox,
            ..
        }
    );
    let failure = Failure::from(error);
    match &server.token_url {
        Some(token_url) => report.warn(
            ENDPOINT,
            failure.in_one_line(),
            format_args!("{token_url}, as configured"),
        ),
        None if is_redox => report.fail(
            ENDPOINT,
            &failure,
            Some("leave out --issuer and --fhir-url: --region gives the token endpoint"),
        ),
        None => report.fail(ENDPOINT, &failure, None),
    }
}

/// Whether two URLs have the same host.
fn is_same_host(one: &str, other: &str) -> bool {
    match (Url::parse(one), Url::parse(other)) {
        (Ok(one), Ok(other)) => one.host().eq_ignore_ascii_case(other.host()),
        _ => false,
    }
}

const METADATA: &str = "metadata";
const ENDPOINT: &str = "token endpoint";
