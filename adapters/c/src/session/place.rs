use redox_auth_core::TokenStorage;
use zeroize::Zeroize;

use super::REDOX_AUTH_TOKEN_CAPACITY;

/// The memory for a session's token: its own, or longer memory of the caller's.
#[expect(
    clippy::large_enum_variant,
    reason = "the session has that memory anyway, and no allocator"
)]
pub(super) enum Place {
    Own([u8; REDOX_AUTH_TOKEN_CAPACITY]),
    Given(&'static mut [u8]),
}

impl Place {
    /// The caller's memory, whatever its content, or without one the session's own.
    pub(super) fn new(given: &'static mut [u8]) -> Self {
        if given.is_empty() {
            return Self::Own([0; REDOX_AUTH_TOKEN_CAPACITY]);
        }
        given.zeroize();
        Self::Given(given)
    }
}

impl TokenStorage for Place {
    fn limit(&self) -> usize {
        self.bytes().len()
    }

    fn bytes(&self) -> &[u8] {
        match self {
            Self::Own(bytes) => bytes,
            Self::Given(bytes) => bytes,
        }
    }

    fn bytes_mut(&mut self) -> &mut [u8] {
        match self {
            Self::Own(bytes) => bytes,
            Self::Given(bytes) => bytes,
        }
    }

    /// Does nothing, because the memory cannot grow.
    fn grow(&mut self, _: usize) {}
}
