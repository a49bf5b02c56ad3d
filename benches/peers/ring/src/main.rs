//! Bare signatures of `ring`.

use std::io;
use std::rc::Rc;

use redox_auth_contender::{Class, KeyName, Offer, Task, Work, base64url, serve};
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair,
    EcdsaSigningAlgorithm, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RsaEncoding, RsaKeyPair,
};

fn main() -> io::Result<()> {
    serve(|task| {
        KeyName::ALL
            .into_iter()
            .filter_map(|name| signature(task, name))
            .collect()
    })
}

/// None with a key on P-521, which `ring` has not.
fn signature(task: &Task, name: KeyName) -> Option<Work> {
    Some(match name {
        KeyName::Es256 => ecdsa(task, name, &ECDSA_P256_SHA256_FIXED_SIGNING),
        KeyName::Es384 => ecdsa(task, name, &ECDSA_P384_SHA384_FIXED_SIGNING),
        KeyName::Es512 => return None,
        KeyName::Rs256Of2048 => rsa(task, name, &RSA_PKCS1_SHA256),
        KeyName::Rs384Of2048 | KeyName::Rs384Of4096 => rsa(task, name, &RSA_PKCS1_SHA384),
    })
}

fn ecdsa(task: &Task, name: KeyName, algorithm: &'static EcdsaSigningAlgorithm) -> Work {
    let random = SystemRandom::new();
    let key = EcdsaKeyPair::from_pkcs8(algorithm, &der(task, name), &random);
    let key = Rc::new(key.expect("an EC key"));
    bare(task, name, move |message| {
        key.sign(&random, message).expect("a signature")
    })
}

fn rsa(task: &Task, name: KeyName, encoding: &'static dyn RsaEncoding) -> Work {
    let random = SystemRandom::new();
    let key = Rc::new(RsaKeyPair::from_pkcs8(&der(task, name)).expect("an RSA key"));
    bare(task, name, move |message| {
        let mut signature = vec![0; key.public().modulus_len()];
        key.sign(encoding, &random, message, &mut signature)
            .expect("a signature");
        signature
    })
}

fn bare<T: AsRef<[u8]> + 'static>(
    task: &Task,
    name: KeyName,
    sign: impl Fn(&[u8]) -> T + Clone + 'static,
) -> Work {
    let offer = Offer {
        group: name.as_str().to_owned(),
        name: "ring".to_owned(),
        version: String::new(),
        backend: "ring".to_owned(),
        class: Class::Native,
        how: "the key is parsed once".to_owned(),
        bare: true,
    };
    let message = task.signing_input(name);
    let shown = message.clone();
    Work::new(
        offer,
        move |_| sign(message.as_bytes()),
        move |signature| format!("{shown}.{}", base64url(signature.as_ref())),
    )
}

fn der(task: &Task, name: KeyName) -> Vec<u8> {
    let (_, der) = pem_rfc7468::decode_vec(task.key(name).as_bytes()).expect("a key as PEM");
    der
}
