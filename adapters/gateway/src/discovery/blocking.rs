use embedded_io::{Error as _, Read, Write};
use redox_auth_core::{MetadataKind, MetadataUrl, ServerMetadata};

use super::fetch::{Moved, absence, asked, parse, second};
use super::{Discovered, Discovery};
use crate::exchange::Outgoing;
use crate::{Connect, Device, DiscoveryError};

impl<D: Device, C: Connect> Discovery<'_, D, C> {
    /// Finds the server with this issuer through `.well-known/oauth-authorization-server`, or else
    /// `.well-known/openid-configuration`.
    ///
    /// Write the issuer exactly as the server does, including a slash at its end.
    ///
    /// # Errors
    /// [`DiscoveryError`]; `document` then holds nothing to rely on.
    pub fn issuer<'m>(
        &mut self,
        issuer: &str,
        document: &'m mut [u8],
    ) -> Result<Discovered<'m>, DiscoveryError> {
        let kinds = [MetadataKind::OAuth, MetadataKind::OpenId];
        self.first_of(kinds, issuer, document)
    }

    /// Finds the authorization server of the FHIR server with this base URL through `.well-known/smart-configuration`,
    /// or else `.well-known/udap`.
    ///
    /// # Errors
    /// [`DiscoveryError`]; `document` then holds nothing to rely on.
    pub fn fhir_server<'m>(
        &mut self,
        base_url: &str,
        document: &'m mut [u8],
    ) -> Result<Discovered<'m>, DiscoveryError> {
        let kinds = [MetadataKind::Smart, MetadataKind::Udap];
        self.first_of(kinds, base_url, document)
    }

    /// Fetches one document without verifying anything in it, for inspection. Use it to find out why a document was
    /// rejected with [`DiscoveryError::Untrusted`].
    ///
    /// # Errors
    /// [`DiscoveryError`]; `document` then holds nothing to rely on.
    pub fn metadata<'m>(
        &mut self,
        kind: MetadataKind,
        base_url: &str,
        document: &'m mut [u8],
    ) -> Result<ServerMetadata<'m>, DiscoveryError> {
        let len = self.fetch(&asked(kind, base_url)?, document)?;
        parse(document, len)
    }

    fn first_of<'m>(
        &mut self,
        kinds: [MetadataKind; 2],
        base_url: &str,
        document: &'m mut [u8],
    ) -> Result<Discovered<'m>, DiscoveryError> {
        let [first, other] = kinds;
        let url = asked(first, base_url)?;
        let fetched = self.fetch(&url, document);
        let Some(status) = absence(&fetched) else {
            return self.read(&url, fetched, document);
        };
        let url = asked(other, base_url)?;
        let fetched = self.fetch(&url, document);
        self.read(&url, second(status, fetched), document)
    }

    /// Fetches the document into `document` and returns its length.
    fn fetch(
        &mut self,
        asked: &MetadataUrl<'_>,
        document: &mut [u8],
    ) -> Result<usize, DiscoveryError> {
        let fetched = self.exchange(asked, document);
        self.link.close();
        fetched
    }

    fn exchange(
        &mut self,
        asked: &MetadataUrl<'_>,
        document: &mut [u8],
    ) -> Result<usize, DiscoveryError> {
        let to = self.endpoint(asked);
        let connected = self.link.connector.connect(to);
        let connected = connected.map_err(|error| error.kind());
        self.begin(asked, to, connected, document)?;
        loop {
            let moved = match self.outgoing()? {
                (io, Outgoing::Write(bytes)) => {
                    Moved::Written(io.write(bytes).map_err(|error| error.kind()))
                }
                (io, Outgoing::Flush) => Moved::Flushed(io.flush().map_err(|error| error.kind())),
                (_, Outgoing::Fill(_) | Outgoing::Sent) => break,
            };
            self.take(moved)?;
        }
        let mut len = 0;
        while !self.is_whole(document, &mut len)? {
            let (io, room) = self.source()?;
            let read = io.read(room).map_err(|error| error.kind());
            self.take(Moved::Read(read))?;
        }
        Ok(len)
    }
}
