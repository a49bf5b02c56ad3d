//! Bare signatures of the system's OpenSSL, by the crate `openssl`.

use std::io;

use openssl::ec::EcKey;
use openssl::ecdsa::EcdsaSig;
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::sha::{sha256, sha384, sha512};
use openssl::sign::Signer;
use openssl::version;
use redox_auth_contender::{Class, KeyName, Offer, Task, Work, base64url, serve};

fn main() -> io::Result<()> {
    serve(|task| KeyName::ALL.map(|name| signature(task, name)).into())
}

fn signature(task: &Task, name: KeyName) -> Work {
    match name {
        KeyName::Es256 => ecdsa(task, name, |message| sha256(message).to_vec(), 32),
        KeyName::Es384 => ecdsa(task, name, |message| sha384(message).to_vec(), 48),
        KeyName::Es512 => ecdsa(task, name, |message| sha512(message).to_vec(), 66),
        KeyName::Rs256Of2048 => rsa(task, name, MessageDigest::sha256()),
        KeyName::Rs384Of2048 | KeyName::Rs384Of4096 => rsa(task, name, MessageDigest::sha384()),
    }
}

/// Each of the two numbers of a signature has `number_len` bytes in a JWS.
fn ecdsa(task: &Task, name: KeyName, digest: fn(&[u8]) -> Vec<u8>, number_len: i32) -> Work {
    let key = EcKey::private_key_from_pem(task.key(name).as_bytes()).expect("an EC key");
    let message = task.signing_input(name);
    let shown = message.clone();
    Work::new(
        offer(name, "the key is parsed once; `EcdsaSig::sign` for each"),
        move |_| EcdsaSig::sign(&digest(message.as_bytes()), &key).expect("a signature"),
        move |signature| {
            let numbers = [signature.r(), signature.s()]
                .map(|number| number.to_vec_padded(number_len).expect("a short number"));
            format!("{shown}.{}", base64url(&numbers.concat()))
        },
    )
}

fn rsa(task: &Task, name: KeyName, digest: MessageDigest) -> Work {
    let key = PKey::private_key_from_pem(task.key(name).as_bytes()).expect("an RSA key");
    let message = task.signing_input(name);
    let shown = message.clone();
    Work::new(
        offer(name, "the key is parsed once; `Signer` for each"),
        move |_| {
            Signer::new(digest, &key)
                .and_then(|mut signer| signer.sign_oneshot_to_vec(message.as_bytes()))
                .expect("a signature")
        },
        move |signature| format!("{shown}.{}", base64url(&signature)),
    )
}

fn offer(name: KeyName, how: &str) -> Offer {
    // Without the day of its release.
    let release: Vec<_> = version::version().split(' ').take(2).collect();
    Offer {
        group: name.as_str().to_owned(),
        name: "openssl".to_owned(),
        version: String::new(),
        backend: release.join(" "),
        class: Class::Native,
        how: how.to_owned(),
        bare: true,
    }
}
