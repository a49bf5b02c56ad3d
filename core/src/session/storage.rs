/// The memory for a session's token and a legacy key's refresh token: an array, or memory that grows with the tokens.
///
/// A session writes the token at the front and the refresh token at the end. It overwrites unused bytes with zeros, and
/// all of [`bytes_mut`](Self::bytes_mut) when it is dropped. It cannot reach memory that `grow` leaves behind: an
/// implementation must overwrite that memory itself.
///
/// A wrong implementation can make a session lose its token. It cannot make the session panic.
///
/// # Example
/// Storage on the heap, as long as the tokens need it:
///
/// ```
/// use redox_auth_core::{Client, LegacyKey, Region, Server, Session, TokenStorage};
/// use zeroize::Zeroize;
///
/// #[derive(Default)]
/// struct HeapStorage(Box<[u8]>);
///
/// impl TokenStorage for HeapStorage {
///     fn limit(&self) -> usize {
///         4096
///     }
///
///     fn bytes(&self) -> &[u8] {
///         &self.0
///     }
///
///     fn bytes_mut(&mut self) -> &mut [u8] {
///         &mut self.0
///     }
///
///     fn grow(&mut self, len: usize) {
///         let mut longer = vec![0; len].into_boxed_slice();
///         longer[..self.0.len()].copy_from_slice(&self.0);
///         self.0.zeroize();
///         self.0 = longer;
///     }
/// }
///
/// let client = Client::<()>::new(Server::redox(Region::Us)).with_legacy_key(LegacyKey::new("id", "secret"));
/// let session = Session::with_storage(client, HeapStorage::default());
/// # let _ = session;
/// ```
pub trait TokenStorage {
    /// The greatest length that [`grow`](Self::grow) can reach, in bytes. The session rejects longer tokens.
    ///
    /// A session uses at most 65,535 bytes.
    fn limit(&self) -> usize;

    /// The current bytes.
    fn bytes(&self) -> &[u8];

    /// The current bytes, mutable.
    fn bytes_mut(&mut self) -> &mut [u8];

    /// Grows to `len` bytes, which is more than the current length and at most [`limit`](Self::limit).
    ///
    /// The old bytes must stay at the front, followed by zeros. Wipe memory that held them before. An implementation
    /// that finds no memory must change nothing; the session then continues without the new token.
    fn grow(&mut self, len: usize);
}

/// Storage of a fixed size, inside the session.
impl<const N: usize> TokenStorage for [u8; N] {
    fn limit(&self) -> usize {
        N
    }

    fn bytes(&self) -> &[u8] {
        self
    }

    fn bytes_mut(&mut self) -> &mut [u8] {
        self
    }

    /// Does nothing: the array always has the length of its limit.
    fn grow(&mut self, _: usize) {}
}
