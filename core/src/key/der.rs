use super::{
    DEFAULT_RSA_ALGORITHM, EcKeyMaterial, Found, KeyError, KeyForm, KeyMaterial, PublicKey,
    RsaKeyMaterial,
};
use crate::algorithm::Algorithm;
use crate::asn1::{
    BIT_STRING, CONTEXT_0, CONTEXT_1, EXPLICIT, Elements, INTEGER, OBJECT_IDENTIFIER, OCTET_STRING,
    SEQUENCE,
};

/// Parses a private key from DER in one of the three structures.
pub(super) fn parse(der: &[u8]) -> Result<KeyMaterial<'_>, KeyError> {
    match form(der)? {
        KeyForm::Pkcs8 => pkcs8(der),
        KeyForm::Sec1 => sec1(der, None),
        _ => pkcs1(der),
    }
}

/// Each structure is a sequence, and its first two elements distinguish it from the others.
pub(super) fn form(der: &[u8]) -> Result<KeyForm, KeyError> {
    let damaged = KeyError::Malformed(KeyForm::Der);
    let mut inside = Elements::of_sequence(der).ok_or(damaged)?;
    let first = inside.next().ok_or(damaged)?;
    let second = inside.next_tag().ok_or(damaged)?;
    match (first.tag, second) {
        (INTEGER, SEQUENCE) if first.contents == [3] => Err(KeyError::NoPrivateKey(Found::Pkcs12)),
        (INTEGER, SEQUENCE) => Ok(KeyForm::Pkcs8),
        (INTEGER, OCTET_STRING) => Ok(KeyForm::Sec1),
        // A PKCS#1 private key starts with a version of one byte, a public key with its modulus.
        (INTEGER, INTEGER) if first.contents.len() == 1 => Ok(KeyForm::Pkcs1),
        (INTEGER, INTEGER) | (SEQUENCE, BIT_STRING) => {
            Err(KeyError::NoPrivateKey(Found::PublicKey))
        }
        (SEQUENCE, OCTET_STRING) => Err(KeyError::NoPrivateKey(Found::EncryptedKey)),
        // A certificate request starts with its version, which is always 0.
        (SEQUENCE, SEQUENCE) if first.contents.starts_with(VERSION_0) => {
            Err(KeyError::NoPrivateKey(Found::CertificateRequest))
        }
        (SEQUENCE, SEQUENCE) => Err(KeyError::NoPrivateKey(Found::Certificate)),
        _ => Err(KeyError::NoPrivateKey(Found::Unknown)),
    }
}

/// `OneAsymmetricKey` (RFC 5958 §2). Its attributes and its copy of the public key are ignored.
fn pkcs8(der: &[u8]) -> Result<KeyMaterial<'_>, KeyError> {
    let malformed = KeyError::Malformed(KeyForm::Pkcs8);
    let parts = || {
        let mut inside = Elements::of_sequence(der)?;
        matches!(inside.expect(INTEGER)?, [0 | 1]).then_some(())?;
        let mut algorithm = Elements(inside.expect(SEQUENCE)?);
        let private_key = inside.expect(OCTET_STRING)?;
        let oid = algorithm.expect(OBJECT_IDENTIFIER)?;
        inside.all_well_formed()?;
        Some((oid, algorithm, private_key))
    };
    let (oid, mut parameters, private_key) = parts().ok_or(malformed)?;
    match oid {
        // RFC 8017 §A.1 requires the NULL, but some programs omit it.
        RSA if matches!(parameters.0, NULL | []) => pkcs1(private_key),
        RSA => Err(malformed),
        EC => {
            let curve = parameters.curve().ok_or(malformed)?;
            sec1(private_key, Some(curve))
        }
        other => Err(unsupported(other)),
    }
}

/// `ECPrivateKey` (RFC 5915 §3).
fn sec1<'d>(der: &'d [u8], curve: Option<&[u8]>) -> Result<KeyMaterial<'d>, KeyError> {
    let malformed = KeyError::Malformed(KeyForm::Sec1);
    let parts = || {
        let mut inside = Elements::of_sequence(der)?;
        matches!(inside.expect(INTEGER)?, [1]).then_some(())?;
        let secret = inside.expect(OCTET_STRING)?;
        let named = match inside.optional(CONTEXT_0) {
            Some(parameters) => {
                let mut parameters = Elements(parameters);
                let curve = parameters.curve()?;
                Some(parameters.0.is_empty().then_some(curve)?)
            }
            None => None,
        };
        let public = match inside.optional(CONTEXT_1) {
            // The first byte of a bit string is the number of unused bits.
            Some(public) => Some(Elements(public).only(BIT_STRING)?.strip_prefix(&[0])?),
            None => None,
        };
        inside.0.is_empty().then_some((secret, named, public))
    };
    let (secret, named, public) = parts().ok_or(malformed)?;
    if let (Some(outer), Some(inner)) = (curve, named)
        && outer != inner
    {
        return Err(KeyError::Inconsistent);
    }
    let algorithm = algorithm_on(curve.or(named).ok_or(malformed)?)?;
    Ok(KeyMaterial::Ec(EcKeyMaterial {
        algorithm,
        secret,
        public,
    }))
}

/// The algorithm of keys on the curve of this name.
fn algorithm_on(curve: &[u8]) -> Result<Algorithm, KeyError> {
    Err(KeyError::Unsupported(match curve {
        P256 => return Ok(Algorithm::Es256),
        P384 => return Ok(Algorithm::Es384),
        P521 => return Ok(Algorithm::Es512),
        SECP256K1 => "a key on secp256k1",
        SM2 => "a key on the curve of SM2",
        EXPLICIT => "a key with the parameters of its curve",
        oid if oid.starts_with(BRAINPOOL) => "a key on a Brainpool curve",
        _ => "a key on another curve",
    }))
}

/// The kind of a key with this type, for which this crate has no algorithm.
fn unsupported(oid: &[u8]) -> KeyError {
    KeyError::Unsupported(match oid {
        RSA_PSS => "a key for RSA-PSS",
        ED25519 => "a key on Ed25519",
        X25519 => "a key on X25519",
        ED448 => "a key on Ed448",
        X448 => "a key on X448",
        DSA => "a DSA key",
        DH | X942_DH => "a Diffie-Hellman key",
        _ => "a key for another algorithm",
    })
}

/// `SubjectPublicKeyInfo` (RFC 5280 §4.1).
pub(super) fn public(der: &[u8]) -> Result<PublicKey, KeyError> {
    let malformed = KeyError::Malformed(KeyForm::Der);
    let parts = || {
        let mut inside = Elements::of_sequence(der)?;
        let mut algorithm = Elements(inside.expect(SEQUENCE)?);
        // The first byte of a bit string is the number of unused bits.
        let key = inside.only(BIT_STRING)?.strip_prefix(&[0])?;
        Some((algorithm.expect(OBJECT_IDENTIFIER)?, algorithm, key))
    };
    let (oid, mut parameters, key) = parts().ok_or(malformed)?;
    match oid {
        EC => {
            let curve = parameters.curve().filter(|_| parameters.0.is_empty());
            PublicKey::from_ec_point(algorithm_on(curve.ok_or(malformed)?)?, key)
        }
        // RFC 3279 §2.3.1 requires the NULL, but some programs omit it.
        RSA if !matches!(parameters.0, NULL | []) => Err(malformed),
        RSA => {
            let numbers = || {
                let mut inside = Elements::of_sequence(key)?;
                let (n, e) = (inside.unsigned()?, inside.unsigned()?);
                inside.0.is_empty().then_some((n, e))
            };
            let (n, e) = numbers().ok_or(malformed)?;
            PublicKey::from_rsa(DEFAULT_RSA_ALGORITHM, n, e)
        }
        other => Err(unsupported(other)),
    }
}

/// `RSAPrivateKey` (RFC 8017 §A.1.2).
fn pkcs1(der: &[u8]) -> Result<KeyMaterial<'_>, KeyError> {
    let malformed = KeyError::Malformed(KeyForm::Pkcs1);
    let mut inside = Elements::of_sequence(der).ok_or(malformed)?;
    // OpenSSL's DSA keys look the same, except for the number of integers.
    if inside.count() == Some(6) {
        return Err(KeyError::Unsupported("a DSA key"));
    }
    match inside.expect(INTEGER).ok_or(malformed)? {
        [0] => {}
        [1] => return Err(KeyError::Unsupported("an RSA key of more than two primes")),
        _ => return Err(malformed),
    }
    let mut number = || inside.unsigned().ok_or(malformed);
    let key = RsaKeyMaterial {
        n: number()?,
        e: number()?,
        d: number()?,
        p: number()?,
        q: number()?,
        dp: number()?,
        dq: number()?,
        q_inv: number()?,
    };
    if !inside.0.is_empty() {
        return Err(malformed);
    }
    // Some programs write zeros for numbers that they do not have.
    if [key.p, key.q, key.dp, key.dq, key.q_inv]
        .iter()
        .all(|it| it.is_empty())
    {
        return Err(KeyError::Unsupported("an RSA key without its primes"));
    }
    key.checked().map(KeyMaterial::Rsa)
}

/// A whole element: the parameters of an algorithm without parameters.
const NULL: &[u8] = b"\x05\x00";

/// A whole element: the version of a certificate request.
const VERSION_0: &[u8] = b"\x02\x01\x00";

// Object identifiers as DER writes them.
/// 1.2.840.113549.1.1.1
const RSA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01";
/// 1.2.840.113549.1.1.10
const RSA_PSS: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a";
/// 1.2.840.10045.2.1
const EC: &[u8] = b"\x2a\x86\x48\xce\x3d\x02\x01";
/// 1.2.840.10045.3.1.7
const P256: &[u8] = b"\x2a\x86\x48\xce\x3d\x03\x01\x07";
/// 1.3.132.0.34
const P384: &[u8] = b"\x2b\x81\x04\x00\x22";
/// 1.3.132.0.35
const P521: &[u8] = b"\x2b\x81\x04\x00\x23";
/// 1.3.132.0.10
const SECP256K1: &[u8] = b"\x2b\x81\x04\x00\x0a";
/// 1.3.101.112
const ED25519: &[u8] = b"\x2b\x65\x70";
/// 1.3.101.110
const X25519: &[u8] = b"\x2b\x65\x6e";
/// 1.3.101.113
const ED448: &[u8] = b"\x2b\x65\x71";
/// 1.3.101.111
const X448: &[u8] = b"\x2b\x65\x6f";
/// 1.2.840.10040.4.1
const DSA: &[u8] = b"\x2a\x86\x48\xce\x38\x04\x01";
/// 1.2.840.113549.1.3.1
const DH: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x03\x01";
/// 1.2.840.10046.2.1
const X942_DH: &[u8] = b"\x2a\x86\x48\xce\x3e\x02\x01";
/// 1.2.156.10197.1.301
const SM2: &[u8] = b"\x2a\x81\x1c\xcf\x55\x01\x82\x2d";
/// 1.3.36.3.3.2.8.1.1, followed by the number of a curve (RFC 5639 §4.1)
const BRAINPOOL: &[u8] = b"\x2b\x24\x03\x03\x02\x08\x01\x01";
