use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::error::Unspecified;
use zeroize::Zeroizing;

use crate::{Error, SealingKey};

/// Seals records for one place in Redis, and opens those that were sealed for it.
///
/// A sealed record consists of the format's version, a random nonce, and the record under AES-256-GCM. Version and place are
/// additional data. Therefore a record that was moved to another place does not open there.
#[derive(Debug)]
pub(crate) struct Seal {
    key: SealingKey,
    /// These open records, and seal none.
    older_keys: Vec<SealingKey>,
    additional: Vec<u8>,
}

impl Seal {
    pub(crate) fn new(key: SealingKey, place: &str) -> Self {
        Self {
            key,
            older_keys: Vec::new(),
            additional: additional(place),
        }
    }

    /// The same keys for another place.
    pub(crate) fn at(&self, place: &str) -> Self {
        Self {
            key: self.key.clone(),
            older_keys: self.older_keys.clone(),
            additional: additional(place),
        }
    }

    pub(crate) fn also_opens(&mut self, key: SealingKey) {
        self.older_keys.push(key);
    }

    pub(crate) fn seal(&self, record: &[u8]) -> Result<Vec<u8>, Error> {
        // Room for the tag, so that no shorter buffer keeps a copy of the record.
        let mut text = Zeroizing::new(Vec::with_capacity(record.len().saturating_add(TAG_LEN)));
        text.extend_from_slice(record);
        let nonce = cipher(&self.key)
            .and_then(|key| key.seal_in_place_append_tag(Aad::from(&self.additional), &mut *text))
            .map_err(|Unspecified| Error::Random)?;
        Ok([&[VERSION], nonce.as_ref().as_slice(), &text].concat())
    }

    pub(crate) fn open(&self, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Error> {
        let too_short = Error::TooShort {
            found: sealed.len(),
            expected: MIN_LEN,
        };
        let Some((version, rest)) = sealed.split_first().filter(|_| sealed.len() >= MIN_LEN) else {
            return Err(too_short);
        };
        if *version != VERSION {
            return Err(Error::Version {
                found: *version,
                expected: VERSION,
            });
        }
        let Some((nonce, text)) = rest.split_first_chunk::<NONCE_LEN>() else {
            return Err(too_short);
        };
        core::iter::once(&self.key)
            .chain(&self.older_keys)
            .find_map(|key| self.open_with(key, *nonce, text).ok())
            .ok_or(Error::NotOpened {
                keys: self.older_keys.len().saturating_add(1),
            })
    }

    fn open_with(
        &self,
        key: &SealingKey,
        nonce: [u8; NONCE_LEN],
        text: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, Unspecified> {
        let mut record = Zeroizing::new(text.to_vec());
        let len = cipher(key)?
            .open_in_place(
                Nonce::from(&nonce),
                Aad::from(&self.additional),
                &mut record,
            )?
            .len();
        record.truncate(len);
        Ok(record)
    }
}

fn additional(place: &str) -> Vec<u8> {
    [&[VERSION], place.as_bytes()].concat()
}

/// For one call, because aws-lc does not wipe what it derives from a key.
fn cipher(key: &SealingKey) -> Result<RandomizedNonceKey, Unspecified> {
    RandomizedNonceKey::new(&AES_256_GCM, key.expose())
}

const VERSION: u8 = 1;
const TAG_LEN: usize = 16;
const MIN_LEN: usize = 1 + NONCE_LEN + TAG_LEN;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn seal_of(key: u8) -> Seal {
        Seal::new(SealingKey::from_bytes(&[key; 32]), "here")
    }

    #[test]
    fn a_record_opens_with_its_key_at_its_place_only() {
        let sealed = seal_of(1).seal(b"record").unwrap();
        assert_eq!(seal_of(1).open(&sealed).unwrap().as_slice(), b"record");
        let other_key = seal_of(2).open(&sealed);
        assert!(matches!(other_key, Err(Error::NotOpened { keys: 1 })));
        let other_place = Seal::new(SealingKey::from_bytes(&[1; 32]), "there").open(&sealed);
        assert!(matches!(other_place, Err(Error::NotOpened { keys: 1 })));
    }

    #[test]
    fn all_keys_open_and_the_first_one_seals() {
        let mut both = seal_of(2);
        both.also_opens(SealingKey::from_bytes(&[1; 32]));
        for old in [seal_of(1), seal_of(2)] {
            let sealed = old.seal(b"record").unwrap();
            assert_eq!(both.open(&sealed).unwrap().as_slice(), b"record");
        }
        let sealed = both.seal(b"record").unwrap();
        assert!(seal_of(2).open(&sealed).is_ok());
        assert!(seal_of(1).open(&sealed).is_err());
    }

    #[test]
    fn the_same_record_is_sealed_differently_every_time() {
        let seal = seal_of(1);
        let sealed = [(); 2].map(|()| seal.seal(b"record").unwrap());
        assert_ne!(sealed[0], sealed[1]);
        assert_eq!(sealed[0].len(), MIN_LEN + b"record".len());
    }

    #[test]
    fn another_version_is_named() {
        let mut sealed = seal_of(1).seal(b"record").unwrap();
        sealed[0] = 2;
        let opened = seal_of(1).open(&sealed);
        assert!(matches!(
            opened,
            Err(Error::Version {
                found: 2,
                expected: 1
            })
        ));
    }

    proptest! {
        #[test]
        fn every_record_opens_unchanged(record in prop::collection::vec(any::<u8>(), 0..3_000)) {
            let sealed = seal_of(1).seal(&record).unwrap();
            let opened = seal_of(1).open(&sealed).unwrap();
            prop_assert_eq!(opened.as_slice(), &record);
        }

        #[test]
        fn a_record_with_another_bit_in_it_does_not_open(
            record in prop::collection::vec(any::<u8>(), 0..300),
            at in any::<prop::sample::Index>(),
            bit in 0..8_u32,
        ) {
            let mut sealed = seal_of(1).seal(&record).unwrap();
            let at = at.index(sealed.len());
            sealed[at] ^= 1 << bit;
            prop_assert!(seal_of(1).open(&sealed).is_err());
        }

        #[test]
        fn a_record_that_lost_its_end_or_beginning_does_not_open(
            record in prop::collection::vec(any::<u8>(), 0..300),
            at in any::<prop::sample::Index>(),
        ) {
            let sealed = seal_of(1).seal(&record).unwrap();
            let at = at.index(sealed.len());
            let cut = seal_of(1).open(&sealed[..at]);
            prop_assert_eq!(matches!(cut, Err(Error::TooShort { .. })), at < MIN_LEN);
            prop_assert!(cut.is_err());
            if at > 0 {
                prop_assert!(seal_of(1).open(&sealed[at..]).is_err());
            }
        }

        #[test]
        fn junk_does_not_open(mut junk in prop::collection::vec(any::<u8>(), 0..300)) {
            prop_assert!(seal_of(1).open(&junk).is_err());
            if let Some(version) = junk.first_mut() {
                *version = VERSION;
            }
            prop_assert!(seal_of(1).open(&junk).is_err());
        }
    }
}
