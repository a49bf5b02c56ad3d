use base64ct::{Base64UrlUnpadded, Encoding};

use super::{EcKeyMaterial, Found, KeyError, KeyForm, KeyMaterial, PrivateKey, RsaKeyMaterial};
use crate::algorithm::Algorithm;
use crate::json::{self, Member, Text, Value};

/// Reads a private JWK (RFC 7517 §4, RFC 7518 §6), its numbers decoded into `scratch`.
pub(super) fn parse<'b>(input: &[u8], scratch: &'b mut [u8]) -> Result<PrivateKey<'b>, KeyError> {
    let input = input.strip_prefix(b"\xef\xbb\xbf").unwrap_or(input);
    let jwk = Jwk::read(input)?;
    if jwk.is_set {
        return Err(KeyError::NoPrivateKey(Found::JwkSet));
    }
    let mut scratch = Scratch {
        room: scratch,
        enough: input.len(),
    };
    let key_id = jwk
        .kid
        .map(|kid| scratch.put_text(kid, input))
        .transpose()?;
    let material = match jwk.kty.ok_or(MALFORMED)? {
        "EC" => jwk.ec(&mut scratch),
        "RSA" => jwk.rsa(&mut scratch),
        "oct" => Err(KeyError::NoPrivateKey(Found::SymmetricJwk)),
        "OKP" => Err(KeyError::Unsupported("a key on an Edwards curve")),
        _ => Err(KeyError::Unsupported("a JWK of another kty")),
    }?;
    let key = PrivateKey {
        key_id,
        ..PrivateKey::of_material(material)
    };
    let Some(name) = jwk.alg else {
        return Ok(key);
    };
    let algorithm = Algorithm::parse(name);
    algorithm
        .and_then(|algorithm| key.with_algorithm(algorithm).ok())
        .ok_or(KeyError::JwkAlgorithm {
            expected: key.algorithm(),
        })
}

struct Jwk<'i> {
    kty: Option<&'i str>,
    kid: Option<Text>,
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
    has_more_primes: bool,
    is_set: bool,
}

impl<'i> Jwk<'i> {
    fn read(input: &'i [u8]) -> Result<Self, KeyError> {
        let names = [
            "kty", "kid", "alg", "crv", "x", "y", "n", "e", "d", "p", "q", "dp", "dq", "qi", "oth",
            "keys",
        ];
        let [
            kty,
            kid,
            alg,
            crv,
            x,
            y,
            n,
            e,
            d,
            p,
            q,
            dp,
            dq,
            qi,
            oth,
            keys,
        ] = json::members(input, names).map_err(|_| MALFORMED)?;
        let plain = |member| plain(member, input);
        Ok(Self {
            kty: plain(kty)?,
            kid: text(kid)?,
            alg: plain(alg)?,
            crv: plain(crv)?,
            x: plain(x)?,
            y: plain(y)?,
            n: plain(n)?,
            e: plain(e)?,
            d: plain(d)?,
            p: plain(p)?,
            q: plain(q)?,
            dp: plain(dp)?,
            dq: plain(dq)?,
            qi: plain(qi)?,
            has_more_primes: oth.is_some(),
            is_set: keys.is_some(),
        })
    }
}

/// The text of a member that none of the JWK's own names and numbers needs an escape for.
fn plain(member: Option<Member>, input: &[u8]) -> Result<Option<&str>, KeyError> {
    let Some(text) = text(member)? else {
        return Ok(None);
    };
    text.plain(input).map(Some).ok_or(MALFORMED)
}

fn text(member: Option<Member>) -> Result<Option<Text>, KeyError> {
    match member.map(|member| member.value) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Text(text)) => Ok(Some(text)),
        Some(_) => Err(MALFORMED),
    }
}

impl Jwk<'_> {
    fn ec<'b>(&self, scratch: &mut Scratch<'b>) -> Result<KeyMaterial<'b>, KeyError> {
        let (algorithm, coordinate_len) = match self.crv.ok_or(MALFORMED)? {
            "P-256" => (Algorithm::Es256, 32),
            "P-384" => (Algorithm::Es384, 48),
            "P-521" => (Algorithm::Es512, 66),
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
        if self.has_more_primes {
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

/// What is left of the caller's scratch buffer, and what would be enough: nothing decoded is longer than its JSON.
struct Scratch<'b> {
    room: &'b mut [u8],
    enough: usize,
}

impl<'b> Scratch<'b> {
    fn put_number(&mut self, base64url: &str) -> Result<&'b [u8], KeyError> {
        let room = self.take(decoded_len(base64url))?;
        Base64UrlUnpadded::decode(base64url, room).map_err(|_| MALFORMED)
    }

    /// An uncompressed point (SEC1 §2.3.3): 4, x, y.
    fn put_point(&mut self, x: &str, y: &str, len: usize) -> Result<&'b [u8], KeyError> {
        // Before there is room for both, or two that are too short would need more of it than their JSON is long.
        if decoded_len(x) != len || decoded_len(y) != len {
            return Err(MALFORMED);
        }
        let whole = self.take(len.saturating_mul(2).saturating_add(1))?;
        let (tag, rest) = whole.split_first_mut().ok_or(MALFORMED)?;
        *tag = 4;
        let (x_room, y_room) = rest.split_at_mut_checked(len).ok_or(MALFORMED)?;
        for (coordinate, room) in [(x, x_room), (y, y_room)] {
            Base64UrlUnpadded::decode(coordinate, room).map_err(|_| MALFORMED)?;
        }
        Ok(whole)
    }

    fn put_text(&mut self, text: Text, input: &[u8]) -> Result<&'b str, KeyError> {
        let raw = text.raw(input);
        let room = self.take(raw.len())?;
        text.copy_to(raw, room).ok_or(MALFORMED)
    }

    fn take(&mut self, len: usize) -> Result<&'b mut [u8], KeyError> {
        let room = core::mem::take(&mut self.room);
        let (taken, rest) = room
            .split_at_mut_checked(len)
            .ok_or(KeyError::ScratchTooSmall {
                needed: self.enough,
            })?;
        self.room = rest;
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
