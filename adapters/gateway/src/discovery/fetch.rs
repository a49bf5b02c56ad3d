use embedded_io::ErrorKind;
use redox_auth_core::{Channel, MetadataKind, MetadataUrl, ServerMetadata, Url};

use super::{Discovered, Discovery};
use crate::exchange::Outgoing;
use crate::headers::is_page_type;
use crate::request::{OURSELVES, USER_AGENT};
use crate::{Connector, Device, DiscoveryError, Endpoint, ExchangeError, HttpError, Method};

/// The result of a driver's step.
pub(super) enum Moved {
    Written(Result<usize, ErrorKind>),
    Flushed(Result<(), ErrorKind>),
    Read(Result<usize, ErrorKind>),
}

/// The fetch of one document: these methods decide, and a driver moves the bytes.
impl<D: Device, C: Connector> Discovery<'_, D, C> {
    /// The endpoint to connect to. Closes the previous connection.
    pub(super) fn endpoint<'u>(&mut self, asked: &MetadataUrl<'u>) -> Endpoint<'u> {
        self.link.close();
        let time = self.link.device.now().unix;
        Endpoint::new(asked.base(), time)
    }

    /// Writes the request. `document` holds the URL meanwhile.
    pub(super) fn begin(
        &mut self,
        asked: &MetadataUrl<'_>,
        to: Endpoint<'_>,
        connected: Result<(C::Connection, Channel), ErrorKind>,
        document: &mut [u8],
    ) -> Result<(), DiscoveryError> {
        let (io, channel) = connected.map_err(ExchangeError::Connect)?;
        if channel != Channel::Authenticated {
            return Err(ExchangeError::Unauthenticated.into());
        }
        self.link.opened(to, io, channel);
        let url = asked.write(document).map_err(DiscoveryError::NotWritten)?;
        let url = Url::parse(url).map_err(DiscoveryError::Url)?;
        let now = self.link.now();
        self.link
            .exchange
            .request(Method::Get, url, "", now)
            .header(USER_AGENT, OURSELVES)
            .header("Accept", "application/json")
            .send(Some(0))
            .map_err(DiscoveryError::Head)
    }

    /// The next bytes to send, and the connection.
    pub(super) fn outgoing(&mut self) -> Result<(&mut C::Connection, Outgoing<'_>), ErrorKind> {
        let open = self.link.open.as_mut().ok_or(ErrorKind::NotConnected)?;
        Ok((&mut open.io, self.link.exchange.outgoing()))
    }

    /// The connection, and the buffer to read more into.
    pub(super) fn source(&mut self) -> Result<(&mut C::Connection, &mut [u8]), ErrorKind> {
        let open = self.link.open.as_mut().ok_or(ErrorKind::NotConnected)?;
        Ok((&mut open.io, self.link.exchange.room()))
    }

    /// Processes the result of the last step.
    pub(super) fn take(&mut self, moved: Moved) -> Result<(), DiscoveryError> {
        let now = self.link.now();
        let exchange = &mut self.link.exchange;
        match moved {
            Moved::Written(Ok(0)) => return Err(ErrorKind::WriteZero.into()),
            Moved::Written(len) => exchange.written(len?, now)?,
            Moved::Flushed(done) => {
                done?;
                exchange.flushed();
            }
            Moved::Read(len) => exchange.received(len?, now)?,
        }
        Ok(())
    }

    /// Whether the first `len` bytes of `out` hold the whole document. Otherwise more bytes must come.
    ///
    /// # Errors
    /// The answer is not a usable document.
    pub(super) fn is_whole(
        &mut self,
        out: &mut [u8],
        len: &mut usize,
    ) -> Result<bool, DiscoveryError> {
        let exchange = &mut self.link.exchange;
        match exchange.head()? {
            None => return Ok(false),
            Some(200..=299) => {}
            Some(status @ 300..=399) => return Err(DiscoveryError::Redirect { status }),
            Some(status) => return Err(DiscoveryError::Status { status }),
        }
        let headers = exchange.headers();
        if headers.get("Content-Type").is_some_and(is_page_type) {
            return Err(DiscoveryError::WebPage);
        }
        // A body that does not fit is not read.
        let length = headers.get("Content-Length").and_then(number);
        let capacity = u64::try_from(out.len()).unwrap_or(u64::MAX);
        if let Some(needed) = length.filter(|length| *length > capacity) {
            return Err(DiscoveryError::BufferTooSmall { needed });
        }
        match exchange.whole_body(out, len) {
            Err(HttpError::BodyTooLong { found, limit }) if limit == capacity => {
                Err(DiscoveryError::BufferTooSmall { needed: found })
            }
            Ok(true) if is_page(out.get(..*len).unwrap_or_default()) => {
                Err(DiscoveryError::WebPage)
            }
            other => Ok(other?),
        }
    }

    /// The parsed document.
    pub(super) fn read<'m>(
        &self,
        asked: &MetadataUrl<'_>,
        fetched: Result<usize, DiscoveryError>,
        document: &'m mut [u8],
    ) -> Result<Discovered<'m>, DiscoveryError> {
        let metadata = parse(document, fetched?)?;
        Discovered::new(metadata, asked, self.confirmed)
    }
}

/// Parses the first `len` bytes.
pub(super) fn parse(document: &mut [u8], len: usize) -> Result<ServerMetadata<'_>, DiscoveryError> {
    let document = document.get_mut(..len).unwrap_or(&mut []);
    ServerMetadata::parse(document).map_err(DiscoveryError::Document)
}

/// The address of the document of this kind for `base_url`.
pub(super) fn asked(kind: MetadataKind, base_url: &str) -> Result<MetadataUrl<'_>, DiscoveryError> {
    MetadataUrl::new(kind, base_url).map_err(DiscoveryError::Url)
}

/// The status of an answer that says that the document is absent, or of a web page in its place.
pub(super) fn absence(fetched: &Result<usize, DiscoveryError>) -> Option<u16> {
    match fetched {
        // Too Many Requests does not tell whether the document exists.
        Err(DiscoveryError::Status { status: 429 }) => None,
        Err(DiscoveryError::Status { status }) => Some(*status).filter(|it| *it < 500),
        Err(DiscoveryError::WebPage) => Some(200),
        _ => None,
    }
}

/// The result for the second document after the first was absent.
pub(super) fn second(
    first: u16,
    fetched: Result<usize, DiscoveryError>,
) -> Result<usize, DiscoveryError> {
    match absence(&fetched) {
        Some(second) => Err(DiscoveryError::Neither { first, second }),
        None => fetched,
    }
}

/// Whether a body starts like a web page.
fn is_page(body: &[u8]) -> bool {
    let text = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    text.trim_ascii_start().starts_with(b"<")
}

fn number(text: &[u8]) -> Option<u64> {
    core::str::from_utf8(text).ok()?.parse().ok()
}
