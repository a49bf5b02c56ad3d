use cryptoki::object::{Attribute, AttributeType, KeyType, ObjectHandle};
use cryptoki::session::Session;
use redox_auth_reqwest::{Algorithm, KeyError, PublicKey};
use sec1::der::asn1::{ObjectIdentifier, OctetStringRef};
use sec1::der::{Decode, Encode};

use super::hsm_error::HsmError;

/// The public key of a token as the server gets it, and the length of its signatures in bytes.
///
/// # Errors
/// [`HsmError::Key`] for one that signs no assertions, [`HsmError::Module`].
pub(crate) fn read(
    session: &Session,
    public_key: ObjectHandle,
) -> Result<(PublicKey, usize), HsmError> {
    let attributes = |wanted: &[AttributeType]| session.get_attributes(public_key, wanted);
    match attributes(&[AttributeType::KeyType])?.as_slice() {
        [Attribute::KeyType(KeyType::EC)] => {
            let found = attributes(&[AttributeType::EcParams, AttributeType::EcPoint])?;
            if let [Attribute::EcParams(curve), Attribute::EcPoint(point)] = found.as_slice() {
                return Ok(ec(curve, point)?);
            }
        }
        [Attribute::KeyType(KeyType::RSA)] => {
            let found = attributes(&[AttributeType::Modulus, AttributeType::PublicExponent])?;
            if let [Attribute::Modulus(n), Attribute::PublicExponent(e)] = found.as_slice() {
                let zeros = n.iter().take_while(|&&byte| byte == 0).count();
                let public_key = PublicKey::from_rsa(Algorithm::Rs384, n, e)?;
                return Ok((public_key, n.len().saturating_sub(zeros)));
            }
        }
        _ => {}
    }
    Err(KeyError::Unsupported("a key of another type, or one without its public numbers").into())
}

fn ec(curve: &[u8], point: &[u8]) -> Result<(PublicKey, usize), KeyError> {
    let is = |oid: ObjectIdentifier| oid.to_der().is_ok_and(|der| der == curve);
    let (algorithm, signature_len) = if is(P256) {
        (Algorithm::Es256, 64)
    } else if is(P384) {
        (Algorithm::Es384, 96)
    } else if is(P521) {
        (Algorithm::Es512, 132)
    } else {
        return Err(KeyError::Unsupported("a key on another curve"));
    };
    // Some tokens give the point as it is, and not in the OCTET STRING that the specification asks for.
    let point = <&OctetStringRef>::from_der(point).map_or(point, OctetStringRef::as_bytes);
    Ok((PublicKey::from_ec_point(algorithm, point)?, signature_len))
}

const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
const P521: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.35");
