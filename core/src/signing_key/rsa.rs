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
/// Each algorithm is a feature of its own. The salt of PS256 comes from key and message by HMAC, so the same message has
/// the same signature with all four.
///
/// `HALF` is the number of machine words that each prime takes at most, and `FULL` twice that; the aliases
/// [`RsaKey2048`], [`RsaKey3072`] and [`RsaKey4096`] name the sizes in use. A shorter key fits in a longer type.
///
/// It computes by the Chinese remainder theorem, in constant time as far as the private numbers go and the processor
/// multiplies in constant time (see the crate's page), without blinding, since there is no random source here. The result is checked with the public key before it leaves: a single fault
/// during the computation would otherwise give the primes away. Wiped on drop.
///
/// On a device, reading and signing take at most [`RsaKey::STACK_LEN`] bytes of stack, and wipe them. A [`KeyRoom`] reads
/// the key where it is going to lie.
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
    /// How much stack it takes at most to read a key or to sign, in bytes: 24 times the modulus, so 6 KiB for 2048 bits
    /// and 12 KiB for 4096.
    ///
    /// Measured on Cortex-M0, M3, M4F and M33, RV32IMAC and RV64IMAC at `opt-level = "s"`, an assertion with all its text
    /// included, a key that is returned by value not.
    pub const STACK_LEN: usize = 24 * size_of::<Uint<FULL>>();

    /// Reads a private key from PEM, DER or a JWK, as [`PrivateKey::parse`] does, and checks it. It signs with the `alg`
    /// of the JWK, else with RS384.
    ///
    /// # Errors
    /// [`KeyError`]; [`KeyError::WrongAlgorithm`] when it is a key on a curve, [`KeyError::Disabled`] when this build has
    /// no code for its algorithm.
    pub fn parse(input: &[u8]) -> Result<Self, KeyError> {
        Self::parse_and_return(input, None)
    }

    /// The same for a key that is to sign with `algorithm`.
    ///
    /// # Errors
    /// As [`RsaKey::parse`], and as [`PrivateKey::with_algorithm`].
    pub fn parse_with_algorithm(algorithm: Algorithm, input: &[u8]) -> Result<Self, KeyError> {
        Self::parse_and_return(input, Some(algorithm))
    }

    /// Checks a private key that was parsed before.
    ///
    /// Checked is that modulus, primes, exponents and coefficient belong together; that the primes are prime is not.
    /// A key whose numbers are not prime makes signatures that [`Signer::sign`] then finds faulty.
    ///
    /// # Errors
    /// [`KeyError::WrongAlgorithm`], [`KeyError::Disabled`], [`KeyError::TooLong`], [`KeyError::RsaExponent`],
    /// [`KeyError::Inconsistent`].
    pub fn from_private_key(key: &PrivateKey<'_>) -> Result<Self, KeyError> {
        Self::read_and_return(key)
    }

    /// Zeros, to read a key into.
    const fn empty(scheme: Scheme) -> Self {
        Self {
            scheme,
            modulus: Uint::ZERO,
            public_exponent: 0,
            private: PrivateNumbers::ZERO,
            modulus_bits: 0,
        }
    }

    /// Takes the numbers of a private key and checks them. After an error it holds only some of them.
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

    /// Writes the number that is signed for `message`, as long as the modulus.
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
                // As long in every type, so that the signature does not depend on it.
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

    /// Whether `signed` to the power of the public exponent is `encoded`.
    ///
    /// The power comes divided by the radix, again and again. The same power of 1 shows by what, so no division and
    /// nothing prepared is needed, at the cost of 17 more multiplications, one fiftieth of a signature.
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

/// What a key signs with, and its numbers.
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

/// How much of the stack the numbers of a key may mark while they are checked, in lengths of the modulus.
const READING: usize = 6;

/// The same for a signature.
const SIGNING: usize = 20;

/// The longest modulus, in bytes.
const MAX_BYTES: usize = 512;
