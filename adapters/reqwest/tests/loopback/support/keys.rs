//! Private keys, made by aws-lc when a test runs, in the forms that people have them in.

use std::sync::LazyLock;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING,
    ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaKeyPair,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use pem_rfc7468::LineEnding;
use redox_auth_core::{KeyMaterial, PRIVATE_KEY_SCRATCH_LEN, PrivateKey};
use redox_auth_reqwest::{Algorithm, Key};
use serde_json::{Value, json};

pub(crate) const ALGORITHMS: [Algorithm; 7] = Algorithm::ALL;

/// Making an RSA key takes a while: all tests share one of each length.
static RSA: [LazyLock<Vec<u8>>; 3] = [
    LazyLock::new(|| new_rsa(KeySize::Rsa2048)),
    LazyLock::new(|| new_rsa(KeySize::Rsa3072)),
    LazyLock::new(|| new_rsa(KeySize::Rsa4096)),
];

/// A new key in PKCS#8; for RSA always the same one of 2048 bits.
pub(crate) fn pkcs8(algorithm: Algorithm) -> Vec<u8> {
    let curve = match algorithm {
        Algorithm::Es256 => &ECDSA_P256_SHA256_FIXED_SIGNING,
        Algorithm::Es384 => &ECDSA_P384_SHA384_FIXED_SIGNING,
        Algorithm::Es512 => &ECDSA_P521_SHA512_FIXED_SIGNING,
        Algorithm::Rs256 | Algorithm::Rs384 | Algorithm::Rs512 | Algorithm::Ps256 => {
            return RSA[0].clone();
        }
        other => panic!("an algorithm without a test: {other}"),
    };
    let pair = EcdsaKeyPair::generate(curve).unwrap();
    pair.to_pkcs8v1().unwrap().as_ref().to_owned()
}

/// Keys of 2048, 3072 and 4096 bits in PKCS#8, always the same ones.
pub(crate) fn rsa() -> [&'static Vec<u8>; 3] {
    RSA.each_ref().map(LazyLock::force)
}

pub(crate) fn new_rsa(size: KeySize) -> Vec<u8> {
    let pair = RsaKeyPair::generate(size).unwrap();
    let der: Pkcs8V1Der<'_> = pair.as_der().unwrap();
    der.as_ref().to_owned()
}

pub(crate) fn key(algorithm: Algorithm) -> Key {
    let key = Key::parse(&pkcs8(algorithm)).unwrap();
    key.with_algorithm(algorithm).unwrap()
}

/// A new key under this key ID.
pub(crate) fn key_called(key_id: &str, algorithm: Algorithm) -> Key {
    let key = Key::parse_with_key_id(key_id, &pkcs8(algorithm)).unwrap();
    key.with_algorithm(algorithm).unwrap()
}

pub(crate) fn es256() -> Key {
    key(Algorithm::Es256)
}

pub(crate) fn pem(label: &str, der: &[u8]) -> String {
    pem_rfc7468::encode_string(label, LineEnding::LF, der).unwrap()
}

/// The private JWK of a key in PKCS#8, as Redox's dashboard hands it out.
pub(crate) fn jwk(pkcs8: &[u8], key_id: &str) -> Value {
    let mut scratch = [0; PRIVATE_KEY_SCRATCH_LEN];
    let key = PrivateKey::parse(pkcs8, &mut scratch).unwrap();
    let mut jwk = json!({ "kid": key_id, "alg": key.algorithm().as_str(), "use": "sig" });
    let mut put = |name: &str, number: &[u8]| jwk[name] = URL_SAFE_NO_PAD.encode(number).into();
    match key.material() {
        KeyMaterial::Ec(ec) => {
            let (_, point) = ec.public.unwrap().split_first().unwrap();
            let (x, y) = point.split_at(point.len() / 2);
            put("x", x);
            put("y", y);
            put("d", ec.secret);
            jwk["kty"] = "EC".into();
            jwk["crv"] = match ec.algorithm {
                Algorithm::Es256 => "P-256".into(),
                Algorithm::Es384 => "P-384".into(),
                _ => "P-521".into(),
            };
        }
        KeyMaterial::Rsa(rsa) => {
            for (name, number) in [
                ("n", rsa.n),
                ("e", rsa.e),
                ("d", rsa.d),
                ("p", rsa.p),
                ("q", rsa.q),
                ("dp", rsa.dp),
                ("dq", rsa.dq),
                ("qi", rsa.q_inv),
            ] {
                put(name, number);
            }
            jwk["kty"] = "RSA".into();
        }
        other => panic!("a kind of key without a test: {other:?}"),
    }
    jwk
}
