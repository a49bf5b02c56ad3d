use core::mem;

use redox_auth_core::TokenStorage;
use zeroize::Zeroizing;

/// Where a session keeps its token: as many bytes as the token needs, up to a limit. What is left behind is wiped.
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
        // Wiped when it goes, at the end of this function.
        let shorter = mem::replace(&mut self.bytes, longer);
        for (byte, before) in self.bytes.iter_mut().zip(shorter.iter()) {
            *byte = *before;
        }
    }
}

/// What a token may take, with a legacy API key's refresh token behind it, in bytes. Redox's take a few hundred; those of
/// servers that sign them, with much in them, a few thousand.
pub(crate) const LONGEST_TOKEN: usize = 16 * 1024;
