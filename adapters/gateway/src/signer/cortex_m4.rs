use core::fmt;

use p256_cortex_m4::SecretKey;
use redox_auth_core::{
    Algorithm, Digest, KeyError, KeyMaterial, PrivateKey, PublicKey, SignError, Signer, wiped,
};
use zeroize::{Zeroize, Zeroizing};

use super::nonces::Seed;

/// A private key that signs with ES256 in the hand-optimized assembly of `p256-cortex-m4`, in a twentieth of the
/// instructions that `p256` takes. For Cortex-M4 and Cortex-M33 only.
///
/// That crate draws its nonces from a random source and hands out no other way to choose them. The source that it gets
/// here answers with those of RFC 6979, so signatures are deterministic, the same as those of
/// [`Es256Key`](https://docs.rs/redox-auth-core); with [`hedged`](Self::hedged) they are random as well, and still safe
/// where the random source is weak. Wiped on drop, and so is the stack after each call.
#[derive(Clone)]
pub struct Es256CortexM4Key {
    secret: Zeroizing<[u8; 32]>,
    seed: Seed,
    hedge: Option<Hedge>,
}

/// Gives random bytes to mix into a nonce, other ones at each call.
pub type Hedge = fn() -> [u8; 32];

impl Es256CortexM4Key {
    /// The length of a signature, in bytes.
    pub const SIGNATURE_LEN: usize = 64;

    /// Reads a private key from PEM, DER or a JWK, as [`PrivateKey::parse`] does, and checks it.
    ///
    /// # Errors
    /// [`KeyError`]; [`KeyError::WrongAlgorithm`] when it is a key for another algorithm.
    pub fn parse(input: &[u8]) -> Result<Self, KeyError> {
        let mut made = Err(KeyError::OutOfRange);
        wiped::<[u8; READING], _>(|| {
            let mut scratch = Zeroizing::new([0; SCRATCH_LEN]);
            made = PrivateKey::parse(input, scratch.as_mut()).and_then(|key| Self::checked(&key));
        });
        made
    }

    /// Checks a private key that was parsed before: its number and, when it came along, its public key.
    ///
    /// # Errors
    /// [`KeyError::WrongAlgorithm`], [`KeyError::OutOfRange`], [`KeyError::Inconsistent`].
    pub fn from_private_key(key: &PrivateKey<'_>) -> Result<Self, KeyError> {
        let mut made = Err(KeyError::OutOfRange);
        wiped::<[u8; READING], _>(|| made = Self::checked(key));
        made
    }

    fn checked(key: &PrivateKey<'_>) -> Result<Self, KeyError> {
        let expected = Algorithm::Es256;
        let material = match key.material() {
            KeyMaterial::Ec(material) if material.algorithm == expected => material,
            _ => {
                let found = key.algorithm();
                return Err(KeyError::WrongAlgorithm { found, expected });
            }
        };
        let mut secret = Zeroizing::new([0; 32]);
        material.write_secret(secret.as_mut())?;
        let key = Self {
            seed: Seed::new(&secret),
            secret,
            hedge: None,
        };
        let public = key.scalar().map_err(|_| KeyError::OutOfRange)?.public_key();
        let is_own = match material.public {
            None => true,
            Some(point) if point.len() == 33 => point == public.to_compressed_sec1_bytes(),
            Some(point) => point == public.to_uncompressed_sec1_bytes(),
        };
        if is_own {
            Ok(key)
        } else {
            Err(KeyError::Inconsistent)
        }
    }

    /// The same key, with random bytes mixed into each nonce by RFC 6979 §3.6: whoever makes the device fail while it
    /// signs the same message twice learns nothing from the two.
    #[must_use]
    pub const fn hedged(mut self, hedge: Hedge) -> Self {
        self.hedge = Some(hedge);
        self
    }

    /// The public half, to register with the server.
    ///
    /// # Errors
    /// None for a key that was made by one of the functions here.
    pub fn public_key(&self) -> Result<PublicKey, KeyError> {
        let key = self.scalar().map_err(|_| KeyError::OutOfRange)?;
        PublicKey::from_ec_point(
            Algorithm::Es256,
            &key.public_key().to_uncompressed_sec1_bytes(),
        )
    }

    fn sign_once(&self, message: &[u8], signature: &mut [u8]) -> Result<(), SignError> {
        let Digest::Sha256(digest) = Digest::of(Algorithm::Es256, message) else {
            return Err(SignError::Backend);
        };
        let hedge = Zeroizing::new(self.hedge.map(|hedge| hedge()));
        let hedge = hedge.as_ref().map_or(&[][..], |bytes| bytes);
        let nonces = self.seed.nonces(&self.secret, &digest, hedge);
        let signed = self.scalar()?.sign_prehashed(&digest, nonces);
        signature.copy_from_slice(&signed.to_untagged_bytes());
        Ok(())
    }

    fn scalar(&self) -> Result<Scalar, SignError> {
        SecretKey::from_bytes(self.secret.as_ref())
            .map(Scalar)
            .map_err(|_| SignError::Backend)
    }
}

impl Signer for Es256CortexM4Key {
    fn algorithm(&self) -> Algorithm {
        Algorithm::Es256
    }

    fn signature_len(&self) -> usize {
        Self::SIGNATURE_LEN
    }

    fn sign(&self, message: &[u8], signature: &mut [u8]) -> Result<(), SignError> {
        if signature.len() != Self::SIGNATURE_LEN {
            return Err(SignError::SignatureLen {
                found: signature.len(),
                expected: Self::SIGNATURE_LEN,
            });
        }
        wiped::<[u8; SIGNING], _>(|| self.sign_once(message, signature))
    }
}

impl fmt::Debug for Es256CortexM4Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Es256CortexM4Key([redacted])")
    }
}

/// The key as `p256-cortex-m4` has it, which does not wipe it by itself.
struct Scalar(SecretKey);

impl core::ops::Deref for Scalar {
    type Target = SecretKey;

    fn deref(&self) -> &SecretKey {
        &self.0
    }
}

impl Drop for Scalar {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// How much of the stack the reading of a key may mark, in bytes.
const READING: usize = 2560;

/// The same for a signature.
const SIGNING: usize = 2048;

/// Enough for any key on P-256 in any form, in bytes.
const SCRATCH_LEN: usize = 512;
