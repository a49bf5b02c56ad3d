//! Assertions by `jwt-simple`, whichever of its features computes RSA.

use core::convert::identity;
use std::rc::Rc;

use jwt_simple::prelude::*;
use redox_auth_contender::{
    ASSERTION_LIFETIME_SECS, Class, ISSUED_AT, KeyName, Offer, Task, Work, jwt_id,
};

/// ES256, which is Rust with every feature.
///
/// # Panics
/// When `jwt-simple` does not take the key.
#[must_use]
pub fn es256(task: &Task) -> Work {
    let key = ES256KeyPair::from_pem(task.key(KeyName::Es256)).expect("a key for P-256");
    let key = Rc::new(key.with_key_id(&task.key_id));
    let offer = offer(KeyName::Es256, "RustCrypto", Class::Rust);
    assertion(task, offer, move |claims| key.sign(claims))
}

/// ES384, which is Rust with every feature.
///
/// # Panics
/// When `jwt-simple` does not take the key.
#[must_use]
pub fn es384(task: &Task) -> Work {
    let key = ES384KeyPair::from_pem(task.key(KeyName::Es384)).expect("a key for P-384");
    let key = Rc::new(key.with_key_id(&task.key_id));
    let offer = offer(KeyName::Es384, "RustCrypto", Class::Rust);
    assertion(task, offer, move |claims| key.sign(claims))
}

/// RS384 with the key of this name.
///
/// # Panics
/// When `jwt-simple` does not take the key.
#[must_use]
pub fn rs384(task: &Task, name: KeyName) -> Work {
    let (backend, class) = if cfg!(feature = "pure-rust") {
        ("RustCrypto", Class::Rust)
    } else {
        ("BoringSSL", Class::Native)
    };
    let key = RS384KeyPair::from_pem(task.key(name)).expect("an RSA key");
    let key = Rc::new(key.with_key_id(&task.key_id));
    let offer = offer(name, backend, class);
    assertion(task, offer, move |claims| key.sign(claims))
}

fn assertion(
    task: &Task,
    offer: Offer,
    sign: impl Fn(JWTClaims<NoCustomClaims>) -> Result<String, jwt_simple::Error> + Clone + 'static,
) -> Work {
    let task = task.clone();
    let write = move |index| sign(claims(&task, index)).expect("an assertion");
    Work::new(offer, write, identity)
}

fn offer(name: KeyName, backend: &str, class: Class) -> Offer {
    Offer {
        group: name.as_str().to_owned(),
        name: "jwt-simple".to_owned(),
        version: String::new(),
        backend: backend.to_owned(),
        class,
        how: "the key is parsed once; `Claims` and `sign`, which takes them, for each".to_owned(),
        bare: false,
    }
}

fn claims(task: &Task, index: u64) -> JWTClaims<NoCustomClaims> {
    let issued_at = Duration::from_secs(ISSUED_AT);
    let lifetime = Duration::from_secs(ASSERTION_LIFETIME_SECS);
    let mut claims = Claims::create(lifetime)
        .with_issuer(&task.client_id)
        .with_subject(&task.client_id)
        .with_audience(&task.audience)
        .with_jwt_id(jwt_id(index));
    // The clock's time makes way for the task's, and `nbf`, which the task has not, goes.
    claims.issued_at = Some(issued_at);
    claims.expires_at = Some(issued_at.saturating_add(lifetime));
    claims.invalid_before = None;
    claims
}
