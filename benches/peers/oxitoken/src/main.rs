//! Assertions by `oxitoken`, with aws-lc-rs and with the system's OpenSSL.

use core::convert::identity;
use std::io;
use std::rc::Rc;

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING as P256, ECDSA_P384_SHA384_FIXED_SIGNING as P384,
    ECDSA_P521_SHA512_FIXED_SIGNING as P521, EcdsaKeyPair, EcdsaSigningAlgorithm, RsaKeyPair,
};
use openssl::pkey::PKey;
use openssl::version;
use oxitoken::Algorithm;
use oxitoken::encoding::{JwtEncodingError, Signer, encode};
use oxitoken::header::Alg;
use redox_auth_contender::{
    ASSERTION_LIFETIME_SECS, Class, ISSUED_AT, KeyName, Offer, Task, Work, jwt_id, serve,
};
use serde::Serialize;

fn main() -> io::Result<()> {
    serve(|task| {
        let aws_lc_rs = KeyName::ALL.map(|name| with_aws_lc_rs(task, name));
        let openssl = KeyName::ALL.map(|name| with_openssl(task, name));
        aws_lc_rs.into_iter().chain(openssl).collect()
    })
}

fn with_aws_lc_rs(task: &Task, name: KeyName) -> Work {
    const BACKEND: &str = "aws-lc-rs 1.14.1";
    let (_, der) = pem_rfc7468::decode_vec(task.key(name).as_bytes()).expect("a key as PEM");
    let ec_key = |algorithm: &'static EcdsaSigningAlgorithm| {
        EcdsaKeyPair::from_pkcs8(algorithm, &der).expect("an EC key")
    };
    match name {
        KeyName::Es256 => assertion(task, name, BACKEND, ec_key(&P256)),
        KeyName::Es384 => assertion(task, name, BACKEND, ec_key(&P384)),
        KeyName::Es512 => assertion(task, name, BACKEND, ec_key(&P521)),
        KeyName::Rs256Of2048 | KeyName::Rs384Of2048 | KeyName::Rs384Of4096 => {
            let key = RsaKeyPair::from_pkcs8(&der).expect("an RSA key");
            assertion(task, name, BACKEND, OfAnySize(key))
        }
    }
}

fn with_openssl(task: &Task, name: KeyName) -> Work {
    let key = PKey::private_key_from_pem(task.key(name).as_bytes()).expect("a private key");
    let words: Vec<_> = version::version().split(' ').take(2).collect();
    let backend = words.join(" ");
    match name {
        KeyName::Es256 | KeyName::Es384 | KeyName::Es512 => assertion(task, name, &backend, key),
        KeyName::Rs256Of2048 | KeyName::Rs384Of2048 | KeyName::Rs384Of4096 => {
            assertion(task, name, &backend, OfAnySize(key))
        }
    }
}

fn assertion<S: Signer + 'static>(task: &Task, name: KeyName, backend: &str, key: S) -> Work {
    let (alg, how) = match name {
        KeyName::Es256 => (Algorithm::ES256, HOW),
        KeyName::Es384 => (Algorithm::ES384, HOW),
        KeyName::Es512 => (Algorithm::ES512, HOW),
        KeyName::Rs256Of2048 => (Algorithm::RS256, HOW_OF_ANY_SIZE),
        KeyName::Rs384Of2048 | KeyName::Rs384Of4096 => (Algorithm::RS384, HOW_OF_ANY_SIZE),
    };
    let offer = Offer {
        group: name.as_str().to_owned(),
        name: "oxitoken".to_owned(),
        version: "0.1.0".to_owned(),
        backend: backend.to_owned(),
        class: Class::Native,
        how: how.to_owned(),
        bare: false,
    };
    let (task, key) = (task.clone(), Rc::new(key));
    let write = move |index| {
        let header = Header {
            alg,
            typ: "JWT",
            kid: &task.key_id,
        };
        encode(&*key, &header, &Claims::new(&task, index)).expect("an assertion")
    };
    Work::new(offer, write, identity)
}

/// Signs RS256 and RS384 with a key of any size. The signers of `oxitoken` do RS384 with 3072 bits alone.
struct OfAnySize<S>(S);

impl<S: Signer> Signer for OfAnySize<S> {
    type Error = S::Error;

    fn check_alg(&self, _: Algorithm) -> Result<(), JwtEncodingError<Self::Error>> {
        Ok(())
    }

    fn sign_jwt(
        &self,
        algorithm: Algorithm,
        jwt: &mut String,
    ) -> Result<(), JwtEncodingError<Self::Error>> {
        self.0.sign_jwt(algorithm, jwt)
    }

    fn siglen(&self) -> usize {
        self.0.siglen()
    }
}

#[derive(Serialize)]
struct Header<'a> {
    alg: Algorithm,
    typ: &'static str,
    kid: &'a str,
}

impl Alg for Header<'_> {
    fn alg(&self) -> Algorithm {
        self.alg
    }
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    iat: u64,
    exp: u64,
    jti: String,
}

impl<'a> Claims<'a> {
    fn new(task: &'a Task, index: u64) -> Self {
        Self {
            iss: &task.client_id,
            sub: &task.client_id,
            aud: &task.audience,
            iat: ISSUED_AT,
            exp: ISSUED_AT.saturating_add(ASSERTION_LIFETIME_SECS),
            jti: jwt_id(index),
        }
    }
}

const HOW: &str = "the key is parsed once; `encode` of a borrowed header and claims for each";
const HOW_OF_ANY_SIZE: &str = "the key is parsed once; `encode` of a borrowed header and claims for each, by a signer \
                               of ours around its own, which refuses RS384 with other than 3072 bits";
