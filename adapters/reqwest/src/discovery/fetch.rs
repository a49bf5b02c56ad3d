use core::time::Duration;
use std::sync::Arc;

use redox_auth_core::{MetadataUrl, Url};
use reqwest::Response;
use reqwest::header::{ACCEPT, CACHE_CONTROL, HeaderMap, LOCATION};

use super::cache::Fetched;
use super::found::{Document, Metadata};
use crate::connections::Connections;
use crate::connections::http::next_chunk;
use crate::connections::way::Way;
use crate::error::Error;
use crate::error::discovery::DiscoveryError;

/// Fetches a document once. The request holds no secret, and follows no redirect.
pub(super) async fn fetch(
    connections: &Connections,
    asked: MetadataUrl<'_>,
    timeout: Duration,
) -> Result<Fetched, DiscoveryError> {
    let base_url = asked.base().as_str();
    let mut url = vec![0; base_url.len().saturating_add(LONGEST_PATH)];
    let url = asked.write(&mut url).expect("there is no longer path");
    let url = url.to_owned();
    let failed = |error| DiscoveryError::Transport {
        url: url.clone(),
        error: Arc::new(error),
    };
    let of_proxy = |error| DiscoveryError::Proxy {
        url: url.clone(),
        error: Arc::new(error),
    };
    let client = match connections.client(Way::to(asked.base())) {
        Ok(client) => client,
        Err(Error::Proxy(error)) => return Err(of_proxy(*error)),
        Err(Error::NotBuilt(error)) => return Err(DiscoveryError::Http(Arc::new(error))),
        Err(error) => unreachable!("no client has {error:?}"),
    };
    let request = client.get(&url).timeout(timeout);
    let request = request.header(ACCEPT, "application/json");
    let sent = match connections.watch() {
        Some(watch) => watch.send(request).await,
        None => request.send().await,
    };
    let mut answer = match sent {
        Ok(answer) => answer,
        Err(error) => {
            return Err(connections
                .of_proxy(error)
                .await
                .map_or_else(failed, of_proxy));
        }
    };
    check_head(&answer, &url)?;
    let mut body = Vec::new();
    while let Some(chunk) = next_chunk(&mut answer).await.map_err(failed)? {
        if body.len().saturating_add(chunk.len()) > MAX_DOCUMENT {
            return Err(DiscoveryError::too_long(url, MAX_DOCUMENT, None));
        }
        body.extend_from_slice(&chunk);
    }
    let max_age = max_age(answer.headers());
    let metadata = Metadata::new(Document {
        kind: asked.kind(),
        base_url: base_url.to_owned(),
        url,
        body,
    })?;
    Ok((metadata, max_age))
}

fn check_head(answer: &Response, url: &str) -> Result<(), DiscoveryError> {
    let (status, url) = (answer.status(), url.to_owned());
    if status.is_redirection() {
        let location = answer.headers().get(LOCATION);
        let location = location.and_then(|location| location.to_str().ok());
        // A terminal must not show where else it leads.
        let location = location.filter(|location| Url::parse(location).is_ok());
        return Err(DiscoveryError::Redirect {
            url,
            status: status.as_u16(),
            location: location.map(str::to_owned),
        });
    }
    if !status.is_success() {
        let status = status.as_u16();
        return Err(DiscoveryError::Status { url, status });
    }
    match answer.content_length() {
        Some(length) if usize::try_from(length).map_or(true, |length| length > MAX_DOCUMENT) => {
            Err(DiscoveryError::too_long(url, MAX_DOCUMENT, Some(length)))
        }
        _ => Ok(()),
    }
}

/// How long the server asks to keep its answer (RFC 9111 §5.2.2). An answer that must not be kept, or that needs
/// revalidation, is kept for no time.
fn max_age(headers: &HeaderMap) -> Option<Duration> {
    let values = headers.get_all(CACHE_CONTROL).into_iter();
    let values = values.filter_map(|value| value.to_str().ok());
    let mut max_age = None;
    for directive in values.flat_map(|value| value.split(',')).map(str::trim) {
        let (name, value) = directive.split_once('=').unwrap_or((directive, ""));
        match name.to_ascii_lowercase().as_str() {
            "no-store" | "no-cache" => return Some(Duration::ZERO),
            "max-age" => {
                let secs = value.trim_matches('"').parse().unwrap_or(0);
                max_age = Some(Duration::from_secs(secs));
            }
            _ => {}
        }
    }
    max_age
}

/// The longest document that the client reads, in bytes; those of real servers take 1 to 10 KiB.
const MAX_DOCUMENT: usize = 64 * 1024;

/// Longer than `/.well-known/oauth-authorization-server`.
const LONGEST_PATH: usize = 64;

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    #[test]
    fn all_headers_together_decide_the_age_of_an_answer() {
        for (values, expected) in [
            (&[][..], None),
            (&["public"], None),
            (&["max-age=300"], Some(300)),
            (&["public, MAX-AGE=\"60\""], Some(60)),
            (&["max-age=60, no-cache"], Some(0)),
            (&["no-store", "max-age=60"], Some(0)),
            (&["private", "max-age=60"], Some(60)),
            (&["max-age"], Some(0)),
            (&["max-age=-1"], Some(0)),
            (&["max-age=99999999999999999999"], Some(0)),
        ] {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(CACHE_CONTROL, HeaderValue::from_static(value));
            }
            let expected = expected.map(Duration::from_secs);
            assert_eq!(max_age(&headers), expected, "{values:?}");
        }
    }
}
