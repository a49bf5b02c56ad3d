//! Assertions by `jsonwebtoken`, whichever of its providers computes them.

use core::convert::identity;
use std::io;

use jsonwebtoken::crypto::CryptoProvider;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use redox_auth_contender::{
    ASSERTION_LIFETIME_SECS, Class, ISSUED_AT, KeyName, Offer, Task, Work, jwt_id, serve,
};
use serde::Serialize;

/// Serves every key with `provider`, which is then that of the process.
///
/// # Errors
/// Those of [`serve`].
///
/// # Panics
/// When the process has a provider already.
pub fn serve_with(
    provider: &'static CryptoProvider,
    backend: &str,
    class: Class,
) -> io::Result<()> {
    let installed = provider.install_default();
    installed.expect("the first provider of this process");
    serve(|task| {
        KeyName::ALL
            .into_iter()
            .filter_map(|name| assertion(task, name, backend, class))
            .collect()
    })
}

/// None with a key on P-521, which `jsonwebtoken` has no algorithm for.
fn assertion(task: &Task, name: KeyName, backend: &str, class: Class) -> Option<Work> {
    let offer = Offer {
        group: name.as_str().to_owned(),
        name: "jsonwebtoken".to_owned(),
        version: String::new(),
        backend: backend.to_owned(),
        class,
        how: "`EncodingKey` and `Header` are made once; `encode`, which parses the key, for each"
            .to_owned(),
        bare: false,
    };
    let pem = task.key(name).as_bytes();
    let (algorithm, key) = match name {
        KeyName::Es256 => (Algorithm::ES256, EncodingKey::from_ec_pem(pem)),
        KeyName::Es384 => (Algorithm::ES384, EncodingKey::from_ec_pem(pem)),
        KeyName::Es512 => return None,
        KeyName::Rs256Of2048 => (Algorithm::RS256, EncodingKey::from_rsa_pem(pem)),
        KeyName::Rs384Of2048 | KeyName::Rs384Of4096 => {
            (Algorithm::RS384, EncodingKey::from_rsa_pem(pem))
        }
    };
    let key = key.expect("a private key");
    let mut header = Header::new(algorithm);
    header.kid = Some(task.key_id.clone());
    let task = task.clone();
    let write = move |index| {
        let claims = Claims::new(&task, index);
        encode(&header, &claims, &key).expect("an assertion")
    };
    Some(Work::new(offer, write, identity))
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
