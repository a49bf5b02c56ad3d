use core::fmt;
use core::pin::Pin;
use core::time::Duration;

use zeroize::Zeroizing;

use crate::error::store::StoreError;

/// Where the processes of one service keep the token that they share, and take turns at getting the next one.
///
/// A store keeps what it is given and does not look into it: a record as [`Redox::save`](crate::Redox::save) makes it,
/// with the token in the clear, so whoever keeps it outside of this process seals it first. It is free to fail: a client
/// that hears an error, or nothing in half a second, goes on alone with its own credential.
///
/// Every record of one store belongs to one credential at one server; a client refuses those of another. Tokens that are
/// bound to a key ([`Builder::dpop`](crate::Builder::dpop)) are not shared, because the other processes lack the key.
pub trait SharedTokens: fmt::Debug + Send + Sync + 'static {
    /// The record that was stored last, while it is good.
    fn load(&self) -> StoreFuture<'_, Option<SharedRecord>>;

    /// Stores a record, which is of no use to anybody after `lives_for`.
    fn store<'s>(&'s self, record: &'s [u8], lives_for: Duration) -> StoreFuture<'s, ()>;

    /// Takes the turn to get the next token, or says that this holder has it; `false` while another process has it.
    ///
    /// Whoever has it loses it after `at_most`, so that a process that died keeps nobody waiting for longer.
    fn take_turn(&self, holder: TurnId, at_most: Duration) -> StoreFuture<'_, bool>;

    /// Ends the turn of this holder; one that was lost meanwhile stays whose it is now.
    fn end_turn(&self, holder: TurnId) -> StoreFuture<'_, ()>;
}

/// A record as a store gave it back.
#[derive(Debug)]
pub struct SharedRecord {
    /// The record; `Debug` shows nothing of it.
    pub record: SecretBytes,
    /// How much longer it is of use, by the store's clock.
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

/// Who has the turn: random, and new for every turn.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct TurnId([u8; 16]);

impl TurnId {
    /// The ID of these random bytes.
    #[must_use]
    pub const fn from_random(random: [u8; 16]) -> Self {
        Self(random)
    }

    /// The bytes, to tell one holder from another.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

/// What a store does, when it is done.
pub type StoreFuture<'s, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 's>>;
