use std::borrow::Cow;

use cryptoki::mechanism::rsa::{PkcsMgfType, PkcsPssParams};
use cryptoki::mechanism::{Mechanism, MechanismType};
use redox_auth_reqwest::{Algorithm, Digest};

/// A mechanism of a token for an algorithm.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Way {
    /// The token hashes and signs.
    Message(Algorithm),
    /// The token signs a hash: with a curve or with PSS.
    Digest(Algorithm),
    /// The token signs a hash and its name (RFC 8017 §9.2): with RSA.
    DigestInfo(Algorithm),
}

impl Way {
    /// The mechanisms for an algorithm, the usual one first.
    pub(crate) const fn of(algorithm: Algorithm) -> [Self; 2] {
        let second = match algorithm {
            Algorithm::Rs256 | Algorithm::Rs384 | Algorithm::Rs512 => Self::DigestInfo(algorithm),
            _ => Self::Digest(algorithm),
        };
        [Self::Message(algorithm), second]
    }

    /// The name of its mechanism in the specification.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Message(Algorithm::Es256) => "CKM_ECDSA_SHA256",
            Self::Message(Algorithm::Es384) => "CKM_ECDSA_SHA384",
            Self::Message(Algorithm::Es512) => "CKM_ECDSA_SHA512",
            Self::Message(Algorithm::Rs256) => "CKM_SHA256_RSA_PKCS",
            Self::Message(Algorithm::Rs384) => "CKM_SHA384_RSA_PKCS",
            Self::Message(Algorithm::Rs512) => "CKM_SHA512_RSA_PKCS",
            Self::Message(Algorithm::Ps256) => "CKM_SHA256_RSA_PKCS_PSS",
            Self::Digest(Algorithm::Ps256) => "CKM_RSA_PKCS_PSS",
            Self::Message(_) | Self::Digest(_) => "CKM_ECDSA",
            Self::DigestInfo(_) => "CKM_RSA_PKCS",
        }
    }

    pub(crate) fn mechanism(self) -> Mechanism<'static> {
        match self {
            Self::Message(Algorithm::Es256) => Mechanism::EcdsaSha256,
            Self::Message(Algorithm::Es384) => Mechanism::EcdsaSha384,
            Self::Message(Algorithm::Es512) => Mechanism::EcdsaSha512,
            Self::Message(Algorithm::Rs256) => Mechanism::Sha256RsaPkcs,
            Self::Message(Algorithm::Rs384) => Mechanism::Sha384RsaPkcs,
            Self::Message(Algorithm::Rs512) => Mechanism::Sha512RsaPkcs,
            Self::Message(Algorithm::Ps256) => Mechanism::Sha256RsaPkcsPss(pss()),
            Self::Digest(Algorithm::Ps256) => Mechanism::RsaPkcsPss(pss()),
            // `PublicKey::verifies` rejects every signature of an algorithm that is not listed.
            Self::Message(_) | Self::Digest(_) => Mechanism::Ecdsa,
            Self::DigestInfo(_) => Mechanism::RsaPkcs,
        }
    }

    pub(crate) fn kind(self) -> MechanismType {
        self.mechanism().mechanism_type()
    }

    /// The input for the token.
    pub(crate) fn input(self, message: &[u8]) -> Cow<'_, [u8]> {
        match self {
            Self::Message(_) => Cow::Borrowed(message),
            Self::Digest(algorithm) => {
                Cow::Owned(Digest::of(algorithm, message).as_bytes().to_owned())
            }
            Self::DigestInfo(algorithm) => {
                let digest = Digest::of(algorithm, message);
                Cow::Owned([name_of(&digest), digest.as_bytes()].concat())
            }
        }
    }
}

/// The prefix of a hash in a signature of PKCS#1 v1.5 (RFC 8017 §9.2, note 1).
const fn name_of(digest: &Digest) -> &'static [u8] {
    match digest {
        Digest::Sha256(_) => {
            b"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20"
        }
        Digest::Sha384(_) => {
            b"\x30\x41\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x02\x05\x00\x04\x30"
        }
        Digest::Sha512(_) => {
            b"\x30\x51\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x03\x05\x00\x04\x40"
        }
        // No hash has an empty name, and therefore no server accepts the signature.
        _ => b"",
    }
}

/// The parameters of PS256 (RFC 7518 §3.5).
fn pss() -> PkcsPssParams {
    PkcsPssParams {
        hash_alg: MechanismType::SHA256,
        mgf: PkcsMgfType::MGF1_SHA256,
        s_len: 32.into(),
    }
}
