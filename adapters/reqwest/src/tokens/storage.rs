use core::mem;

use redox_auth_core::TokenStorage;
use zeroize::Zeroizing;

/// The memory of a session's token: as many bytes as the token needs, up to a limit. Old content is wiped.
pub(crate) struct HeapStorage {
    bytes: Zeroizing<Box<[u8]>>,
    limit: usize,
}

impl HeapStorage {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            bytes: Zeroizing::default(),
            limit,
        }
    }
}

impl TokenStorage for HeapStorage {
    fn limit(&self) -> usize {
        self.limit
    }

    fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.bytes
    }

    fn grow(&mut self, len: usize) {
        let longer = Zeroizing::new(vec![0; len].into_boxed_slice());
        // Wiped on drop, at the end of this function.
        let shorter = mem::replace(&mut self.bytes, longer);
        for (byte, before) in self.bytes.iter_mut().zip(shorter.iter()) {
            *byte = *before;
        }
    }
}

/// The size limit of a token, together with a legacy API key's refresh token, in bytes. Redox's tokens take a few hundred;
/// those of servers that sign large tokens take a few thousand.
pub(crate) const LONGEST_TOKEN: usize = 16 * 1024;
