//! Assertions by `authkestra-engine`, as its client credentials flow makes them for `private_key_jwt`.

use core::convert::identity;
use std::io;

use authkestra_engine::client_assertion::mint_client_assertion;
use jsonwebtoken_of_authkestra::{Algorithm, EncodingKey};
use redox_auth_contender::{ASSERTION_LIFETIME_SECS, Class, KeyName, Offer, Task, Work, serve};

fn main() -> io::Result<()> {
    serve(|task| {
        KeyName::ALL
            .into_iter()
            .filter_map(|name| assertion(task, name))
            .collect()
    })
}

/// None with a key on P-521, which its `jsonwebtoken` has no algorithm for.
fn assertion(task: &Task, name: KeyName) -> Option<Work> {
    let offer = Offer {
        group: name.as_str().to_owned(),
        name: "authkestra-engine".to_owned(),
        version: String::new(),
        backend: "RustCrypto".to_owned(),
        class: Class::Rust,
        how: "`EncodingKey` is made once; `mint_client_assertion` for each, which parses the key, reads the clock and \
              makes `jti` a UUID of its own"
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
    let task = task.clone();
    let write = move |_| {
        let (client_id, audience) = (&task.client_id, &task.audience);
        let key_id = Some(task.key_id.as_str());
        let lifetime = ASSERTION_LIFETIME_SECS.cast_signed();
        mint_client_assertion(client_id, audience, &key, algorithm, key_id, lifetime)
            .expect("an assertion")
    };
    Some(Work::new(offer, write, identity))
}
