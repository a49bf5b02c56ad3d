use embedded_io::Error as _;
use embedded_io_async::{Read, Write};
use redox_auth_core::{MetadataKind, MetadataUrl, ServerMetadata};

use super::fetch::{Moved, absence, asked, parse, second};
use super::{Discovered, Discovery};
use crate::exchange::Outgoing;
use crate::{AsyncConnect, Device, DiscoveryError};

impl<D: Device, C: AsyncConnect> Discovery<'_, D, C> {
    /// As [`issuer`](Self::issuer), asynchronously. After a dropped call, the next call closes the old connection
    /// first.
    ///
    /// # Errors
    /// As for [`issuer`](Self::issuer).
    pub async fn issuer_async<'m>(
        &mut self,
        issuer: &str,
        document: &'m mut [u8],
    ) -> Result<Discovered<'m>, DiscoveryError> {
        let kinds = [MetadataKind::OAuth, MetadataKind::OpenId];
        self.first_of_async(kinds, issuer, document).await
    }

    /// As [`fhir_server`](Self::fhir_server), asynchronously.
    ///
    /// # Errors
    /// As for [`fhir_server`](Self::fhir_server).
    pub async fn fhir_server_async<'m>(
        &mut self,
        base_url: &str,
        document: &'m mut [u8],
    ) -> Result<Discovered<'m>, DiscoveryError> {
        let kinds = [MetadataKind::Smart, MetadataKind::Udap];
        self.first_of_async(kinds, base_url, document).await
    }

    /// As [`metadata`](Self::metadata), asynchronously.
    ///
    /// # Errors
    /// As for [`metadata`](Self::metadata).
    pub async fn metadata_async<'m>(
        &mut self,
        kind: MetadataKind,
        base_url: &str,
        document: &'m mut [u8],
    ) -> Result<ServerMetadata<'m>, DiscoveryError> {
        let asked = asked(kind, base_url)?;
        let len = self.fetch_async(&asked, document).await?;
        parse(document, len)
    }

    async fn first_of_async<'m>(
        &mut self,
        kinds: [MetadataKind; 2],
        base_url: &str,
        document: &'m mut [u8],
    ) -> Result<Discovered<'m>, DiscoveryError> {
        let [first, other] = kinds;
        let url = asked(first, base_url)?;
        let fetched = self.fetch_async(&url, document).await;
        let Some(status) = absence(&fetched) else {
            return self.read(&url, fetched, document);
        };
        let url = asked(other, base_url)?;
        let fetched = self.fetch_async(&url, document).await;
        self.read(&url, second(status, fetched), document)
    }

    /// Fetches the document into `document` and returns its length.
    async fn fetch_async(
        &mut self,
        asked: &MetadataUrl<'_>,
        document: &mut [u8],
    ) -> Result<usize, DiscoveryError> {
        let fetched = self.exchange_async(asked, document).await;
        self.link.close();
        fetched
    }

    async fn exchange_async(
        &mut self,
        asked: &MetadataUrl<'_>,
        document: &mut [u8],
    ) -> Result<usize, DiscoveryError> {
        let to = self.endpoint(asked);
        let connected = self.link.connector.connect(to).await;
        let connected = connected.map_err(|error| error.kind());
        self.begin(asked, to, connected, document)?;
        loop {
            let moved = match self.outgoing()? {
                (io, Outgoing::Write(bytes)) => {
                    Moved::Written(io.write(bytes).await.map_err(|error| error.kind()))
                }
                (io, Outgoing::Flush) => {
                    Moved::Flushed(io.flush().await.map_err(|error| error.kind()))
                }
                (_, Outgoing::Fill(_) | Outgoing::Sent) => break,
            };
            self.take(moved)?;
        }
        let mut len = 0;
        while !self.is_whole(document, &mut len)? {
            let (io, room) = self.source()?;
            let read = io.read(room).await.map_err(|error| error.kind());
            self.take(Moved::Read(read))?;
        }
        Ok(len)
    }
}
