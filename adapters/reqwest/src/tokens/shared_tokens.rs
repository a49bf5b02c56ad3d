use core::fmt;
use core::pin::Pin;
use core::time::Duration;

use zeroize::Zeroizing;

use crate::error::store::StoreError;

/// A store in which the processes of one service share a token, and take turns to obtain the next one.
///
/// A store keeps a record and does not read it. A record has the form of [`Redox::save`](crate::Redox::save), with the token
/// in the clear: encrypt it before it leaves this process. The store may fail: after an error, or half a second without an
/// answer, a client continues alone with its own credential.
///
/// Every record of one store belongs to one credential at one server; a client rejects other records. Tokens that are bound
/// to a key ([`Builder::dpop`](crate::Builder::dpop)) cannot be shared, because the other processes lack the key.
pub trait SharedTokens: fmt::Debug + Send + Sync + 'static {
    /// Loads the last record, while it is valid.
    fn load(&self) -> StoreFuture<'_, Option<SharedRecord>>;

    /// Stores a record, which is useless after `lives_for`.
    fn store<'s>(&'s self, record: &'s [u8], lives_for: Duration) -> StoreFuture<'s, ()>;

    /// Takes the turn to obtain the next token; `true` also if this holder has it already, `false` while another process has
    /// it.
    ///
    /// The holder loses the turn after `at_most`, so that a dead process delays the others no longer than that.
    fn take_turn(&self, holder: TurnId, at_most: Duration) -> StoreFuture<'_, bool>;

    /// Ends the turn of this holder; a turn that it lost meanwhile stays with its new holder.
    fn end_turn(&self, holder: TurnId) -> StoreFuture<'_, ()>;
}

/// A record that a store returned.
#[derive(Debug)]
pub struct SharedRecord {
    /// The record; `Debug` shows nothing of it.
    pub record: SecretBytes,
    /// The remaining time of the record, on the store's clock.
    pub lives_for: Duration,
}

/// Bytes with a token in them: wiped on drop. `Debug` shows nothing of them.
pub struct SecretBytes(Zeroizing<Vec<u8>>);

impl SecretBytes {
    /// Takes over these bytes.
    #[must_use]
    pub const fn new(bytes: Zeroizing<Vec<u8>>) -> Self {
        Self(bytes)
    }

    /// The bytes themselves.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for SecretBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretBytes([redacted])")
    }
}

/// The holder of the turn: random, and new for every turn.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct TurnId([u8; 16]);

impl TurnId {
    /// Creates the ID from these random bytes.
    #[must_use]
    pub const fn from_random(random: [u8; 16]) -> Self {
        Self(random)
    }

    /// The bytes, which distinguish holders.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

/// The future of a store's operation.
pub type StoreFuture<'s, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 's>>;
