use pkcs1::RsaPrivateKey;
use pkcs1::der::asn1::UintRef;
use pkcs8::der::{Decode, Header, Reader, SliceReader, Tag};
use pkcs8::{ObjectIdentifier, PrivateKeyInfoRef};
use sec1::{EcParameters, EcPrivateKey};

use super::{EcKeyMaterial, Found, KeyError, KeyForm, KeyMaterial, RsaKeyMaterial};
use crate::Algorithm;

/// Reads a private key from DER, whichever of the three structures it is.
pub(super) fn parse(der: &[u8]) -> Result<KeyMaterial<'_>, KeyError> {
    match form(der)? {
        KeyForm::Pkcs8 => pkcs8(der),
        KeyForm::Sec1 => sec1(der, None),
        _ => pkcs1(der),
    }
}

/// Every structure in question is a sequence that its first two elements tell apart.
fn form(der: &[u8]) -> Result<KeyForm, KeyError> {
    let damaged = KeyError::Malformed(KeyForm::Der);
    match first_tags(der).ok_or(damaged)? {
        (Tag::Integer, Tag::Sequence) => Ok(KeyForm::Pkcs8),
        (Tag::Integer, Tag::OctetString) => Ok(KeyForm::Sec1),
        // A PKCS#1 private key begins with a version, of one byte; a public key with its modulus.
        (Tag::Integer, Tag::Integer) if first_len(der) == Some(1) => Ok(KeyForm::Pkcs1),
        (Tag::Integer, Tag::Integer) | (Tag::Sequence, Tag::BitString) => {
            Err(KeyError::NoPrivateKey(Found::PublicKey))
        }
        (Tag::Sequence, Tag::OctetString) => Err(KeyError::NoPrivateKey(Found::EncryptedKey)),
        (Tag::Sequence, Tag::Sequence) => Err(KeyError::NoPrivateKey(Found::Certificate)),
        _ => Err(KeyError::NoPrivateKey(Found::Unknown)),
    }
}

fn first_tags(der: &[u8]) -> Option<(Tag, Tag)> {
    let mut reader = inside(der)?;
    let first = Header::decode(&mut reader).ok()?;
    reader.read_slice(first.length()).ok()?;
    let second = Header::decode(&mut reader).ok()?;
    Some((first.tag(), second.tag()))
}

fn first_len(der: &[u8]) -> Option<u32> {
    let mut reader = inside(der)?;
    Some(Header::decode(&mut reader).ok()?.length().into())
}

/// The inside of the sequence that `der` is, when all of it is there.
fn inside(der: &[u8]) -> Option<SliceReader<'_>> {
    let mut reader = SliceReader::new(der).ok()?;
    let outer = Header::decode(&mut reader).ok()?;
    let whole = outer.tag() == Tag::Sequence && outer.length() <= reader.remaining_len();
    whole.then_some(reader)
}

fn pkcs8(der: &[u8]) -> Result<KeyMaterial<'_>, KeyError> {
    let malformed = KeyError::Malformed(KeyForm::Pkcs8);
    let info = PrivateKeyInfoRef::try_from(der).map_err(|_| malformed)?;
    match info.algorithm.oid {
        pkcs1::ALGORITHM_OID => pkcs1(info.private_key.as_bytes()),
        sec1::ALGORITHM_OID => {
            let curve = info.algorithm.parameters_oid().map_err(|_| malformed)?;
            sec1(info.private_key.as_bytes(), Some(curve))
        }
        RSA_PSS => Err(KeyError::Unsupported("a key for RSA-PSS")),
        ED25519 => Err(KeyError::Unsupported("a key on Ed25519")),
        X25519 => Err(KeyError::Unsupported("a key on X25519")),
        _ => Err(KeyError::Unsupported("a key for another algorithm")),
    }
}

fn sec1(der: &[u8], curve: Option<ObjectIdentifier>) -> Result<KeyMaterial<'_>, KeyError> {
    let malformed = KeyError::Malformed(KeyForm::Sec1);
    let key = EcPrivateKey::try_from(der).map_err(|_| malformed)?;
    let named = key.parameters.map(|EcParameters::NamedCurve(oid)| oid);
    if let (Some(outer), Some(inner)) = (curve, named)
        && outer != inner
    {
        return Err(KeyError::Inconsistent);
    }
    let algorithm = match curve.or(named).ok_or(malformed)? {
        P256 => Algorithm::Es256,
        P384 => Algorithm::Es384,
        P521 => return Err(KeyError::Unsupported("a key on P-521")),
        SECP256K1 => return Err(KeyError::Unsupported("a key on secp256k1")),
        _ => return Err(KeyError::Unsupported("a key on another curve")),
    };
    Ok(KeyMaterial::Ec(EcKeyMaterial {
        algorithm,
        secret: key.private_key,
        public: key.public_key,
    }))
}

fn pkcs1(der: &[u8]) -> Result<KeyMaterial<'_>, KeyError> {
    let key = RsaPrivateKey::<UintRef<'_>>::try_from(der)
        .map_err(|_| KeyError::Malformed(KeyForm::Pkcs1))?;
    if key.other_prime_infos.is_some() {
        return Err(KeyError::Unsupported("an RSA key of more than two primes"));
    }
    RsaKeyMaterial {
        n: key.modulus.as_bytes(),
        e: key.public_exponent.as_bytes(),
        d: key.private_exponent.as_bytes(),
        p: key.prime1.as_bytes(),
        q: key.prime2.as_bytes(),
        dp: key.exponent1.as_bytes(),
        dq: key.exponent2.as_bytes(),
        q_inv: key.coefficient.as_bytes(),
    }
    .checked()
    .map(KeyMaterial::Rsa)
}

const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
const P521: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.35");
const SECP256K1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.10");
const RSA_PSS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10");
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
const X25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.110");
