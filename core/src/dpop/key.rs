use core::fmt;

use crate::key::{PublicKey, Thumbprint};
use crate::out::Out;
use crate::write_error::WriteError;

/// The public half of the key that tokens are bound to (RFC 9449), as proofs show it. The caller passes the signer when
/// it signs a proof.
///
/// It may be the key of the client assertions. The usual choice is a new key for each process, which no server knows
/// beforehand.
#[derive(Clone, Copy)]
pub struct DpopKey<'a> {
    public_key: &'a PublicKey,
    /// The encoded header of all proofs, with the dot after it.
    header: Option<&'a str>,
}

impl<'a> DpopKey<'a> {
    /// The key with this public half. Proofs are signed with its algorithm.
    #[must_use]
    pub const fn new(public_key: &'a PublicKey) -> Self {
        Self {
            public_key,
            header: None,
        }
    }

    /// The same key with the start of all its proofs, written once, for programs that sign many. The proofs are byte
    /// for byte the same.
    ///
    /// # Errors
    /// [`WriteError::BufferTooSmall`] gives the exact length needed.
    pub fn write_template<'t>(&self, out: &'t mut [u8]) -> Result<DpopKey<'t>, WriteError>
    where
        'a: 't,
    {
        let mut out = Out::new(out);
        self.put_header(&mut out);
        Ok(DpopKey {
            public_key: self.public_key,
            header: Some(out.finish()?),
        })
    }

    /// The public half.
    #[must_use]
    pub const fn public_key(&self) -> &'a PublicKey {
        self.public_key
    }

    /// The thumbprint of the key (RFC 7638). Servers write it into the token as `jkt` (RFC 9449 §6.1).
    #[must_use]
    pub fn thumbprint(&self) -> Thumbprint {
        self.public_key.thumbprint()
    }

    /// Writes the encoded header of a proof (RFC 9449 §4.2), and the dot after it.
    pub(super) fn put_header(&self, out: &mut Out<'_>) {
        if let Some(header) = self.header {
            out.put_str(header);
            return;
        }
        let start = out.len();
        out.put(br#"{"typ":"dpop+jwt","alg":""#);
        out.put(self.public_key.algorithm().name());
        out.put(br#"","jwk":"#);
        self.public_key.put_required_members(out);
        out.put(b"}}");
        out.base64url_since(start);
        out.put(b".");
    }
}

impl fmt::Debug for DpopKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DpopKey")
            .field("public_key", &self.public_key)
            .field("has_template", &self.header.is_some())
            .finish()
    }
}
