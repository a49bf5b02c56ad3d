use base64ct::{Base64UrlUnpadded, Encoding};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json_core::str::{EscapedStr, EscapedStringFragment};

use super::{EcKeyMaterial, Found, KeyError, KeyForm, KeyMaterial, PrivateKey, RsaKeyMaterial};
use crate::{Algorithm, json};

/// Reads a private JWK (RFC 7517 §4, RFC 7518 §6), its numbers decoded into `scratch`.
///
/// The JSON is checked before `serde-json-core` sees it: that one recurses on members it skips, so the depth has to be
/// bounded, and it takes more for JSON than is.
pub(super) fn parse<'b>(input: &[u8], scratch: &'b mut [u8]) -> Result<PrivateKey<'b>, KeyError> {
    let input = input.strip_prefix(b"\xef\xbb\xbf").unwrap_or(input);
    json::check(input).map_err(|_| MALFORMED)?;
    let (jwk, _) = serde_json_core::from_slice::<Jwk<'_>>(input).map_err(|_| MALFORMED)?;
    if jwk.keys.is_some() {
        return Err(KeyError::NoPrivateKey(Found::JwkSet));
    }
    let mut scratch = Scratch(scratch);
    let key_id = jwk.kid.map(|kid| scratch.put_text(kid)).transpose()?;
    let material = match jwk.kty.ok_or(MALFORMED)? {
        "EC" => jwk.ec(&mut scratch),
        "RSA" => jwk.rsa(&mut scratch),
        "oct" => Err(KeyError::NoPrivateKey(Found::SymmetricJwk)),
        "OKP" => Err(KeyError::Unsupported("a key on an Edwards curve")),
        _ => Err(KeyError::Unsupported("a JWK of another kty")),
    }?;
    let key = PrivateKey { material, key_id };
    let expected = key.algorithm();
    match jwk.alg {
        Some(alg) if alg != expected.as_str() => Err(KeyError::JwkAlgorithm { expected }),
        _ => Ok(key),
    }
}

#[derive(Deserialize)]
struct Jwk<'i> {
    kty: Option<&'i str>,
    #[serde(borrow)]
    kid: Option<EscapedStr<'i>>,
    alg: Option<&'i str>,
    crv: Option<&'i str>,
    x: Option<&'i str>,
    y: Option<&'i str>,
    n: Option<&'i str>,
    e: Option<&'i str>,
    d: Option<&'i str>,
    p: Option<&'i str>,
    q: Option<&'i str>,
    dp: Option<&'i str>,
    dq: Option<&'i str>,
    qi: Option<&'i str>,
    oth: Option<IgnoredAny>,
    keys: Option<IgnoredAny>,
}

impl Jwk<'_> {
    fn ec<'b>(&self, scratch: &mut Scratch<'b>) -> Result<KeyMaterial<'b>, KeyError> {
        let (algorithm, coordinate_len) = match self.crv.ok_or(MALFORMED)? {
            "P-256" => (Algorithm::Es256, 32),
            "P-384" => (Algorithm::Es384, 48),
            "P-521" => return Err(KeyError::Unsupported("a key on P-521")),
            "secp256k1" => return Err(KeyError::Unsupported("a key on secp256k1")),
            _ => return Err(KeyError::Unsupported("a key on another curve")),
        };
        let secret = self.d.ok_or(KeyError::NoPrivateKey(Found::PublicJwk))?;
        let public = match (self.x, self.y) {
            (Some(x), Some(y)) => Some(scratch.put_point(x, y, coordinate_len)?),
            (None, None) => None,
            _ => return Err(MALFORMED),
        };
        Ok(KeyMaterial::Ec(EcKeyMaterial {
            algorithm,
            secret: scratch.put_number(secret)?,
            public,
        }))
    }

    fn rsa<'b>(&self, scratch: &mut Scratch<'b>) -> Result<KeyMaterial<'b>, KeyError> {
        let d = self.d.ok_or(KeyError::NoPrivateKey(Found::PublicJwk))?;
        if self.oth.is_some() {
            return Err(KeyError::Unsupported("an RSA key of more than two primes"));
        }
        let [Some(p), Some(q), Some(dp), Some(dq), Some(qi)] =
            [self.p, self.q, self.dp, self.dq, self.qi]
        else {
            return Err(KeyError::Unsupported("an RSA key without its primes"));
        };
        RsaKeyMaterial {
            n: scratch.put_number(self.n.ok_or(MALFORMED)?)?,
            e: scratch.put_number(self.e.ok_or(MALFORMED)?)?,
            d: scratch.put_number(d)?,
            p: scratch.put_number(p)?,
            q: scratch.put_number(q)?,
            dp: scratch.put_number(dp)?,
            dq: scratch.put_number(dq)?,
            q_inv: scratch.put_number(qi)?,
        }
        .checked()
        .map(KeyMaterial::Rsa)
    }
}

/// What is left of the caller's scratch buffer.
struct Scratch<'b>(&'b mut [u8]);

impl<'b> Scratch<'b> {
    fn put_number(&mut self, base64url: &str) -> Result<&'b [u8], KeyError> {
        let room = self.take(decoded_len(base64url))?;
        Base64UrlUnpadded::decode(base64url, room).map_err(|_| MALFORMED)
    }

    /// An uncompressed point (SEC1 §2.3.3): 4, x, y.
    fn put_point(&mut self, x: &str, y: &str, len: usize) -> Result<&'b [u8], KeyError> {
        let whole = self.take(len.saturating_mul(2).saturating_add(1))?;
        let (tag, rest) = whole.split_first_mut().ok_or(MALFORMED)?;
        *tag = 4;
        let (x_room, y_room) = rest.split_at_mut_checked(len).ok_or(MALFORMED)?;
        for (coordinate, room) in [(x, x_room), (y, y_room)] {
            match Base64UrlUnpadded::decode(coordinate, room) {
                Ok(decoded) if decoded.len() == len => {}
                _ => return Err(MALFORMED),
            }
        }
        Ok(whole)
    }

    fn put_text(&mut self, text: EscapedStr<'_>) -> Result<&'b str, KeyError> {
        let room = self.take(text.0.len())?;
        let mut len = 0_usize;
        for fragment in text.fragments() {
            let mut utf8 = [0; 4];
            let plain = match fragment.map_err(|_| MALFORMED)? {
                EscapedStringFragment::NotEscaped(plain) => plain,
                EscapedStringFragment::Escaped(character) => character.encode_utf8(&mut utf8),
            };
            let end = len.saturating_add(plain.len());
            room.get_mut(len..end)
                .ok_or(MALFORMED)?
                .copy_from_slice(plain.as_bytes());
            len = end;
        }
        let text = room.get(..len).ok_or(MALFORMED)?;
        core::str::from_utf8(text).map_err(|_| MALFORMED)
    }

    fn take(&mut self, len: usize) -> Result<&'b mut [u8], KeyError> {
        let scratch = core::mem::take(&mut self.0);
        let needed = KeyError::ScratchTooSmall {
            needed: super::PRIVATE_KEY_SCRATCH_LEN,
        };
        let (taken, rest) = scratch.split_at_mut_checked(len).ok_or(needed)?;
        self.0 = rest;
        Ok(taken)
    }
}

/// The length of what base64url without padding stands for.
const fn decoded_len(base64url: &str) -> usize {
    let len = base64url.len();
    (len / 4)
        .saturating_mul(3)
        .saturating_add((len % 4).saturating_sub(1))
}

const MALFORMED: KeyError = KeyError::Malformed(KeyForm::Jwk);
