use core::fmt;

use p256_cortex_m4::SecretKey;
use redox_auth_core::{
    Algorithm, Digest, KeyError, KeyMaterial, PrivateKey, PublicKey, SignError, Signer, wiped,
};
use zeroize::{Zeroize, Zeroizing};

use super::nonces::Seed;

/// A private key that signs with ES256 in the hand-optimized assembly of `p256-cortex-m4`. It takes a twentieth of the
/// instructions of `p256`. For Cortex-M4 and Cortex-M33 only.
///
/// That crate obtains its nonces from a random source and has no other interface for them. Here the random source
/// returns the nonces of RFC 6979: signatures are deterministic, and equal to those of
/// [`Es256Key`](https://docs.rs/redox-auth-core). With [`hedged`](Self::hedged) the nonces are also random, and still
/// safe with a weak random source. The key is wiped on drop, and the stack after each call.
#[derive(Clone)]
pub struct Es256CortexM4Key {
    secret: Zeroizing<[u8; 32]>,
    seed: Seed,
    hedge: Option<Hedge>,
}

/// Returns new random bytes at each call, to mix into a nonce.
pub type Hedge = fn() -> [u8; 32];

impl Es256CortexM4Key {
    /// The length of a signature, in bytes.
    pub const SIGNATURE_LEN: usize = 64;

    /// Parses a private key from PEM, DER or a JWK, as [`PrivateKey::parse`] does, and checks it.
    ///
    /// # Errors
    /// [`KeyError`]; [`KeyError::WrongAlgorithm`] for a key of another algorithm.
    pub fn parse(input: &[u8]) -> Result<Self, KeyError> {
        let mut made = Err(KeyError::OutOfRange);
        wiped::<[u8; READING], _>(|| {
            let mut scratch = Zeroizing::new([0; SCRATCH_LEN]);
            made = PrivateKey::parse(input, scratch.as_mut()).and_then(|key| Self::checked(&key));
        });
        made
    }

    /// Checks a private key that is already parsed: its scalar and, if there is one, its public key.
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

    /// The same key, with random bytes mixed into each nonce (RFC 6979 §3.6). An attacker who causes faults while the
    /// device signs the same message twice then learns nothing from the two signatures.
    #[must_use]
    pub const fn hedged(mut self, hedge: Hedge) -> Self {
        self.hedge = Some(hedge);
        self
    }

    /// The public half, to register with the server.
    ///
    /// # Errors
    /// None for a key from one of the functions here.
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

/// The key in the type of `p256-cortex-m4`, which does not wipe it.
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

/// The greatest amount of stack that parsing a key may overwrite, in bytes.
const READING: usize = 2560;

/// The same for a signature.
const SIGNING: usize = 2048;

/// Enough for any key on P-256 in any form, in bytes.
const SCRATCH_LEN: usize = 512;
