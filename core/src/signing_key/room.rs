use core::fmt;

use crate::algorithm::Algorithm;
use crate::key::{Found, KeyError, PRIVATE_KEY_SCRATCH_LEN, PrivateKey};

/// Memory for one private key of type `K`, which is parsed, used and wiped in place.
///
/// A key that is returned by value is copied on every move, and Rust wipes only the last copy. A key in a room never
/// moves. The room can be a `static`, and the key then takes no stack.
#[cfg_attr(
    feature = "es256",
    doc = r##"

```
use redox_auth_core::{Es256Key, KeyRoom, OAuthKey};

# // The key of RFC 7515, appendix A.3.
# const KEY: &[u8] = br#"{"kty":"EC","crv":"P-256",
#     "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
#     "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
#     "d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}"#;
let mut room = KeyRoom::<Es256Key>::new();
let signer = room.parse(KEY)?;
let key = OAuthKey::new("client-1", "key-1", signer);
# Ok::<(), redox_auth_core::KeyError>(())
```
"##
)]
pub struct KeyRoom<K>(Result<K, KeyError>);

impl<K> KeyRoom<K> {
    /// An empty room.
    #[must_use]
    pub const fn new() -> Self {
        Self(Err(EMPTY))
    }

    /// The key in the room.
    ///
    /// # Errors
    /// [`KeyError`]: why the last key was not parsed, or [`KeyError::NoPrivateKey`] for an empty room.
    pub fn key(&self) -> Result<&K, KeyError> {
        self.0.as_ref().map_err(|error| *error)
    }

    /// Wipes the key, if there is one.
    pub fn clear(&mut self) {
        self.0 = Err(EMPTY);
    }
}

impl<K: InPlace> KeyRoom<K> {
    /// Parses a private key into the room, as `K::parse` does. The previous key is wiped.
    ///
    /// # Errors
    /// As `K::parse`. The room is then empty.
    pub fn parse(&mut self, input: &[u8]) -> Result<&K, KeyError> {
        K::parse_into(input, None, &mut self.0);
        self.key()
    }

    /// Checks a private key that is already parsed, as `K::from_private_key` does, and keeps it in the room. The
    /// previous key is wiped.
    ///
    /// # Errors
    /// As `K::from_private_key`. The room is then empty.
    pub fn read(&mut self, key: &PrivateKey<'_>) -> Result<&K, KeyError> {
        K::read_into(key, &mut self.0);
        self.key()
    }

    /// As [`parse`](Self::parse), for a key that signs with `algorithm`.
    ///
    /// # Errors
    /// As [`KeyRoom::parse`], and [`KeyError::WrongAlgorithm`] if the key cannot sign with `algorithm`.
    pub fn parse_with_algorithm(
        &mut self,
        algorithm: Algorithm,
        input: &[u8],
    ) -> Result<&K, KeyError> {
        K::parse_into(input, Some(algorithm), &mut self.0);
        self.key()
    }
}

impl<K> Default for KeyRoom<K> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K> fmt::Debug for KeyRoom<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyRoom([redacted])")
    }
}

/// A key of this crate, which can be parsed in place.
pub trait InPlace: Sized {
    /// Checks a key that is already parsed, and writes it or the error into `room`. The previous key is dropped, and
    /// thereby wiped.
    fn read_into(key: &PrivateKey<'_>, room: &mut Result<Self, KeyError>);

    /// Parses a key into `room`, or writes the error into it.
    fn parse_into(input: &[u8], algorithm: Option<Algorithm>, room: &mut Result<Self, KeyError>) {
        Self::parse_by::<PRIVATE_KEY_SCRATCH_LEN>(input, algorithm, room);
    }

    /// The same, with a scratch buffer of this length.
    fn parse_by<const SCRATCH_LEN: usize>(
        input: &[u8],
        algorithm: Option<Algorithm>,
        room: &mut Result<Self, KeyError>,
    ) {
        let take = |key: &PrivateKey<'_>| Self::read_into(key, room);
        if let Err(error) = PrivateKey::parse_with_scratch::<SCRATCH_LEN>(input, algorithm, take) {
            *room = Err(error);
        }
    }

    /// Parses a key and returns it.
    fn parse_and_return(input: &[u8], algorithm: Option<Algorithm>) -> Result<Self, KeyError> {
        let mut room = Err(EMPTY);
        Self::parse_into(input, algorithm, &mut room);
        room
    }

    /// Checks a key that is already parsed, and returns it.
    fn read_and_return(key: &PrivateKey<'_>) -> Result<Self, KeyError> {
        let mut room = Err(EMPTY);
        Self::read_into(key, &mut room);
        room
    }
}

/// The error of an empty room.
const EMPTY: KeyError = KeyError::NoPrivateKey(Found::Nothing);
