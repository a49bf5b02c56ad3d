mod any_size;
mod number;
#[cfg(any(feature = "rs256", feature = "rs384", feature = "rs512"))]
mod pkcs1;
#[cfg(feature = "ps256")]
mod pss;
mod scheme;

pub(super) use any_size::RsaKeyOfAnySize;

use core::fmt;

use crypto_bigint::modular::{FixedMontyForm, FixedMontyParams};
use crypto_bigint::{CheckedSub as _, Limb, Odd, U64, Uint};
#[cfg(any(feature = "rs256", feature = "rs384", feature = "rs512"))]
use sha2::Digest;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::algorithm::Algorithm;
use crate::key::{
    DEFAULT_RSA_ALGORITHM, KeyError, KeyMaterial, PRIVATE_KEY_SCRATCH_LEN, PrivateKey, PublicKey,
    RsaKeyMaterial, bits,
};
use crate::signer::{SignError, Signer};
use number::{halves, join, uint, write_be};
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
/// It computes by the Chinese remainder theorem, in constant time as far as the private numbers go, without blinding,
/// since there is no random source here. The result is checked with the public key before it leaves: a single fault
/// during the computation would otherwise give the primes away. Wiped on drop.
#[derive(Clone)]
pub struct RsaKey<const HALF: usize, const FULL: usize> {
    scheme: Scheme,
    modulus: FixedMontyParams<FULL>,
    public_exponent: u32,
    private: Zeroizing<PrivateNumbers<HALF>>,
    modulus_bits: usize,
}

/// A key of at most 2048 bits, with 2 KiB in memory.
pub type RsaKey2048 = RsaKey<{ 1024 / Limb::BITS as usize }, { 2048 / Limb::BITS as usize }>;
/// A key of at most 3072 bits, with 3 KiB in memory.
pub type RsaKey3072 = RsaKey<{ 1536 / Limb::BITS as usize }, { 3072 / Limb::BITS as usize }>;
/// A key of at most 4096 bits, with 4 KiB in memory.
pub type RsaKey4096 = RsaKey<{ 2048 / Limb::BITS as usize }, { 4096 / Limb::BITS as usize }>;

impl<const HALF: usize, const FULL: usize> RsaKey<HALF, FULL> {
    /// Reads a private key from PEM, DER or a JWK, as [`PrivateKey::parse`] does, and checks it. It signs with the `alg`
    /// of the JWK, else with RS384.
    ///
    /// # Errors
    /// [`KeyError`]; [`KeyError::WrongAlgorithm`] when it is a key on a curve, [`KeyError::Disabled`] when this build has
    /// no code for its algorithm.
    pub fn parse(input: &[u8]) -> Result<Self, KeyError> {
        PrivateKey::parse_into::<_, PRIVATE_KEY_SCRATCH_LEN>(input, Self::from_private_key)
    }

    /// The same for a key that is to sign with `algorithm`.
    ///
    /// # Errors
    /// As [`RsaKey::parse`], and as [`PrivateKey::with_algorithm`].
    pub fn parse_with_algorithm(algorithm: Algorithm, input: &[u8]) -> Result<Self, KeyError> {
        PrivateKey::parse_into::<_, PRIVATE_KEY_SCRATCH_LEN>(input, |key| {
            Self::from_private_key(&key.with_algorithm(algorithm)?)
        })
    }

    /// Checks a private key that was parsed before, and precomputes what every signature needs.
    ///
    /// Checked is that modulus, primes, exponents and coefficient belong together; that the primes are prime is not.
    /// A key whose numbers are not prime makes signatures that [`Signer::sign`] then finds faulty.
    ///
    /// # Errors
    /// [`KeyError::WrongAlgorithm`], [`KeyError::Disabled`], [`KeyError::TooLong`], [`KeyError::RsaExponent`],
    /// [`KeyError::Inconsistent`].
    pub fn from_private_key(key: &PrivateKey<'_>) -> Result<Self, KeyError> {
        const { assert!(FULL == 2 * HALF) };
        match key.material() {
            KeyMaterial::Rsa(material) => {
                Self::from_material(Scheme::of(key.algorithm())?, material)
            }
            KeyMaterial::Ec(_) => Err(KeyError::WrongAlgorithm {
                found: key.algorithm(),
                expected: DEFAULT_RSA_ALGORITHM,
            }),
        }
    }

    fn from_material(scheme: Scheme, material: RsaKeyMaterial<'_>) -> Result<Self, KeyError> {
        let max_bits = Self::MAX_BITS;
        let too_long = KeyError::TooLong { max_bits };
        let n = uint::<FULL>(material.n).ok_or(too_long)?;
        let p = odd(uint::<HALF>(material.p).ok_or(too_long)?)?;
        let q = odd(uint::<HALF>(material.q).ok_or(too_long)?)?;
        let public_exponent = exponent(material.e)?;
        if join(p.as_ref().widening_mul(q.as_ref())) != n {
            return Err(KeyError::Inconsistent);
        }
        let key = Self {
            scheme,
            modulus: FixedMontyParams::new_vartime(odd(n)?),
            public_exponent,
            private: Zeroizing::new(PrivateNumbers {
                p: FixedMontyParams::new(p),
                q: FixedMontyParams::new(q),
                dp: uint(material.dp).ok_or(KeyError::Inconsistent)?,
                dq: uint(material.dq).ok_or(KeyError::Inconsistent)?,
                q_inv: uint(material.q_inv).ok_or(KeyError::Inconsistent)?,
            }),
            modulus_bits: bits(material.n),
        };
        if key.is_consistent() {
            Ok(key)
        } else {
            Err(KeyError::Inconsistent)
        }
    }

    /// Whether the exponents invert the public one, and the coefficient the second prime.
    fn is_consistent(&self) -> bool {
        let private = &*self.private;
        let q = FixedMontyForm::new(private.q.modulus().as_ref(), &private.p);
        let q_inv = FixedMontyForm::new(&private.q_inv, &private.p);
        self.inverts_exponent(&private.dp, private.p.modulus())
            && self.inverts_exponent(&private.dq, private.q.modulus())
            && q.mul(&q_inv).retrieve() == Uint::ONE
    }

    /// Whether `exponent` times the public exponent is 1 modulo `prime - 1`, by a subtraction for each bit of the public
    /// exponent: a division in constant time takes 3 KB of flash.
    fn inverts_exponent(&self, exponent: &Uint<HALF>, prime: &Odd<Uint<HALF>>) -> bool {
        let order = prime.as_ref().wrapping_sub(&Uint::ONE);
        let mut rest: Uint<FULL> = join(exponent.widening_mul(&Uint::from(self.public_exponent)));
        let bits = self
            .public_exponent
            .checked_ilog2()
            .unwrap_or(0)
            .saturating_add(1);
        let mut multiple: Uint<FULL> = order.resize().wrapping_shl_vartime(bits);
        for _ in 0..=bits {
            rest = rest.checked_sub(&multiple).unwrap_or(rest);
            multiple = multiple.wrapping_shr_vartime(1);
        }
        rest == Uint::ONE
    }

    /// The public half, to register with the server.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        let mut n = [0; MAX_BYTES];
        write_be(self.modulus.modulus().as_ref(), &mut n);
        PublicKey::of_rsa(self.algorithm(), &n, &self.public_exponent.to_be_bytes())
    }

    /// Writes the number that is signed for `message`, as long as the modulus.
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
                write_be(self.private.p.modulus().as_ref(), &mut prime);
                let done = pss::encode(message, self.modulus_bits, &prime, encoded);
                prime.zeroize();
                done
            }
        }
    }

    /// `message` to the power of the private exponent, by way of the two primes (RFC 8017 §5.2.1, 2.b).
    fn power(&self, message: &Uint<FULL>) -> Uint<FULL> {
        let PrivateNumbers {
            p,
            q,
            dp,
            dq,
            q_inv,
        } = &*self.private;
        let (low, high) = halves::<FULL, HALF>(message);
        let mut at_p = residue(&low, &high, p).pow_amm(dp);
        let mut at_q = residue(&low, &high, q).pow_amm(dq).retrieve();
        let mut h = at_p
            .sub(&FixedMontyForm::new(&at_q, p))
            .mul(&FixedMontyForm::new(q_inv, p))
            .retrieve();
        let product = join(q.modulus().as_ref().widening_mul(&h));
        let result = product.wrapping_add(&at_q.resize());
        at_p.zeroize();
        at_q.zeroize();
        h.zeroize();
        result
    }

    /// `signature` to the power of the public exponent: bit by bit, for it has few, and nearly all of them are 0.
    fn public_power(&self, signature: &Uint<FULL>) -> Uint<FULL> {
        let base = FixedMontyForm::new(signature, &self.modulus);
        let mut power = base;
        let below_first = self.public_exponent.checked_ilog2().unwrap_or(0);
        for bit in (0..below_first).rev() {
            power = power.square();
            if (self.public_exponent >> bit) & 1 == 1 {
                power = power.mul(&base);
            }
        }
        power.retrieve()
    }

    const MAX_BITS: usize = FULL * (Limb::BITS as usize);
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
        self.encode(message, signature).ok_or(SignError::Backend)?;
        let encoded = uint::<FULL>(signature).ok_or(SignError::Backend)?;
        let signed = self.power(&encoded);
        signature.fill(0);
        if self.public_power(&signed) != encoded {
            return Err(SignError::Faulty);
        }
        write_be(&signed, signature);
        Ok(())
    }
}

impl<const HALF: usize, const FULL: usize> ZeroizeOnDrop for RsaKey<HALF, FULL> {}

impl<const HALF: usize, const FULL: usize> fmt::Debug for RsaKey<HALF, FULL> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RsaKey({}, [redacted])", self.algorithm())
    }
}

/// The primes, and what the Chinese remainder theorem needs for them (RFC 8017 §3.2).
#[derive(Clone)]
struct PrivateNumbers<const HALF: usize> {
    p: FixedMontyParams<HALF>,
    q: FixedMontyParams<HALF>,
    dp: Uint<HALF>,
    dq: Uint<HALF>,
    q_inv: Uint<HALF>,
}

impl<const HALF: usize> Zeroize for PrivateNumbers<HALF> {
    fn zeroize(&mut self) {
        let Self {
            p,
            q,
            dp,
            dq,
            q_inv,
        } = self;
        p.zeroize();
        q.zeroize();
        dp.zeroize();
        dq.zeroize();
        q_inv.zeroize();
    }
}

/// `high · 2^(bits of HALF) + low` modulo the prime, in Montgomery form.
///
/// Montgomery's multiplication reduces any factor of `HALF` words, and the square of the radix that it keeps stands for
/// the radix itself: no division, whose time could depend on the prime.
fn residue<const HALF: usize>(
    low: &Uint<HALF>,
    high: &Uint<HALF>,
    prime: &FixedMontyParams<HALF>,
) -> FixedMontyForm<HALF> {
    let radix = FixedMontyForm::from_montgomery(*prime.r2(), prime);
    FixedMontyForm::new(high, prime)
        .mul(&radix)
        .add(&FixedMontyForm::new(low, prime))
}

fn exponent(e: &[u8]) -> Result<u32, KeyError> {
    let e = uint::<{ U64::LIMBS }>(e).ok_or(KeyError::RsaExponent)?;
    u32::try_from(u64::from(e))
        .ok()
        .filter(|&e| e >= 3 && e % 2 == 1)
        .ok_or(KeyError::RsaExponent)
}

fn odd<const LIMBS: usize>(number: Uint<LIMBS>) -> Result<Odd<Uint<LIMBS>>, KeyError> {
    Odd::new(number).into_option().ok_or(KeyError::Inconsistent)
}

/// The longest modulus, in bytes.
const MAX_BYTES: usize = 512;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wiped_private_numbers_are_gone() {
        let prime = FixedMontyParams::new(odd(Uint::<2>::from(0xffff_fffb_u64)).unwrap());
        let number = Uint::from(7_u64);
        let mut private = PrivateNumbers {
            p: prime,
            q: prime,
            dp: number,
            dq: number,
            q_inv: number,
        };
        private.zeroize();
        let mut nothing = prime;
        nothing.zeroize();
        assert!(nothing != prime);
        assert!(private.p == nothing && private.q == nothing);
        assert_eq!([private.dp, private.dq, private.q_inv], [Uint::ZERO; 3]);
    }
}
