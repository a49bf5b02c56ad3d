/// Where a session keeps its token and a legacy key's refresh token: an array, or memory that grows with the tokens.
///
/// A session writes the token at the front and the refresh token at the end. It overwrites with zeros what it no longer
/// needs, and all of [`bytes_mut`](Self::bytes_mut) when it is dropped. What `grow` leaves behind is out of its reach:
/// there an implementation must do the same.
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
    /// The greatest length that [`grow`](Self::grow) can reach, in bytes. The session refuses longer tokens.
    ///
    /// A session uses at most 65,535 bytes.
    fn limit(&self) -> usize;

    /// The bytes that are there now.
    fn bytes(&self) -> &[u8];

    /// The bytes that are there now, to be changed.
    fn bytes_mut(&mut self) -> &mut [u8];

    /// Grows to `len` bytes, which is more than there are and at most [`limit`](Self::limit).
    ///
    /// The old bytes stay at the front, followed by zeros. Memory that held them before must be wiped. An implementation
    /// that finds no memory changes nothing; the session then does without the new token.
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

    /// Does nothing: the array has all the bytes of its limit.
    fn grow(&mut self, _: usize) {}
}
