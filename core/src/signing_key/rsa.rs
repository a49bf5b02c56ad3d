mod any_size;
mod modulus;
mod number;
#[cfg(any(feature = "rs256", feature = "rs384", feature = "rs512"))]
mod pkcs1;
mod private;
#[cfg(feature = "ps256")]
mod pss;
mod scheme;

pub(super) use any_size::RsaKeyOfAnySize;

use core::fmt;

use crypto_bigint::{Limb, U64, Uint};
#[cfg(any(feature = "rs256", feature = "rs384", feature = "rs512"))]
use sha2::Digest;
#[cfg(feature = "ps256")]
use zeroize::Zeroize;
use zeroize::ZeroizeOnDrop;

use super::room::InPlace;
use crate::algorithm::Algorithm;
use crate::footprint::wiped;
use crate::key::{
    DEFAULT_RSA_ALGORITHM, KeyError, KeyMaterial, PrivateKey, PublicKey, RsaKeyMaterial, bits,
};
use crate::signer::{SignError, Signer};
use modulus::Modulus;
use number::{read_be, write_be};
use private::PrivateNumbers;
use scheme::Scheme;

/// A private RSA key that signs with RS256, RS384, RS512 (RSASSA-PKCS1-v1_5, RFC 8017 §8.2) or PS256 (RSASSA-PSS, §8.1),
/// in pure Rust without an allocator.
///
/// Each algorithm has a feature. The salt of PS256 is an HMAC of the message with the key. The same message therefore
/// always has the same signature, with each of the four algorithms.
///
/// `HALF` is the greatest number of machine words of each prime, and `FULL` twice that. The aliases [`RsaKey2048`],
/// [`RsaKey3072`] and [`RsaKey4096`] name the usual sizes. A shorter key fits in a longer type.
///
/// It computes with the Chinese remainder theorem. The time does not depend on the private numbers if the processor
/// multiplies in constant time (see the crate's page). There is no blinding, because there is no random source. Every
/// signature is verified with the public key before it is returned: a single fault during the computation would
/// otherwise reveal the primes. The key is wiped on drop.
///
/// On a device, parsing and signing take at most [`RsaKey::STACK_LEN`] bytes of stack, and wipe them. A [`KeyRoom`]
/// parses the key in place.
///
/// [`KeyRoom`]: crate::KeyRoom
#[derive(Clone)]
pub struct RsaKey<const HALF: usize, const FULL: usize> {
    scheme: Scheme,
    modulus: Uint<FULL>,
    public_exponent: u32,
    private: PrivateNumbers<HALF>,
    modulus_bits: usize,
}

/// A key of at most 2048 bits, with 1 KiB in memory.
pub type RsaKey2048 = RsaKey<{ 1024 / Limb::BITS as usize }, { 2048 / Limb::BITS as usize }>;
/// A key of at most 3072 bits, with 1.5 KiB in memory.
pub type RsaKey3072 = RsaKey<{ 1536 / Limb::BITS as usize }, { 3072 / Limb::BITS as usize }>;
/// A key of at most 4096 bits, with 2 KiB in memory.
pub type RsaKey4096 = RsaKey<{ 2048 / Limb::BITS as usize }, { 4096 / Limb::BITS as usize }>;

impl<const HALF: usize, const FULL: usize> RsaKey<HALF, FULL> {
    /// The greatest amount of stack that parsing a key or signing takes, in bytes: 24 times the modulus, which is 6 KiB
    /// for 2048 bits and 12 KiB for 4096.
    ///
    /// Measured on Cortex-M0, M3, M4F and M33, RV32IMAC and RV64IMAC at `opt-level = "s"`. The figure includes an
    /// assertion with its whole text, but not a key that is returned by value.
    pub const STACK_LEN: usize = 24 * size_of::<Uint<FULL>>();

    /// Parses a private key from PEM, DER or a JWK, as [`PrivateKey::parse`] does, and checks it. The key signs with
    /// the `alg` of the JWK, else with RS384.
    ///
    /// # Errors
    /// [`KeyError`]; [`KeyError::WrongAlgorithm`] for a key on a curve; [`KeyError::Disabled`] if this build lacks the
    /// key's algorithm.
    pub fn parse(input: &[u8]) -> Result<Self, KeyError> {
        Self::parse_and_return(input, None)
    }

    /// The same, for a key that signs with `algorithm`.
    ///
    /// # Errors
    /// As [`RsaKey::parse`], and as [`PrivateKey::with_algorithm`].
    pub fn parse_with_algorithm(algorithm: Algorithm, input: &[u8]) -> Result<Self, KeyError> {
        Self::parse_and_return(input, Some(algorithm))
    }

    /// Checks a private key that is already parsed.
    ///
    /// This checks that modulus, primes, exponents and coefficient belong together, but not that the primes are prime.
    /// If they are not, [`Signer::sign`] detects faulty signatures.
    ///
    /// # Errors
    /// [`KeyError::WrongAlgorithm`], [`KeyError::Disabled`], [`KeyError::TooLong`], [`KeyError::RsaExponent`],
    /// [`KeyError::Inconsistent`].
    pub fn from_private_key(key: &PrivateKey<'_>) -> Result<Self, KeyError> {
        Self::read_and_return(key)
    }

    /// Zeros, as a place for a key.
    const fn empty(scheme: Scheme) -> Self {
        Self {
            scheme,
            modulus: Uint::ZERO,
            public_exponent: 0,
            private: PrivateNumbers::ZERO,
            modulus_bits: 0,
        }
    }

    /// Copies the numbers of a private key and checks them. After an error the key has only some of them.
    fn read(&mut self, material: &RsaKeyMaterial<'_>) -> Result<(), KeyError> {
        const { assert!(FULL == 2 * HALF) };
        let too_long = KeyError::TooLong {
            max_bits: FULL.saturating_mul(Limb::BITS as usize),
        };
        self.modulus_bits = bits(material.n);
        wiped::<[Uint<FULL>; READING], _>(|| {
            read_be(material.n, &mut self.modulus).ok_or(too_long)?;
            self.private
                .read_primes(material, &self.modulus, too_long)?;
            self.public_exponent = exponent(material.e)?;
            self.private.read_rest(material, self.public_exponent)
        })
    }

    /// The public half, to register with the server.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        let mut n = [0; MAX_BYTES];
        write_be(&self.modulus, &mut n);
        PublicKey::of_rsa(self.algorithm(), &n, &self.public_exponent.to_be_bytes())
    }

    /// Writes the encoded number that is signed for `message`, with the length of the modulus.
    #[inline(never)]
    fn encode(&self, message: &[u8], encoded: &mut [u8]) -> Option<()> {
        match self.scheme {
            #[cfg(feature = "rs256")]
            Scheme::Rs256 => {
                const INFO: [u8; 19] = pkcs1::digest_info(1, 32);
                pkcs1::encode(&INFO, &sha2::Sha256::digest(message), encoded);
                Some(())
            }
            #[cfg(feature = "rs384")]
            Scheme::Rs384 => {
                const INFO: [u8; 19] = pkcs1::digest_info(2, 48);
                pkcs1::encode(&INFO, &sha2::Sha384::digest(message), encoded);
                Some(())
            }
            #[cfg(feature = "rs512")]
            Scheme::Rs512 => {
                const INFO: [u8; 19] = pkcs1::digest_info(3, 64);
                pkcs1::encode(&INFO, &sha2::Sha512::digest(message), encoded);
                Some(())
            }
            #[cfg(feature = "ps256")]
            Scheme::Ps256 => {
                // The same length in every type, because the signature must not depend on the type.
                let mut prime = [0; MAX_BYTES / 2];
                write_be(self.private.p(), &mut prime);
                let done = pss::encode(message, self.modulus_bits, &prime, encoded);
                prime.zeroize();
                done
            }
        }
    }

    fn sign_encoded(&self, message: &[u8], signature: &mut [u8]) -> Result<(), SignError> {
        self.encode(message, signature).ok_or(SignError::Backend)?;
        let mut encoded = Uint::ZERO;
        read_be(signature, &mut encoded).ok_or(SignError::Backend)?;
        signature.fill(0);
        let mut signed = Uint::ZERO;
        self.private.add_power(&encoded, &mut signed);
        if !self.verifies(&signed, &encoded) {
            return Err(SignError::Faulty);
        }
        write_be(&signed, signature);
        Ok(())
    }

    /// Whether `signed` to the power of the public exponent equals `encoded`.
    ///
    /// The computed power is divided by the radix several times. The same power of 1 gives the divisor: no division and
    /// no precomputed value is needed. This costs 17 more multiplications, one fiftieth of a signature.
    #[inline(never)]
    fn verifies(&self, signed: &Uint<FULL>, encoded: &Uint<FULL>) -> bool {
        let modulus = Modulus::new(&self.modulus);
        let mut power = *signed;
        modulus.power(&mut power, self.public_exponent);
        modulus.multiply(&mut power, &Uint::ONE);
        let mut expected = Uint::ONE;
        modulus.power(&mut expected, self.public_exponent);
        modulus.multiply(&mut expected, encoded);
        power == expected
    }
}

impl<const HALF: usize, const FULL: usize> InPlace for RsaKey<HALF, FULL> {
    fn read_into(key: &PrivateKey<'_>, room: &mut Result<Self, KeyError>) {
        let (scheme, material) = match scheme_and_numbers(key) {
            Ok(both) => both,
            Err(error) => return *room = Err(error),
        };
        *room = Ok(Self::empty(scheme));
        if let Ok(empty) = room
            && let Err(error) = empty.read(&material)
        {
            *room = Err(error);
        }
    }
}

impl<const HALF: usize, const FULL: usize> Signer for RsaKey<HALF, FULL> {
    fn algorithm(&self) -> Algorithm {
        self.scheme.algorithm()
    }

    fn signature_len(&self) -> usize {
        self.modulus_bits.div_ceil(8)
    }

    fn sign(&self, message: &[u8], signature: &mut [u8]) -> Result<(), SignError> {
        let (found, expected) = (signature.len(), self.signature_len());
        if found != expected {
            return Err(SignError::SignatureLen { found, expected });
        }
        wiped::<[Uint<FULL>; SIGNING], _>(|| self.sign_encoded(message, signature))
    }
}

impl<const HALF: usize, const FULL: usize> ZeroizeOnDrop for RsaKey<HALF, FULL> {}

impl<const HALF: usize, const FULL: usize> fmt::Debug for RsaKey<HALF, FULL> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RsaKey({}, [redacted])", self.algorithm())
    }
}

/// The algorithm of a key, and its numbers.
pub(super) fn scheme_and_numbers<'k>(
    key: &PrivateKey<'k>,
) -> Result<(Scheme, RsaKeyMaterial<'k>), KeyError> {
    match key.material() {
        KeyMaterial::Rsa(material) => Ok((Scheme::of(key.algorithm())?, material)),
        KeyMaterial::Ec(_) => Err(KeyError::WrongAlgorithm {
            found: key.algorithm(),
            expected: DEFAULT_RSA_ALGORITHM,
        }),
    }
}

fn exponent(e: &[u8]) -> Result<u32, KeyError> {
    let mut number = U64::ZERO;
    read_be(e, &mut number).ok_or(KeyError::RsaExponent)?;
    u32::try_from(u64::from(number))
        .ok()
        .filter(|&e| e >= 3 && e % 2 == 1)
        .ok_or(KeyError::RsaExponent)
}

/// The greatest amount of stack that checking a key's numbers may overwrite, in lengths of the modulus.
const READING: usize = 6;

/// The same, for a signature.
const SIGNING: usize = 20;

/// The longest modulus, in bytes.
const MAX_BYTES: usize = 512;
