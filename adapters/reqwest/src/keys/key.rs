mod signing;

use core::fmt;
use std::sync::Arc;

use redox_auth_core::{
    Algorithm, KeyError, KeyMaterial, PRIVATE_KEY_SCRATCH_LEN, PrivateKey, PublicKey, Signer,
    UnixTime,
};
use zeroize::Zeroizing;

use super::aws_lc::AwsLcKey;
use super::choice::choose;
use super::note::KeyNote;
use super::remote_signer::RemoteSigner;
use super::rust::RustKey;
use super::text::{TakenOff, plain_key};
use super::unusable::{Around, Reason, UnusableKey};
use super::verify::is_on_curve;
use super::wiped_stack::wipe_stack;
use crate::error::Error;

/// A private key that signs client assertions, with the key ID of its public half at the server.
pub struct Key {
    hand: Hand,
    key_id: String,
    public_key: Option<Box<PublicKey>>,
    /// Whether its algorithm can still be chosen.
    has_choice: bool,
    /// Further members of the header of its assertions: JSON members without the braces around them.
    header: String,
    /// The first and the last second of its certificate, if it has one.
    valid: Option<(UnixTime, UnixTime)>,
    description: Option<Description>,
}

/// The form that the key was read from.
struct Description {
    form: &'static str,
    /// Of its modulus, if it is RSA.
    bits: Option<usize>,
    notes: Vec<KeyNote>,
}

impl Key {
    /// Reads a private key on P-256, P-384 or P-521, or an RSA key of 2048 to 4096 bits, from PEM, DER or a JWK; see
    /// [`PrivateKey::parse`](redox_auth_core::PrivateKey::parse) for the forms. It also takes text in UTF-16, line ends that
    /// are written as `\n`, base64 of any of these, and the one private key of a JWK Set. [`Key::notes`] lists everything
    /// unusual. It signs with ES256, ES384 or ES512. An RSA key signs with the `alg` of its JWK, otherwise with RS384, and
    /// [`Key::with_algorithm`] chooses another.
    ///
    /// Its key ID is the `kid` of a JWK, otherwise the thumbprint (RFC 7638) of its public key. The caller wipes `input`.
    ///
    /// # Errors
    /// [`UnusableKey`], which names the format that was found and the remedy, and holds nothing of the content.
    pub fn parse(input: &[u8]) -> Result<Self, UnusableKey> {
        Self::parse_under(None, input, Way::AwsLc)
    }

    /// Reads a private key as [`Key::parse`] does, and gives it the key ID that the server's settings show.
    ///
    /// # Errors
    /// As [`Key::parse`]; [`KeyError::JwkKeyId`] for a JWK with another `kid`.
    pub fn parse_with_key_id(key_id: &str, input: &[u8]) -> Result<Self, UnusableKey> {
        Self::parse_under(Some(key_id), input, Way::AwsLc)
    }

    /// Reads a private key, with or without a key ID and an algorithm, for a program that signs once and ends: the key signs
    /// in pure Rust. aws-lc seeds a random generator before its first signature, and takes 26 ms of CPU time for it where it is
    /// built with its usual settings. After that, each of its signatures takes less time than one in pure Rust.
    ///
    /// # Errors
    /// As [`Key::parse_with_key_id`] and [`Key::with_algorithm`].
    pub fn parse_for_one_signature(
        key_id: Option<&str>,
        algorithm: Option<Algorithm>,
        input: &[u8],
    ) -> Result<Self, UnusableKey> {
        Self::parse_under(key_id, input, Way::Rust(algorithm))
    }

    fn parse_under(key_id: Option<&str>, input: &[u8], way: Way) -> Result<Self, UnusableKey> {
        if let Some(around) = key_id.and_then(Around::of) {
            return Err(Reason::KeyId(around).into());
        }
        let parsed = Self::read(key_id, input, way);
        wipe_stack();
        parsed
    }

    // Its frame is below its caller's frame, where it can be wiped.
    #[inline(never)]
    fn read(key_id: Option<&str>, input: &[u8], way: Way) -> Result<Self, UnusableKey> {
        let (plain, taken_off) = plain_key(input);
        let is_in_base64 = taken_off.contains(&TakenOff::Base64);
        Self::of_plain(key_id, plain.as_slice(), taken_off, way).map_err(|error| match is_in_base64
        {
            true => error.in_base64(input),
            false => error,
        })
    }

    fn of_plain(
        key_id: Option<&str>,
        plain: &[u8],
        taken_off: Vec<TakenOff>,
        way: Way,
    ) -> Result<Self, UnusableKey> {
        let content = choose(plain)?;
        // Enough for any key, therefore a longer file gets the right error.
        let len = content.len().saturating_add(PRIVATE_KEY_SCRATCH_LEN);
        let mut scratch = Zeroizing::new(vec![0; len]);
        let mut private_key = PrivateKey::parse(content, &mut scratch)
            .map_err(|error| UnusableKey::of(error, content))?;
        if let Some(key_id) = key_id {
            private_key.expect_key_id(key_id)?;
        }
        if let Way::Rust(Some(algorithm)) = way {
            private_key = private_key.with_algorithm(algorithm)?;
        }
        let own = RustKey::new(&private_key)?;
        let public_key = own.public_key()?;
        let key_id = match key_id.or(private_key.key_id()) {
            Some(key_id) => key_id.to_owned(),
            None => public_key.thumbprint().as_str().to_owned(),
        };
        let mut notes: Vec<_> = taken_off.into_iter().map(KeyNote::TakenOff).collect();
        let form = form(content);
        if form == JWK {
            let is_part = content.len() < plain.trim_ascii().len();
            notes.extend(is_part.then_some(KeyNote::OneOfSet));
            notes.extend(KeyNote::of_jwk(
                core::str::from_utf8(content).unwrap_or_default(),
            ));
        }
        let bits = match private_key.material() {
            KeyMaterial::Rsa(key) => Some(bits(key.n)),
            _ => None,
        };
        Ok(Self {
            hand: match way {
                Way::AwsLc => Hand::Own(Arc::new(AwsLcKey::new(&private_key)?)),
                Way::Rust(_) => Hand::Rust(own),
            },
            key_id,
            public_key: Some(Box::new(public_key)),
            has_choice: private_key.has_choice(),
            header: String::new(),
            valid: None,
            description: Some(Description { form, bits, notes }),
        })
    }

    /// Returns the same key with another `algorithm`: a choice for an RSA key whose JWK names none. PEM and DER never name
    /// one.
    ///
    /// Any other key has only one algorithm, and this checks that it is `algorithm`.
    ///
    /// # Errors
    /// [`KeyError::WrongAlgorithm`], which names both.
    pub fn with_algorithm(mut self, algorithm: Algorithm) -> Result<Self, KeyError> {
        let found = self.algorithm();
        if found != algorithm {
            let wrong = KeyError::WrongAlgorithm {
                found,
                expected: algorithm,
            };
            let key = match &self.hand {
                Hand::Own(key) if self.has_choice => key.with_algorithm(algorithm),
                _ => None,
            };
            self.hand = Hand::Own(Arc::new(key.ok_or(wrong)?));
            let public_key = self.public_key.map(|key| key.with_algorithm(algorithm));
            self.public_key = public_key.transpose()?.map(Box::new);
        }
        self.has_choice = false;
        Ok(self)
    }

    /// Creates a key behind a [`Signer`] of the caller's, which may take long: it signs on a thread for blocking work. With
    /// [`Key::with_public_key`] the client verifies each signature.
    #[must_use]
    pub fn from_signer(
        key_id: impl Into<String>,
        signer: impl Signer + Send + Sync + 'static,
    ) -> Self {
        Self {
            hand: Hand::Here(Arc::new(signer)),
            key_id: key_id.into(),
            public_key: None,
            has_choice: false,
            header: String::new(),
            valid: None,
            description: None,
        }
    }

    /// Creates a key that never leaves a KMS or an HSM, behind a [`RemoteSigner`] of the caller's.
    ///
    /// Call [`Key::with_public_key`] and [`Key::check`] next. Many settings of a KMS lead to signatures that no server
    /// accepts, and servers do not give the reason.
    ///
    /// [`Redox::assertion`](crate::Redox::assertion) and `sign_each` do not wait. Therefore they cannot use such a key.
    #[must_use]
    pub fn from_remote_signer(key_id: impl Into<String>, signer: impl RemoteSigner) -> Self {
        Self {
            hand: Hand::Elsewhere(Box::new(signer)),
            key_id: key_id.into(),
            public_key: None,
            has_choice: false,
            header: String::new(),
            valid: None,
            description: None,
        }
    }

    /// Generates a key on P-256, for ES256, that exists only in this process: for [`Builder::dpop`](crate::Builder::dpop).
    ///
    /// # Errors
    /// [`Error::Random`].
    pub fn generate() -> Result<Self, Error> {
        let pkcs8 = AwsLcKey::generate().map_err(|_| Error::Random)?;
        // A key from aws-lc is valid.
        Self::parse(pkcs8.as_ref()).map_err(|_| Error::Random)
    }

    /// Adds the public half to a key behind a signer of the caller's: the public key that is registered with the server.
    /// From then on the client verifies each of the signer's signatures before it sends one. [`Key::check`] verifies the
    /// first. [`Builder::dpop`](crate::Builder::dpop) needs the public half as well.
    ///
    /// # Errors
    /// [`KeyError::WrongAlgorithm`] if the two have different algorithms. [`KeyError::Inconsistent`] if the point is not on
    /// its curve, or if signatures of the public key have another length than the signer's.
    pub fn with_public_key(mut self, public_key: PublicKey) -> Result<Self, KeyError> {
        let (found, expected) = (public_key.algorithm(), self.algorithm());
        if found != expected {
            return Err(KeyError::WrongAlgorithm { found, expected });
        }
        if public_key.signature_len() != self.signature_len() || !is_on_curve(&public_key) {
            return Err(KeyError::Inconsistent);
        }
        self.public_key = Some(Box::new(public_key));
        Ok(self)
    }

    /// The `kid` of the assertions.
    #[must_use]
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// The algorithm of the key's signatures.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        match &self.hand {
            Hand::Own(key) => key.algorithm(),
            Hand::Rust(key) => key.algorithm(),
            Hand::Here(signer) => signer.algorithm(),
            Hand::Elsewhere(signer) => signer.algorithm(),
        }
    }

    /// The form that the key was read from, such as `PKCS#8 in PEM`; `None` for a key behind a signer of the caller's.
    #[must_use]
    pub fn form(&self) -> Option<&'static str> {
        self.description.as_ref().map(|it| it.form)
    }

    /// The length of an RSA key's modulus in bits; `None` for any other key, and for one behind a signer of the caller's.
    #[must_use]
    pub fn rsa_bits(&self) -> Option<usize> {
        self.description.as_ref()?.bits
    }

    /// Everything unusual about the input that the key was read from.
    #[must_use]
    pub fn notes(&self) -> &[KeyNote] {
        self.description.as_ref().map_or(&[], |it| &it.notes)
    }

    /// The public half, to register with the server; `None` for a key behind a caller's signer without
    /// [`Key::with_public_key`].
    #[must_use]
    pub fn public_key(&self) -> Option<&PublicKey> {
        self.public_key.as_deref()
    }
}

impl Key {
    /// The same key with these members in the header of its assertions, JSON without the braces around it, and with the
    /// first and the last second of the certificate in them.
    #[cfg(feature = "certificates")]
    pub(crate) fn with_header(mut self, header: String, valid: (UnixTime, UnixTime)) -> Self {
        self.header = header;
        self.valid = Some(valid);
        self
    }

    /// Whether it has a certificate that is not valid at this time.
    pub(crate) fn is_out_of_date(&self, now: UnixTime) -> bool {
        self.valid
            .is_some_and(|(from, until)| now < from || until < now)
    }

    /// Further members of the header of its assertions, as JSON without the braces around it.
    pub(crate) fn header(&self) -> &str {
        &self.header
    }

    /// Whether one of these is the same key, under the same ID.
    pub(crate) fn is_among(&self, keys: &[Arc<Self>]) -> bool {
        keys.iter().any(|key| key.is_same(self))
    }

    /// Whether a server cannot distinguish the assertions of the two.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        let half = |key: &Self| key.public_key().map(PublicKey::thumbprint);
        self.key_id == other.key_id
            && self.algorithm() == other.algorithm()
            && self.header == other.header
            && half(self).is_some()
            && half(self) == half(other)
    }

    /// Whether it is behind a [`RemoteSigner`].
    pub(crate) const fn has_to_be_waited_for(&self) -> bool {
        matches!(self.hand, Hand::Elsewhere(_))
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key")
            .field("key_id", &self.key_id)
            .field("algorithm", &self.algorithm())
            .finish_non_exhaustive()
    }
}

/// The form of a key that was read.
fn form(content: &[u8]) -> &'static str {
    let has = |label: &[u8]| content.windows(label.len()).any(|it| it == label);
    if content.first() == Some(&SEQUENCE) {
        "DER"
    } else if has(b"-----BEGIN EC PRIVATE KEY-----") {
        "SEC1 in PEM"
    } else if has(b"-----BEGIN RSA PRIVATE KEY-----") {
        "PKCS#1 in PEM"
    } else if has(b"-----BEGIN PRIVATE KEY-----") {
        "PKCS#8 in PEM"
    } else {
        JWK
    }
}

/// The length of a big-endian number.
fn bits(number: &[u8]) -> usize {
    let zeros = number.iter().take_while(|&&byte| byte == 0).count();
    let digits = number.get(zeros..).unwrap_or_default();
    let spare = digits.first().map_or(0, |byte| byte.leading_zeros());
    let spare = usize::try_from(spare).unwrap_or(0);
    digits.len().saturating_mul(8).saturating_sub(spare)
}

const JWK: &str = "a JWK";

/// The first bytes of DER.
const SEQUENCE: u8 = 0x30;

/// The signer of a key that was read.
#[derive(Clone, Copy)]
enum Way {
    AwsLc,
    /// Pure Rust, with this algorithm if one is given.
    Rust(Option<Algorithm>),
}

/// The maker of the signatures.
enum Hand {
    Own(Arc<AwsLcKey>),
    Rust(Arc<RustKey>),
    Here(Arc<dyn Signer + Send + Sync>),
    Elsewhere(Box<dyn RemoteSigner>),
}
