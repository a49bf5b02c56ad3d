//! Private keys that aws-lc generates during a test, in every form.

use aws_lc_rs::encoding::{AsBigEndian, AsDer, EcPrivateKeyBin};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING,
    ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384,
    RSA_PKCS1_SHA512, RsaKeyPair,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use redox_auth_core::Algorithm;
use serde_json::{Value, json};

use crate::support::der::{
    BIT_STRING, CONTEXT_0, CONTEXT_1, INTEGER, NULL, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE,
    element, integer, open,
};

/// The algorithms of keys on a curve.
pub(crate) const ON_CURVES: [Algorithm; 3] = [Algorithm::Es256, Algorithm::Es384, Algorithm::Es512];

/// A key on one of their curves.
#[derive(Clone)]
pub(crate) struct EcKey {
    pub(crate) algorithm: Algorithm,
    pub(crate) secret: Vec<u8>,
    /// The public key, uncompressed.
    pub(crate) point: Vec<u8>,
}

impl EcKey {
    pub(crate) fn generate(algorithm: Algorithm) -> Self {
        let pair = EcdsaKeyPair::generate(match algorithm {
            Algorithm::Es256 => &ECDSA_P256_SHA256_FIXED_SIGNING,
            Algorithm::Es384 => &ECDSA_P384_SHA384_FIXED_SIGNING,
            _ => &ECDSA_P521_SHA512_FIXED_SIGNING,
        })
        .unwrap();
        let secret: EcPrivateKeyBin<'_> = pair.private_key().as_be_bytes().unwrap();
        Self {
            algorithm,
            secret: secret.as_ref().to_vec(),
            point: pair.public_key().as_ref().to_vec(),
        }
    }

    /// The keys of RFC 6979, appendices A.2.5, A.2.6 and A.2.7.
    pub(crate) fn published(algorithm: Algorithm) -> Self {
        let vectors: Value =
            serde_json::from_str(include_str!("../../vectors/rfc6979.json")).unwrap();
        let vector = match algorithm {
            Algorithm::Es256 => &vectors["keys"][0],
            Algorithm::Es384 => &vectors["keys"][1],
            _ => &vectors["keys"][2],
        };
        let number = |name: &str| hex(vector[name].as_str().unwrap());
        Self {
            algorithm,
            secret: number("x"),
            point: [vec![4], number("Ux"), number("Uy")].concat(),
        }
    }

    /// RFC 5915, with the curve and the public key.
    pub(crate) fn sec1(&self) -> Vec<u8> {
        let curve = element(CONTEXT_0, &[self.curve()]);
        self.sec1_of(&[&curve, &self.public()])
    }

    /// RFC 5958 around RFC 5915, as OpenSSL writes it: the curve in the outer structure, the public key in the inner.
    pub(crate) fn pkcs8(&self) -> Vec<u8> {
        self.pkcs8_around(&self.sec1_of(&[&self.public()]))
    }

    pub(crate) fn pkcs8_around(&self, sec1: &[u8]) -> Vec<u8> {
        pkcs8(&[EC_PUBLIC_KEY, self.curve()], sec1)
    }

    /// With the optional parts of RFC 5915 given.
    pub(crate) fn sec1_of(&self, optional: &[&[u8]]) -> Vec<u8> {
        let secret = element(OCTET_STRING, &[&self.secret]);
        element(SEQUENCE, &[&integer(&[1]), &secret, &optional.concat()])
    }

    pub(crate) fn public(&self) -> Vec<u8> {
        element(CONTEXT_1, &[&element(BIT_STRING, &[&[0], &self.point])])
    }

    pub(crate) fn jwk(&self) -> Value {
        let (x, y) = self.point[1..].split_at(self.point.len() / 2);
        json!({
            "kty": "EC",
            "crv": match self.algorithm {
                Algorithm::Es256 => "P-256",
                Algorithm::Es384 => "P-384",
                _ => "P-521",
            },
            "x": base64url(x),
            "y": base64url(y),
            "d": base64url(&self.secret),
        })
    }

    pub(crate) fn curve(&self) -> &'static [u8] {
        match self.algorithm {
            Algorithm::Es256 => P_256,
            Algorithm::Es384 => P_384,
            _ => P_521,
        }
    }
}

/// An RSA key of two primes: `n`, `e`, `d`, `p`, `q`, `dp`, `dq`, `qi`, big-endian.
#[derive(Clone)]
pub(crate) struct RsaKey {
    pub(crate) numbers: [Vec<u8>; 8],
}

impl RsaKey {
    /// The names of the numbers in a JWK.
    pub(crate) const NAMES: [&str; 8] = ["n", "e", "d", "p", "q", "dp", "dq", "qi"];

    pub(crate) fn generate(size: KeySize) -> Self {
        let pair = RsaKeyPair::generate(size).unwrap();
        Self::from_pkcs8(AsDer::as_der(&pair).unwrap().as_ref())
    }

    /// The key of RFC 7520, section 3.4.
    pub(crate) fn published() -> Self {
        let vector: Value =
            serde_json::from_str(include_str!("../../vectors/rfc7520_3_4.json")).unwrap();
        Self::from_jwk(&vector["key"])
    }

    pub(crate) fn from_pkcs8(der: &[u8]) -> Self {
        let (info, _) = open(der, SEQUENCE);
        let (_, info) = open(info, INTEGER);
        let (_, info) = open(info, SEQUENCE);
        let (key, _) = open(info, OCTET_STRING);
        let (key, _) = open(key, SEQUENCE);
        let (_, mut rest) = open(key, INTEGER);
        let numbers = Self::NAMES.map(|_| {
            let (number, after) = open(rest, INTEGER);
            rest = after;
            number[usize::from(number[0] == 0)..].to_vec()
        });
        Self { numbers }
    }

    pub(crate) fn from_jwk(jwk: &Value) -> Self {
        let numbers =
            Self::NAMES.map(|name| URL_SAFE_NO_PAD.decode(jwk[name].as_str().unwrap()).unwrap());
        Self { numbers }
    }

    /// RFC 8017 §A.1.2.
    pub(crate) fn pkcs1(&self) -> Vec<u8> {
        let numbers = self.numbers.each_ref().map(|number| integer(number));
        element(SEQUENCE, &[&integer(&[0]), &numbers.concat()])
    }

    pub(crate) fn pkcs8(&self) -> Vec<u8> {
        pkcs8(&[RSA_ENCRYPTION, &element(NULL, &[])], &self.pkcs1())
    }

    pub(crate) fn jwk(&self) -> Value {
        let mut jwk = json!({ "kty": "RSA" });
        for (name, number) in Self::NAMES.iter().zip(&self.numbers) {
            jwk[*name] = base64url(number).into();
        }
        jwk
    }

    /// The same key in aws-lc, which checks it. With PKCS#1 there is only one right signature (RFC 8017 §8.2.1).
    pub(crate) fn signer(&self, algorithm: Algorithm) -> impl Fn(&[u8]) -> Vec<u8> + use<> {
        let encoding = match algorithm {
            Algorithm::Rs256 => &RSA_PKCS1_SHA256,
            Algorithm::Rs384 => &RSA_PKCS1_SHA384,
            Algorithm::Rs512 => &RSA_PKCS1_SHA512,
            other => panic!("{other} has more than one right signature"),
        };
        let pair = RsaKeyPair::from_pkcs8(&self.pkcs8()).unwrap();
        move |message| {
            let mut signature = vec![0; pair.public_modulus_len()];
            let random = SystemRandom::new();
            pair.sign(encoding, &random, message, &mut signature)
                .unwrap();
            signature
        }
    }
}

fn pkcs8(algorithm: &[&[u8]], key: &[u8]) -> Vec<u8> {
    let algorithm = element(SEQUENCE, algorithm);
    let key = element(OCTET_STRING, &[key]);
    element(SEQUENCE, &[&integer(&[0]), &algorithm, &key])
}

/// `SubjectPublicKeyInfo` (RFC 5280 §4.1.2.7) of an EC key.
pub(crate) fn public_key_info(key: &EcKey) -> Vec<u8> {
    let algorithm = element(SEQUENCE, &[EC_PUBLIC_KEY, key.curve()]);
    let point = element(BIT_STRING, &[&[0], &key.point]);
    element(SEQUENCE, &[&algorithm, &point])
}

pub(crate) fn hex(text: &str) -> Vec<u8> {
    text.as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

pub(crate) fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

const EC_PUBLIC_KEY: &[u8] = &[OBJECT_IDENTIFIER, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];
const P_256: &[u8] = &[OBJECT_IDENTIFIER, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];
const P_384: &[u8] = &[OBJECT_IDENTIFIER, 5, 0x2b, 0x81, 4, 0, 0x22];
const P_521: &[u8] = &[OBJECT_IDENTIFIER, 5, 0x2b, 0x81, 4, 0, 0x23];
const RSA_ENCRYPTION: &[u8] = &[
    OBJECT_IDENTIFIER,
    9,
    0x2a,
    0x86,
    0x48,
    0x86,
    0xf7,
    0x0d,
    1,
    1,
    1,
];
