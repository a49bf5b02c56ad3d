use core::hint::black_box;

use board::{ok, show, text};
use redox_auth_core::{
    Algorithm, KeyMaterial, PRIVATE_KEY_SCRATCH_LEN, PrivateKey, PublicKey, write_jwk_set,
};

pub(crate) fn private() -> Option<()> {
    let mut scratch = [0; PRIVATE_KEY_SCRATCH_LEN];
    for input in [SEC1_KEY, PEM_KEY, JWK] {
        let scratch = black_box(scratch.as_mut_slice());
        let key = ok(PrivateKey::parse(black_box(input), scratch))?;
        black_box((key.key_id(), key.material()));
        if let KeyMaterial::Ec(material) = key.material() {
            ok(material.write_secret(black_box(&mut [0; 32])))?;
        }
        ok(key.expect_key_id(text("key \"1\"")))?;
        show(&key.algorithm())?;
        (key.algorithm() == Algorithm::Es256).then_some(())?;
        ok(key.with_algorithm(black_box(Algorithm::Es256)))?;
        show(&key.with_algorithm(black_box(Algorithm::Rs256)).err()?)?;
    }
    let no_key = PrivateKey::parse(black_box(b"-----BEGIN CERTIFICATE-----"), &mut scratch);
    show(&no_key.err()?)
}

pub(crate) fn public() -> Option<()> {
    let mut out = [0; 1024];
    let out = black_box(out.as_mut_slice());
    let point = PublicKey::from_ec_point(black_box(Algorithm::Es256), black_box(&[4; 65]));
    let point = ok(point)?;
    let modulus = ok(PublicKey::from_rsa(
        black_box(Algorithm::Ps256),
        black_box(&[0xff; 256]),
        black_box(&[1, 0, 1]),
    ))?;
    show(&modulus.thumbprint())?;
    let key_id = point.thumbprint();
    ok(point.write_jwk(key_id.as_str(), out))?;
    let keys = [(text("a"), &point), (text("b"), &modulus)];
    ok(write_jwk_set(black_box(keys.as_slice()), out))?;
    black_box((point.material(), modulus.signature_len()));
    let read = ok(PublicKey::from_spki(black_box(SPKI)))?;
    (read.algorithm() == Algorithm::Es256).then_some(())?;
    for input in black_box([PEM_KEY, JWK, b"\x30"]) {
        show(&PublicKey::from_spki(input).err()?)?;
    }
    show(&point.algorithm())
}

/// The P-256 key of RFC 6979, A.2.5, as SEC1.
const SEC1_KEY: &[u8] = b"\x30\x31\x02\x01\x01\x04\x20\
    \xC9\xAF\xA9\xD8\x45\xBA\x75\x16\x6B\x5C\x21\x57\x67\xB1\xD6\x93\
    \x4E\x50\xC3\xDB\x36\xE8\x9B\x12\x7B\x8A\x62\x2B\x12\x0F\x67\x21\
    \xA0\x0A\x06\x08\x2A\x86\x48\xCE\x3D\x03\x01\x07";

/// The same as PEM.
const PEM_KEY: &[u8] = b"-----BEGIN EC PRIVATE KEY-----
MDECAQEEIMmvqdhFunUWa1whV2ex1pNOUMPbNuibEnuKYisSD2choAoGCCqGSM49
AwEH
-----END EC PRIVATE KEY-----
";

/// The public key of RFC 7515, A.3.1.
const SPKI: &[u8] = b"-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEf83OJ3D2xF1Bg8vub9tLe1gHMzV7
6e8Tus9uPHvRVEXH8UTNG72bfocs3+257rn0s2ldbqkLJK2KRiMohYjlrQ==
-----END PUBLIC KEY-----
";

/// The key of RFC 7515, A.3.1.
const JWK: &[u8] = br#"{"kty":"EC","crv":"P-256","kid":"key \"1\"",
    "x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    "d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}"#;
