use core::hint::black_box;
use std::sync::Arc;
use std::thread;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use rayon::{ThreadPool, ThreadPoolBuilder};
use redox_auth_contender::{Class, KeyName, Offer, Task, Work};
use redox_auth_reqwest::{Key, OAuthKey, Redox, sign_each};

use crate::inputs::place::{client, runtime};
use crate::inputs::task::{NOW, new_key_der};

/// Signing for many keys at once, on all cores and on one.
///
/// # Panics
/// When aws-lc makes no key.
#[must_use]
pub fn batches(task: &Task) -> Vec<Work> {
    let keys: Arc<[Key]> = (0..TENANTS).map(|_| new_key()).collect();
    let mut works: Vec<_> = [("redox-auth, all cores", 0), ("redox-auth, one core", 1)]
        .map(|(name, threads)| batch(task, name, Arc::clone(&keys), threads))
        .into();
    works.push(bare_on_all_cores(task));
    works.extend(cached_reads(task));
    works
}

/// The cached token, read by one thread and by one on each core.
fn cached_reads(task: &Task) -> [Work; 2] {
    let (redox, _) = client(task);
    runtime().block_on(redox.token()).expect("a token");
    let cores = thread::available_parallelism().map_or(1, usize::from);
    [
        ("redox-auth, all cores", cores),
        ("redox-auth, one core", 1),
    ]
    .map(|(name, threads)| {
        let redox = redox.clone();
        let offer = Offer {
            group: "cached token, reads".to_owned(),
            backend: String::new(),
            class: Class::Rust,
            ..offer(name, "`Redox::token`, by so many threads in turns of many")
        };
        Work::bulk(offer, move |count| {
            let share = usize::try_from(count)
                .unwrap_or(usize::MAX)
                .div_ceil(threads);
            thread::scope(|scope| {
                for _ in 0..threads {
                    scope.spawn(|| read(&redox, share));
                }
            });
        })
    })
}

fn read(redox: &Redox, count: usize) {
    runtime().block_on(async {
        for _ in 0..count {
            black_box(redox.token().await.expect("a token"));
        }
    });
}

/// The speed of all cores of this machine together, for any program: cores may share more than it seems.
fn bare_on_all_cores(task: &Task) -> Work {
    let offer = Offer {
        name: "aws-lc-rs".to_owned(),
        version: String::new(),
        how: "the signature alone, as many on each core, by threads that share nothing".to_owned(),
        bare: true,
        ..offer("", "")
    };
    let message = task.signing_input(KeyName::Es256);
    let der = new_key_der(KeyName::Es256);
    let cores = thread::available_parallelism().map_or(1, usize::from);
    Work::bulk(offer, move |count| {
        let share = usize::try_from(count).unwrap_or(usize::MAX).div_ceil(cores);
        thread::scope(|threads| {
            for _ in 0..cores {
                threads.spawn(|| sign(share, message.as_bytes(), &der));
            }
        });
    })
}

fn sign(count: usize, message: &[u8], der: &[u8]) {
    let random = SystemRandom::new();
    let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, der);
    let key = key.expect("aws-lc's own key");
    for _ in 0..count {
        black_box(key.sign(&random, black_box(message)).expect("a signature"));
    }
}

fn offer(name: &str, how: &str) -> Offer {
    Offer {
        group: format!("batch of {TENANTS} keys, ES256"),
        name: name.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        backend: "aws-lc-rs".to_owned(),
        class: Class::Native,
        how: how.to_owned(),
        bare: false,
    }
}

fn batch(task: &Task, name: &str, keys: Arc<[Key]>, threads: usize) -> Work {
    let offer = offer(
        name,
        "`sign_each` of as many entries as there is time for, whose keys are these",
    );
    let (task, pool) = (task.clone(), pool(threads));
    Work::bulk(offer, move |count| {
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        let all: Vec<&Key> = keys.iter().cycle().take(count).collect();
        let assertions = pool.install(|| {
            sign_each(&all, |key, jwt_id, out| {
                OAuthKey::new(&task.client_id, key.key_id(), *key)
                    .assertion(&task.audience, jwt_id, NOW)
                    .write(out)
            })
        });
        assert!(assertions.iter().all(Result::is_ok), "every key signs");
    })
}

/// So many threads; 0 for one a core.
fn pool(threads: usize) -> ThreadPool {
    let pool = ThreadPoolBuilder::new().num_threads(threads).build();
    pool.expect("threads to sign on")
}

fn new_key() -> Key {
    Key::parse(&new_key_der(KeyName::Es256)).expect("the adapter takes these keys")
}

const TENANTS: usize = 256;
