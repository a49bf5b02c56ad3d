//! Assertions by `jwt-compact`, which has no ES384.

use core::convert::identity;
use std::io;
use std::rc::Rc;

use chrono::{DateTime, Duration, Utc};
use jwt_compact::Algorithm;
use jwt_compact::alg::{Es256, Rsa, StrongAlg, StrongKey};
use jwt_compact::prelude::*;
use p256_of_jwt_compact::ecdsa::SigningKey;
use p256_of_jwt_compact::pkcs8::DecodePrivateKey;
use redox_auth_contender::{
    ASSERTION_LIFETIME_SECS, Class, ISSUED_AT, KeyName, Offer, Task, Work, jwt_id, serve,
};
use rsa_of_jwt_compact::RsaPrivateKey;
use serde::Serialize;

fn main() -> io::Result<()> {
    serve(|task| {
        vec![
            es256(task),
            rs384(task, KeyName::Rs384Of2048),
            rs384(task, KeyName::Rs384Of4096),
        ]
    })
}

fn es256(task: &Task) -> Work {
    let key = SigningKey::from_pkcs8_pem(task.key(KeyName::Es256)).expect("a key for P-256");
    assertion(task, KeyName::Es256, Es256, key)
}

fn rs384(task: &Task, name: KeyName) -> Work {
    let key = RsaPrivateKey::from_pkcs8_pem(task.key(name)).expect("an RSA key");
    let key = StrongKey::try_from(key).expect("a key of at least 2048 bits");
    assertion(task, name, StrongAlg(Rsa::rs384()), key)
}

fn assertion<A>(task: &Task, name: KeyName, algorithm: A, key: A::SigningKey) -> Work
where
    A: Algorithm + 'static,
{
    let offer = Offer {
        group: name.as_str().to_owned(),
        name: "jwt-compact".to_owned(),
        version: String::new(),
        backend: "RustCrypto".to_owned(),
        class: Class::Rust,
        how: "the key is parsed and the header made once; `Claims` and `token` for each".to_owned(),
        bare: false,
    };
    let header = Header::empty()
        .with_token_type("JWT")
        .with_key_id(&*task.key_id);
    let (task, made_once) = (task.clone(), Rc::new((algorithm, key, header)));
    let write = move |index| {
        let (algorithm, key, header) = &*made_once;
        let claims = claims(&task, index);
        algorithm.token(header, &claims, key).expect("an assertion")
    };
    Work::new(offer, write, identity)
}

/// What jwt-compact has no names for.
#[derive(Serialize)]
struct Custom<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    jti: String,
}

fn claims(task: &Task, index: u64) -> Claims<Custom<'_>> {
    let clock = TimeOptions::new(Duration::zero(), issued_at);
    let lifetime = Duration::seconds(ASSERTION_LIFETIME_SECS.cast_signed());
    Claims::new(Custom {
        iss: &task.client_id,
        sub: &task.client_id,
        aud: &task.audience,
        jti: jwt_id(index),
    })
    .set_duration_and_issuance(&clock, lifetime)
}

fn issued_at() -> DateTime<Utc> {
    DateTime::from_timestamp(ISSUED_AT.cast_signed(), 0).expect("a time of this era")
}
