use core::hint::black_box;
use std::rc::Rc;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING,
    ECDSA_P521_SHA512_FIXED_SIGNING, EcdsaKeyPair, EcdsaSigningAlgorithm, RSA_PKCS1_SHA256,
    RSA_PKCS1_SHA384, RsaKeyPair, RsaSignatureEncoding,
};
use p256::ecdsa::signature::Signer as _;
use p256::pkcs8::DecodePrivateKey as _;
use pem_rfc7468::decode_vec;
use redox_auth_contender::{Class, KeyName, Offer, Task, Work, base64url};
use redox_auth_core::{AssertionTemplate, OAuthKey, Signer, SigningKey};
use redox_auth_reqwest::Key;

use crate::inputs::task::{NOW, algorithm, jwt_id, names, signing_key};

/// Whole assertions, ours, and the signatures in them alone.
#[must_use]
pub fn signing(task: &Task) -> Vec<Work> {
    KeyName::ALL
        .into_iter()
        .flat_map(|name| of(task, name))
        .collect()
}

fn of(task: &Task, name: KeyName) -> Vec<Work> {
    let pure = signing_key(task, name);
    let key = Key::parse(task.key(name).as_bytes()).expect("the adapter takes these keys");
    let key = key.with_algorithm(algorithm(name));
    let key = key.expect("the algorithms are those of the keys");
    let key: &'static Key = Box::leak(Box::new(key));
    let [bare_aws_lc, bare_rust] = match name {
        KeyName::Es256 => [
            bare_ec(task, name, &ECDSA_P256_SHA256_FIXED_SIGNING),
            bare_p256(task, name),
        ],
        KeyName::Es384 => [
            bare_ec(task, name, &ECDSA_P384_SHA384_FIXED_SIGNING),
            bare_p384(task, name),
        ],
        KeyName::Es512 => [
            bare_ec(task, name, &ECDSA_P521_SHA512_FIXED_SIGNING),
            bare_p521(task, name),
        ],
        KeyName::Rs256Of2048 => [
            bare_rsa(task, name, &RSA_PKCS1_SHA256),
            bare_ours(task, name, pure),
        ],
        KeyName::Rs384Of2048 | KeyName::Rs384Of4096 => [
            bare_rsa(task, name, &RSA_PKCS1_SHA384),
            bare_ours(task, name, pure),
        ],
    };
    vec![
        assertions(task, name, key, ours(name, "aws-lc-rs", Class::Native)),
        bare_aws_lc,
        assertions(task, name, pure, ours(name, "RustCrypto", Class::Rust)),
        bare_rust,
    ]
}

fn bare_ec(task: &Task, name: KeyName, algorithm: &'static EcdsaSigningAlgorithm) -> Work {
    let key = EcdsaKeyPair::from_pkcs8(algorithm, &der(task, name)).expect("aws-lc's own key");
    let random = SystemRandom::new();
    bare(
        task,
        at_least(name, "aws-lc-rs", Class::Native),
        name,
        move |message| key.sign(&random, message).expect("a signature"),
    )
}

fn bare_rsa(task: &Task, name: KeyName, encoding: &'static RsaSignatureEncoding) -> Work {
    let key = RsaKeyPair::from_pkcs8(&der(task, name)).expect("aws-lc's own key");
    let random = SystemRandom::new();
    bare(
        task,
        at_least(name, "aws-lc-rs", Class::Native),
        name,
        move |message| {
            let mut signature = vec![0; key.public_modulus_len()];
            key.sign(encoding, &random, message, &mut signature)
                .expect("a signature");
            signature
        },
    )
}

fn ours(name: KeyName, backend: &str, class: Class) -> Offer {
    Offer {
        group: name.as_str().to_owned(),
        name: "redox-auth".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        backend: backend.to_owned(),
        class,
        how: "key and `AssertionTemplate` once; `write` into the same buffer for each".to_owned(),
        bare: false,
    }
}

fn at_least(name: KeyName, library: &str, class: Class) -> Offer {
    Offer {
        group: name.as_str().to_owned(),
        name: library.to_owned(),
        version: String::new(),
        backend: library.to_owned(),
        class,
        how: "key once; the signature alone for each, of the same message".to_owned(),
        bare: true,
    }
}

fn assertions<S: Signer>(task: &Task, name: KeyName, signer: &'static S, offer: Offer) -> Work {
    let task = names(task);
    assert_eq!(signer.algorithm().as_str(), name.algorithm());
    let key = OAuthKey::new(&task.client_id, &task.key_id, signer);
    let (any_id, text) = (Box::leak(Box::new(jwt_id(0))), vec![0; 1024].leak());
    let template: &'static AssertionTemplate<'static, S> = Box::leak(Box::new(
        key.assertion(&task.audience, any_id, NOW)
            .write_template(text)
            .expect("a template"),
    ));
    let write = |index: u64, buffer: &mut [u8]| {
        let written = template.write(&jwt_id(index), NOW, buffer);
        written.expect("an assertion").to_owned()
    };
    let mut buffer = [0; 2048];
    Work::bulk(offer, move |count| {
        for index in 0..count {
            let written = template.write(&jwt_id(black_box(index)), NOW, &mut buffer);
            assert!(written.is_ok(), "an assertion");
            black_box(&mut buffer);
        }
    })
    .with_sample(move |index| write(index, &mut [0; 2048]))
}

fn bare_p256(task: &Task, name: KeyName) -> Work {
    let key = p256::ecdsa::SigningKey::from_pkcs8_pem(task.key(name)).expect("a key on P-256");
    bare(
        task,
        at_least(name, "p256", Class::Rust),
        name,
        move |message| {
            let signature: p256::ecdsa::Signature = key.sign(message);
            signature.to_bytes()
        },
    )
}

fn bare_p384(task: &Task, name: KeyName) -> Work {
    let key = p384::ecdsa::SigningKey::from_pkcs8_pem(task.key(name)).expect("a key on P-384");
    bare(
        task,
        at_least(name, "p384", Class::Rust),
        name,
        move |message| {
            let signature: p384::ecdsa::Signature = key.sign(message);
            signature.to_bytes()
        },
    )
}

fn bare_p521(task: &Task, name: KeyName) -> Work {
    let key = p521::ecdsa::SigningKey::from_pkcs8_pem(task.key(name)).expect("a key on P-521");
    bare(
        task,
        at_least(name, "p521", Class::Rust),
        name,
        move |message| {
            let signature: p521::ecdsa::Signature = key.sign(message);
            signature.to_bytes()
        },
    )
}

fn bare_ours(task: &Task, name: KeyName, key: &'static SigningKey) -> Work {
    bare(
        task,
        at_least(name, "redox-auth-core", Class::Rust),
        name,
        move |message| {
            let mut signature = vec![0; key.signature_len()];
            key.sign(message, &mut signature).expect("a signature");
            signature
        },
    )
}

/// `sign` makes a signature alone; it is shown behind what it signs.
fn bare<T: AsRef<[u8]>>(
    task: &Task,
    offer: Offer,
    name: KeyName,
    sign: impl Fn(&[u8]) -> T + 'static,
) -> Work {
    let message: &'static str = task.signing_input(name).leak();
    let sign = Rc::new(sign);
    let again = Rc::clone(&sign);
    Work::bulk(offer, move |count| {
        for _ in 0..count {
            black_box(sign(black_box(message.as_bytes())));
        }
    })
    .with_sample(move |_| {
        let signature = base64url(again(message.as_bytes()).as_ref());
        format!("{message}.{signature}")
    })
}

fn der(task: &Task, name: KeyName) -> Vec<u8> {
    let (_, der) = decode_vec(task.key(name).as_bytes()).expect("a task's keys are PEM");
    der
}
