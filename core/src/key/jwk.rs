use base64ct::{Base64UrlUnpadded, Encoding};

use super::{
    EcKeyMaterial, Found, JwkProblem, KeyError, KeyForm, KeyMaterial, PrivateKey, RsaKeyMaterial,
};
use crate::algorithm::Algorithm;
use crate::json::{self, Member, Text, Value};
use crate::parse_error::ParseErrorKind;

/// Parses a private JWK (RFC 7517 §4, RFC 7518 §6). Its numbers are decoded into `scratch`, and its `kid` if that has
/// escapes.
pub(super) fn parse<'b>(
    input: &'b [u8],
    scratch: &'b mut [u8],
) -> Result<PrivateKey<'b>, KeyError> {
    let input = input.strip_prefix(b"\xef\xbb\xbf").unwrap_or(input);
    let jwk = Jwk::read(input)?;
    if jwk.is_set {
        return Err(KeyError::NoPrivateKey(Found::JwkSet));
    }
    let mut scratch = Scratch {
        room: scratch,
        enough: input.len().saturating_add(LONGEST_POINT),
    };
    let material = match required("kty", jwk.kty)? {
        "EC" => jwk.ec(&mut scratch),
        "RSA" => jwk.rsa(&mut scratch),
        "oct" => Err(KeyError::NoPrivateKey(Found::SymmetricJwk)),
        "OKP" => Err(KeyError::Unsupported("a key on an Edwards curve")),
        _ => Err(KeyError::Unsupported("a JWK of another kty")),
    }?;
    let key_id = jwk.kid.map(|kid| scratch.put_text(kid, input));
    let key_id = key_id.transpose()?;
    let key = PrivateKey {
        key_id,
        ..PrivateKey::of_material(material)
    };
    let Some(name) = jwk.alg.filter(|name| !is_for_encryption(name)) else {
        return Ok(key);
    };
    let algorithm = Algorithm::parse(name);
    algorithm
        .and_then(|algorithm| key.with_algorithm(algorithm).ok())
        .ok_or(KeyError::JwkAlgorithm {
            expected: key.algorithm(),
        })
}

/// Whether an `alg` says that the key was made for encryption (RFC 7518 §4.1). Such a key can still sign.
fn is_for_encryption(name: &str) -> bool {
    name == "RSA1_5" || name.starts_with("RSA-OAEP") || name.starts_with("ECDH-ES")
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
        ] = json::members(input, names).map_err(|error| match error.kind {
            ParseErrorKind::Duplicate(name) => wrong(name, JwkProblem::Twice),
            _ => MALFORMED,
        })?;
        let plain = |name, member| plain(name, member, input);
        Ok(Self {
            kty: plain("kty", kty)?,
            kid: text("kid", kid)?,
            alg: plain("alg", alg)?,
            crv: plain("crv", crv)?,
            x: plain("x", x)?,
            y: plain("y", y)?,
            n: plain("n", n)?,
            e: plain("e", e)?,
            d: plain("d", d)?,
            p: plain("p", p)?,
            q: plain("q", q)?,
            dp: plain("dp", dp)?,
            dq: plain("dq", dq)?,
            qi: plain("qi", qi)?,
            has_more_primes: is_there(oth),
            is_set: is_there(keys),
        })
    }
}

/// The text of a member. The JWK's own names and numbers need no escapes.
fn plain<'i>(
    name: &'static str,
    member: Option<Member>,
    input: &'i [u8],
) -> Result<Option<&'i str>, KeyError> {
    let Some(text) = text(name, member)? else {
        return Ok(None);
    };
    let plain = text.plain(input);
    plain.map(Some).ok_or(wrong(name, JwkProblem::Escaped))
}

fn text(name: &'static str, member: Option<Member>) -> Result<Option<Text>, KeyError> {
    match member.map(|member| member.value) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Text(text)) => Ok(Some(text)),
        Some(_) => Err(wrong(name, JwkProblem::NotText)),
    }
}

/// Whether a member is present and not `null`.
const fn is_there(member: Option<Member>) -> bool {
    match member {
        Some(member) => !matches!(member.value, Value::Null),
        None => false,
    }
}

fn required<'i>(name: &'static str, text: Option<&'i str>) -> Result<&'i str, KeyError> {
    text.ok_or(wrong(name, JwkProblem::Missing))
}

const fn wrong(name: &'static str, problem: JwkProblem) -> KeyError {
    KeyError::JwkMember { name, problem }
}

impl Jwk<'_> {
    fn ec<'b>(&self, scratch: &mut Scratch<'b>) -> Result<KeyMaterial<'b>, KeyError> {
        let (algorithm, coordinate_len) = match required("crv", self.crv)? {
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
            (None, _) => return Err(wrong("x", JwkProblem::Missing)),
            (_, None) => return Err(wrong("y", JwkProblem::Missing)),
        };
        Ok(KeyMaterial::Ec(EcKeyMaterial {
            algorithm,
            secret: scratch.put_number("d", secret)?,
            public,
        }))
    }

    fn rsa<'b>(&self, scratch: &mut Scratch<'b>) -> Result<KeyMaterial<'b>, KeyError> {
        if self.d.is_none() {
            return Err(KeyError::NoPrivateKey(Found::PublicJwk));
        }
        if self.has_more_primes {
            return Err(KeyError::Unsupported("an RSA key of more than two primes"));
        }
        if let [None, None, None, None, None] = [self.p, self.q, self.dp, self.dq, self.qi] {
            return Err(KeyError::Unsupported("an RSA key without its primes"));
        }
        let mut number = |name, text| scratch.put_number(name, required(name, text)?);
        RsaKeyMaterial {
            n: number("n", self.n)?,
            e: number("e", self.e)?,
            d: number("d", self.d)?,
            p: number("p", self.p)?,
            q: number("q", self.q)?,
            dp: number("dp", self.dp)?,
            dq: number("dq", self.dq)?,
            q_inv: number("qi", self.qi)?,
        }
        .checked()
        .map(KeyMaterial::Rsa)
    }
}

/// The rest of the caller's scratch buffer, and the length needed. No decoded value is longer than its JSON, except for
/// a short coordinate.
struct Scratch<'b> {
    room: &'b mut [u8],
    enough: usize,
}

impl<'b> Scratch<'b> {
    fn put_number(&mut self, name: &'static str, text: &str) -> Result<&'b [u8], KeyError> {
        let len = decoded_len(name, text)?;
        let room = self.take(len)?;
        decode(name, text, room)?;
        Ok(room)
    }

    /// Writes an uncompressed point (SEC1 §2.3.3): 4, x, y. Some programs drop the leading zeros of a coordinate.
    fn put_point(&mut self, x: &str, y: &str, len: usize) -> Result<&'b [u8], KeyError> {
        let coordinates = [("x", x), ("y", y)];
        // Checked before the buffer has room for both.
        for (name, text) in coordinates {
            if decoded_len(name, text)? > len {
                return Err(wrong(name, JwkProblem::TooLong));
            }
        }
        let whole = self.take(len.saturating_mul(2).saturating_add(1))?;
        let (tag, rest) = whole.split_first_mut().ok_or(MALFORMED)?;
        *tag = 4;
        let (x_room, y_room) = rest.split_at_mut_checked(len).ok_or(MALFORMED)?;
        for ((name, text), room) in coordinates.into_iter().zip([x_room, y_room]) {
            let zeros = len.saturating_sub(decoded_len(name, text)?);
            let (zeros, digits) = room.split_at_mut_checked(zeros).ok_or(MALFORMED)?;
            zeros.fill(0);
            decode(name, text, digits)?;
        }
        Ok(whole)
    }

    fn put_text(&mut self, text: Text, input: &'b [u8]) -> Result<&'b str, KeyError> {
        if let Some(plain) = text.plain(input) {
            return Ok(plain);
        }
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

/// The decoded length of a member's base64url without padding, or the problem with the member.
fn decoded_len(name: &'static str, base64url: &str) -> Result<usize, KeyError> {
    for byte in base64url.bytes() {
        match byte {
            b'=' => return Err(wrong(name, JwkProblem::Padding)),
            b'+' | b'/' => return Err(wrong(name, JwkProblem::StandardBase64)),
            _ => {}
        }
    }
    let len = base64url.len();
    Ok((len / 4)
        .saturating_mul(3)
        .saturating_add((len % 4).saturating_sub(1)))
}

/// Decodes a member into `room`, which has [`decoded_len`] bytes.
fn decode(name: &'static str, base64url: &str, room: &mut [u8]) -> Result<(), KeyError> {
    match Base64UrlUnpadded::decode(base64url, room) {
        Ok(_) => Ok(()),
        Err(_) => Err(wrong(name, JwkProblem::NotBase64Url)),
    }
}

/// The length of a point on the largest supported curve, in bytes.
const LONGEST_POINT: usize = 133;

const MALFORMED: KeyError = KeyError::Malformed(KeyForm::Jwk);
